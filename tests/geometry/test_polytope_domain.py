"""Polytopes as domains: against the rational twin, known face numbers, and volumes."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, factorial

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry import Polytope, Simplex
from linreg_lib.geometry.cutting.subdivision_state import SubdivisionState
from linreg_lib.networks import Normal
from tests.geometry.comparison import KINDS, assert_same, cut, exact, integer_net
from tests.geometry.rational_twin import Twin, affine, cells_of, centroid
from tests.geometry.test_certificates import watch

SEEDS = range(45)


def face_numbers(domain: Polytope) -> tuple[int, ...]:
    net = lr.Network.from_arrays([np.zeros((1, domain.dim)), [[1]]], [[0], [0]])
    return lr.subdivide(net, domain).f_vector


@pytest.mark.parametrize("dim", range(1, 7))
def test_known_polytopes(dim: int) -> None:
    rng = np.random.default_rng(dim)
    simplex = Simplex(rng.normal(size=(dim + 1, dim)))
    assert face_numbers(simplex) == tuple(comb(dim + 1, k + 1) for k in range(dim + 1))
    normals = np.vstack([np.eye(dim), -np.eye(dim)])
    cube = Polytope(halfspaces=(normals, np.full(2 * dim, 3.0)))
    assert face_numbers(cube) == tuple(2 ** (dim - k) * comb(dim, k) for k in range(dim + 1))
    crosses = [Polytope(vertices=normals)]
    signs = list(product([-1.0, 1.0], repeat=dim))
    crosses.append(Polytope(halfspaces=(signs, np.ones(len(signs)))))
    for cross in crosses:
        expected = [2 ** (k + 1) * comb(dim, k + 1) for k in range(dim)]
        assert face_numbers(cross) == (*expected, 1)


def test_redundant_halfspaces_and_points_change_nothing() -> None:
    square = Polytope(
        halfspaces=(
            [[1, 0], [0, 1], [-1, 0], [0, -1], [1, 1], [2, 0], [1, 2], [0, 0]],
            [1, 1, 1, 1, 2, 2, 9, 0],
        )
    )
    hull = Polytope(vertices=[[1, 1], [1, -1], [0, 0], [-1, 1], [1, 0], [-1, -1], [1, 1]])
    for domain in (square, hull):
        assert face_numbers(domain) == (4, 4, 1)
        assert sorted(domain.corners.tolist()) == [[-1, -1], [-1, 1], [1, -1], [1, 1]]


def twin_in(net: lr.Network, normals: np.ndarray, limits: np.ndarray, size: float) -> Twin:
    """The twin's cells of a box, each cut down to the halfspaces."""
    dim = net.input_dim
    cells = cells_of(net, exact(np.full(dim, -size)), exact(np.full(dim, size)))
    for normal, limit in zip(normals, limits, strict=True):
        row = (*(-Fraction(a) for a in normal.tolist()), Fraction(limit))
        kept = []
        for cell in cells:
            for part in cell.polytope.split(row):
                if affine(row, centroid(list(part.vertices))) > 0:
                    cell.polytope = part
                    kept.append(cell)
                    break
        cells = kept
    return Twin(cells)


