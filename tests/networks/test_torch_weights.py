"""The weights that are imported are those that the module's forward uses."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from linreg_lib.networks import Network, UnsupportedLayerError

torch = pytest.importorskip("torch")
nn = torch.nn
utils = torch.nn.utils
pytest.importorskip("torch.nn.utils.prune")  # torch does not import it by itself


def _linear():
    torch.manual_seed(1)
    return nn.Linear(3, 3)


def _double(layer, name: str) -> None:
    with torch.no_grad():
        getattr(layer, name).mul_(2.0)


def _pruned(*names: str):
    layer = _linear()
    for name in names:
        utils.prune.random_unstructured(layer, name, 0.4)
        _double(layer, f"{name}_orig")  # the attribute ``weight`` is stale until the next forward
    return layer


def _hooked_norm(norm, name: str):
    layer = norm(_linear())
    _double(layer, name)
    return layer.eval()


CHANGED = {
    "pruned": lambda: _pruned("weight", "bias"),
    "old weight norm": lambda: _hooked_norm(utils.weight_norm, "weight_g"),
    "old spectral norm": lambda: _hooked_norm(utils.spectral_norm, "weight_orig"),
    "weight norm": lambda: utils.parametrizations.weight_norm(_linear()).eval(),
    "spectral norm": lambda: utils.parametrizations.spectral_norm(_linear()),
    "orthogonal": lambda: utils.parametrizations.orthogonal(_linear()).eval(),
}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("make", CHANGED.values(), ids=CHANGED.keys())
def test_changed_weights_are_those_of_the_forward(make) -> None:
    layer = make()
    net = Network.from_torch(nn.Sequential(layer, nn.ReLU()))
    layer.eval()
    layer(torch.zeros(1, 3))
    assert net.weights[0].tolist() == layer.weight.tolist()
    assert net.biases[0].tolist() == layer.bias.tolist()


def _without_hooks(layer):
    layer._forward_pre_hooks.clear()
    return layer


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize(
    "make",
    [
        lambda: _pruned("weight"),
        lambda: _pruned("bias"),
        lambda: _hooked_norm(utils.weight_norm, "weight_g"),
        lambda: _hooked_norm(utils.spectral_norm, "weight_orig"),
    ],
)
def test_stale_weights_count_where_the_forward_uses_them(make) -> None:
    layer = _without_hooks(make())
    net = Network.from_torch(layer)
    x = torch.randn(20, 3)
    assert np.abs(net(x.numpy()) - layer(x).detach().numpy()).max() < 1e-5


def _own_forward(module):
    module.forward = lambda x: 2 * x
    return module


class _Twice(nn.Sequential):
    def __iter__(self):
        yield from super().__iter__()
        yield from super().__iter__()


OWN = {
    "forward on the object": lambda: _own_forward(nn.Linear(2, 2)),
    "forward on a chain": lambda: nn.Sequential(_own_forward(nn.Sequential(nn.Linear(2, 2)))),
    "own iteration": lambda: _Twice(nn.Linear(2, 2)),
    "traced": lambda: torch.fx.symbolic_trace(nn.Sequential(nn.Linear(2, 3), nn.ReLU())),
}


@pytest.mark.parametrize("make", OWN.values(), ids=OWN.keys())
def test_forwards_of_their_own_are_those_that_run(make) -> None:
    module = make()
    x = torch.randn(20, 2)
    net = Network.from_torch(module, 2)
    assert np.abs(net(x.numpy()) - module(x).detach().numpy()).max() < 1e-6


REFUSED = {
    "lazy": (lambda: nn.Sequential(nn.LazyLinear(2)), r"layer '0' \(LazyLinear\).*run one batch"),
    "compiled": (lambda: torch.compile(nn.Linear(2, 2)), "the module that torch.compile was given"),
    "data parallel": (lambda: nn.DataParallel(nn.Linear(2, 2)), r"pass its \.module"),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_other_programs_are_refused(make, message: str) -> None:
    with pytest.raises(UnsupportedLayerError, match=message):
        Network.from_torch(make())


def test_compiled_in_place_is_read_and_stays_compiled() -> None:
    module = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    expected = Network.from_torch(module)
    module.compile()
    call = module._compiled_call_impl
    assert Network.from_torch(module) == expected
    assert module._compiled_call_impl is call


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_quantised_layers_are_named_by_their_path() -> None:
    float_model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    if not torch.backends.quantized.supported_engines:
        pytest.skip("this torch cannot quantise")
    model = torch.ao.quantization.quantize_dynamic(copy.deepcopy(float_model), {nn.Linear})
    with pytest.raises(
        UnsupportedLayerError,
        match=r"layer '0' \(torch\.ao\.nn\.quantized\.dynamic.*\.Linear\).*import the float model",
    ):
        Network.from_torch(model)


def test_global_hooks_run() -> None:
    handle = nn.modules.module.register_module_forward_hook(lambda m, i, o: 2 * o)
    linear = nn.Linear(2, 2)
    try:
        doubled = Network.from_torch(linear)
    finally:
        handle.remove()
    plain = Network.from_torch(linear)
    assert np.array_equal(doubled.weights[0], 2 * plain.weights[0])


def test_numbers_that_are_none() -> None:
    with pytest.raises(TypeError, match="Linear: weight is on the meta device"):
        Network.from_torch(nn.Linear(2, 2, device="meta"))
    norm = nn.BatchNorm1d(2).eval()
    norm.running_var.fill_(-1.0)
    with pytest.raises(ValueError, match="running_var has an entry below -eps"):
        Network.from_torch(norm)
    with pytest.raises(ValueError, match=r"layer '1' \(Hardtanh\): min_val is -inf"):
        Network.from_torch(nn.Sequential(nn.Linear(2, 2), nn.Hardtanh(-float("inf"), 1.0)))
    with pytest.raises(TypeError, match="got the class Linear"):
        Network.from_torch(nn.Linear)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_tied_weights_of_every_precision_are_the_same_numbers(dtype) -> None:
    layer = _linear().to(dtype)
    net = Network.from_torch(nn.Sequential(layer, nn.ReLU(), layer))
    for weight, bias in zip(net.weights, net.biases, strict=True):
        assert weight.tolist() == layer.weight.tolist()
        assert bias.tolist() == layer.bias.tolist()


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        (torch.relu, r"activation must be a name .*got relu"),
        (nn.ReLU(), r"activation must be a name .*got ReLU\(\)"),
        (nn.ReLU, "activation must be a name"),
        (None, "activation must be a name .*got None"),
        ([nn.ReLU()], r"activation\[0\] must be a name"),
        ([None], r"activation\[0\] must be a name"),
    ],
)
def test_activations_that_are_no_names(activation, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Network.from_arrays([[[1.0]], [[1.0]]], [[0.0], [0.0]], activation=activation)


def test_the_bounds_of_relu6_are_those_that_its_forward_reads() -> None:
    activation = nn.ReLU6()
    activation.max_val = 3.0
    module = nn.Sequential(nn.Linear(2, 3), activation, nn.Linear(3, 1)).double()
    with torch.no_grad():
        module[0].weight.mul_(10)
    net = Network.from_torch(module)
    points = np.random.default_rng(0).normal(size=(50, 2))
    expected = module(torch.from_numpy(points)).detach().numpy()
    np.testing.assert_allclose(net(points), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["_call_impl", "_compiled_call_impl"])
def test_a_call_replaced_on_the_object_is_the_one_that_runs(name: str) -> None:
    module = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    plain = Network.from_torch(module)
    setattr(module[0], name, lambda x: module[0].forward(x) * 2)
    assert np.array_equal(Network.from_torch(module).weights[0], 2 * plain.weights[0])


def test_groups_that_do_not_fit_name_the_layer() -> None:
    convolution = nn.Conv2d(2, 2, 3)
    convolution.groups = 2
    with pytest.raises(ValueError, match=r"layer '0' \(Conv2d\) has groups = 2"):
        Network.from_torch(nn.Sequential(convolution, nn.ReLU()), (2, 5, 5))
