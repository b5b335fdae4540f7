"""The files of tasks: a result each, written whole or not at all; a folder for its checkpoint."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from linreg_lib.errors import DataError
from linreg_lib.experiments.saved_runs import checkpoint_folder
from linreg_lib.experiments.saved_runs.npz_with_header import field, open_npz, write_npz
from linreg_lib.experiments.saved_runs.run_error import RunError
from linreg_lib.experiments.saved_runs.task import Finished, Task

_A_DAY = 86_400.0  # seconds; no file takes so long to write


@dataclass(frozen=True)
class TaskFiles:
    """A folder of results; made, with what is missing above it, when the first one is asked for."""

    folder: Path

    def make(self) -> None:
        """Raises DataError where no folder can be made; drops what killed processes left half."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not os.access(self.folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "it may not be read or written")
            for part in self.folder.glob(".*.npz.*.part"):
                with suppress(FileNotFoundError):
                    if time.time() - part.stat().st_mtime > _A_DAY:
                        part.unlink()
        except OSError as error:
            raise DataError(
                f"folder names {self.folder}, which cannot be used ({error.strerror or error}); "
                "name another"
            ) from error

    def file(self, task: Task) -> Path:
        return self.folder / f"{task.stem}.npz"

    def checkpoint(self, task: Task) -> Path:
        """Where the task itself may keep what it needs to go on; gone when its result is there."""
        return (self.folder / f"{task.stem}.checkpoint").absolute()

    def read(self, task: Task) -> Finished | None:
        """The saved result, or None.

        Raises:
            DataError: the file is damaged, or holds the result of another task.
        """
        file = self.file(task)
        if not file.exists():
            return None
        with open_npz(file, "result", "Delete it to compute it anew.") as (header, saved):
            found = {key: field(header, key, type(task.identity[key])) for key in task.identity}
            arrays = {name: saved[name] for name in saved if name != "header"}
            listed = field(header, "arrays", dict) if "arrays" in header else None
            if listed is not None and listed != _described(arrays):
                raise DataError(f"its arrays are {_described(arrays)}, its header says {listed}")
            seconds = (
                field(header, "process_seconds", float) if "process_seconds" in header else None
            )
            made_by = field(header, "made_by", dict) if "made_by" in header else None
        if _text(found) != _text(task.identity):
            raise DataError(f"{file} holds another run than its name says. Delete it.")
        checkpoint_folder.drop(self.checkpoint(task))
        return Finished(arrays=arrays, process_seconds=seconds, made_by=made_by)

    def write(self, task: Task, finished: Finished) -> None:
        """Raises RunError where the disk is full or the folder cannot be written any more."""
        header = {
            **task.identity,
            "arrays": _described(finished.arrays),
            "process_seconds": finished.process_seconds,
            "made_by": finished.made_by,
        }
        try:
            write_npz(self.file(task), finished.arrays, header)
        except OSError as error:
            raise RunError(
                f"the result of {task.words} could not be saved in {self.folder} "
                f"({error.strerror or error}). What was saved before is kept: make room there and "
                "run again to go on."
            ) from error
        checkpoint_folder.drop(self.checkpoint(task))


def _described(arrays: Mapping[str, NDArray[Any]]) -> dict[str, list[Any]]:
    """Type and shape of each array, as JSON gives them back."""
    return {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()}


def _text(identity: Mapping[str, Any]) -> str:
    """1, 1.0 and true differ here, and nan equals itself."""
    return json.dumps(identity, sort_keys=True)
