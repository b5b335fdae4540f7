"""Pictures of a planar complex: its regions coloured, its edges drawn, its walls as frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from linreg_lib.figures.outlines import chained_segments, closed_paths, face_outlines
from linreg_lib.figures.region_colours import ColourBy, draw_scale, region_colours
from linreg_lib.figures.style import (
    GREY,
    INK,
    axis_names,
    book_style,
    grid_shape,
    new_figure,
    plain_count,
)
from linreg_lib.geometry.domains.domain import require_bounded
from linreg_lib.networks.arguments import checked_flag

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex

# Dark enough to be seen on every region colour.
_LAYER_COLOURS = (INK, "#a03d00", "#005a8c", "#8a3d6b", "#00664b")

MAX_VECTOR_LINES: Final = 20_000
"""Beyond this many, lines become pixels in vector files too, as the fillings always do."""

MAX_ASPECT: Final = 20.0
"""Rectangles longer than this, whose inputs have different units, fill their axes."""


def draw_regions(
    axes: Axes,
    cx: PolyhedralComplex,
    *,
    colour_by: ColourBy = "region",
    edges: bool | Literal["layer"] = True,
    walls: bool = True,
    scale_label: str | None = None,
    limits: tuple[float, float] | None = None,
) -> PathCollection:
    """Fill every region of a planar complex and draw the lines between them.

    Args:
        axes: where to draw; takes the domain's own coordinates, equal on both axes unless one side
            is more than `MAX_ASPECT` times the other.
        cx: a complex with ``dim == 2``.
        colour_by: ``"region"``: by activation pattern, so that regions which differ in one
            neuron differ clearly and a pattern keeps its colour in every picture;
            ``"linear"``: one colour a linear region; ``"facets"``: number of facets, walls
            included; or (num_regions,) numbers, shown on a scale.
        edges: draw the lines between regions, thinner as regions get more.  With
            ``colour_by="linear"`` only lines between different linear regions are dark.
            ``"layer"`` colours each line by the first layer that drew it, with a legend; lines
            that no neuron drew (a classifier's top class may) are named so.
        walls: draw the domain's own walls, as a frame.
        scale_label: name beside the colour scale, where there is one.
        limits: ends of that scale; by default the smallest and the largest number.

    Returns:
        The filled polygons, one path a region, in the complex's order.

    Raises:
        ValueError: the complex is not two-dimensional, or ``colour_by`` is neither a known word
            nor one number a region.
        UnboundedQuestionError: its domain is unbounded.

    Example:
        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
        >>> _, axes = new_figure()
        >>> filled = draw_regions(axes, lr.subdivide(net, lr.Box(-1, 1, dim=2)))
        >>> len(filled.get_paths())
        4

    Cost:
        About ten microseconds a region, saving included: a second for 100,000.

    Source:
        The pictures of HR19, Figures 1, 2 and 8, and of QW23, Figures 1 and 2.
    """
    if cx.dim != 2:
        raise ValueError(
            f"draw_regions needs a complex of dimension 2, got dimension {cx.dim}; "
            "cut a plane through the network first"
        )
    require_bounded("a picture of regions", cx.domain)
    if edges != "layer":
        edges = checked_flag("edges", edges)
    checked_flag("walls", walls)
    colours, scale = region_colours(cx, colour_by, limits)
    vertices = np.asarray(cx.vertices, dtype=np.float64)
    # No antialiasing: it would leave pale seams between polygons that share a side.
    filled = PathCollection(
        closed_paths(vertices, face_outlines(cx)),
        facecolors=colours,
        edgecolors="none",
        antialiaseds=False,
        zorder=1,
    )
    filled.set_rasterized(True)
    axes.add_collection(filled, autolim=False)
    frame_regions(axes, cx)
    if edges == "layer":
        _draw_edges_by_layer(axes, cx, vertices)
    elif edges:
        _draw_edges(axes, cx, vertices, merged=isinstance(colour_by, str) and colour_by == "linear")
    for spine in axes.spines.values():
        spine.set_visible(walls)
        spine.set_zorder(3)
    if scale is not None:
        label = scale_label or ("facets" if isinstance(colour_by, str) else "")
        draw_scale(axes, scale, label)
    return filled


def draw_layers(
    complexes: Sequence[PolyhedralComplex],
    *,
    titles: Sequence[str] | None = None,
    max_columns: int = 3,
    colour_by: Literal["region", "linear", "facets"] = "region",
) -> Figure:
    """One panel a complex, titled with its number of regions: the cutting, layer by layer.

    Args:
        complexes: for instance the complexes after layers 1, 2, 3 over one domain.
        titles: one line above each count; by default "layer 1", "layers 1-2", ...
        max_columns: panels in a row, at most.
        colour_by: as in `draw_regions`.

    Raises:
        ValueError: no complexes, or titles that do not match them in number.

    Example:
        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1, 0]], [[1]], [[1]]], [[0], [-1], [0]])
        >>> cx = lr.subdivide(net, lr.Box(-2, 2, dim=2))  # layer 1 cuts at x = 0, layer 2 at x = 1
        >>> figure = draw_layers([cx.after_layer(n) for n in (1, 2)])
        >>> [axes.get_title().split()[-2] for axes in figure.axes]
        ['2', '3']

    Source:
        HR19, Figure 2; QW23, Figure 2.
    """
    if not complexes:
        raise ValueError("no complexes to draw")
    if titles is None:
        titles = ["layer 1"] + [f"layers 1\u2013{n}" for n in range(2, len(complexes) + 1)]
    if len(titles) != len(complexes):
        raise ValueError(f"{len(complexes)} complexes need as many titles, got {len(titles)}")
    rows, columns = grid_shape(len(complexes), max_columns)
    with book_style():
        figure, panels = new_figure(
            rows, columns, aspect=1.22, num_panels=len(complexes), sharex=True, sharey=True
        )
        for index, (axes, cx, title) in enumerate(
            zip(np.atleast_1d(panels), complexes, titles, strict=True)
        ):
            draw_regions(axes, cx, colour_by=colour_by)
            axes.set_title(f"{title}\n{plain_count(cx.num_regions)} regions")
            if index % columns:
                axes.set_ylabel("")
            if index + columns < len(complexes):
                axes.set_xlabel("")
    return figure


def mark_points(
    axes: Axes, points: ArrayLike, labels: Sequence[str] | None = None, *, colour: str = INK
) -> None:
    """Mark points of the picture, ringed in white so that they show on every colour.

    Args:
        axes: axes that hold a picture of regions.
        points: (m, 2) in the domain's own coordinates.
        labels: a short text beside each point.
        colour: of the dots.

    Raises:
        ValueError: points that are not planar, or labels that do not match them in number.
    """
    places = np.atleast_2d(np.asarray(points, dtype=np.float64))
    if places.ndim != 2 or places.shape[1] != 2:
        raise ValueError(f"points must have shape (m, 2), got {places.shape}")
    if labels is not None and len(labels) != len(places):
        raise ValueError(f"{len(places)} points need as many labels, got {len(labels)}")
    axes.scatter(
        places[:, 0], places[:, 1], s=42, color=colour, edgecolor="white", linewidth=1.4, zorder=5
    )
    for place, label in zip(places, labels or (), strict=False):
        axes.annotate(
            label,
            (float(place[0]), float(place[1])),
            xytext=(6, 5),
            textcoords="offset points",
            fontweight="bold",
            zorder=6,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0},
        )


def _draw_edges(
    axes: Axes, cx: PolyhedralComplex, vertices: NDArray[np.float64], *, merged: bool
) -> None:
    inner = np.flatnonzero(~cx.facet_is_wall)
    segments = vertices[cx.edges[inner]]
    width = _line_width(axes, cx.num_regions)
    if merged:
        labels = np.asarray(cx.linear_regions().labels)[cx.facet_cells[inner]]
        within = labels[:, 0] == labels[:, 1]
        axes.add_collection(_lines(segments[within], "white", 0.6 * width), autolim=False)
        segments = segments[~within]
    axes.add_collection(_lines(segments, INK, width), autolim=False)


def _draw_edges_by_layer(axes: Axes, cx: PolyhedralComplex, vertices: NDArray[np.float64]) -> None:
    inner = np.flatnonzero(~cx.facet_is_wall)
    layers = _first_layers(cx, inner)
    width = _line_width(axes, cx.num_regions)
    for layer in np.unique(layers):
        drawn = _lines(
            vertices[cx.edges[inner[layers == layer]]],
            GREY if layer < 0 else _LAYER_COLOURS[layer % len(_LAYER_COLOURS)],
            1.6 * width,
        )
        drawn.set_label("no neuron" if layer < 0 else f"layer {layer + 1}")
        drawn.set_zorder(2.5 - 0.01 * layer)
        axes.add_collection(drawn, autolim=False)
    # Below the name of the axis, whatever the height: 4.2 letters under the axes.
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), borderaxespad=4.2, ncols=4)


def _first_layers(cx: PolyhedralComplex, facets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first layer with a support on each inner facet; -1 where no neuron has its breakpoint.

    Up to the layer in which the patterns on the two sides first differ, all pre-activations are
    affine across the facet; one that is zero on the facet but not beside it changes sign there.
    So no earlier layer has a support, and this one has.
    """
    widths = cx.network.hidden_widths[: cx.upto_layer]
    layer_of_unit = np.append(np.repeat(np.arange(len(widths)), widths), -1)
    sides, patterns = np.asarray(cx.facet_cells)[facets], np.asarray(cx.patterns)
    layers = np.empty(len(facets), dtype=np.int64)
    for start in range(0, len(facets), 16384):
        block = sides[start : start + 16384]
        differ = patterns[block[:, 0]] != patterns[block[:, 1]]
        first = np.where(differ.any(axis=1), differ.argmax(axis=1), -1)
        layers[start : start + 16384] = layer_of_unit[first]
    return layers


