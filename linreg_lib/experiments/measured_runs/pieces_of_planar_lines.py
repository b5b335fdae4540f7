"""Pieces along lines from the origin to training examples in the plane (QW23, Section 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.planar_data import planar_data
from linreg_lib.experiments.lines.whole_lines import count_along_whole_lines
from linreg_lib.experiments.measured_runs.pieces_during_training import columns, random_examples
from linreg_lib.experiments.measured_runs.planar_training import train_from
from linreg_lib.geometry import count_along_lines
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_choice, checked_count

#: the whole line; its part in [-1, 1]^2; from the origin to the side of the square; to the example
LINE_PARTS = ("line", "square", "ray", "example")


def pieces_of_planar_lines(
    *,
    dataset: str,
    num_points: int,
    hidden: str,
    start: str,
    seed: int,
    num_lines: int,
    moments: Sequence[float],
) -> dict[str, NDArray[Any]]:
    """Train one network, count pieces along the same lines at each moment; a row a moment and part.

    Lines go through the origin and ``num_lines`` different training examples, drawn at random.
    Columns: ``num_neurons``, ``epoch``, ``train_accuracy``, ``part`` (of ``LINE_PARTS``),
    ``mean_pieces`` of different activation pattern (exact for each line), ``stderr_lines``, its
    standard error over lines for this network, ``least``, ``most``.
    """
    num_lines = checked_count("num_lines", num_lines, least=2)
    data = planar_data(dataset, num_points, seed)
    run = train_from(start, hidden, data, seed, moments)
    rng = np.random.default_rng(
        np.random.SeedSequence([seed, 24])
    )  # data are drawn from [seed, 23]
    examples = random_examples(data.points, num_lines, rng)
    rows: list[dict[str, Any]] = []
    for snapshot in run.snapshots:
        for part in LINE_PARTS:
            counts = count_on_planar_part(snapshot.network, examples, part)
            rows.append(
                {
                    "num_neurons": snapshot.network.num_hidden,
                    "epoch": snapshot.epoch,
                    "train_accuracy": snapshot.train_accuracy,
                    "part": part,
                    "mean_pieces": counts.mean(),
                    "stderr_lines": counts.std(ddof=1) / np.sqrt(num_lines),
                    "least": counts.min(),
                    "most": counts.max(),
                }
            )
    return columns(rows)


def count_on_planar_part(
    net: Network, examples: NDArray[np.float64], part: str
) -> NDArray[np.int64]:
    """Pieces on a part of the line through 0 and each example (m, 2), none of them 0.

    A unit that switches at x = 1/2, one at x = -1/2, one at x = 2, and the line of y = 0:

    >>> net = Network.from_arrays([[[2.0, 0], [2.0, 0], [1.0, 0]], [[1.0, 1.0, 1.0]]],
    ...     [[-1.0, 1.0, -2.0], [0.0]])
    >>> [int(count_on_planar_part(net, np.array([[0.25, 0.0]]), p)[0]) for p in LINE_PARTS]
    [4, 3, 2, 1]
    """
    checked_choice("part", part, LINE_PARTS)
    origin = np.zeros_like(examples)
    if part == "line":
        return count_along_whole_lines(net, origin, examples)
    if part == "example":
        return count_along_lines(net, origin, examples)
    at_side = examples / np.abs(examples).max(axis=1, keepdims=True)
    return count_along_lines(net, -at_side if part == "square" else origin, at_side)
