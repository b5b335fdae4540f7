"""Training as in QW23: planar data, Adam, cross-entropy, and a start that the paper leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from linreg_lib.experiments.data.points import LabelledPoints
from linreg_lib.experiments.lanes.train_lanes import train_lanes
from linreg_lib.experiments.saved_runs.snapshots import TrainingRun
from linreg_lib.experiments.training.seeded_like_torch import SEED_OF_QW23, seeded_like_torch
from linreg_lib.experiments.width_words import widths_of
from linreg_lib.networks.arguments import checked_choice

STARTS = ("paper", "torch", "he")


def train_from(
    start: str,
    hidden: str,
    data: LabelledPoints,
    seed: int,
    moments: Sequence[float],
    *,
    lr: float = 1e-3,
    batch_size: int = 32,
    dtype: Literal["float32", "float64"] = "float32",
    weight_decay: float = 0.0,
    checkpoint: str | Path | None = None,
) -> TrainingRun:
    """One network, kept at the ``moments`` (epochs, the last one ends training).

    ``seed`` decides the order of the examples and, but for ``start="paper"``, the first network:

    - ``"paper"``: always the one that torch draws after ``torch.manual_seed(5)``, by which the
      numbers of regions at epoch 0 are those of QW23's tables;
    - ``"torch"``: torch's law, weights and biases uniform on [-n_in^-1/2, n_in^-1/2];
    - ``"he"``: normal weights of variance 2 / n_in, biases as torch's.

    ``hidden`` is a word like "32-32-32". With ``checkpoint``, a folder, a killed call goes on.
    """
    checked_choice("start", start, STARTS)
    widths = widths_of(hidden)
    how: dict[str, Any] = {"init": "he" if start == "he" else "torch", "biases": "torch"}
    if start == "paper":
        how["initial"] = seeded_like_torch([2, *widths, data.num_classes], SEED_OF_QW23)
    (run,) = train_lanes(
        widths,
        data,
        seeds=[seed],
        snapshots_at=moments,
        lr=lr,
        batch_size=batch_size,
        dtype=dtype,
        weight_decay=weight_decay,
        checkpoint=checkpoint,
        **how,
    )
    return run
