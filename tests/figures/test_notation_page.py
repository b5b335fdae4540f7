"""The examples that the page of conventions works by hand, by the library."""

from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.geometry import Box, Line, PolyhedralComplex, Segment, subdivide
from linreg_lib.networks import Network, hard_tanh, relu


def cut_line(weights: list[float], biases: list[float], low: float, high: float, out: list[float]):
    net = Network.from_arrays([np.array(weights)[:, None], [out]], [biases, [0.0]])
    return subdivide(net, Segment([low], [high]))


def test_a_neuron_that_nobody_listens_to() -> None:
    cx = cut_line([1, 1], [0, -1], -2, 2, [1, 0])
    assert cx.patterns.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert cx.linear_regions().num_regions == 2


def test_equal_maps_that_only_touch() -> None:
    first = np.array([[1, 0], [-1, 0], [1, -1], [-1, 1]])  # relu of x, -x, x - y, y - x
    second = np.array([[1, -1, -1, 0], [-1, 1, 0, -1]])  # min(x, y) and min(-x, -y)
    net = Network.from_arrays([first, second, [[1, 1]]], [np.zeros(4), np.zeros(2), [0]])
    points = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    expected = np.maximum(0, points.min(axis=1)) + np.maximum(0, (-points).min(axis=1))
    np.testing.assert_allclose(net(points)[:, 0], expected, atol=1e-12)
    cx = subdivide(net, Box(-1.0, 1.0, dim=2))
    assert cx.linear_regions().num_regions == 6
    maps = cx.affine_maps()
    assert len(np.unique(np.round(maps.matrices.reshape(cx.num_regions, -1), 9), axis=0)) == 5


@pytest.mark.parametrize(("value", "piece"), [(-1.0, 0), (1.0, 1), (0.0, 1), (1.5, 2)])
def test_hard_tanh_takes_the_lower_piece_at_a_breakpoint(value: float, piece: int) -> None:
    assert int(hard_tanh().piece(np.array(value))) == piece


def test_relu_at_zero_is_off() -> None:
    assert int(relu().piece(np.array(0.0))) == 0


def test_opposite_neurons() -> None:
    cx = cut_line([1, -1], [0, 0], -1, 1, [1, 1])
    assert cx.patterns.tolist() == [[0, 1], [1, 0]]
    assert cx.linear_regions().num_regions == 2


def test_where_a_neuron_with_bias_switches() -> None:
    cx = cut_line([2], [-1], 0, 1, [1])
    assert np.sort(cx.vertices[:, 0]).tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(("low", "high", "regions"), [(-1, 2, 3), (0, 2, 2), (0, 1, 1)])
def test_the_ends_of_an_interval(low: float, high: float, regions: int) -> None:
    assert cut_line([1, 1], [0, -1], low, high, [1, 1]).num_regions == regions


def test_the_whole_line() -> None:
    net = Network.from_arrays([[[1], [1]], [[1, 1]]], [[0, -1], [0]])
    cx = subdivide(net, Line([0.0], [1.0]))
    assert cx.num_regions == 3
    assert cx.euler_characteristic == -1


def test_a_cross_in_a_square() -> None:
    net = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
    cx: PolyhedralComplex = subdivide(net, Box(-1.0, 1.0, dim=2))
    assert list(cx.f_vector) == [9, 12, 4]
    assert cx.facets_per_region().tolist() == [4] * 4
    assert cx.facets_per_region(walls=False).tolist() == [2] * 4
    assert [cx.volume(codim=k) for k in (0, 1, 2)] == [4.0, 4.0, 1.0]
    assert cx.euler_characteristic == 1


def test_a_region_thinner_than_the_spacing_of_floats() -> None:
    third = 1.0 / 3.0
    cx = cut_line([3, 1], [-1, -third], 0, 1, [1, 1])
    assert cx.num_regions == 3
    assert len(np.unique(cx.vertices)) == 3  # 0, 1/3, 1: the thin one has no width left in floats
    assert cx.interior_certified.tolist().count(False) == 1
