"""Checks of single arguments: one function a kind, whose errors name the argument.

Numbers that go into the mathematics are checked in exact_floats.py.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.exact_floats import exact_floats

_Kind = TypeVar("_Kind")
_LARGEST = 2**63 - 1


def checked_count(name: str, value: Any, *, least: int = 1, most: int | None = _LARGEST) -> int:
    """An integer from ``least`` to ``most``; floats (2.0 too), bools and text are refused.

    ``most=None``: as large as it is, as seeds may be.

    >>> checked_count("num_steps", np.int64(3))
    3
    >>> checked_count("num_steps", 2.7)
    Traceback (most recent call last):
        ...
    TypeError: num_steps must be an integer, got 2.7
    """
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {_shown(value)}") from None
    if number < least or (most is not None and number > most):
        needed = f"{least}..{most}" if most not in (None, _LARGEST) else f"at least {least}"
        if number > least:
            needed = "below 2^63" if most == _LARGEST else needed
        raise ValueError(f"{name} is {_shown(number)}; it must be {needed}")
    return number


def checked_limit(name: str, value: Any, *, least: int = 1) -> int | None:
    """A count, or None for no limit."""
    return None if value is None else checked_count(name, value, least=least)


def checked_index(name: str, value: Any, num: int, what: str) -> int:
    """A number 0..num - 1 of ``what``; negative ones do not count from the end."""
    number = checked_count(name, value, least=-_LARGEST)
    if not 0 <= number < num:
        there = f"0..{num - 1}" if num else "not there"
        raise ValueError(f"{name} is {_shown(number)}; the {what} are {there}")
    return number


def checked_counts(
    name: str, values: Any, *, least: int = 1, most: int | None = _LARGEST, num_least: int = 1
) -> list[int]:
    """Integers, at least ``num_least`` of them, each as for ``checked_count``."""
    entries = checked_list(name, values, "integers")
    if len(entries) < num_least:
        raise ValueError(f"{name} is {entries!r}; give {num_least} or more integers")
    return [
        checked_count(f"{name}[{i}]", each, least=least, most=most)
        for i, each in enumerate(entries)
    ]


def checked_integers(name: str, values: Any, *, ndim: int = 1) -> NDArray[np.int64]:
    """An int64 array from an array or nested lists of integers; floats (2.0 too) are refused."""
    numbers = exact_floats(name, values, ndim=ndim)
    if numbers.size and np.asarray(values).dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integers, got dtype {np.asarray(values).dtype}")
    return numbers.astype(np.int64)


def checked_list(name: str, values: Any, what: str) -> list[Any]:
    """The entries of a sequence or an iterable; text is none, nor what has no order, or keys."""
    unfit = (str, bytes, set, frozenset, Mapping)
    if isinstance(values, unfit) or not isinstance(values, (Iterable, Sequence)):
        raise TypeError(f"{name} must be a sequence of {what}, got {_shown(values)}")
    try:
        return list(values)
    except TypeError as error:  # an array without axes
        raise TypeError(f"{name} must be a sequence of {what}, got {_shown(values)}") from error


def checked_flag(name: str, value: Any) -> bool:
    """True or False, Python's or NumPy's; nothing else, so that "False" is not taken for true."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {_shown(value)}")
    return bool(value)


def checked_choice(name: str, value: Any, choices: Iterable[str]) -> str:
    """One of the words in ``choices``."""
    known = tuple(choices)
    if not isinstance(value, str) or value not in known:
        words = ", ".join(f'"{word}"' for word in known[:-1])
        raise ValueError(f'{name} is {_shown(value)}; choose {words} or "{known[-1]}"')
    return value


def checked_rng(name: str, value: Any) -> np.random.Generator:
    """A ``numpy.random.Generator``."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} must be a numpy.random.Generator, got {type(value).__name__}; "
            "np.random.default_rng(seed) makes one"
        )
    return value


def checked_kind(name: str, value: Any, kinds: type[_Kind], what: str) -> _Kind:
    """An object of the given class; ``what`` says in the error what to pass."""
    if not isinstance(value, kinds):
        raise TypeError(f"{name} must be {what}, got {type(value).__name__}")
    return value


def checked_kinds(name: str, values: Any, kind: type[_Kind], what: str) -> list[_Kind]:
    """A list of objects of the given class."""
    entries = checked_list(name, values, what)
    return [checked_kind(f"{name}[{i}]", each, kind, what) for i, each in enumerate(entries)]


def checked_path(name: str, value: Any) -> Path:
    """A path; integers are none (``open`` takes them for file descriptors)."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} must be a path, got {_shown(value)}")
    return Path(value)


def _shown(value: Any) -> str:
    """``value`` in a message, cut where it is long."""
    try:
        text = repr(value)
    except Exception:
        text = f"an object of type {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:40]}..."
