"""A picture of a solid complex: its walls, and what a cut through it opens to view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d.art3d import Poly3DCollection  # type: ignore[import-untyped]
from numpy.typing import ArrayLike, NDArray

from linreg_lib.figures.region_colours import ColourBy, draw_scale, region_colours
from linreg_lib.figures.sections import (
    Surface,
    check_solid,
    checked_normal,
    clipped,
    section,
    wall_surface,
)
from linreg_lib.figures.style import INK, axis_names
from linreg_lib.networks.arguments import checked_flag
from linreg_lib.networks.exact_floats import exact_number

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex

_SUN = np.array([0.35, 0.25, 0.9])  # a lamp up and to the side: the three faces of a box differ


def draw_solid(
    axes: Any,
    cx: PolyhedralComplex,
    *,
    cut: tuple[ArrayLike, float] | None = None,
    colour_by: ColourBy = "region",
    edges: bool = True,
    scale_label: str | None = None,
    limits: tuple[float, float] | None = None,
) -> Poly3DCollection:
    """Draw the surface of a three-dimensional complex, opened by a plane.

    The regions inside a solid hide each other; what tells something is a flat cut, on which every
    region that the plane meets shows its section.  Only what the axes' view shows is drawn, so that
    100,000 regions are some ten thousand polygons: turn the axes (``view_init``) before, not after.

    Args:
        axes: three-dimensional axes, ``new_figure(subplot_kw={"projection": "3d"})``.
        cx: a bounded complex with ``dim == 3``.
        cut: ``(normal, offset)``: what lies beyond, ``normal @ x > offset``, is taken away; turn
            the normal to the viewer. ``None`` leaves the solid whole.
        colour_by: as in `draw_regions`; a region has one colour wherever it shows.
        edges: draw the sides of the polygons.
        scale_label: name beside the colour scale, where there is one.
        limits: ends of that scale.

    Returns:
        The polygons drawn.

    Raises:
        ValueError: the complex is not solid, the cut leaves nothing, the normal is no direction,
            or ``colour_by`` is as `draw_regions` refuses it.
        UnboundedQuestionError: its domain is unbounded.

    Example:
        >>> import linreg_lib as lr
        >>> from linreg_lib.figures import new_figure
        >>> net = lr.Network.from_arrays([[[1, 0, 0]], [[1]]], [[0], [0]])
        >>> _, axes = new_figure(subplot_kw={"projection": "3d"})
        >>> drawn = draw_solid(axes, lr.subdivide(net, lr.Box(-1, 1, dim=3)), cut=([0, 0, 1], 0.0))

    Cost:
        Less than a second for 100,000 regions, most of it putting corners in order.
    """
    check_solid(cx)
    checked_flag("edges", edges)
    colours, scale = region_colours(cx, colour_by, limits)
    surfaces = [wall_surface(cx)]
    if cut is not None:
        if not isinstance(cut, (tuple, list)) or len(cut) != 2:
            raise ValueError(f"cut must be a pair (normal, offset), got {cut!r:.60}")
        normal = checked_normal(cx, cut[0])
        offset = exact_number("cut[1]", cut[1])
        surfaces = [clipped(surfaces[0], normal, offset), section(cx, normal, offset)]
        if not len(surfaces[0].outlines):
            raise ValueError(f"the cut {cut!r} takes the whole solid away; raise its offset")
    towards = _towards_viewer(axes)
    surfaces[0] = _facing(surfaces[0], towards, np.asarray(cx.vertices).mean(axis=0))
    if cut is not None and normal @ towards <= 1e-9:
        surfaces.pop()
    polygons = [polygon for surface in surfaces for polygon in surface.polygons]
    shades = [colours[surface.regions, :3] for surface in surfaces]
    shades[0] = shades[0] * _light(surfaces[0])[:, None]
    drawn = Poly3DCollection(
        polygons, facecolors=np.concatenate(shades), edgecolors="none", antialiaseds=False, zorder=1
    )
    layers = [drawn]
    if edges:
        width = float(np.clip(16.0 / np.sqrt(len(polygons)), 0.08, 0.7))
        layers.append(
            Poly3DCollection(
                polygons, facecolors="none", edgecolors=INK, linewidths=width, zorder=2
            )
        )
    axes.computed_zorder = False
    for layer in layers:
        layer.set_rasterized(True)
        axes.add_collection3d(layer, autolim=False)
    frame_solid(axes, np.asarray(cx.vertices), cx.domain.input_axes)
    if scale is not None:
        named = "facets" if isinstance(colour_by, str) else ""
        draw_scale(axes, scale, scale_label or named, pad=0.1)
    return drawn


def _towards_viewer(axes: Any) -> NDArray[np.float64]:
    up, around = np.radians([axes.elev, axes.azim])
    return np.array([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)])


def _area_vectors(surface: Surface) -> NDArray[np.float64]:
    """Normals (n, 3) as long as each polygon's area, on either side: Newell's sum over sides."""
    outlines = surface.outlines
    here, there = surface.points[outlines.corners], surface.points[outlines.following]
    base = surface.points[outlines.corners[outlines.offsets[:-1]]][outlines.owners]
    crosses = np.cross(here - base, there - base) / 2
    sums = [
        np.bincount(outlines.owners, weights=crosses[:, k], minlength=len(outlines))
        for k in range(3)
    ]
    return np.stack(sums, axis=1)


def _facing(surface: Surface, towards: NDArray[np.float64], inside: NDArray[np.float64]) -> Surface:
    """The polygons of a convex surface round the point ``inside`` that the viewer sees."""
    vectors = _area_vectors(surface)
    first = surface.points[surface.outlines.corners[surface.outlines.offsets[:-1]]]
    outward = np.sign(((first - inside) * vectors).sum(axis=1))
    seen_area = outward * (vectors @ towards)
    # Edge-on there is nothing to see; what is thinner than a dot is rounding.
    seen = seen_area > 1e-9 * np.ptp(surface.points, axis=0).max() ** 2
    return Surface(
        points=surface.points,
        outlines=surface.outlines.chosen(seen),
        regions=surface.regions[seen],
    )


def _light(surface: Surface) -> NDArray[np.float64]:
    """How bright each wall is, in [0.72, 1], by the way it faces."""
    vectors = _area_vectors(surface)
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-300)
    return 0.72 + 0.28 * np.abs(vectors @ _SUN) / (lengths * np.linalg.norm(_SUN))


def frame_solid(axes: Any, vertices: NDArray[np.float64], inputs: tuple[int, ...] | None) -> None:
    """Limits, shape and names of 3-D axes that hold ``vertices`` (n, 3)."""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_zlim(low[2], high[2])
    axes.set_box_aspect(high - low, zoom=0.92)  # leaves room for the labels
    axes.set_proj_type("ortho")  # equal lengths stay equal, near and far
    axes.grid(False)
    names = axis_names(inputs, "uvw")
    for axis, name in zip((axes.xaxis, axes.yaxis, axes.zaxis), names, strict=True):
        axis.pane.set_visible(False)
        axis.set_label_text(name)
        axis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
