"""Regions of the square while networks learn moons or Gaussian quantiles (QW23, Section 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.planar_data import planar_data
from linreg_lib.experiments.measured_runs.pieces_during_training import columns
from linreg_lib.experiments.measured_runs.planar_training import train_from
from linreg_lib.geometry import Box, PolyhedralComplex, decision_complex, subdivide
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_count

_GRID = 101  # points along a side


def regions_during_training(
    *,
    dataset: str,
    noise: float,
    scaling: str,
    num_points: int,
    hidden: str,
    start: str,
    lr: float,
    first_seed: int,
    num_seeds: int,
    moments: Sequence[float],
    weight_decay: float = 0.0,
) -> dict[str, NDArray[Any]]:
    """Train a network for each seed and count its regions in [-1, 1]^2; a row a seed and moment.

    The seed decides data, order and start (``planar_data``, ``train_from``). Columns: ``seed``,
    ``epoch``, ``train_loss``, ``train_accuracy``; ``num_regions``, ``num_linear``, exact numbers of
    activation and of linear regions; ``num_crossed``, of activation regions with more than one
    label; ``boundary_length`` between labels; ``unsettled``, share of a grid of 101 x 101 points
    whose label differs from that at the last moment.
    """
    seeds = _seeds(first_seed, num_seeds)
    rows: list[dict[str, Any]] = []
    for seed in seeds:
        data = planar_data(dataset, num_points, seed, noise=noise, scaling=scaling)
        run = train_from(start, hidden, data, seed, moments, lr=lr, weight_decay=weight_decay)
        last = labels_on_grid(run.final.network)
        for snapshot in run.snapshots:
            cx = subdivide(snapshot.network, Box(-1.0, 1.0, dim=2))
            decided = decision_complex(cx)
            rows.append(
                {
                    "seed": seed,
                    "epoch": snapshot.epoch,
                    "train_loss": snapshot.train_loss,
                    "train_accuracy": snapshot.train_accuracy,
                    "num_regions": cx.num_regions,
                    "num_linear": cx.linear_regions().num_regions,
                    "num_crossed": num_crossed(decided),
                    "boundary_length": decided.boundary_volume,
                    "unsettled": float((labels_on_grid(snapshot.network) != last).mean()),
                }
            )
    return columns(rows)


def num_crossed(decided: PolyhedralComplex) -> int:
    """Number of activation regions in which a decision complex has more than one class."""
    regions = decided.origin_regions  # type: ignore[attr-defined]
    return int((np.bincount(regions) > 1).sum())


def labels_on_grid(net: Network) -> NDArray[np.int64]:
    """Labels at 101 x 101 points of [-1, 1]^2, sides included, row by row."""
    ticks = np.linspace(-1.0, 1.0, _GRID)
    points = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2)
    labels: NDArray[np.int64] = net(points).argmax(axis=1)
    return labels


def _seeds(first_seed: int, num_seeds: int) -> range:
    first = checked_count("first_seed", first_seed, least=0, most=None)
    return range(first, first + checked_count("num_seeds", num_seeds))
