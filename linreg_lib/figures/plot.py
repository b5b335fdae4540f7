"""A complex drawn by what suits its dimension: behind ``PolyhedralComplex.plot``."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes

from linreg_lib.figures.graphs import draw_graph
from linreg_lib.figures.regions import draw_regions
from linreg_lib.figures.solids import draw_solid
from linreg_lib.figures.style import book_style, new_figure
from linreg_lib.geometry.domains.domain import require_bounded
from linreg_lib.networks.arguments import checked_kind

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex


def plot_complex(cx: PolyhedralComplex, axes: Axes | None = None, **options: Any) -> Axes:
    """Draw a complex: a graph in dimension 1, regions in 2, a solid in 3; returns the axes.

    Args:
        cx: a complex of a bounded domain of dimension 1, 2 or 3.
        axes: where to draw, three-dimensional ones for a solid; by default a new figure in the
            book's look.
        options: those of `draw_graph` (``output=``, ``marks=``, ``label=``, ...), `draw_regions`
            (``colour_by=``, ``edges=``, ...) or `draw_solid` (``cut=``, ``colour_by=``, ...).
            Without ``colour_by``, colours are activation patterns, and classes where the complex
            has them.

    Raises:
        ValueError: another dimension, axes that are not three-dimensional for a solid, or as the
            functions above.
        TypeError: an option that pictures of this dimension do not have.
        UnboundedQuestionError: an unbounded domain.

    Example:
        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1], [-1]], [[1, 1]]], [[0, 0], [0]])  # |x|
        >>> axes = plot_complex(lr.subdivide(net, lr.Segment([-1.0], [2.0])))
        >>> axes.lines[0].get_xdata().tolist(), axes.lines[0].get_ydata().tolist()
        ([-1.0, 0.0, 2.0], [1.0, 0.0, 2.0])
    """
    require_bounded("a picture", cx.domain)
    if cx.dim not in (1, 2, 3):
        raise ValueError(
            f"a picture shows complexes of dimension 1, 2 or 3, got dimension {cx.dim}; cut a "
            "Plane or a Segment through the network instead"
        )
    draw: Callable[..., Any] = (draw_graph, draw_regions, draw_solid)[cx.dim - 1]
    given = signature(draw).parameters.items()
    known = [name for name, each in given if each.kind == each.KEYWORD_ONLY]
    if unknown := [name for name in options if name not in known]:
        raise TypeError(
            f"a picture of dimension {cx.dim} has no option {unknown[0]!r}; "
            f"it has {', '.join(known)}"
        )
    if axes is not None:
        checked_kind("axes", axes, Axes, "axes of matplotlib")
    if axes is None:
        projection = "3d" if cx.dim == 3 else None
        # Axes of equal units beside a scale: "constrained" would cut off their label.
        layout = "compressed" if cx.dim == 2 else "constrained"
        aspect = 0.62 if cx.dim == 1 else 0.85
        _, axes = new_figure(aspect=aspect, layout=layout, subplot_kw={"projection": projection})
    elif cx.dim == 3 and not hasattr(axes, "view_init"):
        raise ValueError(
            "axes are flat, but the complex is solid; make them three-dimensional: "
            'plt.subplots(subplot_kw={"projection": "3d"})'
        )
    classes = getattr(cx, "classes", None)
    if cx.dim > 1 and classes is not None and "colour_by" not in options:
        options = {"colour_by": classes, "scale_label": "class", **options}
    with book_style():
        draw(axes, cx, *([cx.network] if cx.dim == 1 else []), **options)
    return axes
