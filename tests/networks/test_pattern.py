"""Patterns are exact: at ties, near ties, and where floats overflow or underflow."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_lib.networks import (
    Network,
    PiecewiseLinear,
    exact_network,
    running_error_bound,
    sawtooth,
)
from linreg_lib.networks.dyadic import Dyadic, homogeneous
from linreg_lib.networks.exact_network import ExactNetwork
from linreg_lib.networks.pattern import piece_range_at
from tests.networks.fraction_oracle import exact_pattern, exact_pre_activations
from tests.strategies import HALVES, activations, networks, points, seeds

ROUGH = PiecewiseLinear([-0.3, 0.1], [0.7, -0.2, 1.3], value_at=(0.2, 0.9))


def rounded_pattern(net: Network, x: np.ndarray) -> np.ndarray:
    """What one gets without any care."""
    pieces = [
        activation.piece(z)
        for activation, z in zip(net.activations, net.pre_activations(x), strict=True)
    ]
    return np.concatenate(pieces, axis=-1)


@given(data=st.data())
def test_ties_of_small_networks(data: st.DataObject) -> None:
    net = data.draw(networks(entries=HALVES))
    x = data.draw(points(net.input_dim))
    expected = [exact_pattern(net, point) for point in x]
    assert net.pattern(x).tolist() == expected
    exact = ExactNetwork(net)
    assert [exact.piece_range(homogeneous(point))[0].tolist() for point in x] == expected


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "hard_tanh", ROUGH])
def test_points_next_to_hyperplanes(activation: str | PiecewiseLinear) -> None:
    rng = np.random.default_rng(11)
    num_wrong = 0
    for _ in range(15):
        net = Network.random([3, 6, 6, 1], biases=0.3, rng=rng, activation=activation)
        x = rng.normal(size=3)
        for unit in range(6):
            for layer in range(2):
                near = _on_hyperplane(net, x, layer, unit)
                expected = exact_pattern(net, near)
                assert net.pattern(near).tolist() == expected
                num_wrong += rounded_pattern(net, near).tolist() != expected
    assert num_wrong > 10  # the points are hard: rounding alone gets some of them wrong


def _on_hyperplane(net: Network, x: np.ndarray, layer: int, unit: int) -> np.ndarray:
    """Newton's steps to where a unit is at its first breakpoint, if they get there."""
    for _ in range(8):
        value, slope = _unit_affine(net, x, layer, unit)
        if not slope @ slope:
            break
        x = x - (value - net.activations[layer].breakpoints[0]) / (slope @ slope) * slope
    return x


def _unit_affine(net: Network, x: np.ndarray, layer: int, unit: int) -> tuple[float, np.ndarray]:
    part = Network.from_arrays(
        net.weights[: layer + 1], net.biases[: layer + 1], activation=net.activations[:layer]
    )
    affine = part.affine_map(x)
    return float(affine(x)[unit]), affine.matrix[unit]


def test_a_third() -> None:
    # 3 x - 1 and x - 1/3 are different networks in floats; both answers are exact.
    third = 1 / 3
    assert Fraction(third) < Fraction(1, 3)
    for weight, bias, expected in [(3.0, -1.0, 0), (-3.0, 1.0, 1), (1.0, -third, 0)]:
        net = Network.from_arrays([[[weight]], [[1.0]]], [[bias], [0.0]])
        assert net.pre_activations([third])[0].item() == 0.0
        assert net.pattern([third]).tolist() == [expected]


def test_cancelling_neurons_vanish_exactly() -> None:
    # relu(z) + relu(-z) - |z|: zero in real arithmetic, for weights that round.
    rng = np.random.default_rng(5)
    row = rng.normal(size=(1, 3))
    first = np.vstack([row, -row, row, -row])
    second = np.array([[1.0, 1.0, -1.0, -1.0], [0.1, 0.3, -0.1, -0.3]])
    net = Network.from_arrays([first, second, [[1.0, 1.0]]], [[0.0] * 4, [0.0, 0.0], [0.0]])
    assert (net.pattern(rng.normal(size=(50, 3)))[:, 4:] == 0).all()


def test_zero_rows_and_zero_biases_stay_fast() -> None:
    """A dead neuron everywhere and the origin of a central net are certified without fallback."""
    rng = np.random.default_rng(3)
    net = Network.random([4, 20, 20, 1], rng=rng)
    weights = [net.weights[0].copy(), *net.weights[1:]]
    weights[0][3] = 0.0
    dead = Network.from_arrays(weights, net.biases)
    x = np.vstack([np.zeros((1, 4)), rng.normal(size=(500, 4))])
    layers = running_error_bound(dead, x)
    flagged = [layer.uncertain(dead.activations[0]).any() for layer in layers]
    assert flagged == [False, False]
    assert dead.pattern(x)[0].tolist() == [0] * 40
    assert (dead.pattern(x)[:, 3] == 0).all()


