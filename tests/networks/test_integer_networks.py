"""Exhaustive small networks."""

from __future__ import annotations

import pytest

from linreg_lib.networks.integer_networks import integer_networks


def test_each_network_once() -> None:
    networks = list(integer_networks([1, 2, 1], weights=(1, -1), biases=(0, 1, -1)))
    assert len(networks) == len(set(networks)) == 2**4 * 3**3
    assert networks[0].weights[0].tolist() == [[1.0], [1.0]]
    assert networks[-1].biases[1].tolist() == [-1.0]


def test_shapes_follow_the_widths() -> None:
    net = next(integer_networks([3, 2, 4, 1]))
    assert [weight.shape for weight in net.weights] == [(2, 3), (4, 2), (1, 4)]


@pytest.mark.parametrize("widths", [[1], [1, 0, 1]])
def test_refuses_impossible_widths(widths: list[int]) -> None:
    with pytest.raises(ValueError, match="widths"):
        next(integer_networks(widths))
