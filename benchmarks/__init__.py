"""Fixed workloads and how long they take, in forward passes: ``python -m benchmarks``."""

from __future__ import annotations

import os

# Before numpy is imported anywhere: ratios are of one thread to one thread.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
