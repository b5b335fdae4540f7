"""Regions in a plane through three examples, at every snapshot of a training run (HR19, Fig. 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.dataset import LabelledData
from linreg_lib.experiments.saved_runs.progress import with_progress
from linreg_lib.experiments.saved_runs.snapshots import TrainingRun
from linreg_lib.locked import Locked
from linreg_lib.networks.arguments import (
    checked_counts,
    checked_flag,
    checked_kind,
    checked_limit,
    checked_rng,
)
from linreg_lib.networks.exact_floats import exact_floats


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ExampleTriple(Locked):
    """Three examples with three labels: ``indices`` (3,), ``labels`` (3,), ``points`` (3, n_in)."""

    indices: NDArray[np.int64]
    labels: NDArray[np.int64]
    points: NDArray[np.float64]

    def __post_init__(self) -> None:
        for array in (self.indices, self.labels, self.points):
            array.setflags(write=False)


def three_examples(
    data: LabelledData,
    *,
    labels: Sequence[int] = (0, 1, 2),
    rng: np.random.Generator | None = None,
) -> ExampleTriple:
    """One example of each of three labels: the first in the data, or a random one with ``rng``.

    HR19 (Section 3.3) takes the labels 0, 1 and 2, and does not say which examples.

    Raises:
        ValueError: not three different labels, or a label without examples.

    >>> from linreg_lib.experiments.data import load_digits_dataset
    >>> three_examples(load_digits_dataset()).labels.tolist()
    [0, 1, 2]
    """
    labels = checked_counts("labels", labels, least=0)
    if len(labels) != 3 or len(set(labels)) != 3:
        raise ValueError(f"labels needs three different labels, not {labels}")
    if rng is not None:
        checked_rng("rng", rng)
    chosen = []
    for label in labels:
        rows = np.flatnonzero(data.labels == label)
        if not rows.size:
            raise ValueError(f"{data.name} holds no example with label {label}")
        chosen.append(rows[0] if rng is None else rng.choice(rows))
    indices = np.array(chosen, dtype=np.int64)
    return ExampleTriple(
        indices=indices,
        labels=np.array(labels, dtype=np.int64),
        points=data.vectors()[indices],
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PlaneTable(Locked):
    """Counts in one plane, one entry for each snapshot; every array has shape (num_snapshots,).

    ``mean_edges`` and ``median_area`` are over activation regions: polygon edges with the square's
    own sides included, and area in ambient units. ``total_area`` is the square's area, added up
    over the regions. ``marks`` (3, 2) are the three examples in the plane's coordinates.
    ``complexes`` are the cut-up squares themselves if they were kept, else empty.
    """

    epochs: NDArray[np.float64]
    test_accuracies: NDArray[np.float64]
    num_regions: NDArray[np.int64]
    num_linear_regions: NDArray[np.int64]
    mean_edges: NDArray[np.float64]
    median_area: NDArray[np.float64]
    total_area: NDArray[np.float64]
    num_neurons: int
    half_width: float
    marks: NDArray[np.float64]
    complexes: tuple[Any, ...] = field(default=())

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __len__(self) -> int:
        return len(self.epochs)

    def __repr__(self) -> str:
        low, high = self.num_regions.min(), self.num_regions.max()
        return f"PlaneTable({len(self)} snapshots, {low:,} to {high:,} activation regions)"

    @property
    def ratios(self) -> NDArray[np.float64]:
        """Activation regions divided by the square of the number of neurons (HR19, Section 3.3)."""
        return self.num_regions / self.num_neurons**2

    def _repr_html_(self) -> str:
        heads = (
            "epoch",
            "test accuracy",
            "activation regions",
            "linear regions",
            "edges per region",
            "median area",
        )
        rows = zip(
            (f"{value:.4g}" for value in self.epochs),
            (f"{value:.2%}" if np.isfinite(value) else "" for value in self.test_accuracies),
            (f"{value:,}" for value in self.num_regions),
            (f"{value:,}" for value in self.num_linear_regions),
            (f"{value:.3f}" for value in self.mean_edges),
            (f"{value:.3g}" for value in self.median_area),
            strict=True,
        )
        head = "".join(f"<th>{escape(text)}</th>" for text in heads)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def regions_in_plane(
    run: TrainingRun,
    points: NDArray[np.float64] | ExampleTriple,
    *,
    half_width: float | None = None,
    max_regions: int | None = None,
    keep_complexes: bool = False,
    progress: bool = False,
) -> PlaneTable:
    """Cut a square through three points at every snapshot of ``run``, and count.

    The square is the one of ``Plane.through``: round the smallest disc that holds the points, so
    centred at the circumcentre of an acute triangle, and with half width 1.25 radii unless given.
    It is the same for all snapshots.
    The counts are exact for each network as stored, float32 weights read as the numbers they are.

    Args:
        points: three inputs, shape (3, n_in), or the examples found by :func:`three_examples`.
        keep_complexes: keep each subdivision for drawing (some ten MB each for [64, 64, 64]).

    Raises:
        WorkLimitError: a snapshot has more than ``max_regions`` regions.
        ValueError: the points lie on one line, or have another dimension than the network's input;
            or a square of this ``half_width`` misses one of them.

    Source: HR19, Section 3.3, Figures 1 and 8.
    """
    from linreg_lib.geometry import Plane, subdivide

    checked_kind("run", run, TrainingRun, "a TrainingRun")
    max_regions = checked_limit("max_regions", max_regions)
    checked_flag("keep_complexes", keep_complexes)
    inputs = points.points if isinstance(points, ExampleTriple) else exact_floats("points", points)
    if inputs.shape != (3, run.initial.network.input_dim):
        raise ValueError(
            f"points needs shape (3, {run.initial.network.input_dim}), not {inputs.shape}"
        )
    plane = Plane.through(inputs[0], inputs[1], inputs[2], half_width=half_width)
    rows, complexes = [], []
    for snapshot in with_progress(run.snapshots, len(run), "snapshots", progress):
        cx = subdivide(snapshot.network, plane, max_regions=max_regions)
        rows.append(
            (
                cx.num_regions,
                cx.linear_regions().num_regions,
                float(np.mean(cx.facets_per_region(walls=True))),
                float(np.median(cx.volumes)),
                float(np.sum(cx.volumes)),
            )
        )
        if keep_complexes:
            complexes.append(cx)
    num_regions, num_linear, mean_edges, median_area, total_area = zip(*rows, strict=True)
    return PlaneTable(
        epochs=run.epochs,
        test_accuracies=run.test_accuracies,
        num_regions=np.array(num_regions, dtype=np.int64),
        num_linear_regions=np.array(num_linear, dtype=np.int64),
        mean_edges=np.array(mean_edges),
        median_area=np.array(median_area),
        total_area=np.array(total_area),
        num_neurons=run.initial.network.num_hidden,
        half_width=plane.half_width,
        marks=plane.project(inputs),
        complexes=tuple(complexes),
    )
