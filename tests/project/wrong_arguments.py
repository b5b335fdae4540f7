"""Kinds of arguments, and for each kind what must be refused."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

NAN, INF = float("nan"), float("inf")
BEYOND = 2**53 + 1
THIRD = Fraction(1, 3)

_NO_NUMBERS = ["1", b"1", 1j, THIRD, BEYOND, Decimal("0.1"), None]
_NO_INTEGERS = [2.5, 2.0, NAN, INF, "3", b"3", True, np.True_, [3], 1j, THIRD]

#: words for kinds, and values that every argument of the kind refuses
WRONG: dict[str, list[Any]] = {
    "count": [*_NO_INTEGERS, -1, 10**30, None],
    "limit": [*_NO_INTEGERS, -1, 0, 10**30],
    "level": [*_NO_INTEGERS, -1, 10**30],  # 0 is one
    "sign": [*_NO_INTEGERS, 0, 2],
    "shape": [2.5, "3", True, NAN, -1, [2.5], [-1], [True]],
    "seed": [*_NO_INTEGERS, -1, None],
    "index": [*_NO_INTEGERS, -1, 10**6, 10**30, None],
    "flag": ["False", "", 0, 1, 2.0, NAN, []],
    "choice": ["nonsense", 3, True, ["linear"], b"linear"],
    "rng": [7, "x", np.random.RandomState(0), np.random],
    "number": [*_NO_NUMBERS, NAN, True, [1.0]],
    "number or inf": [*_NO_NUMBERS, True, [1.0]],
    "positive": [*_NO_NUMBERS, NAN, INF, -1.0, 0.0, True, [1.0]],
    "counts": ["34", 3, 2.5, [2.5], [True], [-1], [NAN], ["3"], None],
    "object": [3, "x", object(), [1.0]],
    "seeds": ["34", 3, 2.5, [2.5], [True], [NAN], ["3"], [], [1, 1], None],
    "exact": [each for each in _NO_NUMBERS if each is not THIRD],  # fractions are taken
    "path": [3, True, 2.5, ["x"]],
    "function": [3, "x"],
}


def wrong_arrays(valid: Any, nan_passes: bool = False) -> list[Any]:
    """Arrays like a valid one in shape, with something in them that is no float64."""
    good = np.array(valid, dtype=np.float64)
    first = (0,) * good.ndim

    def with_entry(entry: Any) -> np.ndarray:
        array = good.astype(object)
        array[first] = entry
        return array

    masked = np.ma.array(good, mask=np.zeros(good.shape, dtype=bool))
    masked[first] = np.ma.masked
    entries = [THIRD, BEYOND, "1", b"1", None, 1j, Decimal("0.1"), np.longdouble(1) / 3]
    if np.finfo(np.longdouble).nmant <= 52:
        entries.pop()
    if not nan_passes:
        entries += [NAN, INF]
    wrong = [with_entry(entry) for entry in entries]
    # The same as plain lists, where NumPy alone would round, or read text.
    wrong += [each.tolist() for each in wrong]
    return [*wrong, masked, good.astype(str), good + 1j, "text", object()]


@dataclass(frozen=True)
class Argument:
    """A value that is taken, and what is not: a kind of ``WRONG``, or "array", "array or nan"."""

    valid: Any
    kind: str
    may_be_none: bool = False
    #: what else an error may call it
    says: str = ""

    def wrong(self) -> list[Any]:
        if self.kind == "rationals":  # exact whatever they are, but no floats, text or masks
            return ["text", 3, None, [0.1], [[0.1, 1]], [[None, 1]], [None]]
        if self.kind.startswith("array"):
            return wrong_arrays(self.valid, nan_passes=self.kind == "array or nan")
        return [each for each in WRONG[self.kind] if not (each is None and self.may_be_none)]