@pytest.mark.parametrize(
    ("weights", "biases", "x", "expected"),
    [
        # the sum overflows on the way, but not the exact one
        ([[[1e308, 1e308, -1e308]], [[1.0]]], [[-1e308], [0.0]], [1.0, 1.0, 1.0], [0]),
        ([[[1e308, 1e308, -1e308]], [[1.0]]], [[1.0], [0.0]], [1.0, 1.0, 2.0], [1]),
        # the product underflows to 0, but is not 0
        ([[[1e-200]], [[1.0]]], [[0.0], [0.0]], [1e-200], [1]),
        ([[[1e-200]], [[1.0]]], [[0.0], [0.0]], [-1e-200], [0]),
        ([[[1e-200]], [[-1e-200]], [[1.0]]], [[0.0], [0.0], [0.0]], [1.0], [1, 0]),
        ([[[1.0]], [[1e-200]], [[1.0]]], [[0.0], [0.0], [0.0]], [1e-200], [1, 1]),
        # absorbed by the bias
        ([[[1.0, 1.0]], [[1.0]]], [[-1.0], [0.0]], [1.0, 1e-30], [1]),
        ([[[1.0, 1.0]], [[1.0]]], [[-1.0], [0.0]], [1.0, -1e-30], [0]),
    ],
)
def test_extremes(weights, biases, x, expected) -> None:
    net = Network.from_arrays(weights, biases)
    assert net.pattern(x).tolist() == expected == exact_pattern(net, np.array(x))


def test_underflow_in_the_activation() -> None:
    net = Network.from_arrays([[[1.0]], [[1.0]], [[1.0]]], [[0.0]] * 3, activation="leaky_relu")
    x = np.array([-5e-324])  # 0.01 times this is 0 in floats
    assert net.pattern(x).tolist() == [0, 0]
    flipped = Network.from_arrays([[[1.0]], [[-1.0]], [[1.0]]], [[0.0]] * 3, "leaky_relu")
    assert flipped.pattern(x).tolist() == [0, 1] == exact_pattern(flipped, x)


def test_underflow_behind_a_constant_unit() -> None:
    tiny = [[[0.0]], [[-1.0]], [[1.0]]], [[-5e-324], [0.0], [0.0]]
    leaky = Network.from_arrays(*tiny, activation="leaky_relu")
    assert leaky.pattern([1.0]).tolist() == [0, 1] == exact_pattern(leaky, np.array([1.0]))
    # Its offset, -1e-400, is 0 in floats; its value at 0 is 1e-400.
    steps = PiecewiseLinear([-1e-200], [0.0, 1e-200], value_at=(-1e-200, 0.0))
    net = Network.from_arrays([[[0.0]], [[1.0]], [[1.0]]], [[0.0]] * 3, activation=steps)
    shifted = Network.from_arrays(net.weights, [[0.0], [-1e-200], [0.0]], activation=steps)
    for each in (net, shifted):
        assert each.pattern([1.0]).tolist() == exact_pattern(each, np.array([1.0]))
    assert shifted.pattern([1.0]).tolist() == [1, 1]


def test_a_small_slope_does_not_swallow_the_bound() -> None:
    flat = PiecewiseLinear([-1.0], [1e-200, 1e-210], value_at=(0.0, 0.0))
    weights = [[[1e-200]], [[1.0]], [[1.0]]]
    net = Network.from_arrays(weights, [[0.0]] * 3, activation=[flat, "relu"])
    x = np.array([1e-200])
    assert net.pattern(x).tolist() == [1, 1] == exact_pattern(net, x)


