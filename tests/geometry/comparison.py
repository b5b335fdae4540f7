"""The engine's complex held against the rational twin; used by several test files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from fractions import Fraction
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np

import linreg_lib as lr
from linreg_lib.geometry.cutting import subdivide
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.networks import PiecewiseLinear
from tests.geometry.rational_twin import Twin, cells_of

#: the ways of cutting: "compiled" tries general position first, "lattice" knows ties at once
KINDS = ("compiled", "lattice", "numpy")
ACTIVATIONS = (
    "relu",
    "relu",
    "relu",
    lr.PiecewiseLinear([0.0], [0.25, 1.0]),
    "hard_tanh",
    "relu6",
    PiecewiseLinear([-1.0, 0.0, 1.0], [1.0, -1.0, 2.0, 0.0], value_at=(0.5, 1.0)),
    PiecewiseLinear([1.0], [2.0, -1.0], value_at=(0.0, 3.0)),
)


def exact(values: np.ndarray) -> list[Fraction]:
    return [Fraction(float(v)) for v in values]


def cut(
    net: lr.Network, domain: Domain, kind: str = "compiled", **options: Any
) -> lr.PolyhedralComplex:
    """``subdivide`` in one of the ways."""
    with ties_foreseen() if kind == "lattice" else nullcontext():
        return lr.subdivide(net, domain, compiled=kind != "numpy", **options)


@contextmanager
def ties_foreseen() -> Iterator[None]:
    """As if every network had ties: the way that knows them cuts even where there are none."""
    with patch.object(subdivide, "foresees_ties", lambda net, domain: True):
        yield


def integer_net(seed: int, dim: int, max_width: int) -> lr.Network:
    """Weights in -k..k, biases often zero: ties, duplicates, dead units and coincident cuts."""
    rng = np.random.default_rng(seed)
    depth = int(rng.integers(1, 4))
    hidden = rng.integers(1, max_width + 1, size=depth)
    widths = [dim, *hidden, int(rng.integers(1, 3))]
    largest = int(rng.integers(1, 4))
    with_bias = rng.integers(0, 2, size=depth + 1)
    pairs = list(zip(widths[1:], widths, strict=False))
    weights = [rng.integers(-largest, largest + 1, size=pair) for pair in pairs]
    biases = [rng.integers(-1, 2, size=n) * b for (n, _), b in zip(pairs, with_bias, strict=True)]
    activations = [ACTIVATIONS[i] for i in rng.integers(len(ACTIVATIONS), size=depth)]
    return lr.Network.from_arrays(weights, biases, activation=activations)


def generic_net(seed: int, dim: int, max_width: int) -> lr.Network:
    """Short binary fractions, exact for both sides, and so many of them that nothing ties."""
    rng = np.random.default_rng([seed, dim])
    hidden = rng.integers(1, max_width + 1, size=rng.integers(1, 4))
    widths = [dim, *hidden, int(rng.integers(1, 3))]
    pairs = list(zip(widths[1:], widths, strict=False))
    weights = [rng.integers(-4000, 4001, size=pair) / 2048 for pair in pairs]
    biases = [rng.integers(-4000, 4001, size=n) / 4096 for n, _ in pairs]
    activations = [ACTIVATIONS[i] for i in rng.integers(len(ACTIVATIONS), size=len(hidden))]
    return lr.Network.from_arrays(weights, biases, activation=activations)


def case(seed: int) -> tuple[lr.Network, lr.Box, Twin]:
    """A net, a box and the twin's answer; dimensions 1, 2, 3 in turn."""
    dim = seed % 3 + 1
    net = integer_net(seed, dim, max_width=(6, 4, 3)[dim - 1])
    high = np.arange(1.0, dim + 1) if seed % 4 == 0 else np.ones(dim)
    box = lr.Box(-np.ones(dim), high)
    return net, box, twin_of(net, box)


@cache
def twin_of(net: lr.Network, box: lr.Box, upto_layer: int | None = None) -> Twin:
    return Twin(cells_of(net, exact(box.low), exact(box.high), upto_layer=upto_layer))


def assert_same(cx: lr.PolyhedralComplex, twin: Twin) -> None:
    """Everything combinatorial, and the affine maps."""
    assert cx.f_vector == twin.f_vector
    assert [tuple(row) for row in cx.patterns.tolist()] == twin.patterns
    for walls in (True, False):
        assert cx.facets_per_region(walls=walls).tolist() == twin.facets_per_region(walls)
    assert cx.linear_regions().labels.tolist() == twin.linear_labels()
    exact_vertices = np.array([[float(x) for x in min(v)] for v in twin.faces[0]])
    far = np.abs(cx.vertices[:, None] - exact_vertices[None]).max(axis=2)
    assert max(far.min(axis=0).max(), far.min(axis=1).max()) < 1e-12
    maps = np.array([[[float(x) for x in row] for row in cell.maps] for cell in twin.cells])
    np.testing.assert_allclose(cx.affine_maps().matrices, maps[:, :, :-1], atol=1e-9)
    np.testing.assert_allclose(cx.affine_maps().offsets, maps[:, :, -1], atol=1e-9)
