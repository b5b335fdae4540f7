"""Graphs of networks with one input, their kinks marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from linreg_lib.figures.style import (
    PALETTE,
    VERMILION,
    axis_names,
    book_style,
    grid_shape,
    new_figure,
    plain_count,
)
from linreg_lib.geometry.domains.domain import require_bounded
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_index

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex
    from linreg_lib.networks import Network

Marks = Literal["auto", "dots", "ticks", "none"]
MOST_DOTS = 70  # more dots than this merge into a thick line


def draw_graph(
    axes: Axes,
    cx: PolyhedralComplex,
    net: Network,
    *,
    output: int = 0,
    marks: Marks = "auto",
    label: str | None = None,
    series: int = 0,
) -> Line2D:
    """The graph of one output of a network over a bounded line, with its breakpoints.

    The network is affine between two neighbouring vertices of the complex, so the polygon through
    its values at the vertices is the graph itself and not a sampled likeness.

    Args:
        axes: where to draw; the horizontal axis is the input, or the coordinate of the domain where
            the network has several: that input along which it goes, or the length along a line.
        cx: a complex with ``dim == 1`` of this network, over a bounded domain.
        net: the network.
        output: which output.
        marks: ``"dots"`` on the graph, ``"ticks"`` along the bottom, ``"none"``; ``"auto"``
            changes from dots to ticks when dots would touch.
        label: name in the legend.
        series: which colour of the book's palette.

    Raises:
        ValueError: not a one-dimensional complex, or no such output.
        UnboundedQuestionError: its domain is unbounded, a Line.

    Example:
        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1], [-1]], [[1, 1]]], [[0, 0], [0]])  # |x|
        >>> _, axes = new_figure()
        >>> line = draw_graph(axes, lr.subdivide(net, lr.Segment([-1.0], [2.0])), net)
        >>> line.get_xdata().tolist(), line.get_ydata().tolist()
        ([-1.0, 0.0, 2.0], [1.0, 0.0, 2.0])

    Source:
        The pictures of HR19, Figures 3 and 4.
    """
    checked_choice("marks", marks, ("auto", "dots", "ticks", "none"))
    series = checked_count("series", series, least=0)
    places, values = _corners(cx, net, output)
    (line,) = axes.plot(
        places, values, color=PALETTE[series % len(PALETTE)], label=label, linewidth=1.5, zorder=2
    )
    _draw_marks(axes, places[1:-1], values[1:-1], marks)
    axes.set_xlim(places[0], places[-1])
    inputs = getattr(cx.domain, "input_axes", None)
    axes.set_xlabel("$x$" if cx.interior_points.shape[1] == 1 else axis_names(inputs, "t")[0])
    return line


def compare_graphs(
    complexes: Sequence[PolyhedralComplex],
    nets: Sequence[Network],
    *,
    titles: Sequence[str],
    output: int = 0,
    marks: Marks = "auto",
    max_columns: int = 2,
) -> Figure:
    """Several graphs side by side, each titled with its number of pieces.

    Args:
        complexes: one-dimensional complexes.
        nets: their networks, in the same order.
        titles: one line above each count.
        output: which output of each network.
        marks: as in `draw_graph`.
        max_columns: panels in a row, at most.

    Raises:
        ValueError: complexes, networks and titles differ in number.

    Source:
        The comparison of HR19, Figure 3.
    """
    if not len(complexes) == len(nets) == len(titles) or not complexes:
        raise ValueError(
            f"got {len(complexes)} complexes, {len(nets)} networks and {len(titles)} titles; "
            "give the same number of each, at least one"
        )
    rows, columns = grid_shape(len(complexes), max_columns)
    with book_style():
        figure, panels = new_figure(
            rows, columns, aspect=0.82 if columns > 1 else 0.5, num_panels=len(complexes)
        )
        for axes, cx, net, title in zip(
            np.atleast_1d(panels), complexes, nets, titles, strict=True
        ):
            draw_graph(axes, cx, net, output=output, marks=marks)
            axes.set_title(f"{title}\n{plain_count(cx.num_regions)} pieces")
    return figure


def _corners(
    cx: PolyhedralComplex, net: Network, output: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if cx.dim != 1:
        raise ValueError(f"draw_graph needs a complex of dimension 1, got dimension {cx.dim}")
    output = checked_index("output", output, net.output_dim, "outputs of the network")
    require_bounded("a graph", cx.domain)
    vertices = np.asarray(cx.vertices, dtype=np.float64)
    inputs = np.asarray(cx.domain.embed(vertices), dtype=np.float64)
    # One input: show it itself.  The domain's own coordinate starts at 0 on every segment.
    places = inputs[:, 0] if inputs.shape[1] == 1 else vertices[:, 0]
    values = np.asarray(net(inputs), dtype=np.float64)[:, output]
    order = np.argsort(places)
    return places[order], values[order]


def _draw_marks(
    axes: Axes, places: NDArray[np.float64], values: NDArray[np.float64], marks: Marks
) -> None:
    if marks == "auto":
        marks = "dots" if len(places) <= MOST_DOTS else "ticks"
    if marks == "dots":
        axes.plot(places, values, "o", color=VERMILION, markersize=3.6, zorder=3)
    elif marks == "ticks":
        axes.vlines(
            places,
            0.0,
            0.035,
            transform=axes.get_xaxis_transform(),
            color=VERMILION,
            linewidth=0.6,
            zorder=3,
        )
