"""Turn measured values into what JSON can hold, and into words short enough for a page."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import numpy as np

from linreg_book.markup import with_minus

LONGEST_LIST = 12
_POWER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-]?\d+)(?!\w)")
_INFINITE = {"inf": "∞", "-inf": "−∞"}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain_value(value: Any) -> Any:
    """What a record keeps of a value: numbers, truth values, text, short lists, summaries.

    Long arrays are kept as size, smallest, largest and mean. Estimates keep mean, standard
    error and count.

    >>> plain_value(np.float64(0.5)), plain_value((1, 2)), plain_value(Fraction(1, 3))
    (0.5, [1, 2], '1/3')
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        number = int(value)
        return number if abs(number) < 2**53 else str(number)
    if isinstance(value, float | np.floating):
        real = float(value)
        return real if math.isfinite(real) else str(real)
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    if hasattr(value, "stderr") and hasattr(value, "mean") and not callable(value.mean):
        return {
            "mean": plain_value(value.mean),
            "stderr": plain_value(value.stderr),
            "count": plain_value(getattr(value, "count", None)),
        }
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, list | tuple | set | frozenset | range):
        items = sorted(value) if isinstance(value, set | frozenset) else list(value)
        if len(items) <= LONGEST_LIST:
            return [plain_value(item) for item in items]
        try:
            return _plain_array(np.asarray(items))
        except ValueError:
            return f"{len(items)} values"
    return str(value)


def _plain_array(array: np.ndarray) -> Any:
    if array.ndim == 0:
        return plain_value(array.item())
    if array.size <= LONGEST_LIST or array.dtype.kind not in "biuf":
        if array.size <= 4 * LONGEST_LIST:
            return [plain_value(item) for item in array]
        return f"{array.size} values"
    return {
        "size": int(array.size),
        "min": plain_value(array.min()),
        "max": plain_value(array.max()),
        "mean": plain_value(array.mean()),
    }


def short_text(value: Any) -> str:
    """A plain value (see :func:`plain_value`) as a reader sees it.

    >>> short_text(0.123456), short_text([1, -2]), short_text(True), short_text("-inf")
    ('0.1235', '1, −2', 'yes', '−∞')
    """
    return with_minus(_INFINITE.get(value, value) if isinstance(value, str) else _text_of(value))


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return with_powers(f"{value:.4g}")
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, list):
        return ", ".join(
            f"({short_text(item)})" if isinstance(item, list) else short_text(item)
            for item in value
        )
    if isinstance(value, dict) and {"mean", "stderr"} <= set(value):
        return _estimate_text(value["mean"], value["stderr"])
    if isinstance(value, dict) and {"size", "min", "max"} <= set(value):
        low, high = short_text(value["min"]), short_text(value["max"])
        return f"{short_text(value['size'])} values from {low} to {high}"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {short_text(item)}" for key, item in value.items())
    return str(value)


def _estimate_text(mean: Any, stderr: Any) -> str:
    """The error with one digit (two if that is a 1), the mean as far as the error lets one see.

    >>> _estimate_text(0.51664, 0.007336), _estimate_text(1234.4, 15.2), _estimate_text(2.0, 0.0)
    ('0.517 ± 0.007', '1234 ± 15', '2 ± 0')
    """
    sizes = [abs(each) for each in (mean, stderr) if isinstance(each, int | float)]
    if len(sizes) < 2 or not (sizes[1] > 0 and math.isfinite(sizes[1])):
        return f"{short_text(mean)} ± {short_text(stderr)}"
    place = math.floor(math.log10(sizes[1]))
    digits = -place + (sizes[1] < 2 * 10.0**place)
    if max(sizes) >= 1e6 or digits > 6:
        return f"{short_text(float(mean))} ± {with_powers(f'{stderr:.1g}')}"
    return f"{round(mean, digits):.{max(digits, 0)}f} ± {round(stderr, digits):.{max(digits, 0)}f}"


def with_powers(text: str) -> str:
    """Numbers such as 1e-07 in a text as powers of ten.

    >>> with_powers("relative 1e-07"), with_powers("2.5e+10")
    ('relative 10⁻⁷', '2.5 × 10¹⁰')
    """
    return _POWER.sub(_power, text)


def _power(found: re.Match[str]) -> str:
    power = "10" + str(int(found[2])).translate(_RAISED)
    return power if found[1] == "1" else f"{found[1]} × {power}"
