"""Fixed workloads and how long they take, in forward passes: ``python -m benchmarks``."""
