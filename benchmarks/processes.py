"""What a whole process costs, from the start of Python to its end, with nothing compiled before."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.needs import Need, Package, first_lack
from benchmarks.timing import repeats

_ROOT = Path(__file__).resolve().parents[1]
_LIMIT = 200  # seconds by the clock on the wall

_FIRST = """
import numpy as np
import linreg_lib as lr

net = lr.Network.random([2, 10, 10, 1], biases=0.1, rng=np.random.default_rng(1))
cx = lr.subdivide(net, lr.Box(-1, 1, dim=2))
assert cx.f_vector[2] == cx.num_regions > 10
assert cx.certificate.compiled
"""
_TINY = """
import sys
import linreg_lib as lr

net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
assert lr.subdivide(net, lr.Box(-1, 1, dim=2)).f_vector == (9, 12, 4)
assert "numba" not in sys.modules
"""


@dataclass(frozen=True, kw_only=True)
class Process:
    """A script that is run by a new process, with a new and empty folder for kernels."""

    title: str
    script: str
    compiles: bool
    aims: dict[str, float] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()

    def described(self) -> dict[str, Any]:
        """What the row says of it."""
        return {"title": self.title, "group": "processes", "aims": self.aims}

    def measured(self) -> dict[str, Any]:
        """Processor seconds of each run."""
        seconds = [self._seconds()]
        while len(seconds) < repeats(seconds[0]):
            seconds.append(self._seconds())
        return {"process_seconds": seconds}

    def lack(self) -> str | None:
        """Why it cannot be measured here."""
        return first_lack(self.needs)

    def _seconds(self) -> float:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "NUMBA_CACHE_DIR": folder, "LINREG_QUIET": "1"}
            before = _children()
            subprocess.run(
                [sys.executable, "-c", self.script],
                env=environment,
                cwd=_ROOT,
                check=True,
                timeout=_LIMIT,
            )
            taken = _children() - before
            kept = any(Path(folder).rglob("*.nbi"))
            assert kept == self.compiles, "kernels are compiled into the new folder, or not needed"
        return taken


def _children() -> float:
    """Processor seconds of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


PROCESSES = {
    "first-call": Process(
        title="a process that cuts a square by 2-10-10-1, no kernels compiled before",
        script=_FIRST,
        compiles=True,
        aims={"CPU seconds": 8},
        needs=(Package(name="numba"),),
    ),
    "first-tiny": Process(
        title="a process that cuts a square by 2-2-1, which needs no kernels",
        script=_TINY,
        compiles=False,
    ),
}
