"""What a training run is to do, fixed before its first step: the same for every way to train."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linreg_lib.errors import LinregError
from linreg_lib.experiments.data.dataset import LabelledData
from linreg_lib.experiments.saved_runs.schedule import Schedule
from linreg_lib.experiments.saved_runs.snapshots import TrainingSettings
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import (
    checked_choice,
    checked_count,
    checked_counts,
    checked_kind,
)
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.laws import Normal
from linreg_lib.networks.named_activations import ACTIVATIONS


class TrainingDivergedError(LinregError):
    """The loss became infinite or NaN."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingPlan:
    """Settings and moments of a run, the network it starts from, and what orders its examples.

    ``first`` holds numbers of the settings' ``dtype`` already; ``order_rng`` has a permutation of
    the examples for each epoch.
    """

    settings: TrainingSettings
    snapshot_steps: frozenset[int]
    first: Network
    order_rng: np.random.Generator

    @classmethod
    def of(
        cls,
        hidden_widths: Sequence[int],
        data: LabelledData,
        *,
        input_dim: int,
        seed: int,
        epochs: float | None,
        steps: int | None,
        snapshots_at: Sequence[float] | None,
        lr: float,
        batch_size: int,
        optimizer: str,
        weight_decay: float,
        init: str,
        biases: Any,
        activation: str,
        dtype: str,
        initial: Network | None = None,
    ) -> TrainingPlan:
        """From the arguments of ``train_classifier``, which says what they mean.

        ``input_dim`` is that of ``data.vectors()``, which may be large and are not made for it.

        Raises:
            ValueError, TypeError: an argument makes no sense; names it.
        """
        check_training_data("data", data)
        checked_counts("hidden_widths", hidden_widths)
        checked_count("batch_size", batch_size)
        if not exact_number("lr", lr) > 0:
            raise ValueError(f"lr must be a positive number, not {lr}")
        checked_choice("optimizer", optimizer, ("adam", "sgd"))
        if exact_number("weight_decay", weight_decay) < 0:
            raise ValueError(f"weight_decay is {weight_decay}; it must be 0 or a positive number")
        checked_choice("dtype", dtype, ("float32", "float64"))
        seed = checked_count("seed", seed, least=0, most=None)
        checked_choice("activation", activation, ACTIVATIONS)
        if initial is not None:
            checked_kind("initial", initial, Network, "a linreg_lib.Network")
        schedule = Schedule.planned(
            steps_per_epoch=math.ceil(len(data.labels) / batch_size),
            epochs=epochs,
            steps=steps,
            snapshots_at=snapshots_at,
        )
        draw_seed, order_seed = np.random.SeedSequence(seed).spawn(2)
        hidden = tuple(int(width) for width in hidden_widths)
        widths = [input_dim, *hidden, data.num_classes]
        biases = Normal(1e-3) if biases is None else biases
        if initial is None:
            initial = Network.random(
                widths, init=init, biases=biases, rng=np.random.default_rng(draw_seed),
                activation=activation,
            )  # fmt: skip
        settings = TrainingSettings(
            hidden_widths=hidden,
            data_name=data.name,
            data_fingerprint=data.fingerprint,
            num_examples=len(data.labels),
            num_steps=schedule.num_steps,
            steps_per_epoch=schedule.steps_per_epoch,
            batch_size=batch_size,
            optimizer=optimizer,
            lr=lr,
            init=init,
            biases=str(biases),
            activation=activation,
            dtype=dtype,
            seed=seed,
            weight_decay=float(weight_decay),
        )
        return cls(
            settings=settings,
            snapshot_steps=schedule.snapshot_steps,
            first=_rounded(initial, widths, dtype, activation),
            order_rng=np.random.default_rng(order_seed),
        )


def check_training_data(name: str, data: Any) -> None:
    """Raises TypeError if ``data`` is not labelled data, ValueError if it has no examples."""
    if not hasattr(data, "vectors"):
        raise TypeError(
            f"{name} must be labelled data, such as a Dataset, got {type(data).__name__}"
        )
    if not len(data.labels):
        raise ValueError(f"{name} holds no examples")


def _rounded(network: Network, widths: list[int], dtype: str, activation: str) -> Network:
    sizes = [network.input_dim, *network.hidden_widths, network.output_dim]
    if sizes != widths:
        raise ValueError(f"initial has layer sizes {sizes}, but data and widths need {widths}")
    rounded = Network.from_arrays(
        [matrix.astype(dtype).astype(np.float64) for matrix in network.weights],
        [offset.astype(dtype).astype(np.float64) for offset in network.biases],
        activation=activation,
    )
    if rounded.activations != network.activations:
        raise ValueError(f"initial has another activation than the {activation!r} asked for")
    return rounded
