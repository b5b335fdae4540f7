"""Slices of any dimension: what spans them, and the complex that a box has."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.geometry import Domain
from tests.geometry.comparison import KINDS, cut, integer_net


def projected_exactly(rows: np.ndarray) -> list[list[Fraction]]:
    """The part of each row across those before it, in fractions (Gram and Schmidt)."""
    found: list[list[Fraction]] = []
    for row in rows:
        part = [Fraction(float(x)) for x in row]
        for each in found:
            share = Fraction(sum(a * b for a, b in zip(part, each, strict=True)))
            share /= sum(b * b for b in each)
            part = [a - share * b for a, b in zip(part, each, strict=True)]
        found.append(part)
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(0, 3), st.integers(0, 36), st.integers(0, 10**6))
def test_rows_are_those_of_exact_projections(dim: int, more: int, bits: int, seed: int) -> None:
    """Also where a row is nearly a combination of those before it."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(dim, dim + more)) * 2.0 ** rng.integers(-40, 40, size=(dim, 1))
    if dim > 1:
        last = rng.normal(size=dim - 1) @ (rows[:-1] / np.abs(rows[:-1]).max(axis=1, keepdims=True))
        rows[-1] = last + 2.0**-bits * rng.normal(size=dim + more)
    basis = lr.Slice(np.zeros(dim + more), rows, 1.0).basis
    np.testing.assert_allclose(basis @ basis.T, np.eye(dim), atol=2e-15)
    for own, exact in zip(basis, projected_exactly(rows), strict=True):
        largest = max(abs(x) for x in exact)
        direction = np.array([float(x / largest) for x in exact])
        np.testing.assert_allclose(own, direction / np.linalg.norm(direction), atol=2e-12)


def test_dependent_rows_are_refused() -> None:
    for rows in ([[1, 2, 0], [2, 4, 0]], [[1, 2, 3], [0, 0, 0]], [[0.1, 0.7, 0], [0.3, 2.1, 0]]):
        with pytest.raises(ValueError, match="basis rows are parallel; a slice needs two"):
            lr.Slice(np.zeros(3), rows, 1.0)
    with pytest.raises(ValueError, match=r"basis\[2\] depends on those before; a slice needs thr"):
        lr.Slice(np.zeros(3), [[1, 2, 0], [0, 1, 1], [3, 7, 1]], 1.0)
    with pytest.raises(ValueError, match=r"basis\[0\] is zero; a slice needs one direction that"):
        lr.Slice(np.zeros(3), [[0, 0, 0]], 1.0)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (
            lambda: lr.Slice(np.zeros(2), np.eye(3)[:1], 1.0),
            r"\(1, 3\); it must be \(d, 2\)",
        ),
        (lambda: lr.Slice(np.zeros(2), np.ones((3, 2)), 1.0), "at most 2 directions"),
        (lambda: lr.Slice(np.zeros(9), np.eye(9)[:7], 1.0), "at most 6 directions"),
        (lambda: lr.Slice(np.zeros(2), np.eye(2), [1.0]), "one for each of the 2 rows"),
        (lambda: lr.Slice(np.zeros(2), np.eye(2), [1.0, 0.0]), r"half_widths\[1\] must be a pos"),
        (lambda: lr.Slice(np.zeros(2), np.eye(2), -1.0), "half_widths must be a positive"),
        (lambda: lr.Rectangle(np.zeros(3), np.eye(3), 1.0), "two rows that span the plane"),
        (lambda: lr.Rectangle.along([0], low=0, high=1, at=[0, 0]), "two rows that span"),
        (lambda: lr.Plane.along([0, 1], low=0, high=[1, 2], at=[0, 0]), "a Plane is a square"),
        (lambda: lr.Slice.along([0, 0], low=0, high=1, at=[0, 0]), "each input can be named once"),
        (lambda: lr.Slice.along([], low=0, high=1, at=[0, 0]), "along 1 to 6"),
        (lambda: lr.Slice.along([2], low=0, high=1, at=[0, 0]), r"axes\[0\] is 2"),
        (
            lambda: lr.Slice.along([0, 1], low=[0, 1], high=1, at=[0, 0]),
            r"low\[1\] = 1.0 must be less than high\[1\] = 1.0; leave an input that stays .* axes",
        ),
        (lambda: lr.Slice.along([0, 1], low=[0, 1, 2], high=4, at=[0, 0]), "slice has dim=2"),
    ],
)
def test_what_is_no_slice(ask: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ask()


@pytest.mark.parametrize("axes", [{2, 0}, frozenset({2, 0}), {2: 0, 0: 1}])
def test_inputs_without_order_are_refused(axes: Any) -> None:
    """Their ends might be taken in another order than they were written in."""
    with pytest.raises(TypeError, match="axes must be a sequence of inputs"):
        lr.Slice.along(axes, low=[0.0, 5.0], high=[1.0, 9.0], at=np.zeros(3))


def along_by_hand(net: lr.Network, axes: list[int], at: np.ndarray) -> lr.Network:
    """The network of the inputs ``axes`` alone; exact for small integers."""
    fixed = at.copy()
    fixed[axes] = 0.0
    weight, bias = net.weights[0], net.biases[0]
    return lr.Network.from_arrays(
        [weight[:, axes], *net.weights[1:]],
        [bias + weight @ fixed, *net.biases[1:]],
        activation=net.activations,
    )


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), dim=st.integers(1, 3))
def test_a_slice_along_inputs_is_the_box_of_these(kind: str, seed: int, dim: int) -> None:
    """With ties, and windows far from zero: everything is the same, to the last bit."""
    rng = np.random.default_rng(seed)
    net = integer_net(seed, 4, 3)
    axes = rng.permutation(4)[:dim].tolist()
    at = rng.integers(-2, 3, size=4).astype(float)
    far = 2.0**20 * rng.integers(0, 2, size=dim)
    low, high = far - rng.integers(0, 2, size=dim), far + rng.integers(1, 4, size=dim)
    window = lr.Slice.along(axes, low=low, high=high, at=at)
    assert window.input_axes == tuple(axes)
    cx = cut(net, window, kind)
    box = cut(along_by_hand(net, axes, at), lr.Box(low, high), kind)
    assert cx.f_vector == box.f_vector
    np.testing.assert_array_equal(cx.patterns, box.patterns)
    np.testing.assert_allclose(cx.vertices, box.vertices, rtol=0, atol=1e-9)
    np.testing.assert_allclose(cx.volumes, box.volumes, rtol=1e-7)
    np.testing.assert_array_equal(cx.facets_per_region(), box.facets_per_region())
    points = rng.integers(-4, 5, size=(40, 4)) + window.embed(low)
    np.testing.assert_array_equal(cx.locate(points), box.locate(points[:, axes]))
    assert (cx.locate(cx.interior_points)[cx.interior_certified] >= 0).all()


