"""Functions of pieces that other processes can import."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np


def powers(value: int, power: int = 2, log: str = "") -> dict[str, np.ndarray]:
    """``value ** power``, and a line in the file ``log``."""
    if log:
        with Path(log).open("a") as file:
            file.write(f"{value}\n")
    return {"result": np.array(value**power), "process": np.array(os.getpid())}


def wait_until(condition: Callable[[], object]) -> None:
    """A new process may need seconds to begin: wait for what must come first, not for a time."""
    deadline = time.monotonic() + 120
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what this waits for did not come within two minutes")
        time.sleep(0.02)


def last_first(value: int, folder: str, num: int) -> dict[str, np.ndarray]:
    """Each piece waits for the one after it, so that they end in the reverse order."""
    mark = Path(folder) / f"{value + 1}.done"
    wait_until(lambda: value == num - 1 or mark.exists())
    (Path(folder) / f"{value}.done").touch()
    return {"result": np.array(value)}


def logs_process(value: int, folder: str) -> dict[str, np.ndarray]:
    """Tells who computes it before it does, and takes its time."""
    (Path(folder) / f"{value}-{os.getpid()}").touch()
    time.sleep(0.15)
    return {"result": np.array(value / 3)}


def awkward_keywords(
    fn: int, workers: int, retries: int, key: int, priority: int, pure: int, self: int
) -> dict[str, np.ndarray]:
    """Names that executors use themselves."""
    return {"result": np.array([fn, workers, retries, key, priority, pure, self])}


class StubbornError(Exception):
    """One that cannot be unpickled."""

    def __init__(self, value: int, reason: str) -> None:
        super().__init__(f"{value}: {reason}")


def raises_stubbornly(value: int, folder: str) -> dict[str, np.ndarray]:
    if value == 1:
        wait_until(lambda: len(list(Path(folder).glob("*.npz"))) == 1)
        raise StubbornError(value, "cannot travel")
    return {"result": np.array(value)}


def exits(value: int) -> dict[str, np.ndarray]:
    raise SystemExit(7)


def returns_lists(value: int) -> dict[str, object]:
    return {"result": [[1], [1, 2]]}


def counts_up(value: int, until: int, *, checkpoint: Path | None) -> dict[str, np.ndarray]:
    """Counts to ``value`` step by step, kept in its checkpoint; dies at ``until`` once."""
    assert checkpoint is not None
    file = checkpoint / "count"
    begun_at = int(file.read_text()) if file.exists() else 0
    for count in range(begun_at, value):
        file.write_text(str(count + 1))
        if count + 1 == until and not begun_at:
            os._exit(9)
    return {"result": np.array(value), "begun_at": np.array(begun_at)}


def waits_with_checkpoint(value: int, mark: str, checkpoint: Path | None) -> dict[str, np.ndarray]:
    """Says that it has begun, and ends when told."""
    Path(f"{mark}-begun").touch()
    wait_until(Path(f"{mark}-end").exists)
    return {"result": np.array(value), "has_checkpoint": np.array(checkpoint is not None)}
