from __future__ import annotations

import re
import subprocess
import sys
import warnings

import numpy as np
import pytest

from linreg_lib.errors import LinregError
from linreg_lib.networks import (
    Network,
    UnsupportedLayerError,
    hard_tanh,
    leaky_relu,
    network_from_torch,
    relu,
    relu6,
)

torch = pytest.importorskip("torch")
nn = torch.nn


def _seeded(make, seed: int = 0):
    torch.manual_seed(seed)
    module = make()
    for parameter in module.modules():
        if isinstance(parameter, (nn.BatchNorm1d, nn.BatchNorm2d)):
            parameter.running_mean.normal_()
            parameter.running_var.uniform_(0.5, 2.0)
            if parameter.weight is not None:
                nn.init.normal_(parameter.weight)
                nn.init.normal_(parameter.bias)
    return module.eval()


def _assert_same_function(module, input_shape: tuple[int, ...], given=None) -> Network:
    """Against torch in float64, on inputs that reach several pieces."""
    net = Network.from_torch(module, input_shape=given)
    x = 2 * torch.randn(25, *input_shape, dtype=torch.float64)
    with torch.no_grad():
        expected = module.double()(x).reshape(25, -1).numpy()
    actual = net(x.reshape(25, -1).numpy())
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() <= 1e-12 * max(1.0, np.abs(expected).max())
    return net


VECTORS = {
    "linear": lambda: nn.Linear(4, 3),
    "no bias": lambda: nn.Sequential(nn.Linear(4, 5, bias=False), nn.ReLU(), nn.Linear(5, 2)),
    "nested": lambda: nn.Sequential(
        nn.Sequential(nn.Linear(4, 5), nn.Sequential(nn.ReLU())), nn.Linear(5, 2)
    ),
    "all activations": lambda: nn.Sequential(
        *(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 6), nn.LeakyReLU(0.2), nn.Linear(6, 6)),
        *(nn.Hardtanh(-0.3, 0.7), nn.Linear(6, 6), nn.ReLU6(), nn.Linear(6, 6), nn.Hardtanh()),
        nn.Linear(6, 3),
    ),
    "composed": lambda: nn.Sequential(
        nn.Linear(4, 6), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 5), nn.Linear(5, 2)
    ),
    "dropout": lambda: nn.Sequential(
        *(nn.Identity(), nn.Linear(4, 6), nn.Dropout(0.5), nn.ReLU(), nn.AlphaDropout()),
        nn.Linear(6, 2),
    ),
    "trailing activation": lambda: nn.Sequential(nn.Linear(4, 6), nn.ReLU()),
    "two activations in a row": lambda: nn.Sequential(
        nn.Linear(4, 6), nn.LeakyReLU(0.5), nn.Hardtanh(), nn.Linear(6, 2)
    ),
    "batch norm": lambda: nn.Sequential(
        nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.BatchNorm1d(6), nn.Linear(6, 2)
    ),
    "plain batch norm first": lambda: nn.Sequential(
        nn.BatchNorm1d(4, affine=False, eps=0.1), nn.Linear(4, 3), nn.ReLU()
    ),
    "leaky slope 1": lambda: nn.Sequential(nn.Linear(4, 3), nn.LeakyReLU(1.0), nn.Linear(3, 1)),
}


@pytest.mark.parametrize("make", VECTORS.values(), ids=VECTORS.keys())
def test_vector_networks(make) -> None:
    _assert_same_function(_seeded(make), (4,))
    _assert_same_function(_seeded(make), (4,), given=4)


IMAGES = {
    "conv": lambda: nn.Conv2d(2, 3, 3),
    "stride and padding": lambda: nn.Conv2d(2, 3, (3, 2), stride=(2, 3), padding=(1, 2)),
    "dilation": lambda: nn.Conv2d(2, 3, 2, dilation=(2, 3)),
    "groups": lambda: nn.Conv2d(2, 6, 3, groups=2, bias=False),
    "same": lambda: nn.Conv2d(2, 3, (4, 3), padding="same", dilation=(2, 1)),
    "valid": lambda: nn.Conv2d(2, 3, 3, padding="valid"),
    "one by one": lambda: nn.Conv2d(2, 5, 1),
    "pool": lambda: nn.AvgPool2d(2),
    "pool with everything": lambda: nn.AvgPool2d((3, 2), stride=(2, 1), padding=1),
    "pool without padding's zeros": lambda: nn.AvgPool2d(
        3, stride=2, padding=1, count_include_pad=False
    ),
    "pool with a divisor": lambda: nn.AvgPool2d(2, divisor_override=3),
    "batch norm": lambda: nn.Sequential(nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), nn.ReLU()),
    "a small LeNet": lambda: nn.Sequential(
        *(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(4, 5, 2)),
        *(nn.BatchNorm2d(5), nn.ReLU(), nn.Dropout2d(), nn.Flatten(), nn.Linear(20, 7)),
        *(nn.ReLU(), nn.Linear(7, 3)),
    ),
    "activation first": lambda: nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(84, 2)),
    "flatten first": lambda: nn.Sequential(nn.Flatten(), nn.Linear(84, 5), nn.ReLU()),
    "batch norm of rows": lambda: nn.Sequential(nn.Flatten(), nn.BatchNorm1d(84), nn.Linear(84, 2)),
}


