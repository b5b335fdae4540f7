"""The one entrance for numbers that users give: converted to float64 exactly, or refused.

Every room asks here, so that nothing is rounded, masked or guessed on the way in: the answer to a
question is the answer for the numbers as given.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import NDArray

_EXACT_INTEGER = 2**53
_ROUND = "round it yourself: float(...)"
_Index = tuple[int, ...]


def exact_floats(
    name: str, values: Any, *, ndim: int | None = None, finite: bool = True
) -> NDArray[np.float64]:
    """``values`` as a float64 array with the same numbers; a float64 array is not copied.

    float16, float32, integers, bools, fractions and decimals convert as long as they are floats;
    so do nested lists, torch tensors (of any device, with or without gradients), pandas and other
    objects that offer ``__array__``. ``name`` is what errors call the argument; ``ndim``: how many
    axes it must have. ``finite=False`` lets NaN and infinities pass.

    Raises:
        TypeError: for text, complex numbers, missing values and other things that are not real
            numbers, for sparse matrices and for ragged lists.
        ValueError: for masked, NaN or infinite entries, numbers that are no float64, wrong axes.

    >>> exact_floats("x", [np.float32(0.5), 1, True]).tolist()
    [0.5, 1.0, 1.0]
    >>> exact_floats("x", [0.5, 2**53 + 1])
    Traceback (most recent call last):
        ...
    ValueError: x[1] is 9007199254740993, which is no float64; round it yourself: float(...)
    """
    if type(values) is np.ndarray and values.dtype == np.float64:
        array = values
    else:
        array = _converted(name, values, ())
    array = np.asarray(array, dtype=np.float64)  # native byte order
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes, got shape {array.shape}")
    if finite and not np.isfinite(array).all():
        index = _first(~np.isfinite(array))
        raise ValueError(f"{_place(name, index)} is {array[index]}; it must be finite")
    return array


def locked_floats(name: str, values: Any, *, ndim: int | None = None) -> NDArray[np.float64]:
    """A read-only copy of ``exact_floats`` with at least one entry.

    >>> locked_floats("biases[0]", [1, 2]).flags.writeable
    False
    """
    array = np.array(exact_floats(name, values, ndim=ndim), order="C")
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); give at least one number")
    array.setflags(write=False)
    return array


def exact_number(name: str, value: Any, *, finite: bool = True) -> float:
    """One real number as a float: as ``exact_floats``, but bools and lists are refused.

    >>> exact_number("half_width", np.float32(0.5))
    0.5
    """
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    array = exact_floats(name, value, finite=finite)
    if array.ndim:
        raise TypeError(f"{name} must be one number, got an array of shape {array.shape}")
    return float(array)


def _converted(name: str, values: Any, index: _Index) -> Any:
    """A float, an array or nested lists of both, each entry exactly the number that was given."""
    if isinstance(values, (float, int, np.number, np.bool_, Fraction, Decimal)):
        return _scalar(name, values, index)
    if isinstance(values, (str, bytes, bytearray)) or values is None:
        raise _no_number(name, values, index)
    if isinstance(values, Sequence) and not isinstance(values, memoryview):
        entries = [_converted(name, each, (*index, i)) for i, each in enumerate(values)]
        try:
            return np.array(entries, dtype=np.float64) if not index else entries
        except ValueError as error:
            raise TypeError(
                f"{name} cannot be read as an array of numbers: its rows differ in length"
            ) from error
    if isinstance(values, np.ndarray):
        return _array(name, values, index)
    if hasattr(values, "toarray") and not hasattr(values, "__array__"):
        raise TypeError(
            f"{_place(name, index)} is a sparse {type(values).__name__}; pass its toarray()"
        )
    if (torch := sys.modules.get("torch")) and isinstance(values, torch.Tensor):
        return _array(name, _from_tensor(torch, _place(name, index), values), index)
    if hasattr(values, "columns") and getattr(values, "ndim", 2) == 2:
        # A frame's own conversion rounds integers beside floats, so each column goes alone.
        columns = (
            [column for _, column in values.items()]
            if hasattr(values, "items")
            else [values[key] for key in values.columns]
        )
        done = [_array(f"{name}.columns[{i}]", _read(name, c), ()) for i, c in enumerate(columns)]
        return np.stack(done, axis=1) if done else np.zeros((len(values), 0))
    if isinstance(values, Rational):
        return _scalar(name, Fraction(int(values.numerator), int(values.denominator)), index)
    return _array(name, _read(_place(name, index), values), index)


def _read(place: str, values: Any) -> NDArray[Any]:
    if not any(hasattr(values, each) for each in ("__array__", "__array_interface__")):
        try:
            values = memoryview(values)
        except TypeError:
            hint = _hint_for(values)
            raise TypeError(f"{place} is {_shown(values)}, which is no real number{hint}") from None
    try:
        return np.asarray(values)
    except Exception as error:
        reason = str(error)[:120]
        raise TypeError(f"{place} cannot be read as an array of numbers: {reason}") from error


def _hint_for(values: Any) -> str:
    if isinstance(values, (set, frozenset, dict)) or hasattr(values, "__next__"):
        return "; pass a list"
    return "; " + _ROUND if hasattr(values, "__float__") else ""


def _array(name: str, values: NDArray[Any], index: _Index) -> NDArray[np.float64]:
    """An array of any dtype; ``index`` is where it stands in what the user gave."""
    if isinstance(values, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(values)
        if mask.any():
            raise ValueError(
                f"{_place(name, (*index, *_first(mask)))} is masked; fill it, or leave it out"
            )
        values = values.data
    kind = values.dtype.kind
    if kind == "O":
        flat = [
            _converted(name, each, (*index, *place))
            for place, each in zip(np.ndindex(values.shape), values.ravel().tolist(), strict=True)
        ]
        if any(np.ndim(each) for each in flat):
            raise TypeError(f"{name} cannot be read as an array of numbers: it holds lists")
        return np.array(flat, dtype=np.float64).reshape(values.shape)
    if kind not in "fiub":
        example = values.ravel()[0].item() if values.size and kind in "USc" else None
        got = f"dtype {values.dtype}" + ("" if example is None else f", say {example!r}")
        raise TypeError(f"{_place(name, index)} must hold real numbers, got {got}")
    with np.errstate(over="ignore", invalid="ignore"):
        array = np.asarray(values).astype(np.float64)
    if kind in "iu" and values.dtype.itemsize >= 8:
        large = np.argwhere(np.abs(array) > _EXACT_INTEGER - 1)
        wrong = [tuple(i) for i in large.tolist() if int(values[tuple(i)]) != int(array[tuple(i)])]
    elif kind == "f" and values.dtype.itemsize > 8:
        wrong = [tuple(i) for i in np.argwhere((values != array) & ~np.isnan(values)).tolist()]
    else:
        return array
    if wrong:
        raise _rounded(name, values[wrong[0]], (*index, *wrong[0]))
    return array


def _scalar(name: str, value: Any, index: _Index) -> float:
    if isinstance(value, (float, np.floating, np.bool_)) and not isinstance(value, np.longdouble):
        return float(value)
    if isinstance(value, (np.complexfloating, np.timedelta64)):
        raise _no_number(name, value, index)
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    except ValueError as error:  # a signalling NaN of decimal
        raise _no_number(name, value, index) from error
    if isinstance(value, np.longdouble) or not np.isfinite(number):
        exact = value == number or value != value
    else:
        exact = Fraction(value) == Fraction(number)
    if not exact:
        raise _rounded(name, value, index)
    return number


def _from_tensor(torch: Any, place: str, tensor: Any) -> NDArray[Any]:
    """Numbers of a tensor; bfloat16 and half are floats of float64."""
    if tensor.is_quantized:
        raise TypeError(f"{place} is quantised; pass what dequantize() gives")
    if tensor.layout != torch.strided:
        raise TypeError(f"{place} is a sparse tensor; pass its to_dense()")
    if tensor.is_meta:
        raise TypeError(f"{place} is on the meta device, so it has no numbers")
    try:
        plain = tensor.detach().to("cpu")
        if plain.is_floating_point():
            plain = plain.to(torch.float64)
        return np.asarray(plain.resolve_conj().resolve_neg().numpy())
    except Exception as error:  # not initialised, say
        reason = str(error)[:120]
        raise TypeError(f"{place} cannot be read as an array of numbers: {reason}") from error


def _rounded(name: str, value: Any, index: _Index) -> ValueError:
    return ValueError(f"{_place(name, index)} is {_shown(value)}, which is no float64; {_ROUND}")


def _no_number(name: str, value: Any, index: _Index) -> TypeError:
    return TypeError(f"{_place(name, index)} is {_shown(value)}, which is no real number")


def _shown(value: Any) -> str:
    """``value`` in a message; long ones are cut, and very long integers cannot be printed."""
    try:
        text = str(value) if isinstance(value, (int, Fraction, Decimal, np.number)) else repr(value)
    except ValueError:
        text = f"an {type(value).__name__} of thousands of digits"
    return text if len(text) <= 60 else f"{text[:40]}..."


def _place(name: str, index: _Index) -> str:
    return f"{name}[{', '.join(str(int(i)) for i in index)}]" if index else name


def _first(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(np.argwhere(mask)[0].tolist())
