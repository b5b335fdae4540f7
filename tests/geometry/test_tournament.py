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


@pytest.mark.parametrize("num", [2, 3, 4, 5, 6, 7, 10])
def test_the_largest_outputs(num: int) -> None:
    net = outputs_in(num)
    contest = tournament(net)
    points = np.random.default_rng(0).integers(-4, 5, size=(500, 3)) / 2
    outputs = net(points)
    low, high = contest.network.piece_range(points)
    above, tied = low[:, contest.columns] > 0, (low != high)[:, contest.columns]
    top = contest.top.largest(above, tied)
    expected = outputs == outputs.max(axis=1, keepdims=True)
    assert (top == expected).all()
    assert (expected.sum(axis=1) > 1).any()
    assert (contest.top.winners(above) == outputs.argmax(axis=1)).all()
    assert len(contest.top.matches) == num - 1
    assert contest.network.depth == 1 + int(np.ceil(np.log2(num)))
    assert (contest.network(points).ravel() == outputs.max(axis=1)).all()
    # Whatever is carried cuts nothing.
    breakpoints = [
        activation.count_breakpoints(width)
        for activation, width in zip(
            contest.network.activations, contest.network.hidden_widths, strict=True
        )
    ]
    assert sum(breakpoints) == num - 1


def test_ties_on_a_whole_region_go_to_the_lowest_class() -> None:
    net = Network.from_arrays([np.zeros((5, 1))], [[1, 2, 2, 0, 2]], activation=[])
    contest = tournament(net)
    pattern = contest.network.pattern(np.zeros((1, 1)))[:, contest.columns]
    assert contest.top.winners(pattern > 0).tolist() == [1]


def test_a_fault_in_the_order_of_players() -> None:
    """With the players of each match the other way round, ties go to the highest class."""
    net = Network.from_arrays([np.zeros((2, 1))], [[2, 2]], activation=[])
    contest = tournament(net)
    swapped = np.array([[True]]), np.array([[False]])
    assert contest.top.largest(*swapped).argmax() == 1
