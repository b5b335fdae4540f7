"""A training run that nobody trained."""

from __future__ import annotations

import numpy as np

from linreg_lib.experiments import Snapshot, TrainingRun, TrainingSettings
from linreg_lib.networks import Network


def small_run() -> TrainingRun:
    """Three snapshots of a network with two hidden layers; deterministic."""
    rng = np.random.default_rng(0)
    settings = TrainingSettings(
        hidden_widths=(3, 2), data_name="moons", data_fingerprint="0", num_examples=9, num_steps=2,
        steps_per_epoch=1, batch_size=9, optimizer="adam", lr=0.1, init="he", biases="zero",
        activation="relu", dtype="float64", seed=0,
    )  # fmt: skip
    snapshots = tuple(
        Snapshot(
            epoch=float(step), step=step, network=Network.random([2, 3, 2, 1], rng=rng),
            train_loss=0.5, train_accuracy=0.75, test_accuracy=float("nan"),
        )
        for step in range(3)
    )  # fmt: skip
    return TrainingRun(settings=settings, snapshots=snapshots, seconds=1.5)
