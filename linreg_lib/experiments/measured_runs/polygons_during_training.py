"""Polygons into which squares in planes through images are cut, at chosen moments of training."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.dataset import LabelledData
from linreg_lib.experiments.data.images import load_images
from linreg_lib.experiments.lanes.train_lanes import train_lanes
from linreg_lib.experiments.measured_runs.pieces_during_training import (
    about,
    checked_moments,
    columns,
)
from linreg_lib.experiments.measured_runs.planes import three_examples
from linreg_lib.experiments.width_words import widths_of
from linreg_lib.geometry import Plane, PolyhedralComplex, subdivide
from linreg_lib.networks.arguments import checked_choice, checked_count
from linreg_lib.networks.exact_floats import exact_floats

Through = Literal["examples", "directions"]
#: what a plane goes through: three examples with the labels 0, 1 and 2 (HR19), the square around
#: the smallest disc that holds them, in units of its radius; or one example and two normal
#: directions (F23), the square around the example, in units of [0, 1]
THROUGH = ("examples", "directions")
#: numbers of sides that are counted one by one
SIDES = (3, 4, 5, 6)


def polygons_during_training(
    *,
    hidden: str,
    seed: int,
    moments: Sequence[float],
    half_widths: Sequence[float],
    num_planes: int,
    through: Through,
    dataset: Literal["mnist", "digits"],
    batch_size: int = 128,
    path: str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[Any]]:
    """Train one network, and cut the same squares at each of the ``moments`` (epochs).

    ``hidden`` is a word like "64-64-64".  Trained by ``train_lanes`` (compiled), so that every
    machine gets the same network; counted exactly, for the stored float32 weights.  Planes and
    squares are those of ``squares_through``, drawn from ``seed``; its first triple of examples is
    the first one in the data for every seed.  A row of the table that is returned is a moment, a
    plane and a square:

    - ``num_neurons``, ``epoch``, ``train_loss``, ``train_accuracy``, ``test_accuracy`` (shares);
    - ``plane`` (its number), ``half_width`` as it was asked for, ``half_side`` in units of [0, 1];
    - ``num_regions`` (activation regions); ``num_3`` to ``num_6``, polygons with so many sides, the
      square's own among them; ``median_area`` over the square's area.

    Raises:
        ValueError: a count that is too small, half widths that are not positive.

    Source: HR19, Section 3.3 and Fig. 8; F23, Section V.C and Fig. 10.
    """
    checked_choice("dataset", dataset, ("mnist", "digits"))
    widths, epochs = widths_of(hidden), checked_moments(moments)
    seed = checked_count("seed", seed, least=0, most=None)
    images = load_images(dataset, path=path)
    squares = squares_through(
        images.train, through=through, half_widths=half_widths, num_planes=num_planes, seed=seed
    )
    (run,) = train_lanes(
        widths,
        images.train,
        seeds=[seed],
        snapshots_at=epochs,
        batch_size=batch_size,
        engine="compiled",
    )
    inputs, labels = images.test.vectors(), images.test.labels
    rows = []
    for snapshot in run.snapshots:
        right = snapshot.network(inputs).argmax(axis=1) == labels
        for plane, half_width, square in squares:
            cx = subdivide(snapshot.network, square)
            rows.append(
                {
                    **about(snapshot),
                    "test_accuracy": right.mean(),
                    "plane": plane,
                    "half_width": half_width,
                    "half_side": square.half_width,
                    **_polygons(cx),
                }
            )
    return columns(rows)


def squares_through(
    data: LabelledData,
    *,
    through: Through,
    half_widths: Sequence[float],
    num_planes: int,
    seed: int,
) -> list[tuple[int, float, Plane]]:
    """Number of the plane, half width as asked for, and square: all squares of the first plane, ...

    Raises:
        ValueError: no plane, or a half width that is not a positive number.

    >>> from linreg_lib.experiments.data import load_digits_dataset
    >>> squares = squares_through(
    ...     load_digits_dataset(), through="directions", half_widths=[0.5, 2], num_planes=1, seed=0)
    >>> [(plane, half, square.half_width) for plane, half, square in squares]
    [(0, 0.5, 0.5), (0, 2.0, 2.0)]
    """
    checked_choice("through", through, THROUGH)
    seed = checked_count("seed", seed, least=0, most=None)
    halves = exact_floats("half_widths", half_widths)
    if halves.ndim != 1 or not halves.size or not (halves > 0).all():
        raise ValueError("half_widths must be a list of positive numbers")
    planes = _through_examples if through == "examples" else _along_directions
    rng = np.random.default_rng(np.random.SeedSequence([seed, 9]))  # training draws from [seed]
    return [
        (number, float(half), Plane(plane.origin, plane.basis, half * plane.half_width))
        for number, plane in enumerate(planes(data, checked_count("num_planes", num_planes), rng))
        for half in halves
    ]


def _through_examples(data: LabelledData, num: int, rng: np.random.Generator) -> Iterator[Plane]:
    """Around their smallest discs, half a side a radius."""
    for number in range(num):
        triple = three_examples(data, rng=rng if number else None)
        plane = Plane.through(*triple.points)
        yield Plane(plane.origin, plane.basis, plane.half_width / 1.25)


def _along_directions(data: LabelledData, num: int, rng: np.random.Generator) -> Iterator[Plane]:
    """Around examples, half a side 1."""
    vectors = data.vectors()
    for _ in range(num):
        example = vectors[rng.integers(len(vectors))]
        yield Plane(example, rng.standard_normal((2, vectors.shape[1])), 1.0)


def _polygons(cx: PolyhedralComplex) -> dict[str, Any]:
    sides = cx.facets_per_region(walls=True)
    areas = cx.volumes
    return {
        "num_regions": cx.num_regions,
        **{f"num_{each}": int((sides == each).sum()) for each in SIDES},
        "median_area": np.median(areas) / areas.sum(),
    }
