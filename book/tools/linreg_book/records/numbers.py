"""Numbers for prose: recorded where they are computed, quoted by key."""

from __future__ import annotations

import re
from typing import Any

from linreg_book.errors import RecordError
from linreg_book.records.kernel_display import keep
from linreg_book.records.plain_values import plain_value, with_powers

KEY = re.compile(r"[a-z][a-z0-9_-]*\Z")


class RecordedText(str):
    """The text that prose will show; a cell that ends with it shows nothing."""

    def _ipython_display_(self) -> None:
        """Nothing: a number stands where prose quotes it."""


def record(key: str, value: Any, *, format: str = "", text: str | None = None) -> RecordedText:
    """Record a number so that prose can quote it as ``{num}`key```.

    Args:
        key: lower-case letters, digits, ``_`` and ``-``; unique in the chapter. Other chapters
            and pages write ``{num}`NN_name:key```.
        value: what was computed; kept in the record.
        format: how the reader sees it, as in Python's ``format``; ``"~"`` writes an estimate as
            mean ± standard error. Default: ``","`` for integers, ``".3g"`` for floats.
        text: the words themselves, instead of a format.

    Returns:
        The text that the prose will show.

    Raises:
        RecordError: for a key of another form or a format that does not fit the value.

    >>> record("num_regions", 12345), record("share", 0.12345), record("share2", 0.5, format=".0%")
    ('12,345', '0.123', '50%')
    """
    if not KEY.match(key):
        raise RecordError(f"record({key!r}): a key is lower-case letters, digits, '_' and '-'")
    shown = text if text is not None else _formatted(key, value, format)
    entry = {"type": "number", "key": key, "value": plain_value(value), "text": shown}
    keep(entry)
    return RecordedText(shown)


def _formatted(key: str, value: Any, format: str) -> str:
    kept = plain_value(value)
    if isinstance(kept, dict) and "stderr" in kept:
        spec = format if format not in ("", "~") else ".3g"
        return with_powers(f"{kept['mean']:{spec}} ± {kept['stderr']:.1g}")
    if isinstance(kept, str | bool) and not format:
        return str(kept)
    # Whole numbers beyond 2^53 and fractions are kept as text in JSON but formatted as numbers.
    number = value if isinstance(kept, str) and not isinstance(value, str) else kept
    spec = format or ("," if isinstance(number, int) else ".3g" if _is_float(number) else "")
    try:
        return with_powers(f"{number:{spec}}")
    except (TypeError, ValueError) as error:
        raise RecordError(
            f"record({key!r}): format {format!r} does not fit {value!r} ({error}); "
            "give another format= or text="
        ) from None


def _is_float(value: Any) -> bool:
    return isinstance(value, float)
