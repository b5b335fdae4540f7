"""One call of a function whose result is kept: what it is called by, and what is run for it."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.saved_runs.checkpoint_folder import held
from linreg_lib.experiments.saved_runs.made_by import made_by

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Task:
    """Arguments of a call, and under which name its result is kept.

    ``words`` is what messages call it, ``stem`` its file without ending, ``identity`` (JSON) what
    the header of that file says and no other's does.
    """

    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any]
    words: str
    stem: str
    identity: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A result, the processor's seconds that it took and what computed it (None: not known)."""

    arrays: Arrays
    process_seconds: float | None
    made_by: Mapping[str, Any] | None


class NotArraysError(TypeError):
    """A function returned what cannot be kept."""


def plain_arrays(returned: Any) -> Arrays:
    """What a function returned, as arrays; raises NotArraysError for what no file could hold."""
    if not isinstance(returned, Mapping):
        raise NotArraysError(f"fn must return a mapping of arrays, not {type(returned).__name__}")
    arrays = {}
    for name, value in returned.items():
        if not isinstance(name, str):
            raise NotArraysError(f"fn must return arrays under names, not under {name!r}")
        if name == "header":
            raise NotArraysError("an array may not be called 'header'; rename it")
        try:
            array = np.asarray(value)
        except ValueError as error:  # lists of unequal lengths
            raise NotArraysError(f"{name!r} is no array ({error})") from error
        if array.dtype.hasobject:
            raise NotArraysError(
                f"array {name!r} holds Python objects; give numbers or text instead"
            )
        arrays[name] = array
    return arrays


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a process gets to do: one object, so that no executor looks into the arguments."""

    fn: Callable[..., Any]
    task: Task
    takes_checkpoint: bool = False
    checkpoint: Path | None = None

    def __call__(self) -> tuple[Any, float, Mapping[str, Any]]:
        """What ``fn`` returns, the processor's seconds that it took, and what computed it.

        In a main thread these are the seconds of the process, its other threads included; in
        another thread, as executors may have many, those of this thread.
        """
        in_main = threading.current_thread() is threading.main_thread()
        clock = time.process_time if in_main else time.thread_time
        keywords = dict(self.task.keywords)
        if self.takes_checkpoint:
            keywords["checkpoint"] = self.checkpoint
        with held(self.checkpoint):
            begun = clock()
            try:
                returned = self.fn(*self.task.arguments, **keywords)
            except SystemExit as error:
                raise RuntimeError(f"it wanted to exit with {error.code!r}") from None
            except Exception as error:
                if _travels(error):
                    raise
                raise RuntimeError(f"{type(error).__name__}: {error}") from None
            return returned, clock() - begun, made_by()


def _travels(error: Exception) -> bool:
    """Whether an error can be sent to another process; one that cannot would break the pool."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return False
    return True
