"""Criteria: when does a measured value agree with a predicted one?

A criterion is fixed before anything is measured, says itself in words, and judges one pair of
values. Estimates are recognised by their attributes ``mean`` and ``stderr``, so that this module
needs no other part of the library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from linreg_book.errors import RecordError
from linreg_book.markup import with_minus
from linreg_book.records.plain_values import plain_value, short_text, with_powers


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A rule in words and the test that carries it out.

    Attributes:
        words: the rule as the reader sees it, for instance ``"equal"``.
        test: ``test(measured, predicted) -> bool``.
        needs_prediction: whether a predicted value must be given.
    """

    words: str
    test: Callable[[Any, Any], bool]
    needs_prediction: bool = True


def equal() -> Criterion:
    """Both sides are the same, element by element for arrays and sequences.

    >>> equal().test([1, 2], (1, 2)), equal().test([1, 2], [1, 3])
    (True, False)
    """
    return Criterion(words="equal", test=_same)


def close(rtol: float = 1e-9, atol: float = 0.0) -> Criterion:
    """``|measured - predicted| <= atol + rtol * |predicted|`` everywhere.

    >>> close(rtol=0.1).test(1.05, 1.0), close(rtol=0.1).test(1.2, 1.0)
    (True, False)
    """
    _require_nonnegative(rtol=rtol, atol=atol)

    def test(measured: Any, predicted: Any) -> bool:
        left, right = _floats(measured, predicted)
        with np.errstate(invalid="ignore"):
            return bool(np.all(np.abs(left - right) <= atol + rtol * np.abs(right)))

    parts = [f"a relative error of {rtol:g}"] if rtol else []
    parts += [f"an absolute error of {atol:g}"] if atol else []
    words = "within " + (" plus ".join(parts) or "no error at all")
    return Criterion(words=with_powers(words), test=test)


def at_most(slack: float = 0.0) -> Criterion:
    """``measured <= predicted + slack`` everywhere.

    >>> at_most().test([1, 2], 2), at_most().test(3, 2)
    (True, False)
    """
    _require_nonnegative(slack=slack)
    words = "at most" + (f" (slack {slack:g})" if slack else "")
    return Criterion(words=with_powers(words), test=lambda m, p: _all_ordered(m, p, slack))


def at_least(slack: float = 0.0) -> Criterion:
    """``measured >= predicted - slack`` everywhere.

    >>> at_least().test(3, 2), at_least().test([3, 1], 2)
    (True, False)
    """
    _require_nonnegative(slack=slack)
    words = "at least" + (f" (slack {slack:g})" if slack else "")
    return Criterion(words=with_powers(words), test=lambda m, p: _all_ordered(p, m, slack))


def between(low: Any, high: Any) -> Criterion:
    """``low <= measured <= high`` everywhere; needs no prediction.

    >>> between(0, 1).test([0.2, 1.0], None), between(0, 1).test(1.1, None)
    (True, False)
    """

    def test(measured: Any, predicted: Any) -> bool:
        return _all_ordered(low, measured, 0.0) and _all_ordered(measured, high, 0.0)

    return Criterion(
        words=f"between {_short(low)} and {_short(high)}", test=test, needs_prediction=False
    )


def _short(bound: Any) -> str:
    return short_text(plain_value(bound)) if isinstance(bound, float) else with_minus(str(bound))


def true() -> Criterion:
    """The measured value is true (all of them are); needs no prediction.

    >>> true().test([True, True], None), true().test([True, False], None), true().test([], None)
    (True, False, False)
    """

    def test(measured: Any, predicted: Any) -> bool:
        values = np.asarray(measured)
        if values.size and values.dtype == object:
            values = np.asarray([bool(item) for item in values.ravel()])
        if values.size and values.dtype != bool:
            raise RecordError(
                f"criterion true() needs truth values, got {type(measured).__name__}: "
                "compare first, or use another criterion"
            )
        return bool(values.size and values.all())

    return Criterion(words="true", test=test, needs_prediction=False)


def within_stderr(num: float = 4.0) -> Criterion:
    """Each estimate lies within ``num`` standard errors of its prediction.

    A prediction that is an estimate itself adds its own error in quadrature. Sequences of
    estimates are compared one by one.
    """
    if not num > 0:
        raise RecordError(f"within_stderr(num={num}): num must be positive")

    def test(measured: Any, predicted: Any) -> bool:
        pairs = _estimate_pairs(measured, predicted)
        return bool(pairs) and all(_within(one, other, num) for one, other in pairs)

    return Criterion(words=f"within {num:g} standard errors", test=test)


def _within(measured: Any, predicted: Any, num: float) -> bool:
    mean, error = float(measured.mean), float(measured.stderr)
    # A NumPy number has a method called mean, too: only an estimate has a mean of its own.
    other = float(predicted.mean if _is_estimate(predicted) else predicted)
    combined = float(np.hypot(error, predicted.stderr if _is_estimate(predicted) else 0.0))
    if not np.isfinite(combined):
        return False
    # A sample without any spread carries no error of its own but still rounds.
    return abs(mean - other) <= num * combined + 1e-12 * max(abs(mean), abs(other))


def _estimate_pairs(measured: Any, predicted: Any) -> list[tuple[Any, Any]]:
    if _is_estimate(measured):
        return [(measured, predicted)]
    try:
        ours, theirs = list(measured), list(predicted)
    except TypeError:
        ours, theirs = [measured], [predicted]
    if len(ours) != len(theirs):
        raise RecordError(f"within_stderr: {len(ours)} estimates against {len(theirs)} predictions")
    for index, item in enumerate(ours):
        if not _is_estimate(item):
            raise RecordError(
                f"within_stderr: measured[{index}] is a bare {type(item).__name__}; "
                "give an Estimate (mean and standard error)"
            )
    return list(zip(ours, theirs, strict=True))


def _is_estimate(value: Any) -> bool:
    return hasattr(value, "stderr") and hasattr(value, "mean") and not callable(value.mean)


def _same(measured: Any, predicted: Any) -> bool:
    if isinstance(measured, np.ndarray | list | tuple) or isinstance(predicted, np.ndarray):
        left, right = np.asarray(measured), np.asarray(predicted)
        return left.shape == right.shape and bool(np.all(left == right))
    return bool(measured == predicted)


def _all_ordered(small: Any, large: Any, slack: float) -> bool:
    if not any(isinstance(side, np.ndarray | list | tuple) for side in (small, large)):
        # Integers beyond 2^53 and rationals keep their exactness.
        return bool(small <= large) if slack == 0 else bool(small <= large + slack)
    left, right = np.asarray(small), np.asarray(large)
    return bool(np.all(left <= right + slack)) and left.size > 0 and right.size > 0


def _floats(measured: Any, predicted: Any) -> tuple[np.ndarray, np.ndarray]:
    left, right = np.asarray(measured, dtype=float), np.asarray(predicted, dtype=float)
    if left.size == 0:
        raise RecordError("close(): nothing was measured (empty array)")
    return left, right


def _require_nonnegative(**values: float) -> None:
    for name, value in values.items():
        if not value >= 0:
            raise RecordError(f"{name}={value}: a tolerance must be zero or positive")
