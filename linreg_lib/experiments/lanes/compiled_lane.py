"""A lane whose steps are compiled; imported only where numba is installed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.lanes.lane_stack import DECAY, DECAY_SQUARE, EPS, Lane
from linreg_lib.experiments.lanes.parameter_layout import ParameterLayout
from linreg_lib.experiments.lanes.step_kernels import evaluate, train_steps
from linreg_lib.networks.named_activations import ACTIVATIONS


class CompiledLane:
    """One lane as a LaneStack."""

    def __init__(self, lane: Lane, layout: ParameterLayout) -> None:
        settings = lane.plan.settings
        self._layout, self._batch_size = layout, settings.batch_size
        self._shape = _activation_shape(settings.activation).astype(layout.dtype)
        self._examples = np.ascontiguousarray(lane.data.vectors(), dtype=layout.dtype)
        self._labels = np.ascontiguousarray(lane.data.labels, dtype=np.int64)
        self._is_adam = settings.optimizer == "adam"
        self._constants = np.array([settings.lr, DECAY, DECAY_SQUARE, EPS, settings.weight_decay])
        self._powers = np.ones(2)
        self._mem = layout.new_memory()
        self._mem[: layout.num_parameters] = layout.packed(lane.plan.first)

    def numbers(self) -> dict[str, NDArray[np.floating]]:
        blocks = {name: block[None].copy() for name, block in self._blocks().items()}
        return {**blocks, "powers": self._powers.copy()}

    def restore(self, numbers: Mapping[str, NDArray[np.floating]]) -> None:
        for name, block in self._blocks().items():
            block[...] = numbers[name][0]
        self._powers[...] = numbers["powers"]

    def advance(
        self, orders: Sequence[NDArray[np.int32]], position: int, num_steps: int
    ) -> NDArray[np.int64]:
        done = train_steps(
            self._mem,
            self._layout.table,
            self._shape,
            self._examples,
            self._labels,
            orders[0],
            position,
            num_steps,
            self._batch_size,
            self._layout.batch_row,
            self._layout.num_parameters,
            self._is_adam,
            self._constants,
            self._powers,
        )
        return np.array([done])

    def evaluate(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        sums = np.empty(2)
        num = len(self._labels)
        evaluate(
            self._mem,
            self._layout.table,
            self._shape,
            self._examples,
            self._labels,
            np.arange(num, dtype=np.int32),
            self._batch_size,
            self._layout.batch_row,
            sums,
        )
        return sums[:1] / num, sums[1:] / num

    def gradients(self) -> NDArray[np.floating]:
        """Those of the last step, (num_parameters,), with what weight decay adds."""
        num = self._layout.num_parameters
        return self._mem[num : 2 * num].copy()

    def _blocks(self) -> dict[str, NDArray[np.floating]]:
        num = self._layout.num_parameters
        places = {"parameters": 0, "means": 2 * num, "squares": 3 * num}
        return {name: self._mem[place : place + num] for name, place in places.items()}


def _activation_shape(name: str) -> NDArray[np.float64]:
    """Two breakpoints; slope and offset below the first, and above the second.

    Between the two the activation is the identity, as all named ones are somewhere.
    """
    activation = ACTIVATIONS[name].make()
    cuts, slopes = activation.breakpoints.tolist(), activation.slopes.tolist()
    offsets = activation.offsets.tolist()
    if len(cuts) == 1:
        cuts, slopes, offsets = [*cuts, math.inf], [*slopes, 1.0], [*offsets, 0.0]
    if len(cuts) != 2 or slopes[1] != 1.0 or offsets[1] != 0.0 or min(slopes) < 0:
        raise ValueError(f'activation {name!r} has no compiled form; choose engine="torch" for it')
    return np.array([*cuts, slopes[0], offsets[0], slopes[2], offsets[2]])
