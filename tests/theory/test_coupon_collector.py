"""Coupons of unequal chances, against brute force and simulation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from linreg_lib.theory.coupon_collector import (
    expected_draws,
    expected_found,
    stopping_law,
    unseen_chance_bound,
)


def _by_enumeration(chances: list[float], patience: int, looks: int) -> tuple[float, float]:
    """Mean number missed and probability of having stopped, over all outcomes of few draws."""
    coupons = [*range(len(chances)), None]
    weights = [*chances, 1.0 - sum(chances)]
    missed = stopped = 0.0
    for draws in itertools.product(range(len(coupons)), repeat=patience * looks):
        chance = float(np.prod([weights[d] for d in draws]))
        seen: set[int] = set()
        for look in range(looks):
            block = {coupons[d] for d in draws[look * patience : (look + 1) * patience]} - {None}
            if block <= seen:
                missed += chance * (len(chances) - len(seen))
                stopped += chance
                break
            seen |= block  # type: ignore[arg-type]
    return missed, stopped


def test_the_stopping_law_against_all_outcomes() -> None:
    """With two coupons the rule stops at the fourth look at the latest: nothing is cut off."""
    for chances in ([0.6, 0.3], [0.5, 0.5], [0.2, 0.1]):
        missed, stopped = _by_enumeration(chances, 2, 3)
        assert stopped == pytest.approx(1.0)
        assert stopping_law(chances, 2).mean_missed == pytest.approx(missed)


def test_the_stopping_law_against_simulation() -> None:
    rng = np.random.default_rng(0)
    chances = np.array([0.4, 0.3, 0.15, 0.1, 0.04, 0.01])
    missed, draws = [], []
    for _ in range(4000):
        seen: set[int] = set()
        look, news = 0, True
        while news:
            look += 1
            block = set(rng.choice(6, size=10, p=chances).tolist())
            news = not block <= seen
            seen |= block
        missed.append(6 - len(seen))
        draws.append(10 * look)
    law = stopping_law(chances, 10)
    for values, mean in ((missed, law.mean_missed), (draws, law.mean_draws)):
        assert abs(np.mean(values) - mean) < 5 * np.std(values) / np.sqrt(len(values))


def test_known_values_and_errors() -> None:
    assert expected_draws([0.25] * 4) == pytest.approx(4 * (1 + 1 / 2 + 1 / 3 + 1 / 4))
    assert expected_draws([]) == 0.0
    assert expected_found([0.5, 0.25], 2).item() == pytest.approx(0.75 + 1 - 0.75**2)
    assert expected_found([1.0], 3).item() == 1.0
    bound = unseen_chance_bound(100, 1e-3, 5)
    assert 5 * (1 - bound) ** 100 == pytest.approx(1e-3)
    with pytest.raises(ValueError, match="sum to at most 1"):
        expected_found([0.9, 0.2], 1)
    with pytest.raises(ValueError, match="at most 10"):
        stopping_law([0.05] * 11, 5)
