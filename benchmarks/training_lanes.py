"""A step of training: compiled lanes over the loop that one writes with torch.

ReLU networks [width]^3 with 2 inputs and 2 classes, batches of 32, Adam, float32.  Both ways
alternate on one thread, so that both see the same machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import linreg_lib as lr
from benchmarks.timing import REPEATS

NUM_LANES = 16
BATCH = 32
NUM_EXAMPLES = 1000
WIDTHS = (16, 32, 64)


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Time of a step of one lane over that of a step of an eager loop."""

    width: int
    aim: float = 0.2

    @property
    def title(self) -> str:
        """In words."""
        return (
            f"a step of training: one of {NUM_LANES} lanes of 2-{self.width}-{self.width}-"
            f"{self.width}-2 over an eager loop in torch"
        )

    def described(self) -> dict[str, Any]:
        """What the row says of it."""
        told = {"title": self.title, "group": "ratios", "aims": {"ratio": self.aim}}
        return {**told, "clock": "processor"}

    def measured(self) -> dict[str, Any]:
        """Seconds of both, sample by sample."""
        above, below = step_seconds(self.width)
        return {"seconds_below": below, "seconds_above": above}

    def lack(self) -> str | None:
        """Why it cannot be measured here."""
        return None


def step_seconds(width: int, *, repeats: int = REPEATS) -> tuple[list[float], list[float]]:
    """Of a step of one network, in turns: by ``train_lanes``, by an eager loop in torch."""
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
    lanes_seconds, loop_seconds = (list(column) for column in zip(*rows, strict=True))
    return lanes_seconds, loop_seconds


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


STEPS = {f"training-{width}": Steps(width=width) for width in WIDTHS}