@given(seed=seeds(), activation=activations(), scale=st.sampled_from([1e-3, 1.0, 1e3]))
def test_the_bound_holds_and_is_not_vacuous(
    seed: int, activation: PiecewiseLinear, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    net = Network.random([3, 5, 4, 4, 1], biases=0.1, rng=rng, activation=activation)
    x = scale * rng.normal(size=3)
    _assert_bounds_hold(net, x)
    for layer in running_error_bound(net, x):
        assert layer.bound.max() < 1e-9 * max(1.0, scale, float(np.abs(layer.values).max()))


def _assert_bounds_hold(net: Network, x: np.ndarray) -> None:
    for layer, exact in zip(
        running_error_bound(net, x), exact_pre_activations(net, x), strict=True
    ):
        for value, bound, z in zip(layer.values, layer.bound, exact, strict=True):
            assert abs(Fraction(float(value)) - z) <= Fraction(float(bound))


def test_the_bound_holds_behind_a_unit_on_the_wrong_piece() -> None:
    # 1 - 3 x rounds to 0 but is positive: the unit seems off, and what it lets through is seen.
    net = Network.from_arrays([[[-3.0]], [[1e10]], [[1.0]]], [[1.0], [0.0], [0.0]])
    x = np.array([1 / 3])
    assert net.pre_activations(x)[1].item() == 0.0
    assert exact_pre_activations(net, x)[1][0] > Fraction(1, 10**8)
    _assert_bounds_hold(net, x)


def test_the_bound_holds_where_slope_and_offset_cancel() -> None:
    far = PiecewiseLinear([1e8], [0.1, 0.3], value_at=(1e6, 0.0))
    for x in np.linspace(1e6 - 1, 1e6 + 1, 41):
        for weight, bias in [(1.0, 0.0), (0.0, x)]:  # a constant unit's pre-activation is exact
            weights, biases = [[[weight]], [[1.0]], [[1.0]]], [[bias], [0.0], [0.0]]
            _assert_bounds_hold(Network.from_arrays(weights, biases, far), np.array([x]))


def test_the_bound_is_not_far_above_the_errors() -> None:
    rng = np.random.default_rng(2)
    net = Network.random([20, 30, 30, 1], biases=0.1, rng=rng, activation=ROUGH)
    x = rng.normal(size=20)
    last = running_error_bound(net, x)[-1]
    errors = [
        abs(float(Fraction(float(value)) - z))
        for value, z in zip(last.values, exact_pre_activations(net, x)[-1], strict=True)
    ]
    assert last.bound.max() / 2000 < max(errors) <= last.bound.max()


def test_input_errors_are_carried_along() -> None:
    rng = np.random.default_rng(4)
    net = Network.random([3, 8, 8, 1], biases=0.1, rng=rng)
    x = rng.normal(size=(200, 3))
    width = np.full(3, 1e-4)
    layers = running_error_bound(net, x, input_error=width)
    moved = net.pre_activations(x + rng.uniform(-1, 1, size=x.shape) * width)
    for layer, other in zip(layers, moved, strict=True):
        assert (np.abs(layer.values - other) <= layer.bound).all()
        assert (layer.bound > 1e-6).any()
    assert len(running_error_bound(net, x, upto_layer=1)) == 1


def test_sawtooth_ties_at_every_dyadic_point() -> None:
    net = sawtooth(5)
    x = np.arange(65)[:, None] / 64
    assert net.pattern(x).tolist() == [exact_pattern(net, point) for point in x]


@pytest.mark.parametrize("values", [[0.0], [0.5, -3.0, 1e-300, 5e-324, 1e300, 0.1, -0.0]])
def test_dyadic_numbers(values: list[float]) -> None:
    dyadic = Dyadic.of(np.array(values))
    assert [Fraction(n, 2**dyadic.shift) for n in dyadic.numerators] == list(map(Fraction, values))
    again = Dyadic.of(np.array([Fraction(value) for value in values], dtype=object))
    assert again.shift == dyadic.shift
    assert again.numerators.tolist() == dyadic.numerators.tolist()
    with pytest.raises(ValueError, match="1/3"):
        Dyadic.of(np.array([Fraction(1, 3)], dtype=object))


def test_large_layers_are_not_kept_between_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = exact_network._kept_integer_layer
    for most, num_kept in ((11, 1), (12, 2)):
        monkeypatch.setattr(exact_network, "_MOST_KEPT", most)
        kept.cache_clear()
        net = Network.random([2, 4, 3, 1], rng=np.random.default_rng(0))  # 8 and 12 weights
        assert net.pattern([0.0, 0.0]).tolist() == [0] * 7
        assert kept.cache_info().currsize == num_kept


def test_a_layer_range_and_points_known_up_to_an_error() -> None:
    net = Network.random([2, 4, 3, 1], biases=0.3, rng=np.random.default_rng(1))
    points = np.random.default_rng(2).normal(size=(2, 5, 2))
    low, high = piece_range_at(net, points, upto_layer=1)
    assert np.array_equal(low, net.pattern(points)[..., :4])
    assert np.array_equal(high, low)
    asked = []

    def exactly(i: int) -> np.ndarray:
        asked.append(i)
        return np.full((2, 7), 9 + i, dtype=np.uint8)

    error = np.zeros((2, 5, 2))
    error[1, 2] = 1e3  # certifies nothing
    low, high = piece_range_at(net, points, error=error, exactly=exactly)
    assert asked == [7]
    assert low[1, 2].tolist() == [16] * 7
    untouched = np.delete(low.reshape(10, 7), 7, axis=0)
    assert np.array_equal(untouched, np.delete(net.pattern(points).reshape(10, 7), 7, axis=0))
