"""The oracle itself: hand-checkable networks, and a planted fault that it must notice."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.theory.lines.count_oracle import count_breakpoints

RELU = ([0], [0, 1], [0, 0])


def test_absolute_value_has_one_breakpoint_though_two_neurons_switch_there():
    weights, biases = [[[1], [-1]], [[1, 1]]], [[0, 0], [0]]
    assert count_breakpoints(weights, biases, [RELU], None, None, "activation") == 1
    assert count_breakpoints(weights, biases, [RELU], None, None, "linear") == 1


def test_cancelling_neurons_switch_without_a_jump_of_the_slope():
    # relu(x) - relu(-x) = x
    weights, biases = [[[1], [-1]], [[1, -1]]], [[0, 0], [0]]
    assert count_breakpoints(weights, biases, [RELU], None, None, "activation") == 1
    assert count_breakpoints(weights, biases, [RELU], None, None, "linear") == 0


def test_tent_over_tent_in_fractions():
    tent = [[Fraction(2)], [Fraction(4)]]  # relu(2x) - relu(4x - 2): up to 1 and down again
    weights = [tent, [[Fraction(2), Fraction(-2)], [Fraction(4), Fraction(-4)]], [[1, -1]]]
    biases = [[0, -2], [0, -2], [0]]
    assert count_breakpoints(weights, biases, [RELU, RELU], 0, 1, "linear") == 3


@pytest.mark.parametrize(("low", "high", "expected"), [(-1, 1, 1), (0, 1, 0), (None, -1, 0)])
def test_ends_do_not_count(low, high, expected):
    assert count_breakpoints([[[1]], [[1]]], [[0], [0]], [RELU], low, high, "linear") == expected


def test_a_wrong_bias_changes_the_count():
    weights = [[[1], [1]], [[1, 1]]]
    right = count_breakpoints(weights, [[0, -1], [0]], [RELU], 0.0, 2.0, "activation")
    wrong = count_breakpoints(weights, [[0, 1], [0]], [RELU], 0.0, 2.0, "activation")
    assert (right, wrong) == (1, 0)
