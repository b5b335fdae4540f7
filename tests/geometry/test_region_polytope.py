"""Regions as inequalities, against the complex and the network itself."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.facet_angles import facet_angles
from linreg_lib.geometry.region_polytope import RegionPolytope, region_of
from linreg_lib.networks.laws import Normal


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "hard_tanh", "relu6"])
@pytest.mark.parametrize("widths", [(2, 6, 4, 1), (3, 5, 3, 1)])
def test_facets_in_a_box_are_those_of_the_complex(activation: str, widths: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(widths) + widths[0])
    net = lr.Network.random(widths, biases=Normal(1.0), rng=rng, activation=activation)
    cx = lr.subdivide(net, lr.Box(-2.0, 2.0, dim=widths[0]))
    regions = [region_of(net, x, box=(-2.0, 2.0)).facets() for x in cx.interior_points]
    assert sum(each.num_undecided for each in regions) == 0
    assert [each.num_facets for each in regions] == cx.facets_per_region(walls=True).tolist()


@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
def test_membership_is_equality_of_patterns(activation: str) -> None:
    rng = np.random.default_rng(3)
    net = lr.Network.random([4, 6, 6, 2], biases=Normal(0.5), rng=rng, activation=activation)
    x = rng.standard_normal(4)
    region = region_of(net, x)
    others = x + 0.3 * rng.standard_normal((2000, 4))
    inside = (others @ region.normals.T < region.offsets).all(axis=1)
    same = (net.pattern(others) == net.pattern(x)).all(axis=1)
    assert 0 < same.sum() < 2000
    assert (inside == same).all()


def test_zero_biases_make_coincident_walls_that_count_once() -> None:
    """Where one unit of layer 1 is open, all of layer 2 meets the hyperplane of that unit."""
    net = lr.Network.from_arrays(
        [[[1.0, 0.0], [0.0, 1.0]], [[0.3, 1.0], [-0.7, 1.0]], [[1.0, 1.0]]], [[0.0] * 2] * 2 + [[0]]
    )
    region = region_of(net, [1.0, -1.0])
    assert region.coincides_with.tolist() == [0, 1, 0, 0]
    assert region.is_repeated.tolist() == [True, False, True, True]
    assert region.facets().is_facet.tolist() == [True, True, False, False]


def test_cones_of_networks_without_biases_are_decided() -> None:
    rng = np.random.default_rng(5)
    net = lr.Network.random([2, 5, 4, 1], biases=0.0, rng=rng)
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2))
    walls = cx.facets_per_region(walls=False)
    found = [region_of(net, x).facets() for x in cx.interior_points]
    assert sum(each.num_undecided for each in found) == 0
    assert [each.num_facets for each in found] == walls.tolist()


def test_a_constant_unit_is_left_out_and_bad_points_are_refused() -> None:
    net = lr.Network.from_arrays([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [0.5], [0.0]])
    assert region_of(net, [-1.0]).num_constant == 1
    vanishing = lr.Network.from_arrays([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [0.0], [0.0]])
    assert region_of(vanishing, [-1.0]).num_constant == 1  # at its breakpoint all along
    with pytest.raises(ValueError, match="boundary of neuron 0"):
        region_of(net, [0.0])
    with pytest.raises(ValueError, match="one point"):
        region_of(net, [[1.0]])
    with pytest.raises(ValueError, match="inside the box"):
        region_of(net, [1.0], box=(-1.0, 1.0))
    with pytest.raises(ValueError, match="not strictly inside inequality 0"):
        RegionPolytope.from_inequalities([[1.0]], [1.0], [1.0])


def test_angles_agree_with_many_rays_in_bounded_and_unbounded_regions() -> None:
    rng = np.random.default_rng(1)
    turns = np.linspace(0.0, 2.0 * np.pi, 20_000, endpoint=False)
    rays = np.column_stack([np.cos(turns), np.sin(turns)])
    for count in (1, 2, 3, 4, 7):
        rows = rng.standard_normal((count, 2))
        region = RegionPolytope.from_inequalities(rows, np.ones(count), [0.0, 0.0])
        heights = rays @ rows.T
        first = np.where(heights.max(axis=1) > 0, heights.argmax(axis=1), count)
        shares = np.bincount(first, minlength=count + 1)[:count] / len(rays)
        assert np.allclose(facet_angles(region), shares, atol=5.0 / len(rays))


def test_gradients_that_underflow_are_no_constants() -> None:
    """Behind two layers a gradient of 2**-1080: not 0, and no float64."""
    tiny = 2.0**-540
    net = lr.Network.from_arrays([[[1.0]], [[tiny]], [[tiny]], [[1.0]]], [[1.0], [0], [0], [0]])
    with pytest.raises(lr.DegenerateError, match="too small for float64"):
        lr.geometry.region_of(net, np.array([0.5]))
