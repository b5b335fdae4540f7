"""Answers that nobody can write into: read-only arrays, also in copies and after unpickling."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

import numpy as np

from linreg_lib.short_repr import ShortRepr

_Value = TypeVar("_Value")


def locked(value: _Value) -> _Value:
    """The same value, all arrays in it read-only: in tuples, lists and dicts, sparse ones too.

    >>> locked(np.zeros(2)).flags.writeable
    False
    """
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif type(value) in (tuple, list):
        for each in value:  # type: ignore[attr-defined]
            locked(each)
    elif type(value) is dict:
        for each in value.values():  # type: ignore[attr-defined]
            locked(each)
    elif hasattr(value, "indptr"):  # a sparse array by rows or columns
        locked((value.data, value.indices, value.indptr))  # type: ignore[attr-defined]
    return value


class Locked(ShortRepr):
    """An object whose arrays are read-only from its making on, in every copy.

    NumPy forgets in copies and pickles that an array was read-only.  Dataclasses say
    ``repr=False``, so that they print shapes instead of numbers.
    """

    def __post_init__(self) -> None:
        locked(vars(self))

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(locked(state))


class kept_answer(Generic[_Value]):
    """A property that is computed when first asked for, locked, and kept.

    ``functools.cached_property`` without its lock, which Python 3.12 has given up: threads that ask
    at once may all compute, and all get the answer of the first.  Whoever is interrupted leaves
    nothing behind.
    """

    def __init__(self, function: Callable[[Any], _Value]) -> None:
        self.func = function
        functools.update_wrapper(self, function)  # type: ignore[arg-type]

    def __set_name__(self, owner: type, name: str) -> None:
        self.attrname = name

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> kept_answer[_Value]: ...

    @overload
    def __get__(self, instance: object, owner: type | None = None) -> _Value: ...

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is None:
            return self
        value = locked(self.func(instance))
        return instance.__dict__.setdefault(self.attrname, value)