def test_nothing_is_rounded_along_inputs() -> None:
    """The kink is at the float 0.3 itself, which is the window's upper end: no cut."""
    net = lr.Network.from_arrays([[[1.0, 1.0]], [[1.0]]], [[-0.3], [0.0]])
    window = lr.Slice.along([0], low=0.1, high=0.3, at=[5.0, 0.0])
    assert lr.subdivide(net, window).num_regions == 1
    assert lr.subdivide(net, window).f_vector == (2, 1)
    above = lr.Slice.along([0], low=0.1, high=np.nextafter(0.3, 1), at=[5.0, 0.0])
    assert lr.subdivide(net, above).num_regions == 2


@pytest.mark.parametrize("kind", KINDS)
def test_squares_are_squares_however_they_are_named(kind: str) -> None:
    rng = np.random.default_rng(4)
    net = lr.Network.random([5, 12, 9, 1], biases="torch", rng=rng)
    origin, rows = rng.normal(size=5), rng.normal(size=(2, 5))
    plane = lr.Plane(origin, rows, 1.5)
    complexes = [
        cut(net, domain, kind)
        for domain in (plane, lr.Rectangle(origin, rows, [1.5, 1.5]), lr.Slice(origin, rows, 1.5))
    ]
    for cx in complexes[1:]:
        np.testing.assert_array_equal(cx.vertices, complexes[0].vertices)
        np.testing.assert_array_equal(cx.patterns, complexes[0].patterns)
    assert plane.half_width == 1.5
    assert plane.half_widths.tolist() == [1.5, 1.5]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_the_sides_differ(kind: str, dim: int) -> None:
    """Regions of a part are those of the whole that reach into it, and volumes are products."""
    rng = np.random.default_rng(dim)
    net = lr.Network.random([6, 5, 4, 1], biases="torch", rng=rng)
    origin, rows = rng.normal(size=6), rng.normal(size=(dim, 6))
    widths = 2.0 ** rng.integers(-2, 2, size=dim)
    part = cut(net, lr.Slice(origin, rows, widths), kind)
    whole = cut(net, lr.Slice(origin, rows, 2.0), kind)
    assert part.certificate.compiled == (kind != "numpy")
    assert part.volume() == pytest.approx(np.prod(2 * widths), rel=1e-9)
    assert set(map(bytes, part.patterns)) <= set(map(bytes, whole.patterns))
    places = rng.uniform(-widths, widths, size=(300, dim))
    inputs = part.domain.embed(places)
    np.testing.assert_allclose(part.domain.project(inputs), places, atol=1e-13)
    np.testing.assert_array_equal(
        part.patterns[part.locate(inputs)], whole.patterns[whole.locate(inputs)]
    )
    corners = part.domain.embed(np.ones((1, dim)) * widths)
    assert part.locate(corners)[0] >= 0
    assert part.locate(part.domain.embed(widths + 1e-6)) == -1


