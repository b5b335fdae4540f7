"""Functions that runs in other processes can import."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np


def squares(seed: int, power: int = 2, log: str = "") -> dict[str, np.ndarray]:
    """``seed ** power``, and a line in the file ``log``."""
    if log:
        with Path(log).open("a") as file:
            file.write(f"{seed}\n")
    return {"value": np.array(seed**power), "process": np.array(os.getpid())}


def fails_at_three(seed: int) -> dict[str, np.ndarray]:
    if seed == 3:
        time.sleep(0.3)  # let the others be first
        raise ArithmeticError("three is not allowed")
    return {"value": np.array(seed)}


def logs_and_fails_at_zero(seed: int, log: str) -> dict[str, np.ndarray]:
    if seed == 0:
        raise ArithmeticError("zero is not allowed")
    time.sleep(0.1)
    return squares(seed, log=log)


def dies_at_three(seed: int) -> dict[str, np.ndarray]:
    if seed == 3:
        time.sleep(0.5)
        os._exit(9)
    return {"value": np.array(seed)}


def returns_a_number(seed: int) -> int:
    return seed


def returns_objects(seed: int) -> dict[str, np.ndarray]:
    return {"value": np.array([{"seed": seed}], dtype=object)}


def awkward_names(seed: int) -> dict[str, np.ndarray]:
    return {"file": np.array(seed), "allow_pickle": np.array([True]), "a": np.array("text")}
