"""Networks with maxima and residual sums are cut where torch's own forward passes change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import linreg_lib as lr

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional


class Residual(nn.Module):
    """Two channels of 4 x 4 pixels, three classes; ``seen`` collects what decides pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 2, 3, padding=1)
        self.first, self.second = (nn.Conv2d(2, 2, 3, padding=1, bias=False) for _ in range(2))
        self.norms = nn.ModuleList([nn.BatchNorm2d(2), nn.BatchNorm2d(2)])
        self.head = nn.Linear(2, 3)
        self.seen: list = []

    def _relu(self, x):
        self.seen.append(x)
        return F.relu(x)

    def _pool(self, x):
        self.seen.append(x)
        return F.max_pool2d(x, 2)

    def forward(self, x):
        self.seen.clear()
        x = self._pool(self._relu(self.stem(x)))
        y = self.norms[1](self.second(self._relu(self.norms[0](self.first(x)))))
        x = self._relu(x + y)
        return self.head(F.adaptive_avg_pool2d(x, 1).flatten(1))


@pytest.fixture(scope="module")
def module():
    torch.manual_seed(1)
    made = Residual()
    for norm in made.norms:
        nn.init.normal_(norm.weight)
        norm.running_var.uniform_(0.5, 2.0)
    return made.double().eval()


@pytest.fixture(scope="module")
def plane() -> lr.Plane:
    rng = np.random.default_rng(0)
    return lr.Plane(rng.normal(size=16), rng.normal(size=(2, 16)), 3.0)


def pieces(module, points: np.ndarray) -> np.ndarray:
    """Signs of what ReLUs get, and the place of the largest pixel of each window."""
    with torch.no_grad():
        module(torch.from_numpy(points).reshape(-1, 1, 4, 4))
        stem, pooled, *others = module.seen
        places = F.max_pool2d(pooled, 2, return_indices=True)[1]
        # A window whose pixels are all off is one piece, whichever of its zeros counts first.
        dead = F.max_pool2d(pooled, 2) == 0
        parts = [stem > 0, torch.where(dead, -1, places), *(each > 0 for each in others)]
    return np.concatenate([each.reshape(len(points), -1).numpy() for each in parts], axis=1)


@pytest.mark.parametrize("compiled", [False, None])
def test_regions_are_those_of_the_forward_passes(module, plane: lr.Plane, compiled) -> None:
    net = lr.Network.from_torch(module, (1, 4, 4))
    assert len(net.max_units) == 8
    cx = lr.subdivide(net, plane, compiled=compiled)
    inside = np.random.default_rng(1).uniform(-3, 3, size=(20_000, 2))
    regions = cx.locate(plane.embed(inside))
    seen = pieces(module, plane.embed(inside))
    numbers = np.unique(seen, axis=0, return_inverse=True)[1].ravel()
    pairs = set(zip(regions.tolist(), numbers.tolist(), strict=True))
    # Each region shows one behaviour, and each behaviour belongs to one region.
    assert len(pairs) == len(set(regions.tolist())) == len(set(numbers.tolist())) > 100
    centres = pieces(module, plane.embed(cx.interior_coordinates))
    assert len(np.unique(centres, axis=0)) == cx.num_regions


def test_affine_maps_are_the_gradients_of_torch(module, plane: lr.Plane) -> None:
    net = lr.Network.from_torch(module, (1, 4, 4))
    cx = lr.subdivide(net, plane)
    maps = cx.affine_maps()
    for region in range(0, cx.num_regions, 7):
        point = plane.embed(cx.interior_coordinates[region])
        x = torch.from_numpy(point).reshape(1, 1, 4, 4)
        gradient = torch.autograd.functional.jacobian(module, x).reshape(3, 16).numpy()
        expected = (
            gradient if maps.matrices.shape[2] == 16 else gradient @ np.asarray(plane.basis).T
        )
        np.testing.assert_allclose(maps.matrices[region], expected, atol=1e-11)


def test_the_same_network_from_a_file(module, plane: lr.Plane, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    path = tmp_path / "net.onnx"
    example = torch.zeros(1, 1, 4, 4, dtype=torch.float64)
    try:
        torch.onnx.export(module, (example,), str(path), dynamo=False)
    except (ImportError, RuntimeError, TypeError) as error:
        pytest.skip(f"this torch cannot export: {error}")
    ours, theirs = lr.Network.from_torch(module, (1, 4, 4)), lr.Network.from_onnx(path)
    assert theirs.hidden_widths == ours.hidden_widths
    assert len(theirs.max_units) == len(ours.max_units)
    points = np.random.default_rng(2).normal(size=(20, 16))
    np.testing.assert_allclose(theirs(points), ours(points), atol=1e-6)
    assert lr.subdivide(theirs, plane).num_regions == lr.subdivide(ours, plane).num_regions


class Maxout(nn.Module):
    """Two layers of maxima, then a PReLU beside what skips it."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.last = nn.Linear(2, 12), nn.Linear(3, 6), nn.Linear(5, 2)
        self.prelu = nn.PReLU(2)

    def forward(self, x):
        self.players = [self.first(x).view(-1, 3, 4)]
        x = self.players[0].max(dim=2).values
        self.players.append(self.second(x).view(-1, 2, 3))
        self.before = self.players[1].max(dim=2).values
        return self.last(torch.cat([self.prelu(self.before), x], dim=1))


@pytest.mark.parametrize("compiled", [False, None])
def test_maxima_of_affine_maps(compiled) -> None:
    torch.manual_seed(2)
    module = Maxout().double()
    net = lr.Network.from_torch(module)
    cx = lr.subdivide(net, lr.Box(-2, 2, dim=2), compiled=compiled)
    points = np.random.default_rng(0).uniform(-2, 2, (30_000, 2))
    with torch.no_grad():
        np.testing.assert_allclose(net(points), module(torch.from_numpy(points)), atol=1e-12)
    largest = [each.argmax(dim=2) for each in module.players]
    seen = torch.cat([*largest, module.before > 0], dim=1).numpy()
    numbers = np.unique(seen, axis=0, return_inverse=True)[1].ravel()
    regions = cx.locate(points)
    pairs = set(zip(regions.tolist(), numbers.tolist(), strict=True))
    assert len(pairs) == len(set(regions.tolist())) == len(set(numbers.tolist())) > 20
    assert cx.num_regions == len(set(numbers.tolist()))
