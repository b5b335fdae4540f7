"""Distances from normal, training and test points to the nearest switch, during training."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.images import load_images
from linreg_lib.experiments.data.scaled_images import (
    PIXEL_SCALES,
    ScaledImages,
    normal_points_like,
    scaled_images,
)
from linreg_lib.experiments.distances.boundary_distances import nearest_switches
from linreg_lib.experiments.measured_runs.pieces_during_training import (
    about,
    checked_moments,
    columns,
)
from linreg_lib.experiments.saved_runs.snapshots import Snapshot
from linreg_lib.experiments.training.train_classifier import train_classifier
from linreg_lib.experiments.width_words import widths_of
from linreg_lib.networks.arguments import checked_choice, checked_count

#: points of a thousand below the quantiles that are kept
LEVELS = (1, 10, 50, 250, 500, 750, 950, 990, 999)
#: edges of the histograms of log10(distance); whatever is outside falls into the outer two bins
LOG10_EDGES = np.linspace(-9.0, 3.0, 241)

Dataset = Literal["mnist", "digits"]


def distances_during_training(
    *,
    hidden: str,
    seed: int,
    moments: Sequence[float],
    num_normal: int,
    num_examples: int,
    dataset: Dataset,
    scale: str = "unit",
    batch_size: int = 128,
    path: str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[Any]]:
    """Train one network, and measure at each of the ``moments`` (epochs) how far switches are.

    ``hidden`` is a word like "64-64-64". Distances are those of ``nearest_switches``, from the same
    points at all moments: ``num_normal`` that are ``"normal"``, with the mean and variance of each
    pixel of the training images, and ``num_examples`` each of ``"training"`` and ``"test"`` images.
    A row of the table is a moment and a kind of points:

    - ``num_neurons``, ``epoch``, ``train_loss``, ``train_accuracy``, ``test_accuracy`` (shares);
    - ``factor``: lengths over it are in units of [0, 1]; see ``ScaledImages``;
    - ``points``, ``num_points``, ``mean``, ``stderr_points``, ``least``, ``most``, the quantiles
      ``q1`` to ``q999`` (per mille); ``log10_mean``, ``log10_sd``, ``log10_skewness``;
    - ``num_unseen``: points whose nearest switch the output does not see, so that the boundary B_N
      is farther away; ``mean_seen``: over the others, whose distance to B_N this is;
    - ``share_first``: of the points whose nearest switch is one of the first layer.

    Trained as ``train_classifier`` does by default; see there.

    Raises:
        ValueError: a count that is too small or too large, an unknown word.

    Source: HR19, Section 3.2, Figs. 6 and 7.
    """
    rows = []
    for snapshot, kind, points, facts in _measured(
        hidden, seed, moments, num_normal, num_examples, dataset, scale, batch_size, path
    ):
        found = nearest_switches(snapshot.network, points)
        seen = found.distances[found.is_seen]
        rows.append(
            {
                **facts,
                "points": kind,
                "num_points": len(points),
                **_summary(found.distances),
                "num_unseen": int((~found.is_seen).sum()),
                "mean_seen": seen.mean() if len(seen) else np.nan,
                "share_first": (found.layers == 0).mean(),
            }
        )
    return columns(rows)


def distance_histograms(
    *,
    hidden: str,
    seed: int,
    moments: Sequence[float],
    num_normal: int,
    num_examples: int,
    dataset: Dataset,
    scale: str = "unit",
    batch_size: int = 128,
    path: str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[Any]]:
    """Histograms of log10 of the distances of ``distances_during_training``, a row a bin.

    Besides that function's columns up to ``num_points``: ``low`` and ``high``, the bin's ends (the
    first begins at -inf, the last ends at inf), and ``num_in_bin``, of points with low < log10 <=
    high. Empty bins are left out.

    Source: HR19, Section 3.2, Fig. 7.
    """
    low, high = np.append(-np.inf, LOG10_EDGES), np.append(LOG10_EDGES, np.inf)
    rows = []
    for snapshot, kind, points, facts in _measured(
        hidden, seed, moments, num_normal, num_examples, dataset, scale, batch_size, path
    ):
        logs = _log10(nearest_switches(snapshot.network, points).distances)
        counts = np.bincount(np.searchsorted(LOG10_EDGES, logs), minlength=len(low))
        rows += [
            {
                **facts,
                "points": kind,
                "num_points": len(points),
                "low": low[each],
                "high": high[each],
                "num_in_bin": counts[each],
            }
            for each in np.flatnonzero(counts)
        ]
    return columns(rows)


def _measured(
    hidden: str,
    seed: int,
    moments: Sequence[float],
    num_normal: int,
    num_examples: int,
    dataset: Dataset,
    scale: str,
    batch_size: int,
    path: str | os.PathLike[str] | None,
) -> Iterator[tuple[Snapshot, str, NDArray[np.float64], dict[str, Any]]]:
    """Each snapshot with each kind of points, and what both functions say of it."""
    checked_choice("dataset", dataset, ("mnist", "digits"))
    checked_choice("scale", scale, PIXEL_SCALES)
    widths, epochs = widths_of(hidden), checked_moments(moments)
    seed = checked_count("seed", seed, least=0, most=None)
    num_normal = checked_count("num_normal", num_normal, least=2)
    num_examples = checked_count("num_examples", num_examples, least=2)
    images = load_images(dataset, path=path)
    train, test = scaled_images(images, scale)
    for name, data in (("training", train), ("test", test)):
        if num_examples > len(data.labels):
            raise ValueError(
                f"num_examples is {num_examples}, but there are {len(data.labels)} {name} images"
            )
    run = train_classifier(
        widths, train, test=test, seed=seed, snapshots_at=epochs, batch_size=batch_size
    )
    kinds = _points(train, test, num_normal, num_examples, seed)
    for snapshot in run.snapshots:
        facts = {**about(snapshot), "factor": train.factor}
        for kind, points in kinds.items():
            yield snapshot, kind, points, facts


def _points(
    train: ScaledImages, test: ScaledImages, num_normal: int, num_examples: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    rng = np.random.default_rng(np.random.SeedSequence([seed, 6]))  # training draws from [seed]
    vectors = train.vectors()
    points = {"normal": normal_points_like(vectors, num_normal, rng=rng)}
    for kind, each in (("training", vectors), ("test", test.vectors())):
        points[kind] = each[rng.choice(len(each), size=num_examples, replace=False)]
    return points


def _summary(distances: NDArray[np.float64]) -> dict[str, Any]:
    logs = _log10(distances)
    with np.errstate(invalid="ignore"):  # of an infinite distance: no neuron ever switches
        centred = logs - logs.mean()
        spread = np.sqrt((centred**2).mean())
        skewness = (centred**3).mean() / spread**3 if spread > 0 else np.nan
        return {
            "mean": distances.mean(),
            "stderr_points": distances.std(ddof=1) / np.sqrt(len(distances)),
            "least": distances.min(),
            "most": distances.max(),
            **{
                f"q{level}": np.quantile(distances, level / 1000, method="inverted_cdf")
                for level in LEVELS
            },
            "log10_mean": logs.mean(),
            "log10_sd": spread,
            "log10_skewness": skewness,
        }


def _log10(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):  # a point at a breakpoint: -inf
        return np.asarray(np.log10(distances))
