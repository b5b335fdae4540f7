"""What the two ways to train share: lanes that go in step, and what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.dataset import LabelledData
from linreg_lib.experiments.training.training_plan import TrainingPlan

#: Adam's decays and eps, those of torch by default
DECAY, DECAY_SQUARE, EPS = 0.9, 0.999, 1e-8


@dataclass(frozen=True, kw_only=True, eq=False)
class Lane:
    """One network to train: its number in the call, its plan and its data."""

    number: int
    plan: TrainingPlan
    data: LabelledData


class LaneStack(Protocol):
    """Lanes with the same settings but for seed and data, and as many examples each.

    ``numbers`` are the arrays that decide how training goes on: ``parameters``, ``means`` and
    ``squares`` (Adam's moments), each (num_lanes, num_parameters), laid out as ParameterLayout
    has them, and ``powers``, Adam's decays to the number of steps, (2,) in float64.
    """

    def numbers(self) -> dict[str, NDArray[np.floating]]:
        """Copies."""

    def restore(self, numbers: Mapping[str, NDArray[np.floating]]) -> None:
        """Go on from these."""

    def advance(
        self, orders: Sequence[NDArray[np.int32]], position: int, num_steps: int
    ) -> NDArray[np.int64]:
        """``num_steps`` steps; how many each lane made before its loss was not finite.

        ``orders`` has for each lane the epochs that these steps go through, (num_epochs,
        num_examples); ``position`` is that of the first step in its epoch.
        """

    def evaluate(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Each lane's mean loss and accuracy over all of its examples."""
