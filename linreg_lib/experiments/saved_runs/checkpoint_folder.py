"""A folder in which one piece keeps what it needs to go on: used by one process at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from linreg_lib.experiments.saved_runs.run_error import RunError

try:
    import fcntl
except ImportError:  # Windows has no locks of folders: there, nobody is kept out
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def held(folder: Path | None) -> Iterator[None]:
    """The folder, made if needed, and nobody else's meanwhile; a process that dies lets go of it.

    Raises:
        RunError: another process holds it.
    """
    if folder is None:
        yield
        return
    with _lock(folder) as mine:
        if not mine:
            raise RunError(
                f"another run is at work on the same piece (it holds {folder}): wait for it, or "
                "name another folder"
            )
        yield


def drop(folder: Path) -> None:
    """Remove it, unless a process holds it.

    One that cannot be removed is in nobody's way: results are read before checkpoints.
    """
    if folder.is_dir():
        with contextlib.suppress(OSError), _lock(folder) as mine:
            if mine:
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """Whether the folder, as it is there now, could be had."""
    if fcntl is None:
        folder.mkdir(parents=True, exist_ok=True)
        yield True
        return
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # dropped in between
            continue
        try:
            mine = _flocked(descriptor)
            if mine and not _is_still(folder, descriptor):
                continue
            yield mine
            return
        finally:
            os.close(descriptor)


def _flocked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(folder: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(folder), os.fstat(descriptor))
    except FileNotFoundError:
        return False
