"""Questions do not see in what units the inputs are measured.

A network and its copy with the first layer's columns scaled by powers of two, on domains scaled
accordingly, have the same combinatorics and the same roundings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import combinations
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry import pulling_triangulation
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.questions import volumes
from linreg_lib.geometry.questions.exact_volumes import exact_volume
from linreg_lib.geometry.questions.stretched_volumes import Stretch
from linreg_lib.geometry.questions.vertex_places import VertexPlaces
from linreg_lib.geometry.record.walls_of_vertices import is_across_axis, walls_at_corners
from linreg_lib.geometry.triangulations import simplex_volumes
from linreg_lib.networks import Normal
from tests.geometry.comparison import integer_net

POWERS = [15, -12, 3, 30]
CORNERS = np.array([[-1.0, -0.75], [1.0, -0.5], [0.25, 1.0], [-0.5, 0.75]])


def network(widths: list[int], seed: int = 0) -> lr.Network:
    return lr.Network.random(widths, rng=np.random.default_rng(seed), biases=Normal(0.1))


def copy_of(net: lr.Network, scales: np.ndarray) -> lr.Network:
    """The same function of inputs / ``scales``."""
    weights = [net.weights[0] / scales, *net.weights[1:]]
    return lr.Network.from_arrays(weights, list(net.biases), list(net.activations))


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How many vertices were bounded again or placed exactly, and volumes made of fractions."""
    counts: Counter[str] = Counter()

    def counting(owner: Any, name: str, many: bool) -> Any:
        function: Callable[..., Any] = getattr(owner, name)

        def replacement(*args: Any) -> Any:
            counts[name] += len(args[1]) if many else 1
            return function(*args)

        return patch.object(owner, name, replacement)

    with (
        counting(VertexPlaces, "tightened", True),
        counting(VertexPlaces, "exactly", True),
        counting(volumes, "exact_volume", False),
        counting(simplex_volumes, "determinant", False),
    ):
        yield counts


def answers(
    cx: lr.PolyhedralComplex, scales: np.ndarray
) -> tuple[dict[str, np.ndarray], Counter[str]]:
    """What is affine in the coordinates, divided by ``scales``; and how it was decided."""
    with counted() as counts:
        whole = np.prod(scales)
        found = {
            "vertices": cx.vertices / scales,
            "volumes": cx.volumes / whole,
            "volume": np.array(cx.volume() / whole),
            "interior": cx.interior_coordinates / scales,
            "corners": np.array(cx.volume(cx.dim)),
            "simplices": pulling_triangulation(cx).volumes / whole,
            "located": cx.locate(cx.interior_points),
            "linear": cx.linear_regions().volumes / whole,
        }
    return found, counts


PAIRS: dict[str, Callable[[np.ndarray], tuple[lr.Network, Domain]]] = {
    "box": lambda s: (network([2, 30, 30, 1]), lr.Box(-s[:2], s[:2])),
    "far box": lambda s: (network([2, 30, 30, 1]), lr.Box(0.75 * s[:2], s[:2])),
    "solid": lambda s: (network([3, 12, 10, 1]), lr.Box(-s[:3], s[:3])),
    "four": lambda s: (network([4, 6, 5, 1]), lr.Box(-s, s)),
    "simplex": lambda s: (network([2, 30, 30, 1]), lr.Simplex(CORNERS[:3] * s[:2])),
    "polytope": lambda s: (network([2, 30, 30, 1]), lr.Polytope(vertices=CORNERS * s[:2])),
}


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("times", [1, 2, -9])
def test_the_same_answers_bit_for_bit_and_as_few_of_them_exactly(kind: str, times: int) -> None:
    one = np.ones(4)
    scales = np.ldexp(one, np.multiply(POWERS, times))
    (net, domain), (_, other) = PAIRS[kind](one), PAIRS[kind](scales)
    scales = scales[: net.input_dim]
    cx, copy = lr.subdivide(net, domain), lr.subdivide(copy_of(net, scales), other)
    assert copy.f_vector == cx.f_vector
    expected, counts = answers(cx, np.ones(net.input_dim))
    found, other_counts = answers(copy, scales)
    for name, values in expected.items():
        assert np.array_equal(found[name], values), name
    assert other_counts == counts
    assert counts["exactly"] < 0.1 * len(cx.vertices)


