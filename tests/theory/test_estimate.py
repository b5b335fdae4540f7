from __future__ import annotations

import math

import numpy as np
import pytest

from linreg_lib.estimate import Estimate


def test_mean_and_standard_error_of_given_samples():
    estimate = Estimate.from_samples([1.0, 3.0, 5.0, 7.0])
    assert estimate.mean == 4.0
    assert estimate.stderr == pytest.approx(math.sqrt(20.0 / 3.0) / 2.0)
    assert estimate.count == 4


def test_standard_error_covers_at_the_normal_rate():
    rng = np.random.default_rng(11)
    inside = sum(
        Estimate.from_samples(rng.normal(2.0, 3.0, size=50)).within(2.0, num_stderr=1.0)
        for _ in range(2000)
    )
    # Binomial(2000, p) with p = P(|t_49| <= 1) = 0.678; 5 standard deviations are 0.052.
    assert abs(inside / 2000 - 0.678) < 0.052


def test_scores_use_both_errors():
    assert Estimate(1.0, 3.0, 9).z_score(Estimate(6.0, 4.0, 9)) == -1.0
    assert Estimate(1.0, 0.0, 9).z_score(1.0) == 0.0
    assert Estimate(1.0, 0.0, 9).z_score(2.0) == -math.inf
    assert not Estimate(1.0, 0.0, 9).within(2.0)


def test_shift_and_scale():
    assert Estimate(1.0, 0.5, 7).shifted(2.0).scaled(-2.0) == Estimate(-6.0, 1.0, 7)


@pytest.mark.parametrize(
    ("values", "message"), [([1.0], "at least 2"), ([1.0, math.nan], "sample 1 is not finite")]
)
def test_bad_samples_are_named(values, message):
    with pytest.raises(ValueError, match=message):
        Estimate.from_samples(values)


def test_bad_fields_are_refused():
    with pytest.raises(ValueError, match="stderr"):
        Estimate(0.0, -1.0, 3)
    with pytest.raises(ValueError, match="count"):
        Estimate(0.0, 1.0, 0)
