"""Polytopes of the network that learns the COVID risk, at chosen moments (F23, Section V.B)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.covid import CovidCounts, load_covid
from linreg_lib.experiments.lanes.weighted_training import (
    WeightedMoment,
    loss_and_accuracy,
    train_on_counts,
)
from linreg_lib.experiments.measured_runs.pieces_during_training import columns
from linreg_lib.experiments.measured_runs.silent_units import silent_at_points, silent_units
from linreg_lib.experiments.width_words import widths_of
from linreg_lib.geometry import Box, Domain, Slice, subdivide
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_counts

#: laws of the biases by name: all 0.01 (as in F23, Section V.A), torch's default, or none
BIASES: Mapping[str, float | str] = {"0.01": 0.01, "torch": "torch", "0": 0.0}
#: which polytopes are counted: name -> how far inputs reach, how many move, only those of points?
#: Those of points in [-1, 1]^k have the faces that they have in [-5, 5]^k.
POLYTOPES: Mapping[str, tuple[float, int, bool]] = {
    "cube-1": (1.0, 5, False),
    "cube-5": (5.0, 5, False),
    "points": (5.0, 5, True),
    "slice-1": (1.0, 3, False),
    "slice-5": (5.0, 3, False),
    "slice-points": (5.0, 3, True),
}
_SPLIT = 311_102  # 0.8 of all patients


@dataclass(frozen=True, kw_only=True)
class CovidRun:
    """What one seed gives: moments of training, and counts (32, 2) of both parts of the data."""

    moments: tuple[WeightedMoment, ...]
    train: NDArray[np.int64]
    test: NDArray[np.int64]


def covid_polytopes(
    *,
    hidden: str,
    seed: int,
    biases: str,
    batch_sizes: Sequence[int],
    moments: Sequence[int],
    num_points: int,
) -> dict[str, NDArray[Any]]:
    """Train from one start with each of the batch sizes; count faces of polytopes at the moments.

    A row is a batch size, a moment, a choice of polytopes and a number of faces that occurs:

    - ``batch_size``, ``epoch``, ``train_loss``, ``train_accuracy``, ``test_loss``,
      ``test_accuracy``; ``silent_at_data_1``, ``silent_at_data_2``, units that are 0 at all 32
      inputs;
    - ``polytopes`` (a name of ``POLYTOPES``), ``num_polytopes``; ``silent_1``, ``silent_2``, units
      that are 0 in the whole window;
    - ``faces``; ``num_with_walls``, polytopes with so many faces, walls of the window among them;
      ``num_without_walls``, polytopes with so many faces on neurons.

    All counts are exact; only the points are random.

    Source: F23, Section V.B and Fig. 7.
    """
    rows: list[dict[str, Any]] = []
    inputs = load_covid().features
    at_start: list[dict[str, Any]] = []
    for batch_size in checked_counts("batch_sizes", batch_sizes, least=0):
        run = covid_run(
            hidden=hidden, seed=seed, biases=biases, batch_size=batch_size, moments=moments
        )
        for moment in run.moments:
            silent = silent_at_points(moment.network, inputs).tolist()
            test_loss, test_accuracy = loss_and_accuracy(moment.network, inputs, run.test)
            about = {
                "batch_size": batch_size,
                "epoch": moment.epoch,
                "train_loss": moment.train_loss,
                "train_accuracy": moment.train_accuracy,
                "test_loss": test_loss,
                "test_accuracy": test_accuracy,
                "silent_at_data_1": silent[0],
                "silent_at_data_2": silent[1],
            }
            if moment.epoch == 0:  # the same network for all batch sizes
                at_start = at_start or list(all_faces(moment.network, num_points, seed))
                found = at_start
            else:
                found = list(all_faces(moment.network, num_points, seed))
            rows += [{**about, **each} for each in found]
    return columns(rows)


def covid_run(
    *, hidden: str, seed: int, biases: str, batch_size: int, moments: Sequence[int]
) -> CovidRun:
    """Train one network as F23 does: Xavier uniform, Adam at 0.1, binary cross-entropy.

    ``seed`` decides the patients trained on (0.8 of all), the first network and the orders of
    patients; ``batch_size`` 0 takes all of them in each step. ``hidden`` is a word like "20-20",
    ``biases`` a name of ``BIASES``. In float64, the same bits on every machine.
    """
    checked_choice("biases", biases, BIASES)
    seed = checked_count("seed", seed, least=0, most=None)
    batch_size = checked_count("batch_size", batch_size, least=0)
    data = load_covid()
    splits, draws, orders = (
        np.random.default_rng(each) for each in np.random.SeedSequence([seed, 7]).spawn(3)
    )
    train = _some_patients(data, splits)
    first = Network.random(
        [data.features.shape[1], *widths_of(hidden), 1],
        init="xavier_uniform",
        biases=BIASES[biases],
        rng=draws,
    )
    found = train_on_counts(
        first,
        data.features,
        train,
        epochs=moments,
        lr=0.1,
        batch_size=batch_size or None,
        rng=orders,
    )
    return CovidRun(moments=found, train=train, test=data.counts - train)


def window_of(polytopes: str) -> Domain:
    """The window that a name of ``POLYTOPES`` means: a cube, or a slice of it.

    In slices the first three features move, and the others are 0.
    """
    half, num_moving, _ = POLYTOPES[polytopes]
    if num_moving == 5:
        return Box(-half, half, dim=5)
    return Slice.along((0, 1, 2), low=-half, high=half, at=np.zeros(5))


def all_faces(net: Network, num_points: int, seed: int) -> Iterator[dict[str, Any]]:
    """Rows of ``covid_polytopes`` for one network."""
    num_points = checked_count("num_points", num_points)
    last: tuple[float, int] | None = None
    for name, (half, num_moving, of_points) in POLYTOPES.items():
        if last != (half, num_moving):  # one complex at a time: they are large
            cx, last = subdivide(net, window_of(name)), (half, num_moving)
        with_walls, without = (cx.facets_per_region(walls=walls) for walls in (True, False))
        if of_points:
            rng = np.random.default_rng(np.random.SeedSequence([seed, 8, num_moving]))
            points = np.zeros((num_points, 5))
            points[:, :num_moving] = rng.uniform(-1.0, 1.0, (num_points, num_moving))
            chosen = np.unique(cx.locate(points))
            with_walls, without = with_walls[chosen], without[chosen]
        most = 1 + int(max(with_walls.max(), without.max()))
        numbers = [np.bincount(each, minlength=most) for each in (with_walls, without)]
        silent = silent_units(cx).tolist()
        for faces in np.flatnonzero(numbers[0] + numbers[1]).tolist():
            yield {
                "polytopes": name,
                "num_polytopes": len(with_walls),
                "silent_1": silent[0],
                "silent_2": silent[1],
                "faces": faces,
                "num_with_walls": int(numbers[0][faces]),
                "num_without_walls": int(numbers[1][faces]),
            }


def _some_patients(data: CovidCounts, rng: np.random.Generator) -> NDArray[np.int64]:
    """Counts (32, 2) of the patients in a random part."""
    codes = np.repeat(np.arange(data.counts.size, dtype=np.int8), data.counts.reshape(-1))
    chosen = rng.permutation(codes)[:_SPLIT]
    return np.bincount(chosen, minlength=data.counts.size).reshape(data.counts.shape)
