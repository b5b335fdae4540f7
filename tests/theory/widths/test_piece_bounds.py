"""Bounds of the number of pieces on a line, against each other and against exact counts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.theory.widths.layer_arrangements import layer_arrangements
from linreg_lib.theory.widths.piece_bounds import (
    GROWTH_RATE,
    best_arrangement,
    fewest_neurons,
    live_piece_bound,
    product_bound,
)


def test_bounds_are_ordered_for_every_arrangement() -> None:
    for num_neurons in range(1, 9):
        for widths in layer_arrangements(num_neurons):
            assert live_piece_bound(widths) <= product_bound(widths) <= 2**num_neurons


def test_best_arrangement_is_the_maximum_over_all() -> None:
    for num_neurons in range(1, 12):
        best = best_arrangement(num_neurons)
        assert best.bound == max(map(live_piece_bound, layer_arrangements(num_neurons)))
        assert live_piece_bound(best.widths) == best.bound
        assert sum(best.widths) == num_neurons


def test_growth_rate_solves_its_equation_and_bounds_the_bound() -> None:
    assert GROWTH_RATE**4 == pytest.approx(GROWTH_RATE**2 + 4)
    for num_neurons in range(30):
        assert best_arrangement(num_neurons).bound <= 2 * GROWTH_RATE**num_neurons


def test_fewest_neurons_is_where_the_bound_reaches() -> None:
    for num_pieces in (1, 2, 3, 4, 5, 6, 17, 64):
        num_neurons = fewest_neurons(num_pieces)
        assert best_arrangement(num_neurons).bound >= num_pieces
        assert num_neurons == 0 or best_arrangement(num_neurons - 1).bound < num_pieces


def test_no_random_integer_network_beats_the_bound_of_its_widths() -> None:
    rng = np.random.default_rng(3)
    for widths in [(2, 1), (2, 2), (1, 2, 1), (3, 1), (2, 3), (3, 2), (2, 1, 2), (2, 1, 1)]:
        most = 0
        for _ in range(60):
            sizes = [1, *widths, 1]
            net = lr.Network.from_arrays(
                [rng.integers(-3, 4, size=(b, a)) for a, b in zip(sizes, sizes[1:])],
                [rng.integers(-3, 4, size=b) for b in sizes[1:]],
            )
            most = max(most, lr.subdivide(net, lr.Line([0.0], [1.0])).num_regions)
        assert 1 < most <= live_piece_bound(widths)


def test_two_relus_never_vanish_three_times() -> None:
    """Exhaustive over small integers: the step of the proof that is special to width 2."""
    x = np.arange(-40, 41) / 4.0 + 1 / 16  # no zero of these functions lies on the grid's points
    most = 0
    for w1, w2 in product((-1, 1), repeat=2):
        for b1, b2 in product(range(-3, 4), repeat=2):
            r = np.maximum(np.outer([w1, w2], x) + np.array([[b1], [b2]]), 0.0)
            coefficients = np.array(list(product(range(-3, 4), repeat=3)))
            values = coefficients[:, :2] @ r + coefficients[:, 2:]
            signs = np.sign(values)
            most = max(most, int((signs[:, 1:] * signs[:, :-1] < 0).sum(axis=1).max()))
    assert most == 2


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"widths\[1\] is 0"):
        live_piece_bound([2, 0])
    with pytest.raises(ValueError, match="num_neurons is -1"):
        best_arrangement(-1)
    with pytest.raises(ValueError, match="num_pieces is 0"):
        fewest_neurons(0)
