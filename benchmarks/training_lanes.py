"""A step of training: compiled lanes, and the loop that one writes with torch.

    python -m benchmarks.training_lanes

prints microseconds of processor time for a step of one network, on one thread: ReLU networks
[width]^3 with 2 inputs and 2 classes, batches of 32, Adam, float32.  Both ways alternate, so that
both see the same machine; numbers are medians.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

import linreg_lib as lr

NUM_LANES = 16
BATCH = 32
NUM_EXAMPLES = 1000
WIDTHS = (16, 32, 64)


def step_times(width: int, *, repeats: int = 5) -> tuple[float, float]:
    """Microseconds of a step of one network: by ``train_lanes``, by an eager loop in torch."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        data = lr.experiments.load_moons(NUM_EXAMPLES, 0.1, rng=np.random.default_rng(0))
        lanes, loop = _lanes(width, data), _eager_loop(width, data)
        lanes(64), loop(20)  # compiled, or loaded; memory at hand
        rows = [(lanes(3200), loop(300)) for _ in range(repeats)]
    finally:
        torch.set_num_threads(before)
    ours, theirs = (statistics.median(column) for column in zip(*rows, strict=True))
    return 1e6 * ours, 1e6 * theirs


def _lanes(width: int, data: lr.experiments.LabelledPoints) -> Callable[[int], float]:
    """Seconds of a step and lane, of so many steps of 16 lanes: the difference to none at all."""

    def seconds(steps: int) -> float:
        start = time.process_time()
        lr.experiments.train_lanes(
            [width] * 3, data, seeds=range(NUM_LANES), steps=steps, batch_size=BATCH,
            engine="compiled",
        )  # fmt: skip
        return time.process_time() - start

    return lambda steps: (seconds(steps) - seconds(0)) / (NUM_LANES * steps)


def _eager_loop(width: int, data: lr.experiments.LabelledPoints) -> Callable[[int], float]:
    """Seconds of a step, of so many of one network."""
    import torch
    from torch import nn

    sizes = [2, width, width, width]
    hidden = [
        module
        for before, after in zip(sizes, sizes[1:])
        for module in (nn.Linear(before, after), nn.ReLU())
    ]
    net = nn.Sequential(*hidden, nn.Linear(width, 2))
    optimizer = torch.optim.Adam(net.parameters())
    loss = nn.CrossEntropyLoss()
    points = torch.tensor(data.points, dtype=torch.float32)
    labels = torch.tensor(data.labels)

    def per_step(steps: int) -> float:
        start = time.process_time()
        for step in range(steps):
            place = step * BATCH % NUM_EXAMPLES
            if place < BATCH:
                order = torch.randperm(NUM_EXAMPLES)
            rows = order[place : place + BATCH]
            optimizer.zero_grad()
            loss(net(points[rows]), labels[rows]).backward()
            optimizer.step()
        return (time.process_time() - start) / steps

    return per_step


def main() -> None:
    print("width  lanes   loop  (microseconds a step)")
    for width in WIDTHS:
        ours, theirs = step_times(width)
        print(f"{width:5} {ours:6.1f} {theirs:6.0f}   {theirs / ours:.0f} times")


if __name__ == "__main__":
    main()
