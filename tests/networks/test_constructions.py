from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from linreg_lib.networks import Network, perturbed, sawtooth
from tests.networks.fraction_oracle import exact_pre_activations


def _tooth(x: Fraction, num_teeth: int) -> Fraction:
    """The sawtooth by its definition: the distance to the next even multiple, folded."""
    phase = (x * num_teeth) % 1
    return 1 - abs(2 * phase - 1)


@pytest.mark.parametrize("clipped", [False, True])
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_sawtooth(n: int, clipped: bool) -> None:
    net = sawtooth(n, clipped=clipped)
    num_pieces = 2 ** (n + 1)
    x = np.arange(8 * num_pieces + 1) / (8 * num_pieces)
    expected = [_tooth(Fraction(point), 2**n) for point in x.tolist()]
    assert list(map(Fraction, net(x[:, None]).ravel().tolist())) == expected
    assert net.num_hidden == (3 * n + 3 if clipped else 2 * n + 2)
    assert net.num_hidden + net.output_dim <= 3 * n + 4
    patterns = net.pattern((x[4::8])[:, None])  # at the middle of each piece
    assert len(np.unique(patterns, axis=0)) == num_pieces
    inside = net.pattern(x[1::8, None]), net.pattern(x[7::8, None])  # near both ends of each piece
    assert np.array_equal(patterns, inside[0])
    assert np.array_equal(patterns, inside[1])


@pytest.mark.parametrize("clipped", [False, True])
def test_sawtooth_vanishes_outside(clipped: bool) -> None:
    assert not sawtooth(2, clipped=clipped)([[-3.0], [-1e-9], [1.0 + 1e-9], [7.0]]).any()


def test_sawtooth_at_a_point_that_rounds() -> None:
    x = np.array([0.1])
    last = exact_pre_activations(sawtooth(3, clipped=True), x)[-1]
    assert last == [_tooth(Fraction(0.1), 8)]


def test_sawtooth_refuses_negative_levels() -> None:
    with pytest.raises(ValueError, match="num_levels is -1"):
        sawtooth(-1)


def test_noise_has_the_stated_size() -> None:
    net = Network.random([20, 50, 20], biases=1.0, rng=np.random.default_rng(0))
    other = perturbed(net, 0.1, rng=np.random.default_rng(1))
    noise = np.concatenate(
        [
            (b - a).ravel()
            for a, b in zip(
                (*net.weights, *net.biases), (*other.weights, *other.biases), strict=True
            )
        ]
    )
    assert abs((noise**2).mean() - 0.01) < 5 * 0.01 * math.sqrt(2 / noise.size)
    assert abs(noise.mean()) < 5 * 0.1 / math.sqrt(noise.size)
    assert np.count_nonzero(noise) == noise.size
    assert other.activations == net.activations


def test_noise_on_weights_only() -> None:
    net = sawtooth(2)
    other = perturbed(net, 0.1, rng=np.random.default_rng(1), biases=False)
    assert all(map(np.array_equal, net.biases, other.biases))
    assert all((a != b).all() for a, b in zip(net.weights, other.weights, strict=True))
    assert other == perturbed(net, 0.1, rng=np.random.default_rng(1), biases=False)
    for sd in (-0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match="sd is"):
            perturbed(net, sd, rng=np.random.default_rng(1))