def random_halfspaces(seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    """A box cut by a few halfspaces that hold a neighbourhood of 0; corners with denominators."""
    rng = np.random.default_rng([5, seed])
    dim, size = seed % 3 + 1, 2.0
    extra = rng.integers(-3, 4, size=(int(rng.integers(0, 4)), dim)).astype(float)
    limits = rng.integers(1, 5, size=len(extra)).astype(float)
    extra, limits = extra[extra.any(axis=1)], limits[extra.any(axis=1)]
    normals = np.vstack([np.eye(dim), -np.eye(dim), extra])
    return normals, np.concatenate([np.full(2 * dim, size), limits]), size


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_integer_nets_against_the_twin(seed: int, kind: str) -> None:
    normals, limits, size = random_halfspaces(seed)
    dim = normals.shape[1]
    net = integer_net(seed, dim, max_width=(6, 4, 2)[dim - 1])
    domain = Polytope(halfspaces=(normals, limits))
    assert_same(cut(net, domain, kind), twin_in(net, normals, limits, size))


@pytest.mark.parametrize("kind", KINDS)
def test_a_hyperplane_through_rational_corners(kind: str) -> None:
    """3 x = 1 and 3 x + 3 y = 2 touch corners that are no floats; x + y > 2/3 cuts nothing."""
    domain = Polytope(halfspaces=([[-3, 0], [0, -3], [3, 3]], [-1, 0, 2]))
    touching = lr.Network.from_arrays([[[3, 0], [3, 3]], [[1, 1]]], [[-1, -2], [0]])
    assert cut(touching, domain, kind).f_vector == (3, 3, 1)
    diagonal = lr.Network.from_arrays([[[-1, 1]], [[1]]], [[0], [0]])  # through (1/3, 1/3)
    assert cut(diagonal, domain, kind).f_vector == (3, 3, 1)
    median = lr.Network.from_arrays([[[3, 6], [1, 0]], [[1, 1]]], [[-2, -1], [0]])
    assert cut(median, domain, kind).f_vector == (4, 5, 2)  # from (2/3, 0) to (1/3, 1/6)


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_volumes_add_up(dim: int) -> None:
    rng = np.random.default_rng(dim)
    net = lr.Network.random([dim, 8, 5, 1], biases=Normal(0.1), rng=rng)
    corners = np.vstack([np.zeros(dim), np.eye(dim)]) - rng.uniform(0.1, 0.2, size=dim)
    cx = lr.subdivide(net, Simplex(corners))
    assert cx.num_regions > 1
    assert cx.euler_characteristic == 1
    assert cx.volume() == pytest.approx(1 / factorial(dim), rel=1e-10)
    assert cx.locate(cx.interior_points).tolist() == list(range(cx.num_regions))


@pytest.mark.parametrize("dim", [1, 2, 3])
@pytest.mark.parametrize("by", ["halfspaces", "vertices"])
def test_the_certificates_hold_on_sloping_walls(dim: int, by: str) -> None:
    rng = np.random.default_rng([dim, 1])
    if by == "vertices":
        domain = Polytope(vertices=1e3 + rng.normal(size=(dim + 3, dim)))
    else:
        normals = np.vstack([rng.normal(size=(3, dim)), np.eye(dim), -np.eye(dim)])
        around = normals @ np.full(dim, 1e3)
        domain = Polytope(halfspaces=(normals, around + rng.uniform(0.5, 1.5, len(normals))))
    widths = [dim, 5, 4, 3, 1]
    net = lr.Network.random(widths, biases=Normal(0.3), rng=rng, activation="hard_tanh")
    bias = net.biases[0] - net.weights[0] @ domain.corners.mean(axis=0)
    net = lr.Network(
        weights=net.weights, biases=(bias, *net.biases[1:]), activations=net.activations
    )
    assert watch(net, domain) > 1


def test_corners_without_their_rounding_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = SubdivisionState.__init__

    def careless(self: SubdivisionState, *args: object) -> None:
        keep(self, *args)
        self.corner_slack[:] = 0.0

    monkeypatch.setattr(SubdivisionState, "__init__", careless)
    net = lr.Network.random([2, 3, 1], biases=Normal(0.3), rng=np.random.default_rng(0))
    with pytest.raises(AssertionError):
        watch(net, Polytope(halfspaces=([[-3, 0], [0, -3], [3, 3]], [-1, 0, 2])))


def test_contains_is_exact() -> None:
    third = Polytope(halfspaces=([[3.0], [-1.0]], [1.0, 0.0]))
    below = 1 / 3  # the float is less than 1/3
    assert third.contains(
        [[below], [np.nextafter(below, 1)], [0.0], [-5e-324], [np.nan]]
    ).tolist() == [
        True,
        False,
        True,
        False,
        False,
    ]
    triangle = Simplex([[0.0, 0.0], [1.0, 0.1], [0.1, 1.0]])
    assert triangle.contains(triangle.corners).all()
    net = lr.Network.from_arrays([[[1.0, 0]], [[1]]], [[-0.5], [0]])
    assert lr.subdivide(net, triangle).locate([[2.0, 2.0], [0.1, 0.1], [0.6, 0.3]]).tolist() == [
        -1,
        0,
        1,
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "either"),
        ({"halfspaces": ([[1.0]], [1.0]), "vertices": [[1.0]]}, "either"),
        ({"halfspaces": ([[1.0], [-1.0]], [0.0, -1.0])}, "empty"),
        ({"halfspaces": ([[1.0], [-1.0], [0.0]], [1.0, 1.0, -1.0])}, "empty"),
        ({"halfspaces": ([[1.0, 0], [-1, 0], [0, 1]], [1.0, 1, 1])}, r"direction \[0, -1\]"),
        ({"halfspaces": ([[1.0, 0], [-1, 0]], [1.0, 1])}, "unbounded"),
        ({"halfspaces": ([[1.0, 0], [-1, 0], [0, 1], [0, -1]], [1.0, -1, 1, 1])}, "no interior"),
        ({"halfspaces": ([[np.nan]], [1.0])}, r"halfspaces\[0\]\[0, 0\] is nan"),
        ({"halfspaces": ([[1.0]], [np.inf])}, r"halfspaces\[1\]\[0\] is inf"),
        ({"halfspaces": ([[1.0]], [1.0, 2.0])}, r"halfspaces\[1\] has shape \(2,\)"),
        ({"halfspaces": [[1.0]]}, "pair"),
        ({"vertices": [[0.0, 0], [1, 1], [2, 2]]}, "no interior"),
        ({"vertices": [[0.0, 0]]}, "no interior"),
        ({"vertices": [[0.0, np.nan]]}, r"vertices\[0, 1\] is nan"),
        ({"vertices": [1.0, 2.0]}, "shape"),
        ({"vertices": np.eye(7)}, "at most 6"),
    ],
)
def test_errors(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Polytope(**arguments)


def test_errors_of_a_simplex_and_of_overflow() -> None:
    with pytest.raises(ValueError, match="3 vertices"):
        Simplex([[0.0, 0], [1, 0]])
    with pytest.raises(ValueError, match="no interior"):
        Simplex([[0.0, 0], [1, 1], [3, 3]])
    with pytest.raises(OverflowError, match="corner"):
        Polytope(halfspaces=([[1e-300], [-1.0]], [1e300, 0.0]))


def test_points_beyond_float64s_range_are_outside_without_a_warning() -> None:
    """Their sums overflow; signs are then decided exactly."""
    triangle = Polytope(halfspaces=([[-1, 0], [0, -1], [3, 3]], [0, 0, 1]))
    cx = lr.subdivide(lr.Network.from_arrays([[[1, 2]]], [[0]]), triangle)
    far = np.array([[1e308, 1e308], [-1e308, 1e308], [1.7e308, -1.7e308], [0.25, 0.0]])
    assert triangle.contains(far).tolist() == [False, False, False, True]
    assert cx.locate(far).tolist() == [-1, -1, -1, 0]
