"""Patterns by linear programming: against hand counts, brute force and the subdivision."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.errors import WorkLimitError
from linreg_lib.networks import Normal
from linreg_lib.networks.integer_networks import integer_networks
from linreg_lib.theory.pattern_enumeration import enumerate_patterns

READINGS = ("interior", "strict", "attained", "closed")


def counts(net: lr.Network) -> list[int]:
    return [len(enumerate_patterns(net, -1, 1, reading=reading)) for reading in READINGS]


def test_hand_counts_of_the_four_readings() -> None:
    absolute = lr.Network.from_arrays([[[1], [-1]], [[1, 1]]], [[0, 0], [0]])
    twice = lr.Network.from_arrays([[[1]], [[1]], [[1]]], [[0], [0], [0]])
    assert counts(absolute) == [2, 2, 3, 4]
    assert counts(twice) == [2, 1, 2, 4]  # the second unit is 0 on the whole left half


def test_agrees_with_the_subdivision_ties_included() -> None:
    nets = itertools.islice(
        integer_networks([1, 1, 1, 1], weights=(1, -1, 0), biases=(0, 1, -1)), 0, None, 7
    )
    num_tied = 0
    for net in nets:
        cx = lr.subdivide(net, lr.Segment([-2.0], [2.0]))
        found = enumerate_patterns(net, -2, 2)
        assert found.tolist() == cx.patterns.tolist()
        num_tied += len(enumerate_patterns(net, -2, 2, reading="strict")) != len(found)
    assert num_tied > 5


@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
def test_agrees_with_the_subdivision_in_the_plane(activation: str) -> None:
    rng = np.random.default_rng(5)
    net = lr.Network.random([2, 3, 2, 1], biases=Normal(0.5), rng=rng, activation=activation)
    cx = lr.subdivide(net, lr.Box(-2, 2, dim=2))
    for reading in READINGS:  # no ties: all readings agree on generic networks
        found = enumerate_patterns(net, -2, 2, reading=reading)
        assert found.tolist() == cx.patterns.tolist()


def test_limits_and_wrong_arguments() -> None:
    net = lr.Network.random([2, 4, 1], biases=1.0, rng=np.random.default_rng(0))
    with pytest.raises(WorkLimitError, match="max_patterns=2"):
        enumerate_patterns(net, -9, 9, max_patterns=2)
    with pytest.raises(ValueError, match="empty"):
        enumerate_patterns(net, 1, 1)
    with pytest.raises(ValueError, match="reading"):
        enumerate_patterns(net, 0, 1, reading="open")  # type: ignore[arg-type]
