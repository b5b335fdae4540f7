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


class _Branches(nn.Module):
    def __init__(self, function) -> None:
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def _hooked():
    module = nn.Linear(4, 4)
    module.register_forward_hook(lambda m, i, o: 2 * o)
    return module


OWN_FORWARDS = {
    "subclass": lambda: nn.Sequential(_Doubled(4, 2)),
    "own forward": lambda: nn.Sequential(_Backwards(nn.Linear(4, 2), nn.Linear(4, 4))),
    "hook": lambda: nn.Sequential(_hooked(), nn.ReLU()),
}


@pytest.mark.parametrize("make", OWN_FORWARDS.values(), ids=OWN_FORWARDS.keys())
def test_what_runs_is_what_is_read(make) -> None:
    _assert_same_function(_seeded(make), (4,))


# What it is called with, what the error says. Images of 1 x 4 x 4, vectors of 4.
REFUSED_LAYERS = {
    "Sigmoid": (
        lambda: nn.Sequential(nn.Linear(4, 2), nn.Sigmoid(), nn.ReLU()),
        r"layer '1' \(Sigmoid\) is not supported.*leave it out",
    ),
    "bare": (lambda: nn.GELU(), "GELU is not supported"),
    "softmax at the end": (
        lambda: nn.Sequential(nn.Linear(4, 2), nn.Softmax(1)),
        r"layer '1' \(Softmax\) is not supported.*the order of the outputs",
    ),
    "layer norm": (lambda: nn.LayerNorm(4), "LayerNorm is not supported: it divides"),
    "a jump": (lambda: nn.Threshold(0.0, 1.0), "Threshold: it jumps"),
    "hard shrink": (lambda: nn.Hardshrink(), "Hardshrink is not supported: its result jumps"),
    "lstm": (lambda: nn.LSTM(4, 2), "LSTM is not supported|not supported"),
    "a function": (
        lambda: nn.Sequential(_Branches(lambda x: torch.sin(x))),
        r"layer '0' \(_Branches\): torch\.sin is not supported: it is not piecewise linear",
    ),
    "a branch by values": (
        lambda: _Branches(lambda x: x if x.sum(1) > 0 else -x),
        "_Branches: torch.Tensor.gt is not supported: its result jumps",
    ),
    "a truth value": (lambda: _Branches(lambda x: x if x else -x), "decides by values"),
    "a number": (lambda: _Branches(lambda x: x * float(x[0, 0])), "decides by values"),
    "a product": (lambda: _Branches(lambda x: x * x), "product of two values that depend"),
    "a square": (lambda: _Branches(lambda x: x**2), "pow.* is not supported"),
    "a quotient": (lambda: _Branches(lambda x: 1 / x), "division by a value that depends"),
    "indices": (
        lambda: _Branches(lambda x: x.max(1)[1] + 1),
        "index of the largest entry|jumps",
    ),
    "pool indices": (
        lambda: nn.Sequential(nn.Unflatten(1, (1, 4)), nn.MaxPool1d(2, return_indices=True)),
        "return_indices=True",
    ),
    "the batch": (lambda: _Branches(lambda x: x - x.mean(0)), "axis 0, that of the batch"),
    "dropout": (
        lambda: _Branches(lambda x: nn.functional.dropout(x)),
        "dropout is called with training=True",
    ),
    "written into numbers": (
        lambda: _Branches(lambda x: torch.zeros(1, 8).index_copy_(1, torch.arange(4), x)),
        "into a tensor of numbers; make the result with torch.cat",
    ),
    "a changed view": (
        lambda: _Branches(lambda x: (lambda y: (y.view(-1).relu_(), y)[1])(x + 1)),
        "after a view of it was changed in place",
    ),
    "integers": (lambda: _Branches(lambda x: x.to(torch.int64) + 1), "rounds"),
    "ceil mode": (
        lambda: nn.Sequential(nn.Unflatten(1, (1, 2, 2)), nn.AvgPool2d(2, ceil_mode=True)),
        r"layer '1' \(AvgPool2d\) has ceil_mode=True",
    ),
    "no statistics": (
        lambda: nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3, track_running_stats=False)),
        r"layer '1' \(BatchNorm1d\) has no running statistics",
    ),
    "two outputs": (lambda: _Branches(lambda x: (x, x)), "returns a tuple"),
    "no output": (lambda: _Branches(lambda x: torch.zeros(3)), "returns a Tensor"),
}


@pytest.mark.parametrize(("make", "message"), REFUSED_LAYERS.values(), ids=REFUSED_LAYERS.keys())
def test_refused_layers(make, message: str) -> None:
    with pytest.raises(UnsupportedLayerError, match=message) as caught:
        Network.from_torch(make().eval(), input_shape=4)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, LinregError)


@pytest.mark.parametrize(
    ("make", "shape", "message"),
    [
        (lambda: nn.Conv2d(1, 1, 3), None, "pass input_shape"),
        (lambda: nn.Sequential(nn.AvgPool2d(2)), None, "pass input_shape"),
        (lambda: nn.BatchNorm2d(3), None, "pass input_shape"),
        (lambda: nn.Sequential(nn.ReLU()), None, "pass input_shape"),
        (lambda: nn.Sequential(), None, "pass input_shape"),
        (lambda: nn.Linear(4, 2), (3,), "takes 4 features, but gets"),
        (lambda: nn.Linear(4, 2), (2, 2), "takes 4 features, .*put a Flatten before it"),
        (lambda: nn.Conv2d(2, 1, 3), (1, 5, 5), "takes 2 channels, but gets 1"),
        (lambda: nn.Conv2d(2, 1, 3), (50,), "takes images"),
        (lambda: nn.Conv2d(1, 1, 5), (1, 4, 4), "larger than the padded image"),
        (lambda: nn.Sequential(nn.Conv1d(1, 1, 1), nn.Linear(4, 2)), None, "pass input_shape"),
        (lambda: nn.AvgPool2d(5), (1, 4, 4), "larger than the padded image"),
        (lambda: nn.BatchNorm1d(3), (4,), "takes 3 channels"),
        (lambda: nn.BatchNorm1d(3), (3, 2, 2), "BatchNorm1d: expected 2D or 3D"),
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
