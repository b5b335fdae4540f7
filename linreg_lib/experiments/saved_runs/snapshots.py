"""Networks as they were at chosen moments of training, and their files."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.errors import DataError
from linreg_lib.experiments.saved_runs.npz_with_header import field, open_npz, write_npz
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind, checked_path
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.npz_file import StoredArrays
from linreg_lib.short_repr import ShortRepr

_FORMAT = 1
_COLUMNS = ("epoch", "step", "train_loss", "train_accuracy", "test_accuracy")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Snapshot:
    """A network after ``step`` steps of training, that is after ``epoch`` passes over the data.

    ``train_loss`` and ``train_accuracy`` are taken over the whole training set with this network;
    ``test_accuracy`` over the test set, NaN if there is none.
    """

    epoch: float
    step: int
    network: Network
    train_loss: float
    train_accuracy: float
    test_accuracy: float

    def __repr__(self) -> str:
        return (
            f"Snapshot(epoch={self.epoch:.4g}, step={self.step}, "
            f"train_loss={self.train_loss:.4g}, test_accuracy={self.test_accuracy:.4f})"
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class TrainingSettings(ShortRepr):
    """Everything that decides a training run, as plain values."""

    hidden_widths: tuple[int, ...]
    data_name: str
    data_fingerprint: str
    num_examples: int
    num_steps: int
    steps_per_epoch: int
    batch_size: int
    optimizer: str
    lr: float
    init: str
    biases: str
    activation: str
    dtype: str
    seed: int
    weight_decay: float = 0.0

    def as_saved(self) -> dict[str, Any]:
        """As files hold them: by name, but a weight decay of 0, which older files do not name."""
        values = asdict(self)
        if not self.weight_decay:
            del values["weight_decay"]
        return values


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrainingRun:
    """The snapshots of one run in order of time, what decided it, and how long it took."""

    settings: TrainingSettings
    snapshots: tuple[Snapshot, ...]
    seconds: float

    def __post_init__(self) -> None:
        if not self.snapshots:
            raise ValueError("a training run needs at least one snapshot")

    def __len__(self) -> int:
        return len(self.snapshots)

    def __repr__(self) -> str:
        setup, last = self.settings, self.snapshots[-1]
        return (
            f"TrainingRun({list(setup.hidden_widths)} on {setup.data_name}, {len(self)} snapshots "
            f"to epoch {last.epoch:.4g}, test_accuracy={last.test_accuracy:.4f}, "
            f"{self.seconds:.1f} s)"
        )

    @property
    def initial(self) -> Snapshot:
        """The first snapshot."""
        return self.snapshots[0]

    @property
    def final(self) -> Snapshot:
        """The last snapshot."""
        return self.snapshots[-1]

    @property
    def epochs(self) -> NDArray[np.float64]:
        """When the snapshots were taken, shape (num_snapshots,)."""
        return np.array([snapshot.epoch for snapshot in self.snapshots])

    @property
    def train_losses(self) -> NDArray[np.float64]:
        return np.array([snapshot.train_loss for snapshot in self.snapshots])

    @property
    def test_accuracies(self) -> NDArray[np.float64]:
        return np.array([snapshot.test_accuracy for snapshot in self.snapshots])

    def nearest(self, epoch: float) -> Snapshot:
        """The snapshot taken nearest to ``epoch`` (the earlier of two equally near ones)."""
        epoch = exact_number("epoch", epoch)
        return min(self.snapshots, key=lambda snapshot: abs(snapshot.epoch - epoch))


def save_run(run: TrainingRun, file: str | os.PathLike[str]) -> Path:
    """Write ``run`` to an ``.npz`` file (no pickles), whole or not at all; returns its path.

    Weights are kept without rounding, as float32 where the run trained in float32.
    """
    checked_kind("run", run, TrainingRun, "a TrainingRun")
    target = checked_path("file", file)
    arrays: dict[str, NDArray[np.generic]] = {
        name: np.array([getattr(snapshot, name) for snapshot in run.snapshots]) for name in _COLUMNS
    }
    for number, snapshot in enumerate(run.snapshots):
        network = snapshot.network
        for layer, (matrix, offset) in enumerate(zip(network.weights, network.biases, strict=True)):
            arrays[f"weight_{number}_{layer}"] = _compact(matrix, run.settings.dtype)
            arrays[f"bias_{number}_{layer}"] = _compact(offset, run.settings.dtype)
    header = {"format": _FORMAT, "settings": run.settings.as_saved(), "seconds": run.seconds}
    return write_npz(target, arrays, header)


def load_run(file: str | os.PathLike[str]) -> TrainingRun:
    """The run that :func:`save_run` wrote: the same networks, bit for bit.

    Raises:
        DataError: the file is missing, damaged, or not a saved run.
    """
    file = checked_path("file", file)
    with open_npz(file, "training run", "Delete it and train anew.") as (header, saved):
        if field(header, "format", int) != _FORMAT:
            raise DataError(f"its format is {header['format']}, this version reads {_FORMAT}")
        settings = _settings(field(header, "settings", dict))
        moments = _moments(saved)
        snapshots = tuple(
            Snapshot(network=_network(saved, number, settings), **moment)
            for number, moment in enumerate(moments)
        )
        ends = {(each.network.input_dim, each.network.output_dim) for each in snapshots}
        if len(ends) > 1:
            raise DataError("its networks differ in their numbers of inputs or outputs")
        saved.refuse_unread()
        seconds = float(field(header, "seconds", (int, float)))
        return TrainingRun(settings=settings, snapshots=snapshots, seconds=seconds)


def _settings(saved: dict[str, Any]) -> TrainingSettings:
    kinds: dict[str, Any] = {"str": str, "int": int, "float": (int, float)}
    saved = {"weight_decay": 0.0, **saved}
    values = {
        name: field(saved, name, kinds.get(annotation, list))
        for name, annotation in TrainingSettings.__annotations__.items()
    }
    if unknown := sorted(set(saved) - set(values)):
        raise DataError(f"its settings have an entry {unknown[0]!r} that no run has")
    widths = values["hidden_widths"]
    if any(type(width) is not int or width < 1 for width in widths):
        raise DataError(f"its settings have hidden_widths {widths}")
    return TrainingSettings(**(values | {"hidden_widths": tuple(widths)}))


def _moments(saved: StoredArrays) -> list[dict[str, Any]]:
    """What is kept of each snapshot beside its network."""
    columns = {name: saved[name] for name in _COLUMNS}
    for name, column in columns.items():
        kinds = "i" if name == "step" else "fi"
        if column.dtype.kind not in kinds or column.shape != (saved["epoch"].size,):
            raise DataError(
                f"array {name!r} has type {column.dtype} and shape {column.shape}, "
                f"where 'epoch' has {saved['epoch'].size} entries"
            )
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _network(saved: StoredArrays, number: int, settings: TrainingSettings) -> Network:
    """The network of one snapshot; each matrix as the settings have it."""
    widths = [*settings.hidden_widths, None]
    matrices, offsets = [], []
    for layer, width in enumerate(widths):
        matrix, offset = (saved[f"{part}_{number}_{layer}"] for part in ("weight", "bias"))
        rows, columns = matrix.shape if matrix.ndim == 2 else (None, None)
        before = settings.hidden_widths[layer - 1] if layer else columns
        if rows is None or (rows, columns) != (width or rows, before) or offset.shape != (rows,):
            raise DataError(
                f"arrays weight_{number}_{layer} and bias_{number}_{layer} have shapes "
                f"{matrix.shape} and {offset.shape}, but hidden widths are "
                f"{list(settings.hidden_widths)}"
            )
        if not matrix.dtype.kind == offset.dtype.kind == "f":
            raise DataError(f"array weight_{number}_{layer} or its bias is not of floats")
        matrices.append(matrix)
        offsets.append(offset)
    return Network.from_arrays(matrices, offsets, activation=settings.activation)


def _compact(array: NDArray[np.float64], dtype: str) -> NDArray[np.floating]:
    small = array.astype(dtype)
    return small if np.array_equal(small, array) else array