@pytest.mark.parametrize("make", IMAGES.values(), ids=IMAGES.keys())
def test_image_networks(make) -> None:
    _assert_same_function(_seeded(make), (2, 6, 7), given=(2, 6, 7))


def test_flatten_first_needs_no_shape() -> None:
    _assert_same_function(_seeded(IMAGES["flatten first"]), (2, 6, 7))


def test_batch_norm_of_sequences() -> None:
    module = _seeded(lambda: nn.Sequential(nn.BatchNorm1d(3), nn.Flatten(), nn.Linear(12, 2)))
    _assert_same_function(module, (3, 4), given=(3, 4))


def test_layers_and_activations_are_what_they_were() -> None:
    net = Network.from_torch(_seeded(VECTORS["all activations"]))
    assert net.hidden_widths == (6, 6, 6, 6, 6)
    assert net.activations[0] == relu()
    assert net.activations[1] == leaky_relu(0.2)
    assert net.activations[2].breakpoints.tolist() == [-0.3, 0.7]
    assert net.activations[2]([-1.0, 0.5, 1.0]).tolist() == [-0.3, 0.5, 0.7]
    assert net.activations[3:] == (relu6(), hard_tanh())
    assert Network.from_torch(_seeded(VECTORS["composed"])).hidden_widths == (5,)
    assert Network.from_torch(_seeded(VECTORS["linear"])).depth == 0
    trailing = Network.from_torch(_seeded(VECTORS["trailing activation"]))
    assert trailing.hidden_widths == (6,)
    assert np.array_equal(trailing.weights[-1], np.eye(6))
    assert not trailing.biases[-1].any()


def test_a_module_used_twice_counts_twice() -> None:
    activation, linear = nn.ReLU(), nn.Linear(3, 3)
    net = _assert_same_function(nn.Sequential(linear, activation, linear, activation), (3,))
    assert net.depth == 2


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_numbers_convert_exactly(dtype: str) -> None:
    module = _seeded(lambda: nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)))
    module = module.to(getattr(torch, dtype))
    net = Network.from_torch(module)
    for linear, weight, bias in zip((module[0], module[2]), net.weights, net.biases, strict=True):
        assert weight.tolist() == linear.weight.tolist()
        assert bias.tolist() == linear.bias.tolist()


def test_a_convolution_is_placed_not_computed() -> None:
    conv = _seeded(lambda: nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2))
    net = Network.from_torch(conv, input_shape=(2, 5, 5))
    numbers = {0.0, *conv.weight.flatten().tolist()}
    assert set(net.weights[0].ravel().tolist()) == numbers
    assert set(net.biases[0].tolist()) == set(conv.bias.tolist())


def test_torch_is_not_changed_and_arrays_are_copies() -> None:
    linear = nn.Linear(2, 1)
    net = Network.from_torch(linear)
    before = net.weights[0].copy()
    with torch.no_grad():
        linear.weight.add_(1.0)
    assert np.array_equal(net.weights[0], before)
    assert linear.weight.dtype == torch.float32
    assert linear.weight.requires_grad


class _Doubled(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


class _Backwards(nn.Sequential):
    def forward(self, x):
        for module in reversed(self):
            x = module(x)
        return x


def _hooked():
    module = nn.Linear(2, 2)
    module.register_forward_hook(lambda m, i, o: 2 * o)
    return module


REFUSED_LAYERS = {
    "MaxPool2d": (
        lambda: nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.MaxPool2d(2))),
        r"layer '0\.1' \(MaxPool2d\) is not supported.*Conv2d",
    ),
    "Sigmoid": (
        lambda: nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.ReLU()),
        r"layer '1' \(Sigmoid\)",
    ),
    "bare": (lambda: nn.GELU(), "GELU is not supported"),
    "subclass": (lambda: nn.Sequential(_Doubled(2, 2)), r"layer '0' \(_Doubled\)"),
    "own forward": (lambda: nn.Sequential(_Backwards(nn.Linear(2, 2))), "forward of its own"),
    "hook": (lambda: nn.Sequential(_hooked()), r"layer '0' \(Linear\) has forward hooks"),
    "padding mode": (lambda: nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular"), "circular"),
    "ceil mode": (lambda: nn.AvgPool2d(2, ceil_mode=True), "ceil_mode"),
    "flatten": (lambda: nn.Flatten(0), "flattens axes 0 to -1"),
    "no statistics": (
        lambda: nn.Sequential(nn.BatchNorm2d(1, track_running_stats=False)),
        r"layer '0' \(BatchNorm2d\) has no running statistics",
    ),
    "weight norm": (
        lambda: nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))),
        "ParametrizedLinear",
    ),
}


