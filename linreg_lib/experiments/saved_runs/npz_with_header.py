"""Arrays and a JSON header in one ``.npz`` file that appears whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from linreg_lib import npz_file
from linreg_lib.errors import DataError
from linreg_lib.npz_file import StoredArrays


def write_npz(file: Path, arrays: Mapping[str, Any], header: Mapping[str, Any]) -> Path:
    """Write ``arrays`` (no objects) and ``header`` (JSON, under the key ``header``) to ``file``.

    The folder is made if needed; an interruption leaves the earlier file, or none.
    """
    if "header" in arrays:
        raise ValueError("an array may not be called 'header'; rename it")
    plain = {name: np.asarray(value) for name, value in arrays.items()}
    plain["header"] = np.array(json.dumps(header, sort_keys=True))
    for name, array in plain.items():
        if array.dtype.hasobject:
            raise TypeError(f"array {name!r} holds Python objects; give numbers or text instead")
    file.parent.mkdir(parents=True, exist_ok=True)
    return npz_file.write_npz(file, plain)


@contextmanager
def open_npz(
    file: str | os.PathLike[str], what: str, remedy: str
) -> Iterator[tuple[dict[str, Any], StoredArrays]]:
    """The header and the arrays of a file that :func:`write_npz` wrote.

    Raises:
        DataError: whatever is wrong with the file, and whatever is found wrong while it is open;
            names the file, ``what`` it should be and the ``remedy`` (a sentence).
    """
    try:
        with npz_file.open_npz(file) as arrays:
            yield _header(arrays), arrays
    except Exception as error:  # whatever the bytes are, one clear error
        reason = str(error) or type(error).__name__
        raise DataError(
            f"{os.fspath(file)} is not a readable {what} ({reason}). {remedy}"
        ) from error


def _header(arrays: StoredArrays) -> dict[str, Any]:
    text = arrays["header"]
    if text.dtype.kind != "U" or text.shape != ():
        raise DataError(f"its header is an array of {text.dtype}, not a text")
    try:
        header = json.loads(str(text))
    except (ValueError, RecursionError) as error:
        raise DataError(f"its header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise DataError(f"its header is {str(text)[:40]}, not a map")
    return header


def field(header: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    """An entry of a header; raises DataError if it is missing or of another type."""
    if name not in header:
        raise DataError(f"its header lacks {name!r}")
    value = header[name]
    # JSON has no way to confuse these two, but Python counts True as a whole number.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise DataError(f"its header has {name!r} {str(value)[:40]!r}, which cannot be")
    return value