def _lines(segments: NDArray[np.float64], colour: str, width: float) -> LineCollection:
    lines = LineCollection(
        chained_segments(segments), colors=colour, linewidths=width, capstyle="butt", zorder=2
    )
    lines.set_rasterized(len(segments) > MAX_VECTOR_LINES)
    return lines


def _line_width(axes: Axes, num_regions: int) -> float:
    """Points: about a twentieth of a region's width, so that lines never fill the picture."""
    return float(np.clip(0.045 * _panel_width(axes) / np.sqrt(num_regions), 0.07, 0.9))


def _panel_width(axes: Axes) -> float:
    """Width of the axes in points."""
    figure = axes.get_figure(root=True)
    assert figure is not None  # axes that are drawn on belong to a figure
    return 72.0 * float(axes.get_window_extent().width) / float(figure.dpi)


def frame_regions(axes: Axes, cx: PolyhedralComplex) -> None:
    """Limits, shape and names of axes that hold a planar complex."""
    vertices = np.asarray(cx.vertices, dtype=np.float64)
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    width, height = high - low
    axes.set_aspect("equal" if max(width, height) <= MAX_ASPECT * min(width, height) else "auto")
    for axis in (axes.xaxis, axes.yaxis):
        num_ticks = 5 if _panel_width(axes) > 200.0 else 2
        axis.set_major_locator(MaxNLocator(nbins=num_ticks, steps=[1, 2, 5, 10]))
    inputs = getattr(getattr(cx, "domain", None), "input_axes", None)
    names = axis_names(inputs, "uv")
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
