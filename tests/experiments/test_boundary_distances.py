"""Distances to switches, against regions' own inequalities, cut edges and rational arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.errors import WorkLimitError
from linreg_lib.experiments import distance_to_gradient_jump, nearest_switches
from linreg_lib.experiments.distances.boundary_distances import first_layer_rows
from linreg_lib.geometry import region_of
from linreg_lib.networks import Normal
from linreg_lib.networks.named_activations import hard_tanh


def planar(hidden: list[int], seed: int, activation: object = "relu") -> lr.Network:
    rng = np.random.default_rng(seed)
    return lr.Network.random(
        [2, *hidden, 1],
        biases=Normal(1.0),
        rng=rng,
        activation=activation,  # type: ignore[arg-type]
    )


def to_edges(net: lr.Network, points: np.ndarray, of: str, half_width: float = 6.0) -> np.ndarray:
    """From each point to the nearest edge of a cut square: all inner ones, or those that jump."""
    cx = lr.subdivide(net, lr.Box(-half_width, half_width, dim=2))
    keep = ~cx.facet_is_wall
    if of == "jump":
        labels = cx.linear_regions().labels
        inner = np.flatnonzero(keep)
        first, second = cx.facet_cells[inner].T
        keep[inner] = labels[first] != labels[second]
    starts, ends = np.moveaxis(cx.vertices[cx.edges[keep]], 1, 0)
    along = ends - starts
    place = ((points[:, None] - starts) * along).sum(axis=2) / (along**2).sum(axis=1)
    nearest = starts + np.clip(place, 0, 1)[..., None] * along
    return np.linalg.norm(points[:, None] - nearest, axis=2).min(axis=1, initial=np.inf)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hidden", [[4], [3, 3], [2, 2, 2], [4, 4, 4]])
def test_the_distance_is_that_to_the_cut_edges(hidden: list[int], seed: int) -> None:
    net = planar(hidden, seed)
    points = np.random.default_rng(seed).uniform(-1, 1, (60, 2))
    found = nearest_switches(net, points)
    inside = found.distances < 4
    assert inside.mean() > 0.9
    edges = to_edges(net, points, "switch")
    np.testing.assert_allclose(found.distances[inside], edges[inside], atol=1e-9)
    jumps = to_edges(net, points, "jump")
    equal = np.abs(found.distances - jumps) < 1e-9
    assert (equal == found.is_seen)[inside].all()


def test_some_of_these_points_have_an_unseen_switch() -> None:
    found = [
        nearest_switches(
            planar([2, 2, 2], seed), np.random.default_rng(seed).uniform(-1, 1, (60, 2))
        )
        for seed in range(4)
    ]
    shares = [each.is_seen.mean() for each in found]
    assert 0.1 < np.mean(shares) < 0.95


@pytest.mark.parametrize("hidden", [[30, 20, 10], [5, 40, 20], [16] * 4])
def test_the_distance_is_that_to_the_regions_own_facets(hidden: list[int]) -> None:
    # 50 inputs, fewer and more than neurons of the first layer; region_of keeps all of them
    rng = np.random.default_rng(7)
    net = lr.Network.random([50, *hidden, 3], biases=Normal(0.1), rng=rng)
    points = rng.normal(size=(5, 50))
    found = nearest_switches(net, points)
    for point, distance, layer in zip(points, found.distances, found.layers, strict=True):
        region = region_of(net, point)
        lengths = region.slacks / np.linalg.norm(region.normals, axis=1)
        is_facet = region.facets().is_facet
        assert distance == pytest.approx(lengths[is_facet].min(), rel=1e-9)
        assert region.supports[int(lengths.argmin())].layer == layer  # type: ignore[union-attr]


def test_middle_pieces_have_two_breakpoints() -> None:
    net = planar([3, 3], 1, hard_tanh())
    points = np.random.default_rng(1).uniform(-1, 1, (60, 2))
    found = nearest_switches(net, points)
    inside = found.distances < 4
    edges = to_edges(net, points, "switch")
    np.testing.assert_allclose(found.distances[inside], edges[inside], atol=1e-9)


def test_rational_arithmetic_agrees_to_the_last_digits() -> None:
    rng = np.random.default_rng(3)
    weights = [rng.integers(-9, 10, shape) for shape in ((4, 3), (4, 4), (1, 4))]
    biases = [rng.integers(-9, 10, size) for size in (4, 4, 1)]
    net = lr.Network.from_arrays(weights, biases)
    point = [Fraction(1, 8), Fraction(-3, 4), Fraction(5, 16)]
    value = np.array(point)
    gradient = np.array([[Fraction(i == j) for j in range(3)] for i in range(3)])
    squares = []
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        z, gradient = weight @ value + bias, weight @ gradient
        squares += [a * a / (g @ g) for a, g in zip(z, gradient, strict=True) if any(g)]
        value, gradient = np.where(z > 0, z, 0), (z > 0)[:, None] * gradient
    found = nearest_switches(net, [[float(each) for each in point]]).distances[0]
    assert found == pytest.approx(float(min(squares)) ** 0.5, rel=1e-14)


def test_small_gradients_lose_nothing_by_squares() -> None:
    # the second neuron switches at x = -1000 + 992 = -8; its gradient squared would underflow
    tiny = 2.0**-600
    net = lr.Network.from_arrays([[[1.0]], [[tiny]], [[1.0]]], [[1e3], [-992 * tiny], [0.0]])
    found = nearest_switches(net, [[5.0]])
    assert (found.distances[0], found.layers[0]) == (13.0, 1)


def test_blocks_do_not_change_the_answer() -> None:
    rng = np.random.default_rng(5)
    net = lr.Network.random([20, 64, 64, 2], biases=Normal(0.1), rng=rng)
    points = rng.normal(size=(101, 20))
    together = nearest_switches(net, points)
    alone = [nearest_switches(net, point[None]) for point in points]
    np.testing.assert_allclose(together.distances, [each.distances[0] for each in alone], rtol=1e-9)
    assert together.is_seen.tolist() == [bool(each.is_seen[0]) for each in alone]


def test_constant_neurons_and_points_on_a_breakpoint() -> None:
    constant = lr.Network.from_arrays([[[0.0]], [[1.0]]], [[1.0], [0.0]])
    found = nearest_switches(constant, [[0.5]])
    assert (found.distances[0], found.layers[0], found.is_seen[0]) == (np.inf, -1, False)
    at_kink = lr.Network.from_arrays([[[1.0]], [[1.0]]], [[0.0], [0.0]])
    assert nearest_switches(at_kink, [[0.0]]).distances.tolist() == [0.0]
    assert nearest_switches(at_kink, np.zeros((0, 1))).distances.shape == (0,)


def test_the_rows_keep_all_lengths() -> None:
    rng = np.random.default_rng(6)
    net = lr.Network.random([40, 7, 1], rng=rng)
    combinations = rng.normal(size=(9, 7))
    rows = first_layer_rows(net)
    assert rows.shape == (7, 7)
    np.testing.assert_allclose(
        np.linalg.norm(combinations @ rows, axis=1),
        np.linalg.norm(combinations @ net.weights[0], axis=1),
        rtol=1e-12,
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hidden", [[2, 2, 2], [3, 2, 3]])
def test_the_search_finds_the_nearest_jump_where_the_formula_does_not(
    hidden: list[int], seed: int
) -> None:
    net = planar(hidden, seed)
    points = np.random.default_rng(seed).uniform(-1, 1, (25, 2))
    jumps = to_edges(net, points, "jump", half_width=30.0)
    for point, jump in zip(points, jumps, strict=True):
        found = distance_to_gradient_jump(net, point)
        if found < 29 or jump < 29:
            assert found == pytest.approx(jump, rel=1e-6)


def test_the_search_agrees_in_many_dimensions_where_the_switch_is_seen() -> None:
    rng = np.random.default_rng(8)
    net = lr.Network.random([30, 6, 6, 2], biases=Normal(0.1), rng=rng)
    points = rng.normal(size=(10, 30))
    found = nearest_switches(net, points)
    assert found.is_seen.sum() > 5
    for point in np.flatnonzero(found.is_seen):
        distance = distance_to_gradient_jump(net, points[point])
        assert distance == pytest.approx(found.distances[point], rel=1e-7)


def test_the_search_ends() -> None:
    dead = lr.Network.from_arrays([[[1.0]], [[-1.0]], [[1.0]]], [[0.0], [-1.0], [0.0]])
    assert distance_to_gradient_jump(dead, [0.5]) == np.inf
    unseen = lr.Network.from_arrays([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [-1.0], [0.0]])
    with pytest.raises(WorkLimitError, match="max_regions"):
        distance_to_gradient_jump(unseen, [-0.5], max_regions=1)
    with pytest.raises(ValueError, match="at a breakpoint"):
        distance_to_gradient_jump(unseen, [0.0])


def test_wrong_arguments_are_named() -> None:
    net = planar([2], 0)
    with pytest.raises(ValueError, match="points has shape"):
        nearest_switches(net, [0.0, 1.0])
    with pytest.raises(ValueError, match=r"must be \(m, 2\)"):
        nearest_switches(net, [[0.0]])
