"""Cuts and passes of a task, timed in turns in this process.

Times are processor time of one thread.  Cuts and passes alternate, so that both see the same
machine; short ones are called several times a sample.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.memory import PeakMemory
from benchmarks.tasks import Run, Task

REPEATS = 5
_SAMPLE_SECONDS = 0.04  # a sample of a short call holds several, to last about so long


def repeats(seconds: float) -> int:
    """How often a call that takes about so long is worth timing."""
    return REPEATS if seconds < 6 else 3 if seconds < 15 else 1


def cuts_and_passes(small: Callable[[], Task], prepare: Callable[[], Task]) -> dict[str, Any]:
    """The times of a task.

    The first call warms up, unless it takes long: then it is a sample already, and there are fewer.
    """
    for run in small().runs():
        for _ in run():
            pass
    task = prepare()
    results, first, peaks = _first_run(task)
    num_regions = task.num_regions(results)
    forward = task.forward(results)
    del results
    runs = task.runs()
    cuts = _Samples(lambda: _stage_seconds(runs), first)
    passes = _Samples(lambda: [_seconds(forward.plain)], [_seconds(forward.plain)])
    kept = _Samples(lambda: [_seconds(forward.in_place)], [_seconds(forward.in_place)])
    while not (cuts.full and passes.full and kept.full):
        for each in (passes, cuts, kept):
            each.add()
    return {
        "num_regions": num_regions,
        "num_vertices": forward.num_vertices,
        "pass_seconds": [row[0] for row in passes.rows],
        "pass_in_place_seconds": [row[0] for row in kept.rows],
        "seconds": dict(zip(task.columns, map(list, zip(*cuts.rows, strict=True)), strict=True)),
        "peak_bytes": dict(zip(task.columns, peaks, strict=True)),
    }


class _Samples:
    """Rows of seconds of one call, as many as it is worth: the slow ones begin with the first."""

    def __init__(self, call: Callable[[], list[float]], first: list[float]) -> None:
        self._call, self._about = call, first[-1]
        self.rows = [first] if self._about > 4 else []
        self._wanted = repeats(self._about)

    @property
    def full(self) -> bool:
        return len(self.rows) >= self._wanted

    def add(self) -> None:
        if not self.full:
            self.rows.append(_sample(self._call, self._about))


def _first_run(task: Task) -> tuple[list[Any], list[float], list[int]]:
    """Results, seconds and peak memory by column."""
    memory = PeakMemory()
    results: list[Any] = []
    peaks = [0] * len(task.columns)
    seconds = [0.0] * len(task.columns)
    for run in task.runs():
        start = time.process_time()
        results.append(None)
        for column, results[-1] in enumerate(run()):
            seconds[column] += time.process_time() - start
            peaks[column] = memory.growth()
    return results, seconds, peaks


def _stage_seconds(runs: list[Run]) -> list[float]:
    """Seconds until each column is done, all runs together; every complex is a fresh one."""
    total: dict[int, float] = {}
    for run in runs:
        start = time.process_time()
        for column, result in enumerate(run()):
            total[column] = total.get(column, 0.0) + time.process_time() - start
            del result
    return [total[column] for column in sorted(total)]


def _seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _sample(call: Callable[[], list[float]], about: float) -> list[float]:
    num_calls = max(1, min(1000, round(_SAMPLE_SECONDS / max(about, 1e-6))))
    rows = [call() for _ in range(num_calls)]
    return [sum(column) / num_calls for column in zip(*rows, strict=True)]
