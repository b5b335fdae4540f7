"""Pieces of whole lines in bulk, against each line cut by itself and against arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments import count_along_whole_lines
from linreg_lib.experiments.lines import whole_lines
from linreg_lib.networks import Normal, leaky_relu, relu
from linreg_lib.networks.named_activations import hard_tanh


def one_by_one(net: lr.Network, points: np.ndarray, directions: np.ndarray, of: str) -> list[int]:
    cut = [lr.subdivide(net, lr.Line(p, d)) for p, d in zip(points, directions, strict=True)]
    if of == "activation":
        return [cx.num_regions for cx in cut]
    return [cx.linear_regions().num_regions for cx in cut]


def fails_line_by_line(*_: object) -> None:
    raise AssertionError("a line was cut by itself")


@pytest.mark.parametrize("of", ["activation", "linear"])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("hidden", [[5], [3, 2, 3], [12, 9, 7, 5]])
def test_counts_are_those_of_each_line_cut_by_itself(
    hidden: list[int], activation: str, of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(len(hidden))
    biases = Normal(0.3)
    net = lr.Network.random([6, *hidden, 2], biases=biases, rng=rng, activation=activation)
    points, directions = rng.normal(size=(2, 15, 6))
    points[:5] = 0.0
    expected = one_by_one(net, points, directions, of)
    assert max(expected) > min(expected) or hidden == [5]
    monkeypatch.setattr(whole_lines, "subdivide", fails_line_by_line)
    assert count_along_whole_lines(net, points, directions, of).tolist() == expected


@pytest.mark.parametrize("scale", [2.0**-30, 1.0, 2.0**40])
def test_far_and_near_breakpoints_are_all_found(scale: float) -> None:
    # units switch at t = -1, 2, 3 times the scale; the line has an end at neither of them
    net = lr.Network.from_arrays(
        [[[1.0], [1.0], [1.0]], [[1.0, 1.0, 1.0]]], [[scale, -2 * scale, -3 * scale], [0.0]]
    )
    assert count_along_whole_lines(net, [[0.0]], [[5.0]]).tolist() == [4]
    assert count_along_whole_lines(net, [[0.5]], [[-0.25]]).tolist() == [4]


def test_a_unit_that_switches_at_the_point_is_counted_once() -> None:
    # at 0 the first unit switches, at 1 the second: without care 0 would join or split pieces
    net = lr.Network.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]]], [[0.0, -1.0], [0.0]])
    for point in ([0.0], [1.0], [0.5], [-7.0]):
        assert count_along_whole_lines(net, [point], [[1.0]]).tolist() == [3]


def test_without_biases_a_line_through_the_origin_has_two_pieces() -> None:
    rng = np.random.default_rng(0)
    net = lr.Network.random([10, 8, 8, 3], biases=0.0, rng=rng)
    examples = rng.normal(size=(6, 10))
    assert count_along_whole_lines(net, 0 * examples, examples).tolist() == [2] * 6
    assert count_along_whole_lines(net, examples, examples[::-1]).min() > 2


@pytest.mark.parametrize("kind", [hard_tanh(), [relu(), leaky_relu(0.5), relu(), relu()]])
def test_other_activations_are_cut_line_by_line(kind: object) -> None:
    rng = np.random.default_rng(2)
    net = lr.Network.random([3, 4, 4, 1], biases=Normal(0.5), rng=rng)
    net = lr.Network.from_arrays(net.weights, net.biases, activation=[kind, kind])  # type: ignore[list-item]
    points, directions = rng.normal(size=(2, 6, 3))
    found = count_along_whole_lines(net, points, directions)
    assert found.tolist() == one_by_one(net, points, directions, "activation")


def test_no_lines_and_no_hidden_layer() -> None:
    net = lr.Network.from_arrays([[[1.0, 2.0]]], [[0.5]])
    assert count_along_whole_lines(net, [[0.0, 0.0]], [[1.0, 1.0]]).tolist() == [1]
    assert count_along_whole_lines(net, np.zeros((0, 2)), np.zeros((0, 2))).tolist() == []


def test_wrong_arguments_are_named() -> None:
    net = lr.Network.from_arrays([[[1.0, 2.0]], [[1.0]]], [[0.5], [0.0]])
    with pytest.raises(ValueError, match=r"points has shape \(1, 3\)"):
        count_along_whole_lines(net, np.zeros((1, 3)), np.ones((1, 2)))
    with pytest.raises(ValueError, match="1 points, but 2 directions"):
        count_along_whole_lines(net, np.zeros((1, 2)), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"directions\[1\] has length 0"):
        count_along_whole_lines(net, np.zeros((2, 2)), [[1.0, 0.0], [0.0, 0.0]])
