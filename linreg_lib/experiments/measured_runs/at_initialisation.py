"""Many untrained networks: pieces along lines through the origin, and distances to switches."""

from __future__ import annotations

import os
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.images import load_images
from linreg_lib.experiments.data.scaled_images import normal_points_like
from linreg_lib.experiments.distances.boundary_distances import nearest_switches
from linreg_lib.experiments.measured_runs.pieces_during_training import (
    columns,
    count_on_part,
    random_examples,
)
from linreg_lib.experiments.width_words import widths_of
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_choice, checked_count
from linreg_lib.networks.laws import Normal


def pieces_and_distances_at_start(
    *,
    hidden: str,
    first_seed: int,
    num_seeds: int,
    num_lines: int,
    num_normal: int,
    dataset: Literal["mnist", "digits"],
    path: str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[Any]]:
    """Pieces along lines and distances to switches of untrained networks, a row a seed.

    Networks are drawn independently by the same law (He's weights, biases of variance 1e-6), each
    with lines and normal points of its own; they are not those that training starts from. Columns:
    ``seed``, ``num_neurons``; ``mean_pieces``, ``stderr_lines``: pieces of different pattern on
    whole lines; ``mean_linear``: pieces of different affine map there; ``mean_near``: of different
    pattern between 0.5 and 1.5 times the example; ``mean_distance``, ``stderr_points``,
    ``num_unseen``.

    Raises:
        ValueError: counts that are too small, or more lines than examples.

    Source: HR19, Figs. 5 and 6 at epoch 0.
    """
    checked_choice("dataset", dataset, ("mnist", "digits"))
    hidden_widths = widths_of(hidden)
    first_seed = checked_count("first_seed", first_seed, least=0, most=None)
    num_seeds = checked_count("num_seeds", num_seeds)
    num_lines = checked_count("num_lines", num_lines, least=2)
    num_normal = checked_count("num_normal", num_normal, least=2)
    images = load_images(dataset, path=path).train
    vectors = images.vectors()
    widths = [vectors.shape[1], *hidden_widths, images.num_classes]
    rows = []
    for seed in range(first_seed, first_seed + num_seeds):
        rng = np.random.default_rng(np.random.SeedSequence([seed, 9]))
        net = Network.random(widths, biases=Normal(1e-3), rng=rng)
        examples = random_examples(vectors, num_lines, rng)
        pieces = count_on_part(net, examples, "whole")
        found = nearest_switches(net, normal_points_like(vectors, num_normal, rng=rng))
        rows.append(
            {
                "seed": seed,
                "num_neurons": net.num_hidden,
                "mean_pieces": pieces.mean(),
                "stderr_lines": pieces.std(ddof=1) / np.sqrt(num_lines),
                "mean_linear": count_on_part(net, examples, "whole", "linear").mean(),
                "mean_near": count_on_part(net, examples, "0.5..1.5").mean(),
                "mean_distance": found.distances.mean(),
                "stderr_points": found.distances.std(ddof=1) / np.sqrt(num_normal),
                "num_unseen": int((~found.is_seen).sum()),
            }
        )
    return columns(rows)
