"""One look for every figure of the book: sizes, fonts, and colours that survive colour-blindness.

Figures are drawn on a white card at twice the screen's resolution.  A white card reads the same on
a light and on a dark page (the page's style sheet rounds its corners), and thousands of polygons
stay a small file, which a vector format would not give.  The width is fixed so that text has one
size throughout: about 15 px on a desktop column and 8 px on a phone held upright.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from linreg_lib.networks.arguments import checked_count

FIGURE_WIDTH: Final = 6.4
"""Width of every figure, in inches."""

DOTS_PER_INCH: Final = 200
"""Two dots a screen pixel at the book's column width."""

INK: Final = "#1b1b1b"
GREY: Final = "#6b6b6b"
BLUE: Final = "#0072b2"
VERMILION: Final = "#d55e00"
GREEN: Final = "#009e73"
PURPLE: Final = "#cc79a7"
ORANGE: Final = "#e69f00"
SKY: Final = "#56b4e9"

PALETTE: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, INK)
"""Series colours, in order: the set of Okabe and Ito, without its yellow, too pale on white."""

MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
"""One shape a colour, so that no series is told apart by colour alone."""

_RC: Final[dict[str, Any]] = {
    "figure.figsize": (FIGURE_WIDTH, 3.8),
    "figure.dpi": DOTS_PER_INCH,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.dpi": DOTS_PER_INCH,
    "savefig.facecolor": "white",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11.0,
    "axes.titlesize": 11.0,
    "axes.titleweight": "normal",
    "axes.labelsize": 11.0,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": True,
    "axes.formatter.limits": (-3, 4),
    "axes.prop_cycle": cycler(color=PALETTE),
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.6,
    "xtick.labelsize": 10.0,
    "ytick.labelsize": 10.0,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.fontsize": 10.0,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.5,
    "errorbar.capsize": 3.0,
    "text.color": INK,
    "image.cmap": "cividis",
    "svg.hashsalt": "linreg",
}


@contextmanager
def book_style() -> Iterator[None]:
    """The book's look inside a ``with`` block; the earlier settings return afterwards.

    Example:
        >>> import matplotlib
        >>> with book_style():
        ...     matplotlib.rcParams["font.size"]
        11.0
    """
    with mpl.rc_context(_RC):
        yield


def use_book_style() -> None:
    """The book's look from here on; the line that every chapter starts its figures with."""
    mpl.rcParams.update(_RC)


def new_figure(
    rows: int = 1,
    columns: int = 1,
    *,
    aspect: float = 0.62,
    num_panels: int | None = None,
    **options: Any,
) -> tuple[Figure, Any]:
    """A figure of the book's width with a grid of axes, in the book's look.

    Args:
        rows: rows of panels.
        columns: panels in a row.
        aspect: height of a panel over its width, labels included.
        num_panels: panels wanted, at most ``rows * columns``; the axes left over are removed.
        options: passed on to ``matplotlib.pyplot.subplots``, for instance ``sharex=True``.

    Returns:
        The figure, and one ``Axes`` for a single panel, else a flat array of ``Axes``.

    Raises:
        ValueError: fewer than one row or column, or ``num_panels`` does not fit.

    Example:
        >>> fig, axes = new_figure(1, 3, aspect=1.0)
        >>> len(axes), round(float(fig.get_figwidth()), 1)
        (3, 6.4)
        >>> plt.close(fig)
    """
    rows, columns = checked_count("rows", rows), checked_count("columns", columns)
    wanted = rows * columns
    if num_panels is not None:
        wanted = checked_count("num_panels", num_panels, most=rows * columns)
    options.setdefault("figsize", (FIGURE_WIDTH, rows * (FIGURE_WIDTH / columns) * aspect))
    with book_style():
        figure, axes = plt.subplots(rows, columns, squeeze=False, **options)
    flat: np.ndarray[Any, Any] = axes.ravel()
    for spare in flat[wanted:]:
        spare.remove()
    return figure, (flat[0] if wanted == 1 else flat[:wanted])


def grid_shape(num_panels: int, max_columns: int = 3) -> tuple[int, int]:
    """Rows and columns for a number of panels, rows as evenly filled as they can be.

    Example:
        >>> grid_shape(3), grid_shape(4), grid_shape(8, max_columns=4)
        ((1, 3), (2, 2), (2, 4))
    """
    checked_count("num_panels", num_panels)
    checked_count("max_columns", max_columns)
    rows = math.ceil(num_panels / max_columns)
    return rows, math.ceil(num_panels / rows)


def plain_count(count: int) -> str:
    """A count with a comma every three digits, as all text of the book has it.

    Example:
        >>> plain_count(999), plain_count(14353)
        ('999', '14,353')
    """
    return f"{count:,}"


def note(axes: Axes, text: str) -> None:
    """A small grey remark inside the upper left corner of the axes."""
    axes.text(
        0.02, 0.98, text, transform=axes.transAxes, va="top", ha="left", color=GREY, fontsize=9.5
    )


def axis_names(inputs: tuple[int, ...] | None, otherwise: str) -> list[str]:
    """Names of axes, for mathtext: ``inputs`` if coordinates are inputs, counted from 1 there.

    >>> axis_names((3, 11), "uv"), axis_names(None, "uv")
    (['$x_4$', '$x_{12}$'], ['$u$', '$v$'])
    """
    if inputs is None:
        return [f"${name}$" for name in otherwise]
    return [f"$x_{i + 1}$" if i < 9 else f"$x_{{{i + 1}}}$" for i in inputs]