@pytest.mark.parametrize("axes", [(0, 3), (1, 3, 0)])
def test_slices_along_inputs(axes: tuple[int, ...]) -> None:
    at = np.linspace(-0.3, 0.4, 5)
    scales = np.ldexp(1.0, [-15, 12, -3, -30, 7])
    net, chosen = network([5, 12, 12, 1]), list(axes)
    cx = lr.subdivide(net, lr.Slice.along(axes, -1, 1, at=at))
    low, high = -scales[chosen], scales[chosen]
    copy = lr.subdivide(copy_of(net, scales), lr.Slice.along(axes, low, high, at=at * scales))
    assert copy.f_vector == cx.f_vector
    expected, counts = answers(cx, np.ones(cx.dim))
    found, other_counts = answers(copy, scales[chosen])
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=2.0**-31)
    assert other_counts["exactly"] <= counts["exactly"] + 0.01 * len(cx.vertices)
    assert not other_counts["exact_volume"]


def test_all_of_space() -> None:
    """Which hyperplanes its cells start from is left to the cutters, so bits may differ."""
    net, scales = network([2, 20, 15, 1]), np.ldexp(1.0, [-15, 12])
    cx, copy = (lr.subdivide(each, lr.Space(2)) for each in (net, copy_of(net, scales)))
    with counted() as counts:
        found = copy.volumes / scales.prod()
    np.testing.assert_allclose(found, cx.volumes, rtol=2e-7)
    assert counts["exactly"] < 0.25 * len(copy.vertices)
    assert not counts["exact_volume"]


def faces_of(cx: lr.PolyhedralComplex, k: int) -> list[Fraction]:
    record = cx.record
    boundaries = {level: record.boundary(level) for level in range(1, k + 1)}
    number = range(record.faces.num_faces(k))
    return [exact_volume(record.exact, record.vertex_ids, boundaries, k, face) for face in number]


