"""Conversion of numbers to float64 that refuses to round."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_EXACT_INTEGER = 2**53


def exact_float64(name: str, values: Any, ndim: int) -> NDArray[np.float64]:
    """A read-only float64 copy of ``values`` with the same numbers, all finite.

    float16, float32, integers and bools convert exactly; what would be rounded is refused.
    ``name`` is what errors call the argument.

    Raises
    ------
    TypeError
        For complex numbers and other things that are not real numbers.
    ValueError
        For NaN or infinite entries, numbers that are no float64, wrong axes, no entries.

    Examples
    --------
    >>> exact_float64("biases[0]", np.array([0.5], dtype=np.float32), ndim=1).dtype
    dtype('float64')
    >>> exact_float64("biases[0]", [2**53 + 1], ndim=1)
    Traceback (most recent call last):
        ...
    ValueError: biases[0] has the entry 9007199254740993 at index (0,), which is no float64
    """
    try:
        raw = np.asarray(values)
    except Exception as error:  # ragged lists, tensors that need gradients
        raise TypeError(f"{name} cannot be read as an array of numbers: {error}") from error
    if raw.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got dtype {raw.dtype}")
    if raw.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes, got shape {raw.shape}")
    if raw.size == 0:
        raise ValueError(f"{name} is empty (shape {raw.shape}); every layer needs a neuron")
    with np.errstate(over="ignore"):
        array = np.array(raw, dtype=np.float64, order="C")
    refuse_rounded(name, raw, array)
    finite = np.isfinite(array)
    if not finite.all():
        index = _first(~finite)
        raise ValueError(f"{name} has the entry {array[index]} at index {index}; must be finite")
    array.setflags(write=False)
    return array


def refuse_rounded(name: str, raw: NDArray[Any], array: NDArray[np.float64]) -> None:
    """Raise ValueError if ``array``, made from the real array ``raw``, has other numbers."""
    if raw.dtype.kind in "iu" and raw.dtype.itemsize >= 8:
        large = np.argwhere((array > _EXACT_INTEGER - 1) | (array < 1 - _EXACT_INTEGER))
        wrong = [tuple(i) for i in large.tolist() if int(raw[tuple(i)]) != int(array[tuple(i)])]
    elif raw.dtype.kind == "f" and raw.dtype.itemsize > 8:
        wrong = [tuple(i) for i in np.argwhere((raw != array) & ~np.isnan(raw)).tolist()]
    else:
        return
    if wrong:
        raise ValueError(
            f"{name} has the entry {raw[wrong[0]]} at index {wrong[0]}, which is no float64"
        )


def _first(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(np.argwhere(mask)[0].tolist())
