"""Functions that runs in other processes can import."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np


def squares(seed: int, power: int = 2, log: str = "") -> dict[str, np.ndarray]:
    """``seed ** power``, and a line in the file ``log``."""
    if log:
        with Path(log).open("a") as file:
            file.write(f"{seed}\n")
    return {"value": np.array(seed**power), "process": np.array(os.getpid())}


def _wait_until(condition: Callable[[], bool]) -> None:
    """A new process may need seconds to begin: wait for what must come first, not for a time."""
    deadline = time.monotonic() + 120
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what this run waits for did not come within two minutes")
        time.sleep(0.02)


def _wait_for_results(folder: str, num_results: int) -> None:
    _wait_until(lambda: len(list(Path(folder).glob("*.npz"))) >= num_results)


def fails_at_three(seed: int, folder: str) -> dict[str, np.ndarray]:
    if seed == 3:
        _wait_for_results(folder, 2)
        raise ArithmeticError("three is not allowed")
    return {"value": np.array(seed)}


def logs_and_fails_at_zero(seed: int, log: str) -> dict[str, np.ndarray]:
    zero_began = Path(log).with_suffix(".zero")
    if seed == 0:
        zero_began.touch()
        raise ArithmeticError("zero is not allowed")
    _wait_until(zero_began.exists)
    time.sleep(0.1)
    return squares(seed, log=log)


def dies_at_three(seed: int, folder: str) -> dict[str, np.ndarray]:
    if seed == 3:
        _wait_for_results(folder, 2)
        os._exit(9)
    return {"value": np.array(seed)}


def returns_a_number(seed: int) -> int:
    return seed


def returns_objects(seed: int) -> dict[str, np.ndarray]:
    return {"value": np.array([{"seed": seed}], dtype=object)}


def awkward_names(seed: int) -> dict[str, np.ndarray]:
    return {"file": np.array(seed), "allow_pickle": np.array([True]), "a": np.array("text")}
