"""Very large and very small numbers: right, or a clear error."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.networks import Normal
from tests.geometry.comparison import KINDS, cut

Net = lr.Network.from_arrays
SQUARE = lr.Box(-1.0, 1.0, dim=2)
WEIGHTS = [[[1, 1], [1, -1]], [[1, 1], [1, -1]], [[1, 1]]]
BIASES = [[0.5, 0.0], [-1.0, 0.0], [0.0]]
POWERS = [-1000, -700, -540, -500, -100, 100, 500, 700, 1000]


def scaled_net(first: float, biases: float) -> lr.Network:
    weights = [first * np.array(WEIGHTS[0]), *WEIGHTS[1:]]
    return Net(weights, [biases * np.array(b) for b in BIASES])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("power", POWERS)
def test_weights_and_biases_times_a_power_of_two(power: int, kind: str) -> None:
    plain, scaled = (cut(scaled_net(s, s), SQUARE, kind) for s in (1.0, 2.0**power))
    assert scaled.f_vector == plain.f_vector
    assert (scaled.patterns == plain.patterns).all()
    np.testing.assert_array_equal(np.sort(scaled.vertices, axis=0), np.sort(plain.vertices, axis=0))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("power", POWERS)
def test_domains_and_biases_times_a_power_of_two(power: int, kind: str) -> None:
    scale = 2.0**power
    plain = cut(scaled_net(1.0, 1.0), SQUARE, kind)
    scaled = cut(scaled_net(1.0, scale), lr.Box(-scale, scale, dim=2), kind)
    assert scaled.f_vector == plain.f_vector
    assert (scaled.patterns == plain.patterns).all()
    np.testing.assert_allclose(scaled.interior_coordinates / scale, plain.interior_coordinates)


@pytest.mark.parametrize("kind", KINDS)
def test_layers_whose_product_leaves_the_range_on_the_way(kind: str) -> None:
    """Products of weights underflow to 0 in floats; the last layer lifts them up again."""
    rng = np.random.default_rng(0)
    parts = [rng.integers(-3, 4, size=shape) for shape in [(4, 2), (3, 4), (3, 3), (1, 3)]]
    none = [np.zeros(len(part)) for part in parts]
    plain = Net(parts, none, activation="leaky_relu")
    factors = [2.0**-600, 2.0**-600, 2.0**900, 1.0]
    lifted = Net(
        [f * p for f, p in zip(factors, parts, strict=True)], none, activation="leaky_relu"
    )
    one, other = (cut(net, SQUARE, kind) for net in (plain, lifted))
    assert one.f_vector == other.f_vector
    assert (one.patterns == other.patterns).all()


@pytest.mark.parametrize("activation", ["hard_tanh", "relu6"])
def test_a_domain_smaller_than_the_spacing_of_floats_at_the_breakpoint(activation: str) -> None:
    """x + 1 rounds to 1 on the whole box, which the breakpoint 1 cuts in two all the same."""
    breakpoint = {"hard_tanh": 1.0, "relu6": 6.0}[activation]
    for kind in KINDS:
        box = lr.Box(-1e-20, 1e-20, dim=2)
        net = Net([[[1, 0], [1, 1]], [[1, 1]]], [[breakpoint] * 2, [0]], activation)
        cx = cut(net, box, kind)
        assert cx.f_vector == (7, 10, 4)
        assert np.isfinite(cx.vertices).all()


@pytest.mark.parametrize("centre", [1.0, 1e8])
def test_a_small_window_far_from_the_origin(centre: float) -> None:
    rng = np.random.default_rng(3)
    net = lr.Network.random([2, 9, 7, 1], biases=Normal(0.3), rng=rng)
    shift = np.full(2, centre)
    moved = Net(net.weights, [net.biases[0] - net.weights[0] @ shift, *net.biases[1:]])
    cx = lr.subdivide(moved, lr.Box(shift - 1.0, shift + 1.0))
    assert cx.euler_characteristic == 1
    np.testing.assert_allclose(cx.volumes.sum(), 4.0)
    assert cx.num_regions == lr.subdivide(net, SQUARE).num_regions


def test_overflow_is_an_error_that_names_the_layer() -> None:
    net = Net([[[1e200]], [[1e200]], [[1]]], [[0], [0], [0]])
    with pytest.raises(OverflowError, match=r"hidden layer 2 \(weights\[1\]\)"):
        lr.subdivide(net, lr.Box(-1.0, 1.0, dim=1))


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_bulk_lines_at_extreme_scales(scale: float) -> None:
    rng = np.random.default_rng(1)
    net = lr.Network.random([3, 6, 5, 1], biases=0.0, rng=rng)
    starts, ends = rng.normal(size=(2, 8, 3))
    expected = lr.count_along_lines(net, starts, ends)
    assert expected.max() > 3
    assert (lr.count_along_lines(net, scale * starts, scale * ends) == expected).all()


def test_a_line_with_one_crossing_beyond_all_floats_nearby() -> None:
    """Homogeneous coordinates: the crossing at -1e24 is as finite as any other."""
    cx = lr.subdivide(Net([[[1.0, 1e-9]], [[1]]], [[0], [0]]), lr.Line([1e15, 0], [0, 1]))
    assert cx.num_regions == 2
    np.testing.assert_allclose(cx.vertices, [[-1e24]])
    assert cx.interior_certified.all()


P = np.exp2
#: behind the first hinge 2**-600 * 1.5 * 2**-474 rounds to 2**-1073, and 2**1000 makes it count
UNDERFLOWN = Net(
    [[[P(-600.0)], [-1.0]], [[1.5 * P(-474.0), 0], [0, 1.5 * P(-74.0)]], [[P(1000.0), -1.0]]],
    [[0, 0], [0, 0], [0]],
)


@pytest.mark.parametrize("kind", KINDS)
def test_slopes_that_differ_by_underflow_alone_are_equal(kind: str) -> None:
    cx = cut(UNDERFLOWN, lr.Box(-1.0, 1.0, dim=1), kind)
    assert cx.num_regions == 2
    assert cx.linear_regions().num_regions == 1
    assert cx.volume(codim=1, of="linear") == 0.0
    assert lr.count_along_lines(UNDERFLOWN, [[-1.0]], [[1.0]], of="linear").tolist() == [1]


def test_measured_slopes_have_room_for_what_underflows() -> None:
    """A slope of 2**-1080 is no float64, and 2**1000 brings it back."""
    from linreg_lib.geometry.vertex_signs.gradient_bound import measured_spread

    net = Net([[[1.0]], [[P(-540.0)]], [[P(-540.0)]], [[P(1000.0)]], [[1.0]]], [[0.0]] * 5)
    pieces = [np.ones((1, 1), dtype=np.uint8)] * 4
    spread = measured_spread(net, np.ones((1, 1)), np.zeros((1, 1)), pieces, False)
    assert spread >= P(-80.0)


def test_a_vertex_beyond_float64_is_an_error() -> None:
    """The neurons' hyperplanes are 1e324 and more from the origin."""
    bent = lr.PiecewiseLinear([-48.0, 8.0, 16.0], [1.0, -1.0, 2.0, 0.5], value_at=(-0.5, 1.0))
    net = Net([[[0.0, 5e-324, -5e-324]], [[1.0]]], [[0.0], [0.0]], activation=bent)
    with pytest.raises(OverflowError, match="too far away for float64"):
        lr.subdivide(net, lr.Space(3))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("last", [5e-324, 1.5e-323])
