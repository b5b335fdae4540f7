"""Regions as inequalities, against the complex and the network itself."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.single_region import breakpoint_gaps
from linreg_lib.geometry.single_region.facet_angles import facet_angles
from linreg_lib.geometry.single_region.region_polytope import RegionPolytope, region_of
from linreg_lib.networks.laws import Normal
from tests.networks.fraction_oracle import exact_pre_activations


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
    with pytest.raises(ValueError, match=r"boundary of neuron 1 of hidden layer 1 "):
        region_of(net, [0.0])
    second = lr.Network.from_arrays([[[1.0]], [[1.0], [-1.0]], [[1.0, 1.0]]], [[9], [0, 9], [0]])
    with pytest.raises(ValueError, match="boundary of neuron 2 of hidden layer 2"):
        region_of(second, [0.0])
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


FAR = [
    # weights and biases of one layer; a point; the box; sides, counted in fractions by hand
    (
        [[0.7, 0.1], [1.2, -0.4], [2.5, 0.4]],
        [-800000000.0000372, -799999999.9999541, -2900000000.0001287],
        [1000000000.0000472, 1000000000.0000336],
        (999999999.9999, 1000000000.0001),
        3,
    ),
    (
        [[0.0, 1.4], [1.2, -0.5], [-0.3, -0.5]],
        [-1.3999999999999793, -0.700000000000019, 0.7999999999999986],
        [1.0000000000000155, 0.9999999999999831],
        (0.99999999999998, 1.00000000000002),
        5,
    ),
]


@pytest.mark.parametrize(("weight", "bias", "point", "box", "sides"), FAR)
def test_sides_where_slacks_cancel(weight, bias, point, box, sides) -> None:
    net = lr.Network.from_arrays([weight, [[1.0] * len(bias)]], [bias, [0.0]])
    region = region_of(net, point, box=box)
    assert (region.facets().num_facets, region.facets().num_undecided) == (sides, 0)
    cx = lr.subdivide(net, lr.Box(*box, dim=2))
    assert cx.facets_per_region()[cx.locate(point)] == sides
    place = [Fraction(x) for x in point]
    for row, offset, slack in zip(weight, bias, region.slacks, strict=False):
        terms = (Fraction(a) * x for a, x in zip(row, place, strict=True))
        assert abs(abs(Fraction(offset) + sum(terms)) / Fraction(slack) - 1) < 2**-29


def blurred(gaps_of, *arguments):
    for gaps, error in gaps_of(*arguments):
        yield gaps, error + 1.0


@pytest.mark.parametrize("precision", ["extended", "exact"])
def test_slacks_of_deep_networks(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pass gives the same gaps, the second and third alone as well."""
    net = lr.Network.random([3, 7, 6, 5, 1], biases=Normal(0.5), rng=np.random.default_rng(3))
    point = np.array([0.3, -0.2, 0.9])
    pieces = np.split(net.pattern(point).astype(int), np.cumsum(net.hidden_widths)[:-1])
    plain = breakpoint_gaps.breakpoint_gaps(net, point, pieces)
    exact = exact_pre_activations(net, point)
    skipped = ["_float_gaps"] if precision == "extended" else ["_float_gaps", "_long_gaps"]
    for name in skipped:
        keep = getattr(breakpoint_gaps, name)
        monkeypatch.setattr(breakpoint_gaps, name, partial(blurred, keep))
    again = breakpoint_gaps.breakpoint_gaps(net, point, pieces)
    for layer, values in enumerate(exact):
        right = np.array([float(value) for value in values])
        np.testing.assert_allclose(plain[layer][:, 0], right, rtol=2e-9)
        np.testing.assert_allclose(again[layer][:, 0], right, rtol=1e-15)
    if precision == "extended":
        return
    large = lr.Network.random([2000, 1100, 1], biases=Normal(0.5), rng=np.random.default_rng(3))
    point = np.zeros(2000)
    with pytest.raises(lr.DegenerateError, match="too large for exact arithmetic"):
        breakpoint_gaps.breakpoint_gaps(large, point, [large.pattern(point).astype(int)])


def test_points_just_inside_inequalities() -> None:
    thin = RegionPolytope.from_inequalities([[1e16, 1.0]], [1e16], [1.0, -0.4])
    assert thin.slacks.tolist() == [0.4]
    thin = RegionPolytope.from_inequalities([[0.1, 0.2]], [0.30000000000000004], [1.0, 1.0])
    assert thin.slacks.tolist() == [2.0**-55]
    with pytest.raises(ValueError, match="not strictly inside"):
        RegionPolytope.from_inequalities([[1.0, 1.0]], [2.0], [1.0, 1.0])


def test_normals_that_cancel() -> None:
    """Behind x + y and x + (1 - 2**-50) y the difference is (0, 2**-50): floats lose some of it."""
    first = [[1.0, 1.0], [1.0 / 3, (1.0 - 2.0**-50) / 3]]
    net = lr.Network.from_arrays([first, [[1.0, -3.0]], [[1.0]]], [[5.0, 5.0], [1.0], [0.0]])
    region = region_of(net, np.array([0.25, 0.5]))
    exact = region.exact_row(2)
    found = [Fraction(x) for x in region.normals[2].tolist()]
    assert exact[1] != 0
    for one, other in zip(found, exact[:-1], strict=True):
        assert abs(abs(one) - abs(other)) <= abs(exact[1]) * Fraction(1, 10**8)
