"""What biases of variance 0 do to pieces on lines and regions in planes, at initialisation."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.images import load_images
from linreg_lib.experiments.lines.whole_lines import count_along_whole_lines
from linreg_lib.experiments.measured_runs.pieces_during_training import columns
from linreg_lib.experiments.width_words import widths_of
from linreg_lib.geometry import Plane, Rectangle, count_along_lines, subdivide
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_choice, checked_count
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.laws import Normal

#: where is counted: lines through the origin and an example, or through two examples; planes
#: through the origin and two examples, in a square around the origin that is as wide as the first
#: is long, or through three examples, in the square of ``Plane.through``
PLACES = ("origin line", "line", "segment", "origin plane", "plane")


def pieces_without_biases(
    *,
    hidden: str,
    seed: int,
    bias_sd: float,
    num_lines: int,
    num_planes: int,
    dataset: Literal["mnist", "digits"],
    path: str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[Any]]:
    """Pieces and regions of one network at initialisation whose biases have deviation ``bias_sd``.

    The weights are He's, drawn from ``seed`` alone: networks that differ in ``bias_sd`` have the
    same weights, and their biases are multiples of each other. ``hidden`` is a word like
    "64-64-64". A row is one of ``PLACES``: ``num_neurons``, ``place``, ``num_counted``,
    ``mean_regions``, ``stderr`` (over lines or planes; NaN of one), ``least``, ``most``; counts of
    activation regions, exact. "segment" is the part of "line" between its two examples.

    Raises:
        ValueError: a negative or infinite ``bias_sd``, fewer than one line or plane, or more
            examples asked for than there are.

    Source: HR19, Section 3, set-up.
    """
    checked_choice("dataset", dataset, ("mnist", "digits"))
    widths = widths_of(hidden)
    seed = checked_count("seed", seed, least=0, most=None)
    num_lines = checked_count("num_lines", num_lines)
    num_planes = checked_count("num_planes", num_planes)
    bias_sd = exact_number("bias_sd", bias_sd)
    if not 0 <= bias_sd < np.inf:
        raise ValueError(f"bias_sd is {bias_sd}; it must be a finite number of at least 0")
    images = load_images(dataset, path=path)
    vectors = images.train.vectors()
    net = _network(widths, vectors.shape[1], images.train.num_classes, bias_sd, seed)
    rng = np.random.default_rng(np.random.SeedSequence([seed, 7]))
    needed = 2 * num_lines + 3 * num_planes
    candidates = np.flatnonzero(vectors.any(axis=1))
    if needed > len(candidates):
        raise ValueError(f"num_lines and num_planes ask for {needed} of {len(candidates)} examples")
    examples = vectors[rng.choice(candidates, size=needed, replace=False)]
    first, second = examples[:num_lines], examples[num_lines : 2 * num_lines]
    triples = examples[2 * num_lines :].reshape(num_planes, 3, -1)
    counts = {
        "origin line": count_along_whole_lines(net, np.zeros_like(first), first),
        "line": count_along_whole_lines(net, first, second - first),
        "segment": count_along_lines(net, first, second),
        "origin plane": _regions(net, [_around_origin(a, b) for a, b, _ in triples]),
        "plane": _regions(net, [Plane.through(*three) for three in triples]),
    }
    return columns(
        [
            {
                "num_neurons": net.num_hidden,
                "place": place,
                "num_counted": len(found),
                "mean_regions": found.mean(),
                "stderr": found.std(ddof=1) / np.sqrt(len(found)) if len(found) > 1 else np.nan,
                "least": found.min(),
                "most": found.max(),
            }
            for place, found in counts.items()
        ]
    )


def _network(
    hidden: Sequence[int], num_inputs: int, num_classes: int, bias_sd: float, seed: int
) -> Network:
    """Biases are drawn with deviation 1 and multiplied, so that seeds pair all deviations."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 8]))
    net = Network.random([num_inputs, *hidden, num_classes], biases=Normal(1.0), rng=rng)
    return Network(
        weights=net.weights,
        biases=tuple(bias_sd * bias for bias in net.biases),
        activations=net.activations,
    )


def _around_origin(first: NDArray[np.float64], second: NDArray[np.float64]) -> Rectangle:
    """Through the origin exactly, which no circumcentre in floats would make sure of."""
    half_width = float(np.linalg.norm(first))
    return Rectangle(np.zeros(len(first)), np.stack([first, second]), half_width)


def _regions(net: Network, squares: Sequence[Rectangle]) -> NDArray[np.int64]:
    return np.array([subdivide(net, square).num_regions for square in squares], dtype=np.int64)
