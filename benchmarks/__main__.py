"""Print the table: median of five cuts over median of five forward passes, one thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from benchmarks.workloads import WORKLOADS

REPEATS = 5


def seconds(call: Callable[[], object]) -> float:
    """Median processor time, after one call to warm up (the first one may compile)."""
    call()
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return median(taken)


def main() -> None:
    print(f"{'workload':28} {'regions':>8} {'cut ms':>8} {'pass ms':>8} {'ratio':>6} {'aim':>5}")
    for workload in WORKLOADS:
        task = workload.prepare()
        num_regions = task.run()
        cut, forward = seconds(task.run), seconds(task.forward)
        aim = "-" if workload.limit is None else f"{workload.limit:g}"
        print(
            f"{workload.name:28} {num_regions:8d} {1e3 * cut:8.1f} {1e3 * forward:8.2f} "
            f"{cut / forward:6.1f} {aim:>5}",
            flush=True,
        )


if __name__ == "__main__":
    main()
