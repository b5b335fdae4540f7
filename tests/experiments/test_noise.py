"""Counts under noise: pairing, limits, and the fitted growth."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.estimate import Estimate
from linreg_lib.experiments.lines.noise import growth_base, pieces_under_noise
from linreg_lib.networks import perturbed, sawtooth


def test_counts_are_those_of_the_perturbed_networks() -> None:
    net = sawtooth(3)
    counts = pieces_under_noise(net, 0.1, num_draws=5, rng=np.random.default_rng(1))
    rng = np.random.default_rng(1)
    for count in counts:
        cx = lr.subdivide(perturbed(net, 0.1, rng=rng), lr.Segment([0.0], [1.0]))
        assert count == cx.linear_regions().num_regions


def test_linear_pieces_never_exceed_activation_pieces_of_the_same_draws() -> None:
    linear, activation = (
        pieces_under_noise(
            sawtooth(4, True), 0.1, num_draws=20, rng=np.random.default_rng(2), of=of
        )
        for of in ("linear", "activation")
    )
    assert (linear <= activation).all()
    assert (linear < activation).any()


@pytest.mark.parametrize("noise_on", ["weights", "biases"])
def test_partial_noise_differs_from_full_noise(noise_on: str) -> None:
    full, part = (
        pieces_under_noise(
            sawtooth(5), 0.1, num_draws=20, rng=np.random.default_rng(3), noise_on=which
        )
        for which in ("both", noise_on)
    )
    assert (full != part).any()


def test_bias_noise_alone_moves_the_kink_of_a_tent_but_keeps_it() -> None:
    # relu(x) and relu(x - 1/2) with weights untouched: the kink at 1/2 moves but stays inside, and
    # the one at 0 moves inside or outside.
    counts = pieces_under_noise(
        sawtooth(0), 0.01, num_draws=20, rng=np.random.default_rng(4), noise_on="biases"
    )
    assert set(counts.tolist()) <= {2, 3}


def test_growth_base_recovers_base_and_error() -> None:
    rng = np.random.default_rng(5)
    levels = np.arange(6)
    fits = []
    for _ in range(400):
        means = 5.0 * 1.5**levels * (1 + 0.01 * rng.normal(size=6))
        fits.append(growth_base(levels, [Estimate(m, 0.01 * m, 100) for m in means]))
    bases = np.array([fit.mean for fit in fits])
    assert abs(bases.mean() - 1.5) < 5 * fits[0].stderr / 20
    assert bases.std() == pytest.approx(fits[0].stderr, rel=0.2)


def test_wrong_arguments_are_named() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="num_draws is 0"):
        pieces_under_noise(sawtooth(1), 0.1, num_draws=0, rng=rng)
    with pytest.raises(ValueError, match="noise_on"):
        pieces_under_noise(sawtooth(1), 0.1, num_draws=1, rng=rng, noise_on="none")  # type: ignore[arg-type]
    net = lr.Network.random([2, 3, 1], rng=rng)
    with pytest.raises(ValueError, match="2 inputs"):
        pieces_under_noise(net, 0.1, num_draws=1, rng=rng)
    with pytest.raises(ValueError, match="two different levels"):
        growth_base([1], [Estimate(1.0, 0.1, 5)])
