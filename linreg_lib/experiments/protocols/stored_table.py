"""Tables of experiments on disk: NAME.csv (.csv.gz, .csv.xz) and NAME.json, its manifest."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_lib.atomic_file import atomic_file
from linreg_lib.errors import DataError
from linreg_lib.experiments.protocols.observations import frame, read_columns, require_pandas
from linreg_lib.experiments.protocols.parameter import PROFILES
from linreg_lib.experiments.protocols.protocol_run import ProtocolRun
from linreg_lib.networks.arguments import checked_kind, checked_path
from linreg_lib.regular_file import open_regular

if TYPE_CHECKING:
    import pandas as pd

#: the tables that the book shows
RESULTS = Path(__file__).resolve().parents[3] / "book" / "results"
_PLAIN = 300_000  # bytes; a larger table is compressed
_ZIPPED = 900_000  # bytes; what gzip leaves larger is packed by xz, a quarter smaller
_LARGEST_MANIFEST = 10_000_000
_OPENERS: Mapping[str, Callable[[io.BytesIO], Any]] = {
    ".csv": lambda packed: packed,
    ".csv.gz": lambda packed: gzip.open(packed),
    ".csv.xz": lambda packed: lzma.open(packed),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StoredTable:
    """``table``: a row an observation; ``manifest``: how it was made."""

    table: pd.DataFrame
    manifest: Mapping[str, Any]

    def __repr__(self) -> str:
        manifest = self.manifest
        return (
            f"StoredTable({manifest['protocol']!r}, {manifest['profile']!r}, "
            f"{len(self.table)} rows, made {manifest['date']})"
        )


def save_table(run: ProtocolRun, folder: str | os.PathLike[str]) -> Path:
    """Write NAME.csv and NAME.json, called after the protocol, into ``folder``; returns the table.

    Floats are written so that reading gives the same bits. A table above 300 kB becomes
    NAME.csv.gz (always the same bytes), one that stays large NAME.csv.xz. Each file appears whole
    or not at all; where an interruption falls between the two, ``load_table`` refuses them, and
    saving again mends it.

    Raises:
        DataError: the folder or its disk does not take them, or it has the table of a larger
            profile.
        TypeError: ``run`` is no ProtocolRun.
    """
    checked_kind("run", run, ProtocolRun, "what run_protocol returned")
    place = checked_path("folder", folder)
    name = run.manifest["protocol"]
    refuse_larger(name, run.manifest["profile"], place)
    ending, content = _packed(run.content)
    file = place / f"{name}{ending}"
    manifest = {**run.manifest, "file": file.name}
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    try:
        place.mkdir(parents=True, exist_ok=True)
        with atomic_file(file) as stream:
            stream.write(content)
        with atomic_file(place / f"{name}.json") as stream:
            stream.write(text.encode())
        for other in _OPENERS.keys() - {ending}:
            (place / f"{name}{other}").unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"the table of {name} could not be written to {place} ({error.strerror or error}); "
            "make room there, or name another folder"
        ) from error
    return file


def refuse_larger(name: str, profile: str, folder: Path) -> None:
    """Hours of work are not replaced by seconds of it.

    Raises:
        DataError: ``folder`` has the table of ``name`` at a larger profile than ``profile``.
    """
    record = folder / f"{name}.json"
    try:
        kept = json.loads(_read(record, _LARGEST_MANIFEST))["profile"]
        is_larger = PROFILES.index(kept) > PROFILES.index(profile)
    except (OSError, ValueError, LookupError, TypeError):
        return  # nothing there that could be read
    if is_larger:
        raise DataError(
            f"{folder} has the table of {name} at the profile {kept}, which one at {profile} does "
            f"not replace; name another folder, or remove {record} first"
        )


def _packed(content: bytes) -> tuple[str, bytes]:
    """The ending of the file, and what it holds."""
    if len(content) <= _PLAIN:
        return ".csv", content
    zipped = gzip.compress(content, compresslevel=9, mtime=0)
    if len(zipped) <= _ZIPPED:
        return ".csv.gz", zipped
    return ".csv.xz", lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)


def load_table(name: str, folder: str | os.PathLike[str] | None = None) -> StoredTable:
    """The table of a protocol that ``save_table`` wrote into ``folder``: by default the book's own.

    Raises:
        DataError: there is none, or it is not the one whose checksum its manifest has.
        ValueError, TypeError: ``name`` is no name of a protocol.
        ImportError: pandas is missing.
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be that of a protocol, got {name!r:.60}")
    if not name or not all(part.isalnum() for part in name.split("-")):
        raise ValueError(f"name is {name!r:.60}; give the name of a protocol, as qw23-epoch0")
    place = RESULTS if folder is None else checked_path("folder", folder)
    require_pandas()
    record = place / f"{name}.json"
    if not record.exists():
        if folder is None and not RESULTS.is_dir():
            raise DataError(
                f"the book's tables are not installed with the library: the table of {name} is in "
                "book/results of the project; name that folder, or one that python -m "
                f"linreg_lib.experiments {name} --out FOLDER has written"
            )
        raise DataError(
            f"no table {name} in {place}; make one with python -m linreg_lib.experiments {name} "
            f"--profile paper --out {place}"
        )
    try:
        manifest = json.loads(_read(record, _LARGEST_MANIFEST))
        if manifest["protocol"] != name:
            raise ValueError(f"it is the manifest of {manifest['protocol']}")
        openers = {f"{name}{ending}": opener for ending, opener in _OPENERS.items()}
        opener = openers[manifest["file"]]
        content = _table(place / manifest["file"], opener, int(manifest["num_bytes"]))
        found = hashlib.sha256(content).hexdigest()
        if found != manifest["sha256"]:
            raise ValueError(f"{manifest['file']} has SHA-256 {found}, not {manifest['sha256']}")
        kinds = {column: each["kind"] for column, each in manifest["columns"].items()}
        table = frame(read_columns(content, kinds))
        if len(table) != manifest["num_rows"]:
            raise ValueError(f"it has {len(table)} rows, not {manifest['num_rows']}")
    except Exception as error:  # whatever the bytes are, one clear error
        reason = str(error) if isinstance(error, (OSError, ValueError)) else repr(error)
        raise DataError(
            f"{record} and its table are not what was stored ({reason[:300]}). Make them again by "
            "the command that the manifest names."
        ) from error
    return StoredTable(table=table, manifest=manifest)


def _table(file: Path, opener: Callable[[io.BytesIO], Any], num_bytes: int) -> bytes:
    """No more than announced is read, nor unpacked."""
    with opener(io.BytesIO(_read(file, max(num_bytes, 1000) * 2))) as stream:
        content = stream.read(num_bytes + 1)
    if len(content) != num_bytes:
        raise ValueError(f"{file.name} does not have {num_bytes:,} bytes")
    return content


def _read(file: Path, most: int) -> bytes:
    with open_regular(file) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{file.name} is larger than it can be")
    return content
