"""Where an output takes a value, over a picture of regions or in space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from mpl_toolkits.mplot3d.art3d import Poly3DCollection  # type: ignore[import-untyped]

from linreg_lib.figures.outlines import chained_segments
from linreg_lib.figures.regions import MAX_VECTOR_LINES, frame_regions
from linreg_lib.figures.solids import frame_solid
from linreg_lib.figures.style import INK
from linreg_lib.networks.exact_floats import exact_number

if TYPE_CHECKING:
    from linreg_lib.geometry import LevelSet


def draw_level_set(
    axes: Any,
    found: LevelSet,
    *,
    colour: str = INK,
    width: float = 1.8,
    label: str | None = None,
) -> LineCollection | Poly3DCollection:
    """Draw the pieces of a level set: lines for two dimensions, polygons in space for three.

    Args:
        axes: axes that hold a picture of the same domain, or empty ones; 3-D axes for three
            dimensions.  Their limits stay as they are, unless they are empty.
        found: from ``level_set``, of a bounded domain.
        colour: of lines and polygons; regions that are at the level all over are filled with it.
        width: of the lines, in points.
        label: for a legend.

    Returns:
        The lines, or the polygons.

    Raises:
        ValueError: the domain has another dimension than 2 or 3.

    Example:
        >>> import linreg_lib as lr
        >>> from linreg_lib.figures import draw_regions, new_figure
        >>> net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
        >>> cx = lr.subdivide(net, lr.Box(-1, 1, dim=2))
        >>> _, axes = new_figure()
        >>> filled = draw_regions(axes, cx)
        >>> len(draw_level_set(axes, lr.level_set(cx, level=0.5)).get_segments())
        1
    """
    if not (width := exact_number("width", width)) > 0:
        raise ValueError(f"width must be a positive number of points, got {width!r}")
    cx = found.complex
    if cx.dim not in (2, 3):
        raise ValueError(
            f"draw_level_set is for 2 and 3 dimensions, got a domain of dimension {cx.dim}"
        )
    corners = [found.vertices[piece] for piece in found.pieces]
    if cx.dim == 3:
        drawn = Poly3DCollection(
            corners, facecolors=colour, edgecolors="white", linewidths=0.2, alpha=0.85, label=label
        )
        if not axes.collections:
            frame_solid(axes, cx.vertices, cx.domain.input_axes)
        axes.add_collection3d(drawn, autolim=False)
        return drawn
    if not axes.collections:
        frame_regions(axes, cx)
    segments = np.array(corners).reshape(-1, 2, 2)
    lines = LineCollection(
        chained_segments(segments),
        colors=colour,
        linewidths=width,
        capstyle="round",
        zorder=3,
        label=label,
    )
    lines.set_rasterized(len(segments) > MAX_VECTOR_LINES)
    axes.add_collection(lines, autolim=False)
    if len(found.flat_cells):
        polygons = cx.polygons()
        flat = [polygons[cell] for cell in found.flat_cells.tolist()]
        axes.add_collection(
            PolyCollection(flat, facecolors=colour, edgecolors="none", alpha=0.5, zorder=2.9),
            autolim=False,
        )
    return lines
