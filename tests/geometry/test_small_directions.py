"""Directions, gradients and distances that float64 has only roughly, or loses."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry import region_of

LEAST = 5e-324
Net = lr.Network.from_arrays


@pytest.mark.parametrize("compiled", [None, False])
def test_a_segment_whose_direction_underflows_has_equal_slopes(compiled: bool | None) -> None:
    """Both neurons are z = (x - 1) 2^-74 and -z on the segment, and z = relu(z) - relu(-z)."""
    weights = [[[2.0**-74, 0.0], [0.0, -3 * 2.0**1000]], [[1.0, -1.0]]]
    net = Net(weights, [[-(2.0**-74), 2.0**-74], [0.0]])
    start, end = [0.0, 0.0], [3.0, LEAST]
    cx = lr.subdivide(net, lr.Segment(start, end), compiled=compiled)
    assert cx.num_regions == 2
    assert cx.linear_regions().num_regions == 1
    assert cx.volume(codim=1, of="linear") == 0.0
    assert lr.count_along_lines(net, [start], [end], of="linear").tolist() == [1]


def test_points_of_a_segment_whose_direction_underflows() -> None:
    net = Net([[[0.0, 2.0**1000]], [[1.0]]], [[-(2.0**-75)], [0.0]])
    cx = lr.subdivide(net, lr.Segment([0.0, 0.0], [3.0, LEAST]))
    assert cx.patterns.tolist() == [[0], [1]]
    assert cx.locate([[0.0, 0.0], [3.0, LEAST]]).tolist() == [0, 1]


@pytest.mark.parametrize(
    "domain",
    [
        lr.Line([0.0, 0.0], [1.0, 2.0**-600]),
        lr.Plane([0.0, 0.0, 0.0], [[1.0, 2.0**-600, 0.0], [0.0, 0.0, 1.0]], 1.0),
    ],
)
def test_a_product_with_a_direction_underflows(domain: lr.Line | lr.Plane) -> None:
    """Where the first coordinate is 2^-500 the second input is 2^-1100: no float, but not 0."""
    row = np.zeros((1, domain.input_dim))
    row[0, 1] = 2.0**1000
    cx = lr.subdivide(Net([row, [[1.0]]], [[-0.75 * 2.0**-100], [0.0]]), domain)
    points = np.zeros((2, domain.input_dim))
    points[:, 0] = 2.0**-500, 2.0**-501
    assert cx.patterns[cx.locate(points)].tolist() == [[1], [0]]


def test_a_line_does_not_drop_an_entry_of_its_direction() -> None:
    with pytest.raises(ValueError, match=r"direction\[1\] = 5e-324 .* loses it"):
        lr.Line([0.0, 0.0], [3.0, LEAST])
    assert lr.Line([0.0, 0.0], [1.0, 2.0**-1000]).basis.tolist() == [[1.0, 2.0**-1000]]


def test_distances_of_a_point_that_rounding_hides() -> None:
    """3 fl(.1) - fl(.3) is 2^-55, which float64 doubles: then the other neuron looks nearer."""
    before = float(np.nextafter(0.1, 0))
    region = region_of(Net([[[3.0], [1.0]], [[1.0, 1.0]]], [[-0.3, -before], [0.0]]), [0.1])
    assert region.slacks.tolist() == [2.0**-55, 2.0**-56]
    facets = region.facets()
    assert facets.is_facet.tolist() == [True, False]


def test_gradients_that_rounding_hides() -> None:
    """The second layer's row is (3 fl(.1) - fl(.3), 2^-55): both entries are the same."""
    weights = [[[0.1, 0.0], [0.3, 0.0], [0.0, 1.0]], [[3.0, -1.0, 2.0**-55]], [[1.0]]]
    net = Net(weights, [[1.0, 1.0, 1.0], [0.0], [0.0]])
    region = region_of(net, [0.5, 0.5])
    assert (-region.normals[-1]).tolist() == [2.0**-55, 2.0**-55]


def test_bounds_that_overflow_give_no_warning() -> None:
    """Bounds beyond float64 certify nothing, so exact arithmetic answers, in silence."""
    big, small = 2.0**899, 2.0**-545
    weights = [[[-big], [-big]], [[small, -3 * small], [-2 * small, small]], [[1.0, 1.0]]]
    biases = [[big, big], [3 * 2.0**354, -2 * 2.0**354], [0.0]]
    net = Net(weights, biases)
    ends = [[-1.0]], [[1.0]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        counts = lr.count_along_lines(net, *ends, compiled=False)
        linear = lr.count_along_lines(net, *ends, of="linear")
    plain = Net(
        [[[-1.0], [-1.0]], [[1.0, -3.0], [-2.0, 1.0]], [[1.0, 1.0]]],
        [[1.0, 1.0], [3.0, -2.0], [0.0]],
    )
    assert counts.tolist() == lr.count_along_lines(plain, *ends).tolist()
    assert linear.tolist() == lr.count_along_lines(plain, *ends, of="linear").tolist()
