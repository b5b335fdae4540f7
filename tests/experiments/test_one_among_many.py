"""One curve among many: valid whatever the law, blind to order and units, sharp where needed."""

from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.experiments.one_among_many import chance_of_curve, place_among


def test_the_chance_is_uniform_for_one_more_run_of_the_same_law() -> None:
    rng = np.random.default_rng(3)
    chances = []
    for _ in range(600):
        level = rng.normal(size=(20, 1))  # places depend on each other, tails are heavy
        curves = np.exp(level + 0.3 * rng.standard_t(3, size=(20, 6)) + np.arange(6))
        chances.append(chance_of_curve(curves[0], curves[1:]))
    counts = np.bincount(np.rint(np.array(chances) * 20).astype(int), minlength=21)
    assert counts[0] == 0  # at least 1 / 20
    expected = 600 / 20
    assert ((counts[1:] - expected) ** 2 / expected).sum() < 43.8  # chi-square, 19: 0.1 per cent


def test_a_dull_twin() -> None:
    rng = np.random.default_rng(4)
    curves = np.exp(rng.normal(size=(7, 3)))
    one = np.exp(rng.normal(size=3))
    every = [one, *curves]
    odd = []
    for i, curve in enumerate(every):
        total = 0.0
        for t in range(3):
            rest = [np.log(every[j][t]) for j in range(8) if j != i]
            mean = sum(rest) / 7
            spread = (sum((x - mean) ** 2 for x in rest) / 6) ** 0.5
            total += abs(np.log(curve[t]) - mean) / spread
        odd.append(total)
    assert chance_of_curve(one, curves) == sum(x >= odd[0] for x in odd) / 8
    assert chance_of_curve(one, curves[::-1]) == chance_of_curve(one, curves)
    assert chance_of_curve(one * 50, curves * 50) == chance_of_curve(one, curves)


def test_a_curve_that_is_off_is_seen_and_equal_ones_are_not() -> None:
    rng = np.random.default_rng(5)
    curves = np.exp(rng.normal(0.0, 0.1, size=(99, 7)))
    assert chance_of_curve(1.5 * curves[0], curves) == 0.01
    same = np.ones((5, 2))
    assert chance_of_curve([1.0, 1.0], same) == 1.0
    assert chance_of_curve([1.0, 1.1], same) == 1 / 6


def test_places() -> None:
    samples = [3.0, 1.0, 2.0, 2.0]
    assert [place_among(x, samples) for x in (0.0, 1.0, 2.0, 2.5, 3.0, 9.0)] == [
        0.0, 0.125, 0.5, 0.75, 0.875, 1.0,
    ]  # fmt: skip


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="samples has shape"):
        place_among(1.0, [])
    for curve, curves, reason in (
        ([1.0], [[1.0, 2.0], [1.0, 2.0]], "give"),
        ([1.0], [[1.0]], "fewer than two"),
        ([0.0], [[1.0], [2.0]], "positive"),
    ):
        with pytest.raises(ValueError, match=reason):
            chance_of_curve(curve, curves)
