from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from linreg_book import at_least, at_most, between, close, equal, true, within_stderr
from linreg_book.errors import RecordError


def estimate(mean: float, stderr: float) -> SimpleNamespace:
    return SimpleNamespace(mean=mean, stderr=stderr, count=100)


def test_equal_is_exact() -> None:
    assert equal().test(2**60 + 1, 2**60 + 1)
    assert not equal().test(2**60 + 1, 2**60)
    assert equal().test(Fraction(1, 3), Fraction(2, 6))
    assert not equal().test([1, 2], [1, 2, 3])
    assert not equal().test(np.array([1.0, np.nan]), np.array([1.0, np.nan]))


def test_order() -> None:
    assert at_most().test(2**60, 2**60)
    assert not at_most().test(2**60 + 1, 2**60)
    assert at_least(slack=0.5).test(1.5, 2.0)
    assert not at_least().test([3, 1], [2, 2])
    assert not at_most().test([], [])
    assert not at_most().test(float("nan"), 1.0)


def test_close_and_between() -> None:
    assert close(atol=0.1).test([1.0, 2.0], [1.05, 2.0])
    assert not close(atol=0.1).test([1.0, 2.0], [1.2, 2.0])
    assert not close(rtol=1.0).test(float("nan"), 1.0)
    assert between(0, 1).test(1, None)
    assert not between(0, 1).test([0.5, -0.1], None)
    with pytest.raises(RecordError, match="empty"):
        close().test([], [])


def test_within_stderr() -> None:
    assert within_stderr(num=3).test(estimate(1.2, 0.1), 1.0)
    assert not within_stderr(num=1).test(estimate(1.2, 0.1), 1.0)
    assert within_stderr(num=1).test(estimate(1.2, 0.1), estimate(1.0, 0.2))
    assert not within_stderr().test(estimate(1.0, float("nan")), 1.0)
    assert not within_stderr().test([estimate(1, 0.1), estimate(3, 0.1)], [1, 2])
    # no spread: only equality up to rounding is left
    assert within_stderr().test(estimate(1.0, 0.0), 1.0)
    assert not within_stderr().test(estimate(1.0, 0.0), 1.001)
    with pytest.raises(RecordError, match=r"measured\[0\]"):
        within_stderr().test(1.0, 1.0)
    with pytest.raises(RecordError, match="2 estimates against 1"):
        within_stderr().test([estimate(1, 0.1)] * 2, [1])


def test_true() -> None:
    assert true().test(np.bool_(True), None)
    assert not true().test([True, np.bool_(False)], None)
    assert not true().test([], None)
    with pytest.raises(RecordError):
        true().test(1, None)


def test_a_numpy_number_may_be_predicted() -> None:
    assert within_stderr(num=4).test(estimate(1.0, 0.1), np.float64(1.2))
    assert not within_stderr(num=4).test(estimate(1.0, 0.1), np.float64(2.0))
