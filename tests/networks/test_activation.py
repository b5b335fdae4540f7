from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from linreg_lib.networks import (
    PiecewiseLinear,
    activation_named,
    hard_tanh,
    leaky_relu,
    relu,
    relu6,
)
from tests.networks.fraction_oracle import exact_value
from tests.strategies import HALVES, piecewise_linears

GRID = np.linspace(-8.0, 8.0, 129)  # multiples of 1/8, all breakpoints among them


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (relu(), np.maximum(GRID, 0)),
        (leaky_relu(), np.where(GRID > 0, GRID, 0.01 * GRID)),
        (hard_tanh(), np.clip(GRID, -1, 1)),
        (relu6(), np.clip(GRID, 0, 6)),
        (PiecewiseLinear([0.0], [2.0, 0.0]), np.minimum(2 * GRID, 0)),
        (PiecewiseLinear([1.0], [-1.0, 1.0], value_at=(1.0, 3.0)), abs(GRID - 1) + 3),
    ],
)
def test_values(activation: PiecewiseLinear, expected: np.ndarray) -> None:
    assert np.array_equal(activation(GRID), expected)
    assert not np.signbit(activation(GRID)[expected == 0]).any()


@given(activation=piecewise_linears(), t=HALVES)
def test_values_and_pieces_are_those_of_the_graph(activation: PiecewiseLinear, t: float) -> None:
    assert Fraction(float(activation(t))) == exact_value(activation, Fraction(t))
    piece = int(activation.piece(t))
    assert piece == sum(b < t for b in activation.breakpoints)
    line = Fraction(activation.slopes[piece]) * Fraction(t) + activation.exact_offsets[piece]
    assert line == exact_value(activation, Fraction(t))


def test_exact_offsets_do_not_round() -> None:
    activation = PiecewiseLinear([0.1], [0.0, 0.3], value_at=(0.1, 0.7))
    assert activation.exact_offsets[1] == Fraction(0.7) - Fraction(0.3) * Fraction(0.1)
    assert activation.exact_offsets[1] != Fraction(float(activation.exact_offsets[1]))
    assert activation.offsets[1] == float(activation.exact_offsets[1])


def test_a_breakpoint_belongs_to_the_piece_below() -> None:
    assert relu6().piece([-1.0, 0.0, 5e-324, 6.0, np.nextafter(6.0, 7.0)]).tolist() == [
        0,
        0,
        1,
        1,
        2,
    ]
    assert relu().piece(0.0).dtype == np.uint8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 0.0], [0.0, 1.0, 0.0]), r"breakpoints\[1\] = 0.0 is not above"),
        (([0.0, 0.0], [0.0, 1.0, 0.0]), r"breakpoints\[1\] = 0.0 is not above"),
        (([0.0], [0.0, 1.0, 2.0]), "1 breakpoints need 2 slopes"),
        (([0.0, 1.0], [0.0, 1.0, 1.0]), r"slopes\[1\] and slopes\[2\] are both 1.0"),
        (([np.nan], [0.0, 1.0]), r"breakpoints\[0\] is nan"),
        (([0.0], [0.0, np.inf]), r"slopes\[1\] is inf"),
        (([0.0], [0.0, 1.0], (0.0, np.nan)), r"value_at\[1\] is nan"),
        (([0.0], [0.0, 1.0], (0.0,)), "one point"),
        ((range(256), range(257)), "at most 255"),
        (([1e300], [0.0, 1e300]), "range of float64"),
        (([[0.0]], [0.0, 1.0]), "shape"),
    ],
)
def test_refusals(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PiecewiseLinear(*arguments)


def test_names() -> None:
    assert activation_named("relu6") == relu6()
    assert activation_named(hard_tanh()) == hard_tanh()
    with pytest.raises(ValueError, match="known: identity, relu, leaky_relu, hard_tanh, relu6"):
        activation_named("tanh")
    with pytest.raises(TypeError, match="int"):
        activation_named(3)  # type: ignore[arg-type]


@given(activation=piecewise_linears())
def test_equality_hash_repr_and_pickle(activation: PiecewiseLinear) -> None:
    same = eval(
        repr(activation),
        {
            "PiecewiseLinear": PiecewiseLinear,
            "relu": relu,
            "leaky_relu": leaky_relu,
            "hard_tanh": hard_tanh,
        },
    )
    copy = pickle.loads(pickle.dumps(activation))
    for other in (same, copy):
        assert other == activation
        assert hash(other) == hash(activation)
    assert not copy.slopes.flags.writeable
    steeper = PiecewiseLinear(activation.breakpoints, 3 * activation.slopes, activation._value_at)
    assert steeper != activation


def test_equal_functions_are_equal() -> None:
    assert PiecewiseLinear([0.0], [0.0, 1.0], value_at=(5.0, 5.0)) == relu()
    assert PiecewiseLinear([-0.0], [-0.0, 1.0]) == relu()
    assert repr(leaky_relu(0.5)) == "leaky_relu(slope=0.5)"
    assert repr(leaky_relu()) == "leaky_relu()"


def test_what_cannot_be_a_number() -> None:
    assert np.isnan(relu()(np.nan))
    assert np.isnan(relu6()(np.nan))
    assert relu6()([-np.inf, np.inf]).tolist() == [0.0, 6.0]
    with pytest.raises(ValueError, match="NaN"):
        relu().piece([0.0, np.nan])


def test_arrays_are_locked() -> None:
    given_slopes = np.array([0.0, 1.0])
    activation = PiecewiseLinear([0.0], given_slopes)
    given_slopes[1] = 5.0
    assert activation == relu()
    for array in (activation.breakpoints, activation.slopes, activation.offsets):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


def test_positively_homogeneous() -> None:
    assert relu().is_positively_homogeneous
    assert leaky_relu(-3.0).is_positively_homogeneous
    assert not relu6().is_positively_homogeneous
    assert not PiecewiseLinear([0.0], [0.0, 1.0], value_at=(0.0, 1.0)).is_positively_homogeneous
    assert not PiecewiseLinear([1.0], [0.0, 1.0], value_at=(0.0, 0.0)).is_positively_homogeneous
