"""The network that finds the top class, held against the outputs themselves."""

from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.geometry.decision.tournament import tournament
from linreg_lib.networks import Network


def outputs_in(num: int) -> Network:
    """No hidden layer: three inputs, outputs with small integer weights, some of them equal."""
    rng = np.random.default_rng(num)
    return Network.from_arrays(
        [rng.integers(-1, 2, size=(num, 3))], [rng.integers(-1, 2, size=num)], activation=[]
    )


@pytest.mark.parametrize("bound", [None, 16.0])
@pytest.mark.parametrize("num", [2, 3, 4, 5, 6, 7, 10])
def test_the_largest_outputs(num: int, bound: float | None) -> None:
    net = outputs_in(num)
    contest = tournament(net, bound)
    points = np.random.default_rng(0).integers(-4, 5, size=(500, 3)) / 2
    outputs = net(points)
    low, high = contest.network.piece_range(points)
    top = contest.tops(low[:, contest.columns] > 0, (low != high)[:, contest.columns])
    expected = outputs == outputs.max(axis=1, keepdims=True)
    assert (top == expected).all()
    assert (expected.sum(axis=1) > 1).any()
    assert len(contest.matches) == num - 1
    assert contest.network.depth == 1 + int(np.ceil(np.log2(num)))
    passing = np.delete(low, contest.columns, axis=1)
    assert bound is None or (passing == 1).all()


@pytest.mark.parametrize("bound", [None, 16.0])
def test_ties_on_a_whole_region_go_to_the_lowest_class(bound: float | None) -> None:
    net = Network.from_arrays([np.zeros((5, 1))], [[1, 2, 2, 0, 2]], activation=[])
    contest = tournament(net, bound)
    pattern = contest.network.pattern(np.zeros((1, 1)))[:, contest.columns]
    assert contest.tops(pattern > 0, np.zeros_like(pattern, dtype=bool)).argmax() == 1


def test_a_fault_in_the_order_of_players() -> None:
    """With the players of each match the other way round, ties go to the highest class."""
    net = Network.from_arrays([np.zeros((2, 1))], [[2, 2]], activation=[])
    contest = tournament(net, 16.0)
    swapped = np.array([[True]]), np.array([[False]])
    assert contest.tops(*swapped).argmax() == 1
