"""Polytopes of a LeNet at uniform images: what hit-and-run finds, and how many faces there are."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.images import load_images
from linreg_lib.experiments.lenets.facets_by_sampling import decide
from linreg_lib.experiments.lenets.lenet import accuracy, cell_inequalities, lenet, train_lenet
from linreg_lib.experiments.lenets.walks import stops, walk

#: steps at which the faces found so far are counted
MARKS = (100, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
_MOST_WHERE_ALL = 4000  # steps for what stays open where every inequality is decided


def polytopes_of_lenets(
    *,
    kind: str,
    is_trained: bool,
    seed: int,
    num_steps: int,
    first_image: int,
    num_images: int,
    num_sampled: Sequence[int],
    patience: int,
    most: int,
    dataset: Literal["mnist", "digits"],
    path: str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[Any]]:
    """Walk in, throw in and count the polytopes of uniform images, a row each.

    ``first_image``: their number in the table, which also decides where images and walks come
    from. ``num_sampled``: how many inequalities are decided for the images, the first of which
    come first; images beyond the list have none, and 0 stands for all of them.

    Source: F23, Section V.C.
    """
    images = load_images(dataset, path=path)
    side = int(round(images.train.vectors().shape[1] ** 0.5))
    module = lenet(kind, side, seed=seed)
    if is_trained:
        train_lenet(module, images.train, num_steps=num_steps, seed=seed)
    right = accuracy(module, images.test)
    rng = np.random.default_rng([seed, 2, first_image])
    points = rng.random((num_images, side, side))
    clock = time.process_time()
    first = walk(module, points, rng=rng, patience=patience, most=most)
    walk_seconds = (time.process_time() - clock) / np.where(first > 0, first, 0).max(axis=1).sum()
    thrown = walk(module, points, rng=rng, patience=patience, most=most, moves=False)
    counts = [
        _counted(module, point, first[index] > 0, num, rng)
        for index, (point, num) in enumerate(zip_longest(points, num_sampled))
    ]
    return {
        "accuracy": np.full(num_images, right),
        "image": first_image + np.arange(num_images),
        "stop": stops(first, patience, most),
        "found": (first > 0).sum(axis=1),
        "walls_found": (first[:, -2 * side * side :] > 0).sum(axis=1),
        **{f"found_{mark}": ((first > 0) & (first <= mark)).sum(axis=1) for mark in MARKS},
        "thrown_stop": stops(thrown, patience, most),
        "thrown": (thrown > 0).sum(axis=1),
        "seconds_of_step": np.full(num_images, walk_seconds),
        **{name: np.array([each[name] for each in counts]) for name in counts[0]},
    }


def _counted(
    module: Any,
    point: NDArray[np.float64],
    is_found: NDArray[np.bool_],
    num: int | None,
    rng: np.random.Generator,
) -> dict[str, float]:
    clock = time.process_time()
    rows, slacks = cell_inequalities(module, point)
    which = np.zeros(0, dtype=np.int64)
    if num is not None:
        which = np.arange(len(rows)) if num == 0 else rng.permutation(len(rows))[:num]
    answers = decide(rows, slacks, which) if len(which) else which
    if (hard := np.flatnonzero(answers == 0)).size and num == 0:
        answers[hard] = decide(rows, slacks, which[hard], most=_MOST_WHERE_ALL)
    # A row for each neuron that varies; which of them the walk met is only known if all do.
    met = is_found[which] if len(is_found) == len(rows) else np.zeros(len(which), dtype=bool)
    return {
        "num_inequalities": len(rows),
        "num_decided": len(which),
        "num_facets": int((answers == 1).sum()),
        "num_redundant": int((answers == -1).sum()),
        "num_open": int((answers == 0).sum()) if len(which) else 0,
        "num_met": int(met.sum()),
        "num_met_redundant": int((met & (answers == -1)).sum()),
        "seconds": time.process_time() - clock,
    }