def lopsided(seed: int) -> tuple[lr.Network, Domain]:
    """All kinds of domains with axes of all kinds of lengths, with ties and without."""
    rng = np.random.default_rng(seed)
    dim = 2 + seed % 3
    scales = np.ldexp(1.0, rng.integers(-40, 41, size=dim))
    net = (
        integer_net(seed, dim, 6 - dim)
        if seed % 2
        else network([dim, *([3, 2] if dim == 4 else [5, 3]), 1], seed)
    )
    corners = np.vstack([np.zeros(dim), np.eye(dim)]) - 0.25 * rng.random(dim)
    domains = [
        lr.Box(-scales, scales),
        lr.Simplex(corners * scales),
        lr.Slice(np.zeros(dim), np.eye(dim) + 0.1 * rng.normal(size=(dim, dim)), scales),
        lr.Polytope(halfspaces=(np.vstack([np.eye(dim), -np.eye(dim)]), np.tile(scales, 2) / 3)),
    ]
    place = (seed // 3) % 4
    return (net if place == 2 else copy_of(net, scales)), domains[place]


@pytest.mark.parametrize("seed", range(24))
def test_every_bound_holds_in_lopsided_domains(seed: int) -> None:
    """Places along each axis, and volumes of faces of all dimensions, against exact ones."""
    cx = lr.subdivide(*lopsided(seed))
    record, places = cx.record, cx._places
    for row, vertex in enumerate(record.vertex_ids.tolist()):
        for found, off, true in zip(
            places.points[row], places.off[row], record.exact.coordinates(vertex), strict=True
        ):
            assert abs(Fraction(float(found)) - true) <= Fraction(float(off))
    size = np.ptp(cx.vertices, axis=0)
    assert (places.off <= 2.0**-32 * size).all()
    for k in range(1, cx.dim + 1):
        true = faces_of(cx, k)
        for way in Stretch.ways(places, record.faces, k):
            found, error = volumes._float_volumes(places.points, places.off, record.faces, k, [way])
            for volume, bound, exact in zip(found, error, true, strict=True):
                if np.isfinite(bound):
                    assert abs(Fraction(float(volume)) - exact) <= Fraction(float(bound))
        for volume, exact in zip(cx._face_volumes(k), true, strict=True):
            assert abs(Fraction(float(volume)) - exact) <= exact / 10**7
        inner = sum(
            (v for v, wall in zip(true, cx.on_wall(k), strict=True) if not wall), Fraction()
        )
        assert abs(Fraction(cx.volume(cx.dim - k)) - inner) <= inner / 10**9


@pytest.mark.parametrize("widths", [[2, 30, 30, 1], [3, 12, 10, 1], [4, 6, 5, 1]])
def test_few_lengths_and_areas_need_fractions(widths: list[int]) -> None:
    dim, net = widths[0], network(widths)
    scales = np.ldexp(1.0, POWERS[:dim])
    cx = lr.subdivide(copy_of(net, scales), lr.Box(-scales, scales))
    with counted() as counts:
        for k in range(1, dim):
            cx._face_volumes(k)
            cx.volume(dim - k)
    assert counts["exactly"] < 0.1 * dim * len(cx.vertices)
    assert not counts["exact_volume"]


def test_few_need_fractions_in_a_slab() -> None:
    """Across the long axes lengths and areas are better known as they are than in units."""
    cx = lr.subdivide(network([3, 25, 20, 1]), lr.Box([-1, -1, -(2.0**-8)], [1, 1, 2.0**-8]))
    with counted() as counts:
        for k in (1, 2):
            cx._face_volumes(k)
            cx.volume(3 - k)
    assert not counts["exactly"]
    with counted() as counts:
        _ = cx.volumes, pulling_triangulation(cx).volumes
    assert counts["exactly"] + counts["determinant"] < 0.1 * len(cx.vertices)


def test_areas_by_hand() -> None:
    """The plane x / a + y / b + z / c = 1 cuts a corner off: half the root of a sum of squares."""
    a, b, c = sides = 2.0**20, 1.0, 2.0**-20
    net = lr.Network.from_arrays([[[1 / a, 1 / b, 1 / c]], [[1]]], [[-1], [0]])
    cx = lr.subdivide(net, lr.Box([0, 0, 0], sides))
    assert cx.volume(1) == pytest.approx(np.hypot(np.hypot(a * b, b * c), a * c) / 2, rel=1e-12)
    walls = {p * q * share for p, q in combinations(sides, 2) for share in (0.5, 1.0)}
    assert set(cx._face_volumes(2)[cx.facet_is_wall].tolist()) == walls


def test_which_facets_are_across_an_axis() -> None:
    prism = lr.Polytope(vertices=[[0, 0], [3, 0], [3, 1], [1, 1]])
    across = is_across_axis(prism, walls_at_corners(prism))
    assert sorted(across.tolist()) == [[False, False], [False, True], [False, True], [True, False]]
    box = lr.Box(-1, 2, dim=3)
    assert is_across_axis(box, walls_at_corners(box)).sum(axis=0).tolist() == [2, 2, 2]


def test_an_input_that_stays_moves_no_end() -> None:
    """Far outside in its own units, if little against an input that has nothing to do with it."""
    net = lr.Network.from_arrays([[[0.0, 1.0]], [[1.0]]], [[0.0], [0.0]])
    cx = lr.subdivide(net, lr.Slice.along([1], -1e-9, 1e-9, at=[1e6, 0.0]))
    places = [-1e-7, -1.5e-9, -5e-10, 5e-10, 1.5e-9, 1e-7]
    assert cx.locate([[1e6, y] for y in places]).tolist() == [-1, -1, 0, 1, -1, -1]
