"""The rows that pieces give, as columns of whole numbers, numbers, text or flags."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.errors import DataError
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.extras import needs_extra

if TYPE_CHECKING:
    import pandas as pd

_KINDS = {"b": "flag", "i": "integer", "u": "integer", "f": "number", "U": "text"}
_DTYPES: dict[str, Any] = {"flag": np.bool_, "integer": np.int64, "number": np.float64}
_READERS: dict[str, Callable[[str], Any]] = {
    "flag": {"True": True, "False": False}.__getitem__,
    "integer": int,
    "number": float,
    "text": str,
}

#: a column's kind and its entries
Columns = dict[str, tuple[str, NDArray[Any]]]


def require_pandas() -> None:
    """Raises ImportError, before hours of work, where there is no pandas to make tables with."""
    with needs_extra("a table of an experiment"):
        import pandas as pd  # noqa: F401


def rows_of_piece(
    protocol: Protocol, piece: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> Columns:
    """The protocol's columns for one piece; scalars, and the piece's own, stand in every row.

    Raises:
        DataError: a column is missing, there is one too many or twice, or an array is none.
    """
    undeclared = [name for name in arrays if name not in protocol.columns]
    if undeclared:
        raise DataError(f"it returned {undeclared[0]!r}, which is no column of {protocol.name}")
    columns: Columns = {}
    for name in protocol.columns:
        if (name in piece) == (name in arrays):
            how = "both is given and is returned" if name in piece else "was not returned"
            raise DataError(f"column {name!r} of {protocol.name} {how}")
        if name in piece and not isinstance(piece[name], (bool, int, float, str)):
            raise DataError(f"{name!r} is {piece[name]!r} for this piece; a column has one value")
        columns[name] = _column(name, np.asarray(piece[name] if name in piece else arrays[name]))
    sizes = {name: column.size for name, (_, column) in columns.items() if column.ndim}
    if len(set(sizes.values())) > 1:
        raise DataError(f"its arrays have different numbers of entries: {sizes}")
    num_rows = next(iter(sizes.values()), 1)
    return {
        name: (kind, np.broadcast_to(column, (num_rows,)))
        for name, (kind, column) in columns.items()
    }


def joined(parts: Sequence[Columns], words: Sequence[str]) -> Columns:
    """All rows, in the order of the pieces; ``words`` name these in errors.

    Raises:
        DataError: a column has another kind in one piece than in the first.
    """
    columns: Columns = {}
    for name, (kind, _) in parts[0].items():
        for part, word in zip(parts, words, strict=True):
            if part[name][0] != kind:
                raise DataError(
                    f"column {name!r} is of kind {part[name][0]} in {word}, of kind {kind} in "
                    f"{words[0]}"
                )
        columns[name] = kind, np.concatenate([part[name][1] for part in parts])
    return columns


def frame(columns: Columns) -> pd.DataFrame:
    """A table with one column each, in order."""
    with needs_extra("a table of an experiment"):
        import pandas as pd
    return pd.DataFrame({name: column for name, (_, column) in columns.items()})


def table_bytes(columns: Columns) -> bytes:
    """CSV with a line of names, LF, and floats so that reading gives the same bits."""
    text = frame(columns).to_csv(index=False, lineterminator="\n", na_rep="nan")
    return text.encode()


def read_columns(content: bytes, kinds: Mapping[str, str]) -> Columns:
    """What :func:`table_bytes` wrote, by the kinds of its columns.

    Raises:
        ValueError, KeyError: it is no such table.
    """
    with needs_extra("a table of an experiment"):
        import pandas as pd
    read = pd.read_csv(io.BytesIO(content), dtype=str, na_filter=False, encoding="utf-8")
    if list(read.columns) != list(kinds):
        raise ValueError(f"its columns are {list(read.columns)}, not {list(kinds)}")
    columns: Columns = {}
    for name, kind in kinds.items():
        entries = [_READERS[kind](text) for text in read[name]]
        array = np.array(entries, dtype=_DTYPES.get(kind, object))
        columns[name] = kind, array
    return columns


def _column(name: str, array: NDArray[Any]) -> tuple[str, NDArray[Any]]:
    kind = _KINDS.get(array.dtype.kind)
    if kind is None:
        raise DataError(
            f"{name!r} has type {array.dtype}; a column holds whole numbers, numbers, text or flags"
        )
    if array.ndim > 1:
        raise DataError(f"{name!r} has shape {array.shape}; a column has one entry a row")
    if kind == "text":
        if any(not str(each).isprintable() for each in array.flat):
            raise DataError(f"{name!r} holds control characters, or lines")
        return kind, array.astype(object)
    plain = array.astype(_DTYPES[kind])
    if not np.array_equal(plain, array, equal_nan=kind == "number"):
        raise DataError(f"{name!r} has type {array.dtype} and does not fit into {plain.dtype}")
    return kind, plain
