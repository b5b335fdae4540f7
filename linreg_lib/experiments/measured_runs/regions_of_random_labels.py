"""Regions while a network learns random labels, and what could make them vanish (QW23, 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.planar_data import planar_data
from linreg_lib.experiments.measured_runs.output_sizes import layer_norms, margin_gradients
from linreg_lib.experiments.measured_runs.pieces_during_training import columns
from linreg_lib.experiments.measured_runs.planar_training import train_from
from linreg_lib.experiments.measured_runs.silent_units import (
    always_active_units,
    silent_at_points,
    silent_units,
)
from linreg_lib.geometry import Box, Space, subdivide
from linreg_lib.networks import Network


def regions_of_random_labels(
    *,
    dataset: str,
    num_points: int,
    hidden: str,
    start: str,
    lr: float,
    batch_size: int,
    dtype: Literal["float32", "float64"],
    seed: int,
    moments: Sequence[float],
    weight_decay: float = 0.0,
    checkpoint: str | Path | None = None,
) -> dict[str, NDArray[Any]]:
    """Train one network on points with random labels, and measure it at each of the ``moments``.

    The seed decides data, order and start (``planar_data``, ``train_from``). Columns, beside
    ``epoch``, ``train_loss``, ``train_accuracy``:

    - ``num_regions``, ``num_linear``: activation and linear regions of [-1, 1]^2;
      ``num_regions_2``, ``num_regions_10``, ``num_regions_plane``: activation regions of
      [-2, 2]^2, of [-10, 10]^2, of the plane; all exact;
    - for each hidden layer k: ``silent_k``, ``silent_at_data_k``, ``silent_in_plane_k``: units that
      are 0 in all of the square, at all training points, everywhere; ``active_k``: units that are
      on in all of the square;
    - for each layer k, the output layer's last: ``weights_k``, ``biases_k``, Euclidean norms;
    - at training points: ``largest_logit``, the largest |output|; ``median_gradient`` and
      ``mean_gradient``, of the length of the gradient of output 1 minus output 0.

    Killed, it goes on from the folder ``checkpoint``.
    """
    data = planar_data(dataset, num_points, seed)
    run = train_from(
        start, hidden, data, seed, moments, lr=lr, batch_size=batch_size, dtype=dtype,
        weight_decay=weight_decay, checkpoint=checkpoint,
    )  # fmt: skip
    return columns(
        [
            {
                "epoch": snapshot.epoch,
                "train_loss": snapshot.train_loss,
                "train_accuracy": snapshot.train_accuracy,
                **measures(snapshot.network, data.points),
            }
            for snapshot in run.snapshots
        ]
    )


def measures(net: Network, points: NDArray[np.float64]) -> dict[str, Any]:
    """What ``regions_of_random_labels`` says of one network with two inputs and two outputs."""
    square = subdivide(net, Box(-1.0, 1.0, dim=2))
    plane = subdivide(net, Space(2))
    found: dict[str, Any] = {
        "num_regions": square.num_regions,
        "num_linear": square.linear_regions().num_regions,
        "num_regions_2": subdivide(net, Box(-2.0, 2.0, dim=2)).num_regions,
        "num_regions_10": subdivide(net, Box(-10.0, 10.0, dim=2)).num_regions,
        "num_regions_plane": plane.num_regions,
    }
    for name, counts in (
        ("silent", silent_units(square)),
        ("silent_at_data", silent_at_points(net, points)),
        ("silent_in_plane", silent_units(plane)),
        ("active", always_active_units(square)),
    ):
        found |= {f"{name}_{layer}": int(count) for layer, count in enumerate(counts, start=1)}
    gradients = margin_gradients(net, points)
    return {
        **found,
        **layer_norms(net),
        "largest_logit": float(np.abs(net(points)).max()),
        "median_gradient": float(np.median(gradients)),
        "mean_gradient": float(gradients.mean()),
    }
