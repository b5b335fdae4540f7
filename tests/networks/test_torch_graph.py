"""Any module: what its forward does on random inputs is what the network does."""

from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.networks import Network

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional


class Module(nn.Module):
    """A module whose forward is a function of its children and its input."""

    def __init__(self, forward, **children) -> None:
        super().__init__()
        self.function = forward
        for name, child in children.items():
            if isinstance(child, nn.Module):
                self.add_module(name, child)
            else:
                self.register_buffer(name, child)

    def forward(self, x):
        return self.function(self, x)


def module_of(forward, **children):
    torch.manual_seed(3)
    made = Module(forward, **children)
    for each in made.modules():
        if isinstance(each, nn.modules.batchnorm._BatchNorm):
            each.running_mean.normal_()
            each.running_var.uniform_(0.5, 2.0)
            nn.init.normal_(each.weight)
            nn.init.normal_(each.bias)
    return made.eval()


def assert_same_function(module, shape: tuple[int, ...], num: int = 12) -> Network:
    """Against the module in float64, one input at a time."""
    net = Network.from_torch(module, shape)
    module = module.double()
    points = 2 * torch.randn(num, *shape, dtype=torch.float64)
    with torch.no_grad():
        expected = np.stack([module(x[None]).reshape(-1).numpy() for x in points])
    actual = net(points.reshape(num, -1).numpy())
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() <= 1e-12 * max(1.0, np.abs(expected).max())
    return net


def linear(a: int, b: int):
    return nn.Linear(a, b)


VECTOR = (6,)
IMAGE = (2, 6, 7)
ROW = (3, 9)


def _resnet_block(m, x):
    y = m.b1(m.c1(x))
    y = F.relu(y, inplace=True)
    y = m.b2(m.c2(y))
    y += x if not hasattr(m, "down") else m.down(x)
    return F.relu(y)


def _in_place_chain(m, x):
    y = m.a(x)
    y.relu_()
    y *= 2
    y -= 0.5
    return m.b(y.clamp_(max=1.0))


def _written_into(m, x):
    y = m.a(x)
    y[:, 1] = 3
    y[:, 2] = x[:, 5]
    y[:, 3:] = torch.tensor(7)
    return y


