"""How kernels are compiled; import this only where numba is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])
_njit: Any = numba.njit


def kernel(function: _Function) -> _Function:
    """Compile, cache on disk, divide as NumPy does.

    Kernels allocate nothing, so arrays are not reference-counted: in inner loops the counting,
    which is atomic, would cost more than the work.
    """
    compiled: _Function = _njit(cache=True, error_model="numpy", _nrt=False)(function)
    return compiled


def allocating_kernel(function: _Function) -> _Function:
    """The same for kernels that make arrays of their own."""
    compiled: _Function = _njit(cache=True, error_model="numpy")(function)
    return compiled


def inlined(function: _Function) -> _Function:
    """A part of kernels, written out wherever it is called."""
    compiled: _Function = _njit(inline="always", error_model="numpy", _nrt=False)(function)
    return compiled
