"""Checksums of files and of folders; a file that has not changed is not read again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from linreg_lib.regular_file import open_regular

_NOT_SOURCES = ("__pycache__", ".")  # how the names of what is no source begin
_MADE = (".pyc",)


def file_checksum(path: Path) -> str:
    """SHA-256 of a file."""
    stat = path.stat()
    return _checksum(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4096)
def _checksum(path: Path, stamp: int, size: int) -> str:
    with open_regular(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_below(folder: Path) -> list[Path]:
    """Every file at any depth that somebody wrote: sources, and the data beside them."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(_NOT_SOURCES)]
        found += [Path(place, name) for name in names if _is_source(name)]
    return [path for path in found if path.is_file()]


def _is_source(name: str) -> bool:
    return not name.startswith(_NOT_SOURCES) and not name.endswith(_MADE)


def joint_checksum(files: Iterable[Path], base: Path) -> str:
    """SHA-256 of files with their places below ``base``; none added, removed or moved unseen."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(base).as_posix()}\0{file_checksum(path)}\n".encode())
    return digest.hexdigest()