def _shapes_decide(m, x):
    if x.shape[1] > 3 and x.dim() == 2 and len(x) == 1:
        for i in range(x.size(1) // 3):
            x = x + i
    return m.a(x) if x.ndim == 2 else x


FUNCTIONS = {
    "residual": (VECTOR, lambda m, x: x + m.b(F.relu(m.a(x))), {"a": (6, 9), "b": (9, 6)}),
    "residual of a residual": (
        VECTOR,
        lambda m, x: m.c(F.relu(x + m.b(F.relu(m.a(x))))) - x[:, :2],
        {"a": (6, 9), "b": (9, 6), "c": (6, 2)},
    ),
    "dense": (
        VECTOR,
        lambda m, x: m.c(torch.cat([x, F.relu(m.a(x)), F.relu(m.b(F.relu(m.a(x))))], 1)),
        {"a": (6, 4), "b": (4, 3), "c": (13, 2)},
    ),
    "two heads": (
        VECTOR,
        lambda m, x: torch.cat((F.relu(m.a(x)), torch.tanh(torch.zeros(1, 2)) + 1), dim=-1),
        {"a": (6, 4)},
    ),
    "arithmetic": (
        VECTOR,
        lambda m, x: 3 - (2 * m.a(x) / 4 + 1 - x.neg()[:, :4]) * torch.arange(4),
        {"a": (6, 4)},
    ),
    "alpha": (VECTOR, lambda m, x: torch.add(m.a(x), x, alpha=3).sub(x, alpha=0.5), {"a": (6, 6)}),
    "in place": (VECTOR, _in_place_chain, {"a": (6, 4), "b": (4, 2)}),
    "shapes decide": (VECTOR, _shapes_decide, {"a": (6, 4)}),
    "maximum": (VECTOR, lambda m, x: m.b(torch.maximum(m.a(x), x)), {"a": (6, 6), "b": (6, 2)}),
    "minimum": (VECTOR, lambda m, x: torch.min(F.relu(m.a(x)), x), {"a": (6, 6)}),
    "largest": (VECTOR, lambda m, x: m.a(x).max(dim=1, keepdim=True).values, {"a": (6, 5)}),
    "largest and smallest": (
        VECTOR,
        lambda m, x: m.a(x).amax(1) - torch.amin(m.a(x), dim=-1),
        {"a": (6, 7)},
    ),
    "maximum of maxima": (
        VECTOR,
        lambda m, x: torch.max(m.a(x).amax(1, keepdim=True), m.b(x).amax(1, keepdim=True)),
        {"a": (6, 3), "b": (6, 4)},
    ),
    "bounds": (
        VECTOR,
        lambda m, x: m.a(x).clamp(-0.5, 0.25) + F.relu6(x)[:, :3] + x[:, 3:].clip(min=-1),
        {"a": (6, 3)},
    ),
    "bound a unit": (VECTOR, lambda m, x: torch.minimum(m.a(x), torch.arange(3.0)), {"a": (6, 3)}),
    "abs": (VECTOR, lambda m, x: m.b(abs(m.a(x)) + x.abs()), {"a": (6, 6), "b": (6, 2)}),
    "matrices": (
        VECTOR,
        lambda m, x: torch.matmul(x @ m.a.weight.T, m.b.weight.mT) + x.mm(m.c.weight.t()),
        {"a": (6, 5), "b": (5, 2), "c": (6, 2)},
    ),
    "einsum": (VECTOR, lambda m, x: torch.einsum("bi,oi->bo", x, m.a.weight), {"a": (6, 5)}),
    "addmm": (
        VECTOR,
        lambda m, x: torch.addmm(m.a.bias, x, m.a.weight.t(), beta=2, alpha=0.5),
        {"a": (6, 5)},
    ),
    "moves": (
        VECTOR,
        lambda m, x: (
            torch.stack(
                [
                    m.a(x).view(2, 3).t().reshape(1, -1).flip(1),
                    x.roll(2, 1),
                    F.relu(x)[:, [5, 4, 3, 2, 1, 0]],
                ]
            )
            .permute(1, 2, 0)
            .flatten(1)
        ),
        {"a": (6, 6)},
    ),
    "chunks": (
        VECTOR,
        lambda m, x: sum(F.relu(each) for each in m.a(x).chunk(3, dim=1)) + x.split([2, 4], 1)[0],
        {"a": (6, 6)},
    ),
    "sums": (VECTOR, lambda m, x: F.relu(m.a(x)).sum(-1, keepdim=True) + x.mean(1), {"a": (6, 5)}),
    "where": (
        VECTOR,
        lambda m, x: torch.where(torch.arange(6) > 2, x, F.relu(m.a(x))),
        {"a": (6, 6)},
    ),
    "where with numbers": (
        VECTOR,
        lambda m, x: (
            torch.where(torch.arange(6) > 2, m.a(x), 3.0) + torch.where(x.new_ones(6) > 0, 2, x)
        ),
        {"a": (6, 6)},
    ),
    "whole numbers beside values": (
        VECTOR,
        lambda m, x: torch.cat([m.a(x), torch.arange(4)[None]], 1),
        {"a": (6, 3)},
    ),
    "written into": (VECTOR, _written_into, {"a": (6, 4)}),
    "interpolated": (
        VECTOR,
        lambda m, x: (
            F.interpolate(m.a(x)[:, None], 9, None, "linear").flatten(1)
            + F.interpolate(m.a(x)[:, None], 9).flatten(1)
        ),
        {"a": (6, 4)},
    ),
    "padded": (VECTOR, lambda m, x: F.pad(m.a(x), (1, 2), value=0.5), {"a": (6, 3)}),
    "same module thrice": (
        VECTOR,
        lambda m, x: m.a(F.relu(m.a(F.relu(m.a(x))))),
        {"a": (6, 6)},
    ),
    "constants of its own": (
        VECTOR,
        lambda m, x: m.a(x - torch.ones_like(x)) + x.new_zeros(1, 4) + torch.linspace(0, 1, 4),
        {"a": (6, 4)},
    ),
}


@pytest.mark.parametrize(("shape", "forward", "layers"), FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_functions(shape, forward, layers) -> None:
    module = module_of(forward, **{name: linear(*sizes) for name, sizes in layers.items()})
    assert_same_function(module, shape)


LAYERS = {
    "max pool": (IMAGE, lambda: nn.MaxPool2d(2)),
    "max pool with everything": (
        IMAGE,
        lambda: nn.MaxPool2d((3, 2), stride=(2, 1), padding=1, dilation=(1, 2)),
    ),
    "max pool, ceil": (IMAGE, lambda: nn.MaxPool2d(3, stride=2, ceil_mode=True)),
    "max pool after relu": (IMAGE, lambda: nn.Sequential(nn.ReLU(), nn.MaxPool2d(2))),
    "max pool of a conv": (
        IMAGE,
        lambda: nn.Sequential(
            nn.Conv2d(2, 3, 2), nn.MaxPool2d(3, 2), nn.ReLU(), nn.Conv2d(3, 2, 1)
        ),
    ),
    "adaptive max": (IMAGE, lambda: nn.AdaptiveMaxPool2d((4, 3))),
    "adaptive average": (IMAGE, lambda: nn.AdaptiveAvgPool2d((4, None))),
    "global average": (IMAGE, lambda: nn.AdaptiveAvgPool2d(1)),
    "rows": (
        ROW,
        lambda: nn.Sequential(
            *(nn.Conv1d(3, 4, 3, stride=2, padding=1), nn.BatchNorm1d(4), nn.PReLU(4)),
            *(nn.AvgPool1d(2), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(4, 2)),
        ),
    ),
    "adaptive rows": (
        ROW,
        lambda: nn.Sequential(nn.AdaptiveMaxPool1d(4), nn.AdaptiveAvgPool1d(3)),
    ),
    "circular": (IMAGE, lambda: nn.Conv2d(2, 2, 3, padding=1, padding_mode="circular")),
    "reflected": (IMAGE, lambda: nn.Sequential(nn.ReflectionPad2d(2), nn.Conv2d(2, 1, 3))),
    "padded with a number": (IMAGE, lambda: nn.ConstantPad2d((1, 0, 2, 1), 0.5)),
    "transposed": (IMAGE, lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)),
    "transposed rows": (ROW, lambda: nn.ConvTranspose1d(3, 2, 2, bias=False, dilation=2)),
    "upsampled": (IMAGE, lambda: nn.Upsample(scale_factor=2)),
    "upsampled smoothly": (IMAGE, lambda: nn.Upsample(scale_factor=2, mode="bilinear")),
    "volume": (
        (1, 3, 4, 3),
        lambda: nn.Sequential(nn.Conv3d(1, 2, 2), nn.BatchNorm3d(2), nn.ReLU(), nn.MaxPool3d(2)),
    ),
    "prelu": (VECTOR, lambda: nn.Sequential(nn.Linear(6, 4), nn.PReLU(), nn.Linear(4, 2))),
    "hardsigmoid": (VECTOR, lambda: nn.Sequential(nn.Linear(6, 4), nn.Hardsigmoid())),
    "threshold": (VECTOR, lambda: nn.Sequential(nn.Threshold(0.25, 0.25), nn.Linear(6, 2))),
    "softshrink": (VECTOR, lambda: nn.Sequential(nn.Softshrink(0.25), nn.Linear(6, 2))),
    "rrelu": (VECTOR, lambda: nn.RReLU()),
    "unflatten": (VECTOR, lambda: nn.Sequential(nn.Unflatten(1, (1, 2, 3)), nn.Conv2d(1, 2, 2))),
    "shuffled": (
        (4, 2, 3),
        lambda: nn.Sequential(nn.ChannelShuffle(2), nn.PixelShuffle(2), nn.Conv2d(1, 2, 2)),
    ),
    "flattened with its batch": (IMAGE, lambda: nn.Sequential(nn.Flatten(0), nn.Linear(84, 2))),
    "rows through a linear": (ROW, lambda: nn.Sequential(nn.Linear(9, 4), nn.ReLU())),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("shape", "make"), LAYERS.values(), ids=LAYERS.keys())
def test_layers(shape, make) -> None:
    module = module_of(lambda m, x: m.layer(x), layer=make())
    for each in module.modules():
        if isinstance(each, nn.PReLU):
            nn.init.uniform_(each.weight, -0.5, 1.5)
    assert_same_function(module, shape)


@pytest.mark.parametrize("stride", [1, 2])
def test_residual_convolutions(stride: int) -> None:
    children = {
        "c1": nn.Conv2d(2, 3, 3, stride=stride, padding=1, bias=False),
        "b1": nn.BatchNorm2d(3),
        "c2": nn.Conv2d(3, 2, 3, padding=1, bias=False),
        "b2": nn.BatchNorm2d(2),
    }
    if stride == 2:
        children["down"] = nn.Sequential(nn.Conv2d(2, 2, 1, stride=2), nn.BatchNorm2d(2))
    net = assert_same_function(module_of(_resnet_block, **children), (2, 4, 4))
    # The block needs its input, or what the short cut makes of it, beside its first layer.
    assert net.depth == 2
    assert net.hidden_widths == ((3 * 16 + 32, 32) if stride == 1 else (3 * 4 + 8, 8))


def _random_images(rng: np.random.Generator):
    """A random chain of convolutions, sums, concatenations and pools, each of any earlier value."""
    layers, steps = {}, []
    shapes = [(2, 5, 4)]
    for number in range(7):
        source = int(rng.integers(max(0, len(shapes) - 3), len(shapes)))
        channels, height, width = shapes[source]
        kind = rng.choice(["conv", "relu", "max", "mean", "sum", "cat", "norm", "flip"])
        others = [i for i, each in enumerate(shapes) if each[1:] == (height, width)]
        other = int(rng.choice(others))
        name = f"l{number}"
        if kind == "conv":
            layers[name] = nn.Conv2d(channels, int(rng.integers(1, 4)), 3, padding=1)
            shape = (layers[name].out_channels, height, width)
        elif kind == "norm":
            layers[name], shape = nn.BatchNorm2d(channels), (channels, height, width)
        elif kind in ("max", "mean"):
            size, stride = int(rng.integers(1, 3)), int(rng.integers(1, 3))
            size = min(size, height, width)
            layers[name] = (nn.MaxPool2d if kind == "max" else nn.AvgPool2d)(size, stride)
            shape = (channels, (height - size) // stride + 1, (width - size) // stride + 1)
        elif kind == "sum":
            kind = "sum" if shapes[other] == shapes[source] else "flip"
            shape = (channels, height, width)
        elif kind == "cat":
            shape = (channels + shapes[other][0], height, width)
        else:
            shape = (channels, height, width)
        shapes.append(shape)
        steps.append((kind, name, source, other))

    def forward(m, x):
        values = [x]
        for kind, name, source, other in steps:
            one, two = values[source], values[other]
            if kind == "sum":
                values.append(one + two)
            elif kind == "cat":
                values.append(torch.cat([one, two], dim=1))
            elif kind == "relu":
                values.append(F.leaky_relu(one, 0.25))
            elif kind == "flip":
                values.append(one.flip(2))
            else:
                values.append(getattr(m, name)(one))
        return torch.cat([each.flatten(1) for each in values[-3:]], dim=1)

    return module_of(forward, **layers)


@pytest.mark.parametrize("seed", range(25))
def test_random_image_networks(seed: int) -> None:
    assert_same_function(_random_images(np.random.default_rng(seed)), (2, 5, 4), num=4)