def test_a_segment_whose_direction_underflows(kind: str, last: float) -> None:
    """From (0, 0) to (3, 5e-324) the second neuron's slope is what the first one's is, or not."""
    a, b = P(-74.0), 3 * P(1000.0)
    net = Net([[[a, 0.0], [0.0, -b]], [[1.0, -1.0]]], [[-a, a], [0.0]])
    segment = lr.Segment([0.0, 0.0], [3.0, last])
    cx = cut(net, segment, kind)
    # The first neuron switches at a third of the segment, the second one there or elsewhere.
    exact_slopes = (Fraction(3) * Fraction(a), Fraction(last) * Fraction(b))
    places = (Fraction(a) / exact_slopes[0], Fraction(a) / exact_slopes[1])
    inside = {place for place in places if 0 < place < 1}
    assert cx.num_regions == 1 + len(inside)
    # Slopes on the pieces: the first neuron's from its place on, the second one's up to its own.
    pieces = sorted({Fraction(0), *inside, Fraction(1)})
    slopes = []
    for low, high in zip(pieces, pieces[1:], strict=False):
        middle = (low + high) / 2
        slope = exact_slopes[0] if middle > places[0] else Fraction(0)
        slopes.append(slope + (exact_slopes[1] if middle < places[1] else Fraction(0)))
    num_linear = 1 + sum(x != y for x, y in zip(slopes, slopes[1:], strict=False))
    assert cx.linear_regions().num_regions == num_linear
    assert lr.count_along_lines(net, [[0, 0]], [[3.0, last]], of="linear").tolist() == [num_linear]


def test_a_direction_whose_entries_are_lost_in_the_unit_vector_is_refused() -> None:
    with pytest.raises(ValueError, match=r"direction\[1\] = 5e-324 is so small"):
        lr.Line([0.0, 0.0], [3.0, 5e-324])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_below_all_breakpoints_everywhere_is_not_steep(kind: str) -> None:
    """A dead layer between two that would leave the range together."""
    weights = [1e200 * np.array(WEIGHTS[0]), 1e150 * np.array(WEIGHTS[1]), [[1, 1]]]
    dead = Net(weights, [[-3e200, -3e200], [1.0, 0.0], [0.0]])
    cx = cut(dead, SQUARE, kind)
    assert cx.patterns.tolist() == [[0, 0, 1, 0]]
    assert cx.f_vector == (4, 4, 1)