@pytest.mark.parametrize(("make", "message"), REFUSED_LAYERS.values(), ids=REFUSED_LAYERS.keys())
def test_refused_layers(make, message: str) -> None:
    with pytest.raises(UnsupportedLayerError, match=message) as caught:
        Network.from_torch(make(), input_shape=(1, 4, 4))
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, LinregError)


@pytest.mark.parametrize(
    ("make", "shape", "message"),
    [
        (lambda: nn.Conv2d(1, 1, 3), None, "pass input_shape"),
        (lambda: nn.Sequential(nn.AvgPool2d(2)), None, r"layer '0' \(AvgPool2d\).*input_shape"),
        (lambda: nn.BatchNorm2d(3), None, "pass input_shape"),
        (lambda: nn.Sequential(nn.ReLU()), None, "pass input_shape"),
        (lambda: nn.Sequential(), None, "pass input_shape"),
        (lambda: nn.Linear(4, 2), (3,), "takes 4 features, but gets"),
        (lambda: nn.Linear(4, 2), (1, 4), "put a Flatten before it"),
        (lambda: nn.Conv2d(2, 1, 3), (1, 5, 5), "takes 2 channels, but gets 1"),
        (lambda: nn.Conv2d(2, 1, 3), (50,), "takes images"),
        (lambda: nn.Conv2d(1, 1, 5), (1, 4, 4), "larger than the padded image"),
        (lambda: nn.AvgPool2d(5), (1, 4, 4), "larger than the padded image"),
        (lambda: nn.BatchNorm1d(3), (4,), "takes 3 channels"),
        (lambda: nn.BatchNorm1d(3), (3, 2, 2), "takes 3 channels"),
        (lambda: nn.Linear(4, 2), (0,), r"input_shape\[0\] is 0; it must be at least 1"),
        (lambda: nn.Linear(4, 2), (), r"input_shape is \[\]"),
        (lambda: nn.Sequential(nn.Linear(4, 2), nn.Linear(3, 1)), None, "layer '1'.*takes 3"),
    ],
)
def test_shapes_that_do_not_fit(make, shape, message: str) -> None:
    with pytest.raises(ValueError, match=re.compile(message, re.DOTALL)):
        Network.from_torch(make().eval(), input_shape=shape)


def test_refused_numbers() -> None:
    bad = nn.Sequential(nn.Linear(2, 2))
    with torch.no_grad():
        bad[0].weight[0, 1] = float("nan")
    with pytest.raises(ValueError, match=r"layer '0' \(Linear\): weight has NaN"):
        Network.from_torch(bad)
    with pytest.raises(TypeError, match="complex"):
        Network.from_torch(nn.Linear(2, 2, dtype=torch.complex64))
    with pytest.raises(TypeError, match="must be a torch.nn.Module, got int"):
        Network.from_torch(3)
    with pytest.raises(TypeError, match="input_shape must be"):
        Network.from_torch(nn.Linear(2, 2), input_shape=2.5)  # type: ignore[arg-type]


def test_batch_norm_in_training_mode_warns() -> None:
    module = _seeded(lambda: nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU()))
    expected = Network.from_torch(module)
    for read in (Network.from_torch, network_from_torch):
        with pytest.warns(UserWarning, match=r"layer '1' \(BatchNorm1d\) is in training") as seen:
            assert read(module.train()) == expected
        assert [each.filename for each in seen] == [__file__]  # where the user called
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Network.from_torch(module.eval())


def test_an_identity() -> None:
    net = Network.from_torch(nn.Sequential(nn.Identity(), nn.Dropout()), input_shape=(2, 2))
    assert net.depth == 0
    assert np.array_equal(net.weights[0], np.eye(4))


def test_networks_do_not_load_torch() -> None:
    code = "import sys, linreg_lib.networks; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
