"""Small things that functions of experiments take."""

from __future__ import annotations

from typing import Any

import numpy as np

from linreg_lib.experiments import Snapshot, TrainingRun, TrainingSettings
from linreg_lib.networks import Network


def halved(seed: int) -> dict[str, Any]:
    return {"value": np.array(seed / 2)}


def tiny_run() -> TrainingRun:
    network = Network.from_arrays([[[1.0, 0.5]], [[1.0], [0.0]]], [[0.0], [0.0, 0.5]])
    settings = TrainingSettings(
        hidden_widths=(1,), data_name="toy", data_fingerprint="", num_examples=2, num_steps=0,
        steps_per_epoch=1, batch_size=2, optimizer="sgd", lr=0.1, init="he", biases="0",
        activation="relu", dtype="float64", seed=0,
    )  # fmt: skip
    snapshot = Snapshot(
        epoch=0.0, step=0, network=network, train_loss=0.0, train_accuracy=1.0, test_accuracy=1.0
    )
    return TrainingRun(settings=settings, snapshots=(snapshot,), seconds=0.0)
