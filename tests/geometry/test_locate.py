"""Which region a point lies in: exact, on boxes and on embedded domains."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.networks import Normal
from tests.geometry.comparison import case, exact
from tests.geometry.rational_twin import affine

Net = lr.Network.from_arrays


def random_net(num_inputs: int, seed: int, activation: str = "relu") -> lr.Network:
    rng = np.random.default_rng(seed)
    widths = [num_inputs, 9, 7, 2]
    return lr.Network.random(widths, biases=Normal(0.3), rng=rng, activation=activation)


@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_interior_points_lie_in_their_regions(dim: int, activation: str) -> None:
    cx = lr.subdivide(random_net(dim, dim, activation), lr.Box(-1.0, 1.0, dim=dim))
    assert cx.locate(cx.interior_points).tolist() == list(range(cx.num_regions))


@pytest.mark.parametrize("seed", range(24))
def test_points_on_integer_ties_against_the_twin(seed: int) -> None:
    """The first region whose closed polytope holds the point, from the twin's inequalities."""
    net, box, twin = case(seed)
    rng = np.random.default_rng(seed)
    points = rng.integers(-2, 3, size=(20, twin.dim)) / rng.choice([1, 2, 4], size=(20, 1))
    expected = []
    for point in points:
        where = tuple(exact(point))
        holds = [all(affine(r, where) >= 0 for r in c.polytope.rows) for c in twin.cells]
        expected.append(holds.index(True) if any(holds) else -1)
    assert lr.subdivide(net, box).locate(points).tolist() == expected


@pytest.mark.parametrize("seed", range(5))
def test_embedded_domains(seed: int) -> None:
    net, rng = random_net(4, seed), np.random.default_rng(seed)
    a, b, c = 10 * rng.normal(size=(3, 4))
    for domain in (lr.Segment(a, b), lr.Line(a, b), lr.Plane.through(a, b, c)):
        cx = lr.subdivide(net, domain)
        assert cx.locate(cx.interior_points).tolist() == list(range(cx.num_regions))
        corners = cx.locate(domain.embed(cx.vertices))
        assert (corners >= 0).all()
        shift = np.linalg.svd(domain.basis)[2][-1]  # orthogonal to the domain
        moved = cx.locate(cx.interior_points + 0.1 * shift)
        assert (moved == np.arange(cx.num_regions)).mean() > 0.9


def test_vertices_lie_in_the_first_region_around_them() -> None:
    """Halves and quarters: the vertices are floats, so their places are exact."""
    net = Net([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0.5, 0.25, 0], [0]])
    plane = lr.Plane([1.0, 2.0], np.eye(2), 4.0)
    flat = lr.Box([-3.0, -2.0], [5.0, 6.0])
    on_plane, in_box = lr.subdivide(net, plane), lr.subdivide(net, flat)
    inputs = plane.embed(on_plane.vertices)
    assert (on_plane.locate(inputs) == in_box.locate(inputs)).all()


def test_outside_is_minus_one() -> None:
    net = random_net(2, 0)
    square = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2))
    assert square.locate([[1.0 + 1e-15, 0.0], [0.0, -2.0]]).tolist() == [-1, -1]
    segment = lr.subdivide(net, lr.Segment([0.0, 0.0], [1.0, 0.0]))
    assert segment.locate([[-0.1, 0.0], [1.1, 0.0]]).tolist() == [-1, -1]
    assert (lr.subdivide(net, lr.Line([0.0, 0.0], [1.0, 0.0])).locate([[1e300, 0.0]]) >= 0).all()


def test_shapes_are_kept() -> None:
    cx = lr.subdivide(random_net(2, 0), lr.Box(-1.0, 1.0, dim=2))
    assert cx.locate([0.1, 0.2]).shape == ()
    assert cx.locate(np.zeros((3, 4, 2))).shape == (3, 4)
    assert cx.locate(np.zeros((0, 2))).shape == (0,)


def test_upto_layer_locates_among_that_layers_regions() -> None:
    net, box = random_net(2, 1), lr.Box(-1.0, 1.0, dim=2)
    cx = lr.subdivide(net, box, upto_layer=1)
    points = np.random.default_rng(0).uniform(-1, 1, size=(50, 2))
    assert (cx.patterns[cx.locate(points)] == net.pattern(points)[:, :9]).all()
    whole = lr.subdivide(net, box, upto_layer=0)
    assert whole.num_regions == 1
    assert (whole.locate(points) == 0).all()
    plane = lr.subdivide(random_net(3, 1), lr.Plane(np.zeros(3), np.eye(3)[:2], 1.0), upto_layer=1)
    assert plane.locate(plane.interior_points).tolist() == list(range(plane.num_regions))


@pytest.mark.parametrize("points", [[0.0], [[0.0, 1.0, 2.0]], 3.0])
def test_wrong_shapes_are_named(points: object) -> None:
    cx = lr.subdivide(random_net(2, 0), lr.Box(-1.0, 1.0, dim=2))
    with pytest.raises(ValueError, match="points has shape"):
        cx.locate(points)
    with pytest.raises(ValueError, match="finite"):
        cx.locate([[np.nan, 0.0]])


@pytest.mark.parametrize("decided", [False, True])
def test_other_inputs_do_not_widen_a_window(decided: bool) -> None:
    """They may be in other units: feet beside radians."""
    net = lr.Network.from_arrays([[[1, 0, 0]], [[1], [0]]], [[-0.5], [0, 0.25]])
    for window, far in (
        (lr.Slice.along([0], low=0, high=1, at=[0, 60760, 0]), np.nextafter(1, 2)),
        (lr.Slice.along([0], low=0, high=1, at=[0, 1e15, 0]), 500.0),
        (lr.Slice([0.5, 1e15, 0], [[1, 0, 0]], 0.5), 1 + 1e-12),
        (lr.Segment([0, 1e15, 0], [1, 1e15, 0]), 1 + 1e-12),
        (lr.Rectangle([0, 60760, 0], [[1, 0, 2], [2, 0, -1]], 1.0), 1e-9 + 3 / 5**0.5),
    ):
        cx = lr.subdivide(net, window)
        ask = lr.decision_complex(cx).locate if decided else cx.locate
        low, high = window.coordinate_bounds()
        ends = window.embed(np.stack([low, high]))
        assert (ask(ends) >= 0).all(), window
        outside = np.array([far, ends[0, 1], 0.0])
        if window.dim == 2:
            outside = window.embed([1 + 1e-10, 0.5])
        assert ask(outside) == -1, window


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 8), st.integers(-9, 9))
def test_ends_stay_inside_and_what_is_beyond_does_not(
    seed: int, dim: int, more: int, power: int
) -> None:
    rng = np.random.default_rng(seed)
    size = dim + more
    net = lr.Network.from_arrays([rng.normal(size=(1, size))], [[0.0]])
    widths = rng.uniform(0.5, 2, size=dim)
    window = lr.Slice(10.0**power * rng.normal(size=size), rng.normal(size=(dim, size)), widths)
    cx = lr.subdivide(net, window)
    corners = rng.choice([-1.0, 1.0], size=(50, dim)) * widths
    assert (cx.locate(window.embed(corners)) == 0).all()
    beyond = corners.copy()
    beyond[:, 0] *= 1 + 1e-12 * max(1.0, 10.0**power)
    assert (cx.locate(window.embed(beyond)) == -1).all()