def test_a_slice_of_full_dimension_is_a_turned_box() -> None:
    net = lr.Network.random([3, 7, 5, 1], biases="torch", rng=np.random.default_rng(0))
    box = lr.subdivide(net, lr.Box([-1, -2, -0.5], [1, 2, 0.5]))
    for order in permutations(range(3)):
        rows = np.eye(3)[list(order)]
        cx = lr.subdivide(net, lr.Slice(np.zeros(3), rows, np.array([1, 2, 0.5])[list(order)]))
        assert cx.f_vector == box.f_vector
        np.testing.assert_allclose(cx.volumes, box.volumes, rtol=1e-7)


DOMAINS: dict[str, Callable[[Any, Any], Domain]] = {
    "box": lambda a, b: lr.Box(np.minimum(a, b), np.maximum(a, b)),
    "segment": lr.Segment,
    "line": lr.Line,
    "plane": lambda a, b: lr.Plane(a, [b, a], 0.5),
    "rectangle": lambda a, b: lr.Rectangle(a, [b, a], [0.5, 0.5]),
    "slice": lambda a, b: lr.Slice(a, [b, a], 0.5),
    "other sides": lambda a, b: lr.Slice(a, [b, a], [0.5, 0.75]),
    "along": lambda a, b: lr.Slice.along([1], low=a.min(), high=b.max() + 9, at=a),
    "simplex": lambda a, b: lr.Simplex([a, b, a + [0, 1, 0], a + [0, 0, 1]]),
    "polytope": lambda a, b: lr.Polytope(vertices=[b, a, a + [0, 0, 1], a + [0, 1, 0]]),
    "space": lambda a, b: lr.Space(3),
}


def test_domains_are_equal_by_content() -> None:
    a, b = np.array([0.0, 0.25, -1.0]), np.array([1.0, 0.5, 2.0])
    made = [(kind, make(a, b)) for kind, make in DOMAINS.items()]
    again = [make(a.copy() + 0.0, b.copy()) for make in DOMAINS.values()]
    for i, (kind, domain) in enumerate(made):
        for j, other in enumerate(again):
            assert (domain == other) == (i == j), (kind, other)
            assert (domain != other) == (i != j)
        assert hash(domain) == hash(again[i])
        assert domain != "box"
    assert {domain for _, domain in made} == set(again)
    assert lr.Box(-0.0, 1, dim=2) == lr.Box([0, 0], [1, 1])
    assert hash(lr.Box(-0.0, 1, dim=2)) == hash(lr.Box([0, 0], [1, 1]))
    assert lr.Box(0, 1, dim=2) != lr.Box(0, 1, dim=3)
    half = lr.Polytope(halfspaces=([[-1, 0], [0, -1], [1, 1]], [0, 0, 1]))
    assert half == lr.Polytope(vertices=[[0, 0], [1, 0], [0, 1]])
    net = lr.Network.random([2, 3, 1], rng=np.random.default_rng(0), biases="torch")
    assert lr.subdivide(net, lr.Space(2)).domain == lr.Space(2)


def test_names_are_short() -> None:
    rng = np.random.default_rng(1)
    for kind, domain in {
        "Slice": lr.Slice(np.zeros(784), rng.normal(size=(6, 784)), rng.random(6) + 1),
        "Rectangle": lr.Rectangle(np.zeros(784), rng.normal(size=(2, 784)), [1.0, 2.0]),
        "Plane": lr.Plane(np.zeros(784), rng.normal(size=(2, 784)), 1.0),
        "Box": lr.Box(-np.ones(784), rng.random(784)),
    }.items():
        assert repr(domain).startswith(f"{kind}(")
        assert len(repr(domain)) < 120
        assert "R^784" in repr(domain)
