"""The file of results: written whole after every row, so that an interrupted run keeps them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from benchmarks.rows import ROWS
from benchmarks.workloads import FAMILIES
from linreg_lib.atomic_file import atomic_file


class UnusableRecord(Exception):
    """The file of results cannot be read or written; the text says why, and what to do."""


#: what must be as it is now for a row not to be measured again
_SAME = ("source_digest", "processor", "versions")


def fresh_record() -> dict[str, Any]:
    """Without rows."""
    return {
        "program": "python -m benchmarks",
        "rows": {},
        "families": {name: dataclasses.asdict(family) for name, family in FAMILIES.items()},
    }


def loaded_record(path: Path | None) -> dict[str, Any]:
    """The record at ``path`` with the families of now; a fresh one if there is none."""
    if path is None:
        return fresh_record()
    try:
        if not path.exists():
            return fresh_record()
        if not path.is_file():
            raise OSError("it is not a regular file")  # a pipe or a device could be read for ever
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableRecord(
            f"{path} is not a file of results ({error!r}): move it away, or name another by --out"
        ) from error
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise UnusableRecord(
            f"{path} is not a file of results (its rows are none): move it away, "
            "or name another by --out"
        )
    return fresh_record() | {"rows": rows}


def described(name: str) -> dict[str, Any]:
    """What a row says of what it measures."""
    return ROWS[name].described()


def still_holds(row: dict[str, Any] | None, now: dict[str, Any]) -> bool:
    """Whether a row was measured completely, of the same sources on the same machine."""
    if row is None or "stopped" in row:
        return False
    return all(row.get("made", {}).get(key) == now[key] for key in _SAME)


def save(record: dict[str, Any], path: Path) -> None:
    """At once or not at all; rows in the order of the workloads."""
    rows = {name: record["rows"][name] for name in ROWS if name in record["rows"]}
    text = json.dumps({**record, "rows": rows}, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise UnusableRecord(
            f"cannot write {path} ({error.strerror}): what it held before is still there; "
            "make room, or name another file by --out"
        ) from error
