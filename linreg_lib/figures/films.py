"""A film of regions: one frame a snapshot, all at one size and with one meaning of colour."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from numpy.typing import ArrayLike

from linreg_lib.figures.evolution import Evolution
from linreg_lib.figures.regions import draw_regions, mark_points
from linreg_lib.figures.style import FIGURE_WIDTH, book_style, plain_count, plt

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex

_DOTS_PER_INCH: Final = 150  # thousands of polygons a frame: fewer dots keep the page light


def evolution_of_regions(
    complexes: Sequence[PolyhedralComplex],
    labels: Sequence[str],
    alt: str,
    *,
    points: ArrayLike | None = None,
    point_labels: Sequence[str] | None = None,
    colour_by: Literal["region", "linear"] = "region",
    interval: float = 1.2,
) -> Evolution:
    """Regions of one domain over time, as a film whose labels end in the number of regions.

    Args:
        complexes: two-dimensional complexes over one domain.
        labels: what each snapshot is, for instance ``"epoch 3"``; its count is added.
        alt: what the pictures show, for readers who do not see them.
        points: (m, 2) places to mark in every frame, in the domain's own coordinates.
        point_labels: a short text beside each.
        colour_by: as in `draw_regions`.
        interval: seconds a frame when playing.

    Raises:
        ValueError: labels do not match the complexes in number, or a complex is not planar.

    Source:
        HR19, Figure 8.
    """
    if len(labels) != len(complexes):
        raise ValueError(f"{len(complexes)} complexes need as many labels, got {len(labels)}")
    captions = []
    frames = []
    for cx, label in zip(complexes, labels, strict=True):
        with book_style():
            figure, axes = plt.subplots(figsize=(FIGURE_WIDTH, FIGURE_WIDTH))
            draw_regions(axes, cx, colour_by=colour_by)
            if points is not None:
                mark_points(axes, points, point_labels)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_DOTS_PER_INCH)
        plt.close(figure)
        frames.append(buffer.getvalue())
        captions.append(f"{label}: {plain_count(cx.num_regions)} regions")
    return Evolution(frames, captions, alt, interval=interval)
