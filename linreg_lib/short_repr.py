"""Objects that print in a line: of an array its shape, where its numbers are many."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

_SMALL = 6  # entries of an array that are shown
_PART = 60  # characters of one value
_LINE = 240  # characters of all


def shown(value: Any) -> str:
    """``value`` in at most about sixty characters.

    >>> shown(np.eye(2)), shown(np.zeros((1000, 2)))
    ('[[1.0, 0.0], [0.0, 1.0]]', '<float64 (1000, 2)>')
    >>> shown(tuple(range(100))), shown({"a": 1}), shown("word " * 20)
    ('<tuple of 100>', "{'a': 1}", "'word word word word word word word word word word word...'")
    """
    if isinstance(value, np.ndarray):
        text = str(value.tolist()) if value.size <= _SMALL else ""
        return text if 0 < len(text) <= _PART else f"<{value.dtype} {value.shape}>"
    if hasattr(value, "indptr"):  # a sparse array by rows or columns
        return f"<sparse {value.dtype} {value.shape}, {value.nnz} entries>"
    if isinstance(value, str):
        return repr(value if len(value) <= _PART else value[: _PART - 5] + "...")
    if isinstance(value, (tuple, list, dict, set, frozenset)) and len(value) > _PART:
        return f"<{type(value).__name__} of {len(value)}>"
    if isinstance(value, (tuple, list)):
        parts = [shown(each) for each in value]
        ends = "()" if isinstance(value, tuple) else "[]"
        text = ends[0] + ", ".join(parts) + ("," if len(parts) == 1 and ends == "()" else "")
        text += ends[1]
    else:
        text = repr(value)
    if len(text) <= _PART:
        return text
    size = f" of {len(value)}" if hasattr(value, "__len__") else ""
    return f"<{type(value).__name__}{size}>"


def shown_ends(values: tuple[int, ...]) -> str:
    """Integers in brackets, the first ones and the last where they are many.

    >>> shown_ends((2, 3, 1)), shown_ends((2, *[50] * 40, 1))
    ('(2, 3, 1)', '(2, 50, 50, 50, 50, 50, 50, 50, ... 33 more ..., 1)')
    """
    if len(values) <= 16:
        return str(values)
    first = ", ".join(map(str, values[:8]))
    return f"({first}, ... {len(values) - 9} more ..., {values[-1]})"


class ShortRepr:
    """A dataclass, with ``repr=False``, that prints in one line whatever it holds."""

    def __repr__(self) -> str:
        parts = []
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            if field.repr:
                parts.append(f"{field.name}={shown(getattr(self, field.name))}")
            if sum(map(len, parts)) > _LINE:
                parts[-1] = "..."
                break
        return f"{type(self).__qualname__}({', '.join(parts)})"
