"""Pieces along lines through the origin and training examples, at chosen moments of training."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.experiments.data.images import load_images
from linreg_lib.experiments.lines.whole_lines import count_along_whole_lines
from linreg_lib.experiments.saved_runs.snapshots import Snapshot
from linreg_lib.experiments.training.train_classifier import train_classifier
from linreg_lib.experiments.width_words import widths_of
from linreg_lib.geometry import count_along_lines
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_kind
from linreg_lib.networks.exact_floats import exact_floats

#: parts of the line ``t * example``: name, from t, to t; None is all of it
LINE_PARTS: Mapping[str, tuple[float, float] | None] = {
    "whole": None,
    "-1..1": (-1.0, 1.0),
    "0..1": (0.0, 1.0),
    "0.5..1.5": (0.5, 1.5),
}


def pieces_during_training(
    *,
    hidden: str,
    seed: int,
    moments: Sequence[float],
    num_lines: int,
    dataset: Literal["mnist", "digits"],
    batch_size: int = 128,
    path: str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[Any]]:
    """Train one network, and count pieces along the same lines at each of the ``moments`` (epochs).

    ``hidden`` is a word like "64-64-64". The lines go through the origin and ``num_lines``
    different training examples, drawn at random.
    Counted exactly, for the stored float32 weights: pieces of different activation pattern on each
    of ``LINE_PARTS``, and at the first and last moment pieces of different affine map on the whole
    line, too. A row of the table that is returned is a moment, a part and a kind of piece:

    - ``num_neurons``, ``epoch``, ``train_loss``, ``train_accuracy``, ``test_accuracy`` (shares);
    - ``part``, ``of``;
    - ``mean_pieces``, ``stderr_lines`` (over lines, for this network), ``least``, ``most``.

    Trained as ``train_classifier`` does by default: He's weights, biases of variance 1e-6, Adam at
    1e-3, float32.

    Raises:
        ValueError: fewer than two lines, or more than there are examples other than black ones.

    Source: HR19, Section 3.1 and Fig. 5.
    """
    checked_choice("dataset", dataset, ("mnist", "digits"))
    widths, epochs = widths_of(hidden), checked_moments(moments)
    seed = checked_count("seed", seed, least=0, most=None)
    num_lines = checked_count("num_lines", num_lines, least=2)
    images = load_images(dataset, path=path)
    run = train_classifier(
        widths,
        images.train,
        test=images.test,
        seed=seed,
        snapshots_at=epochs,
        batch_size=batch_size,
    )
    rng = np.random.default_rng(np.random.SeedSequence([seed, 5]))  # training draws from [seed]
    examples = random_examples(images.train.vectors(), num_lines, rng)
    last = len(run) - 1
    rows: list[dict[str, Any]] = []
    for index, snapshot in enumerate(run.snapshots):
        kinds = [(part, "activation") for part in LINE_PARTS]
        if index in (0, last):
            kinds.append(("whole", "linear"))
        for part, of in kinds:
            counts = count_on_part(snapshot.network, examples, part, of)
            rows.append(
                {
                    **about(snapshot),
                    "part": part,
                    "of": of,
                    "mean_pieces": counts.mean(),
                    "stderr_lines": counts.std(ddof=1) / np.sqrt(num_lines),
                    "least": counts.min(),
                    "most": counts.max(),
                }
            )
    return columns(rows)


def count_on_part(
    net: Network, examples: ArrayLike, part: str, of: str = "activation"
) -> NDArray[np.int64]:
    """Pieces on a part of the line through 0 and each example (m, n_in); see ``LINE_PARTS``.

    >>> net = Network.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]]], [[1.0, -6.0], [0.0]])
    >>> [count_on_part(net, [[2.0]], part).tolist() for part in LINE_PARTS]
    [[3], [2], [1], [1]]
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_choice("part", part, LINE_PARTS)
    ends, through = LINE_PARTS[part], exact_floats("examples", examples)
    if ends is None:
        return count_along_whole_lines(net, np.zeros_like(through), through, of)
    return count_along_lines(net, ends[0] * through, ends[1] * through, of)


def checked_moments(moments: Sequence[float]) -> list[float]:
    """Epochs of at least 0; raises ValueError where they are none."""
    epochs = exact_floats("moments", moments)
    if epochs.ndim != 1 or not epochs.size or not (epochs >= 0).all():
        raise ValueError("moments must be a list of epochs, each at least 0")
    return [float(each) for each in epochs]


def about(snapshot: Snapshot) -> dict[str, Any]:
    """What tables say of a moment."""
    return {
        "num_neurons": snapshot.network.num_hidden,
        "epoch": snapshot.epoch,
        "train_loss": snapshot.train_loss,
        "train_accuracy": snapshot.train_accuracy,
        "test_accuracy": snapshot.test_accuracy,
    }


def columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
    """Rows with the same names as columns of equal length."""
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def random_examples(
    vectors: NDArray[np.float64], num: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """``num`` different rows, in order, none of them 0: a black image makes no line.

    >>> random_examples(np.array([[0.0], [2.0], [3.0]]), 2, np.random.default_rng(0)).tolist()
    [[2.0], [3.0]]
    """
    candidates = np.flatnonzero(vectors.any(axis=1))
    if num > len(candidates):
        raise ValueError(f"{num} lines, but there are {len(candidates)} examples; ask for fewer")
    return vectors[np.sort(rng.choice(candidates, size=num, replace=False))]
