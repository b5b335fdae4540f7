"""How long to train, and after which steps to keep the network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.exact_floats import exact_floats, exact_number


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A number of optimiser steps, and the steps after which a snapshot is taken (0: before)."""

    num_steps: int
    steps_per_epoch: int
    snapshot_steps: frozenset[int]

    @classmethod
    def planned(
        cls,
        *,
        steps_per_epoch: int,
        epochs: float | None = None,
        steps: int | None = None,
        snapshots_at: Sequence[float] | None = None,
    ) -> Schedule:
        """From epochs, which may be fractional, to whole steps (halves round to even).

        Give ``epochs``, ``steps``, or neither to end with the last snapshot.
        Without ``snapshots_at`` snapshots are taken at the start and at the end.

        Raises:
            ValueError: both or nothing was given, a number is negative or not finite, or a snapshot
                is asked for after the end.

        >>> plan = Schedule.planned(steps_per_epoch=10, snapshots_at=[0, 0.5, 0.51, 3])
        >>> plan.num_steps, sorted(plan.snapshot_steps)
        (30, [0, 5, 30])
        """
        if epochs is not None and steps is not None:
            raise ValueError("give epochs or steps, not both")
        moments = []
        if snapshots_at is not None:
            moments = np.atleast_1d(exact_floats("snapshots_at", snapshots_at)).tolist()
        for index, moment in enumerate(moments):
            _check_time(f"snapshots_at[{index}]", moment)
        at = {round(moment * steps_per_epoch) for moment in moments}
        if steps is not None:
            num_steps = checked_count("steps", steps, least=0)
        elif epochs is not None:
            epochs = exact_number("epochs", epochs)
            _check_time("epochs", epochs)
            num_steps = round(epochs * steps_per_epoch)
        elif at:
            num_steps = max(at)
        else:
            raise ValueError("say how long to train: epochs, steps or snapshots_at")
        at = at or {0, num_steps}
        if max(at) > num_steps:
            raise ValueError(
                f"snapshots_at asks for step {max(at)}, but training ends after step {num_steps} "
                f"(epoch {num_steps / steps_per_epoch:.4g}); train longer or leave it out"
            )
        return cls(
            num_steps=num_steps, steps_per_epoch=steps_per_epoch, snapshot_steps=frozenset(at)
        )


def _check_time(name: str, value: float) -> None:
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} must be a finite number of at least 0, not {value}")
