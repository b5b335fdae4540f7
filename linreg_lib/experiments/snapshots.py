"""Networks as they were at chosen moments of training, and their files."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linreg_lib.errors import DataError
from linreg_lib.experiments.atomic_npz import write_npz
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind, checked_path
from linreg_lib.networks.exact_floats import exact_number

_FORMAT = 1


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


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
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
        name: np.array([getattr(snapshot, name) for snapshot in run.snapshots])
        for name in ("epoch", "step", "train_loss", "train_accuracy", "test_accuracy")
    }
    for number, snapshot in enumerate(run.snapshots):
        network = snapshot.network
        for layer, (matrix, offset) in enumerate(zip(network.weights, network.biases, strict=True)):
            arrays[f"weight_{number}_{layer}"] = _compact(matrix, run.settings.dtype)
            arrays[f"bias_{number}_{layer}"] = _compact(offset, run.settings.dtype)
    header = {"format": _FORMAT, "settings": asdict(run.settings), "seconds": run.seconds}
    return write_npz(target, arrays, header)


def load_run(file: str | os.PathLike[str]) -> TrainingRun:
    """The run that :func:`save_run` wrote: the same networks, bit for bit.

    Raises:
        DataError: the file is missing, damaged, or not a saved run.
    """
    file = checked_path("file", file)
    try:
        with np.load(file, allow_pickle=False) as saved:
            header = json.loads(str(saved["header"]))
            if header["format"] != _FORMAT:
                raise DataError(
                    f"{file} has format {header['format']}, but this version reads format "
                    f"{_FORMAT}. Delete it and train anew."
                )
            values = dict(header["settings"])
            values["hidden_widths"] = tuple(values["hidden_widths"])
            settings = TrainingSettings(**values)
            num_layers = len(settings.hidden_widths) + 1
            snapshots = tuple(
                Snapshot(
                    epoch=float(saved["epoch"][number]),
                    step=int(saved["step"][number]),
                    train_loss=float(saved["train_loss"][number]),
                    train_accuracy=float(saved["train_accuracy"][number]),
                    test_accuracy=float(saved["test_accuracy"][number]),
                    network=Network.from_arrays(
                        [saved[f"weight_{number}_{layer}"] for layer in range(num_layers)],
                        [saved[f"bias_{number}_{layer}"] for layer in range(num_layers)],
                        activation=settings.activation,
                    ),
                )
                for number in range(len(saved["epoch"]))
            )
    except (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{file} is not a readable training run ({error}). Delete it and train anew."
        ) from error
    return TrainingRun(settings=settings, snapshots=snapshots, seconds=float(header["seconds"]))


def _compact(array: NDArray[np.float64], dtype: str) -> NDArray[np.floating]:
    small = array.astype(dtype)
    return small if np.array_equal(small, array) else array
