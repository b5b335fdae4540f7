"""Files from which training goes on where it was: one for each stack of lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.errors import DataError
from linreg_lib.experiments.data.dataset import hash_arrays
from linreg_lib.experiments.lanes.lane_stack import Lane
from linreg_lib.experiments.lanes.parameter_layout import ParameterLayout
from linreg_lib.experiments.saved_runs import npz_with_header
from linreg_lib.experiments.saved_runs.npz_with_header import open_npz, write_npz
from linreg_lib.networks import Network
from linreg_lib.npz_file import StoredArrays

#: raised when a change of the arithmetic or of the file would make runs go on differently
_FORMAT = 1
_STATE = ("parameters", "means", "squares", "powers")
#: what settings are that a file does not name
_UNSAID = {"weight_decay": 0.0}


@dataclass(kw_only=True)
class Kept:
    """Where a stack is: steps done, what decides the next ones, and the snapshots so far.

    Of each snapshot ``parameters`` (num_lanes, num_parameters) and ``losses``, ``accuracies``
    (num_lanes,); ``orders`` holds each lane's state of its generator.
    """

    step: int
    numbers: dict[str, NDArray[np.floating]]
    orders: list[dict[str, Any]]
    seconds: float = 0.0
    steps: list[int] = field(default_factory=list)
    parameters: list[NDArray[np.floating]] = field(default_factory=list)
    losses: list[NDArray[np.float64]] = field(default_factory=list)
    accuracies: list[NDArray[np.float64]] = field(default_factory=list)


class CheckpointFile:
    """The file of some lanes in a folder; ``engine`` is how they are trained."""

    def __init__(
        self, folder: Path, lanes: Sequence[Lane], layout: ParameterLayout, engine: str
    ) -> None:
        self._file = folder / f"lane-{lanes[0].number:05}.npz"
        self._layout, self._num_lanes = layout, len(lanes)
        self._moments = sorted(lanes[0].plan.snapshot_steps)
        self._per_epoch = lanes[0].plan.settings.steps_per_epoch
        self._header = {
            "engine": engine,
            "lanes": [lane.number for lane in lanes],
            "snapshot_steps": self._moments,
            "settings": [_plain(lane.plan.settings.as_saved()) for lane in lanes],
            "first_networks": [_digest(lane.plan.first) for lane in lanes],
        }

    def write(self, kept: Kept) -> None:
        """Whole or not at all; OSError if it cannot be written."""
        header = {
            "format": _FORMAT,
            **self._header,
            "step": kept.step,
            "orders": kept.orders,
            "seconds": kept.seconds,
        }
        arrays = {
            **kept.numbers,
            "snapshot_parameters": self._stacked(kept.parameters, self._parameters_shape),
            "snapshot_losses": self._stacked(kept.losses, (self._num_lanes,)),
            "snapshot_accuracies": self._stacked(kept.accuracies, (self._num_lanes,)),
        }
        write_npz(self._file, arrays, header)

    def read(self) -> Kept | None:
        """What was written last; None if there is no file.

        Raises:
            DataError: the file is damaged, or of a call with other arguments; names both.
        """
        if not self._file.exists():
            return None
        remedy = "Give another folder, or delete it and train anew."
        with open_npz(self._file, "checkpoint of this training", remedy) as (header, arrays):
            if header.get("format") != _FORMAT:
                raise DataError(f"its format is {header.get('format')}, not {_FORMAT}")
            for name, wanted in self._header.items():
                if header.get(name) != wanted:
                    raise DataError(_difference(name, header.get(name), wanted))
            kept = self._kept(header, arrays)
            arrays.refuse_unread()
            return kept

    @property
    def _parameters_shape(self) -> tuple[int, int]:
        return self._num_lanes, self._layout.num_parameters

    def _stacked(self, each: list[Any], shape: tuple[int, ...]) -> NDArray[np.floating]:
        dtype = self._layout.dtype if shape == self._parameters_shape else np.dtype(np.float64)
        return np.array(each, dtype=dtype).reshape(len(each), *shape)

    def _kept(self, header: dict[str, Any], arrays: StoredArrays) -> Kept:
        step = npz_with_header.field(header, "step", int)
        if not 0 <= step <= self._header["settings"][0]["num_steps"]:  # type: ignore[index]
            raise DataError(f"it is at step {step}")
        steps = [moment for moment in self._moments if moment <= step]
        dtype, lanes = self._layout.dtype, (len(steps), self._num_lanes)
        wanted = {
            **dict.fromkeys(_STATE, (self._parameters_shape, dtype)),
            "powers": ((2,), np.dtype(np.float64)),
            "snapshot_parameters": ((len(steps), *self._parameters_shape), dtype),
            "snapshot_losses": (lanes, np.dtype(np.float64)),
            "snapshot_accuracies": (lanes, np.dtype(np.float64)),
        }
        found = {}
        for name, (shape, kind) in wanted.items():
            found[name] = arrays[name]
            if found[name].shape != shape or found[name].dtype != kind:
                raise DataError(
                    f"array {name!r} has shape {found[name].shape} and type {found[name].dtype}, "
                    f"not {shape} and {kind}"
                )
            if not np.isfinite(found[name]).all():
                raise DataError(f"array {name!r} holds numbers that are not finite")
        orders = npz_with_header.field(header, "orders", list)
        if len(orders) != self._num_lanes:
            raise DataError(f"it has {len(orders)} generators for {self._num_lanes} lanes")
        for state in orders:
            np.random.default_rng(0).bit_generator.state = state  # refuses what is none
        return Kept(
            step=step,
            numbers={name: found[name] for name in _STATE},
            orders=orders,
            seconds=float(npz_with_header.field(header, "seconds", (int, float))),
            steps=steps,
            parameters=list(found["snapshot_parameters"]),
            losses=list(found["snapshot_losses"]),
            accuracies=list(found["snapshot_accuracies"]),
        )


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """As JSON gives it back."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()
    }


def _difference(name: str, found: Any, wanted: Any) -> str:
    """What a file was made with, and what the call asks for, at the first place that differs."""
    if name == "settings" and isinstance(found, list) and len(found) == len(wanted):
        for one, other in zip(found, wanted):
            if not isinstance(one, dict):
                return _difference("settings", one, other)
            for key in {**other, **one}:
                was, value = (each.get(key, _UNSAID.get(key)) for each in (one, other))
                if was != value:
                    return _difference(key, was, value)
    return f"it was made with {name} {str(found):.60}, this call has {str(wanted):.60}"


def _digest(network: Network) -> str:
    return hash_arrays(*network.weights, *network.biases)
