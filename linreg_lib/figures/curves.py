"""Measured numbers beside predicted ones: error bars, ratios, histograms, bars, many runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation
from numpy.typing import ArrayLike, NDArray

from linreg_lib.figures.style import FIGURE_WIDTH, GREY, INK, MARKERS, PALETTE, book_style, plt
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_flag, checked_kinds
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.short_repr import ShortRepr


class EstimateLike(Protocol):
    """What an error bar needs: a mean and the standard error of that mean."""

    @property
    def mean(self) -> float: ...
    @property
    def stderr(self) -> float: ...


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Series(ShortRepr):
    """One line of a comparison: at ``x`` (n,), n measured estimates and n predicted numbers."""

    name: str
    x: ArrayLike
    measured: Sequence[EstimateLike]
    predicted: ArrayLike

    def __post_init__(self) -> None:
        num_places = len(np.atleast_1d(np.asarray(self.x)))
        for part, values in (("measured", self.measured), ("predicted", self.predicted)):
            found = len(np.atleast_1d(np.asarray(values, dtype=object)))
            if found != num_places:
                raise ValueError(
                    f"series {self.name!r}: x has {num_places} places but {part} has {found}"
                )


def draw_measured(
    axes: Axes,
    x: ArrayLike,
    estimates: Sequence[EstimateLike],
    *,
    label: str | None = None,
    num_stderr: float = 2.0,
    series: int = 0,
) -> ErrorbarContainer:
    """Means with error bars of ``num_stderr`` standard errors, as points and not as a line.

    Args:
        axes: where to draw.
        x: (n,) places.
        estimates: n estimates with ``mean`` and ``stderr``.
        label: name in the legend.
        num_stderr: half length of a bar, in standard errors.
        series: which colour and marker shape of the book's palette.

    Example:
        >>> from linreg_lib.estimate import Estimate
        >>> _, axes = plt.subplots()
        >>> bars = draw_measured(axes, [1.0], [Estimate(10.0, 0.5, 100)])
        >>> bars.lines[2][0].get_segments()[0][:, 1].tolist()
        [9.0, 11.0]
    """
    series = checked_count("series", series, least=0)
    num_stderr = _checked_stderr(num_stderr)
    means, errors = _means_and_errors(estimates)
    return axes.errorbar(
        np.asarray(x, dtype=np.float64),
        means,
        yerr=num_stderr * errors,
        fmt=MARKERS[series % len(MARKERS)],
        color=PALETTE[series % len(PALETTE)],
        label=label,
        zorder=3,
    )


def draw_predicted(
    axes: Axes,
    x: ArrayLike,
    y: ArrayLike,
    *,
    label: str | None = "predicted",
    series: int | None = None,
    bound: Literal["upper", "lower"] | None = None,
) -> Line2D:
    """A predicted curve, drawn as a line; a bound is dashed (upper) or dotted (lower).

    ``series`` gives it the colour of the measured points it belongs to; without it, dark grey.
    """
    dashes = {None: "-", "upper": "--", "lower": ":"}
    if bound is not None:
        checked_choice("bound", bound, ("upper", "lower"))
    if series is not None:
        series = checked_count("series", series, least=0)
    (line,) = axes.plot(
        np.asarray(x, dtype=np.float64),
        np.asarray(y, dtype=np.float64),
        linestyle=dashes[bound],
        color=INK if series is None else PALETTE[series % len(PALETTE)],
        label=label,
        zorder=2,
    )
    return line


def compare(
    series: Sequence[Series],
    *,
    x_label: str,
    y_label: str,
    num_stderr: float = 2.0,
    log_x: bool = False,
    log_y: bool = False,
) -> Figure:
    """Measured points on predicted lines, and below them measured over predicted.

    The lower panel shows what the upper one hides: a ratio of 1 within the bars is agreement.
    Several series are set a little apart there, so that their bars do not cover each other.

    Args:
        series: the comparisons, one colour and marker each.
        x_label: name of the common horizontal axis.
        y_label: name of the upper vertical axis.
        num_stderr: half length of the error bars, in standard errors.
        log_x: logarithmic horizontal axis.
        log_y: logarithmic upper vertical axis.

    Raises:
        ValueError: no series, or a prediction of 0, which has no ratio.
    """
    series = checked_kinds("series", series, Series, "a Series")
    if not series:
        raise ValueError("nothing to compare: give at least one series")
    num_stderr = _checked_stderr(num_stderr)
    log_x, log_y = checked_flag("log_x", log_x), checked_flag("log_y", log_y)
    with book_style():
        figure, (upper, lower) = plt.subplots(
            2, 1, sharex=True, figsize=(FIGURE_WIDTH, 5.2), height_ratios=(2.2, 1.0)
        )
        for index, one in enumerate(series):
            gap = 5.0 / 72.0 * (index - (len(series) - 1) / 2)
            _draw_comparison(upper, lower, one, index, num_stderr, gap)
        lower.axhline(1.0, color=INK, linewidth=1.0, zorder=1)
        upper.set_ylabel(y_label)
        lower.set_ylabel("measured /\npredicted")
        lower.set_xlabel(x_label)
        if log_x:
            lower.set_xscale("log")
        if log_y:
            upper.set_yscale("log")
        for axes in (upper, lower):
            axes.grid(axis="y")
        upper.legend()
    return figure


def draw_runs(
    axes: Axes, x: ArrayLike, runs: ArrayLike, *, label: str | None = None, series: int = 0
) -> Line2D:
    """Many runs over one axis: their mean as a line, their range as a band, each run faintly.

    Args:
        axes: where to draw.
        x: (n,) places, for instance epochs.
        runs: (num_runs, n) values.
        label: name in the legend.
        series: which colour of the book's palette.

    Raises:
        ValueError: ``runs`` does not have one column for each place.
    """
    series = checked_count("series", series, least=0)
    places = np.asarray(x, dtype=np.float64)
    values = np.atleast_2d(np.asarray(runs, dtype=np.float64))
    if values.ndim != 2 or values.shape[1] != len(places):
        raise ValueError(
            f"runs must have shape (num_runs, {len(places)}) to match x, got {values.shape}"
        )
    colour = PALETTE[series % len(PALETTE)]
    if (places == np.round(places)).all():
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.fill_between(
        places, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.18, linewidth=0
    )
    axes.plot(places, values.T, color=colour, alpha=0.35, linewidth=0.6)
    (line,) = axes.plot(
        places,
        values.mean(axis=0),
        color=colour,
        marker=MARKERS[series % len(MARKERS)],
        markersize=4.0,
        label=label,
        zorder=3,
    )
    return line


def draw_counts(
    axes: Axes,
    counts: ArrayLike | Mapping[str, ArrayLike],
    *,
    x_label: str,
    log: bool = True,
    threshold: float | None = None,
    threshold_label: str = "threshold",
) -> list[BarContainer]:
    """Histogram of whole numbers, such as facets per region: one bar a number, no binning.

    Args:
        axes: where to draw.
        counts: whole numbers, one a region; or several such sets by name, drawn side by side.
        x_label: what was counted.
        log: logarithmic vertical axis, so that the rare large counts are seen.
        threshold: a number to mark with a vertical line.
        threshold_label: name of that line in the legend.

    Raises:
        ValueError: an empty set, or numbers that are not whole.

    Example:
        >>> _, axes = plt.subplots()
        >>> (bars,) = draw_counts(axes, [3, 4, 4], x_label="facets")
        >>> [int(bar.get_height()) for bar in bars]
        [1, 2]
    """
    log = checked_flag("log", log)
    threshold = None if threshold is None else exact_number("threshold", threshold)
    sets = counts if isinstance(counts, Mapping) else {"": counts}
    containers = []
    width = 0.84 / len(sets)
    for index, (name, raw) in enumerate(sets.items()):
        numbers = _whole_numbers(raw, name)
        values, occurrences = np.unique(numbers, return_counts=True)
        offset = (index - (len(sets) - 1) / 2) * width
        containers.append(
            axes.bar(
                values + offset,
                occurrences,
                width=width,
                color=PALETTE[index % len(PALETTE)],
                edgecolor="white",
                linewidth=0.4,
                label=name or None,
            )
        )
    if log:
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.7)
    if threshold is not None:
        axes.axvline(threshold, color=INK, linestyle="--", linewidth=1.2, label=threshold_label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(x_label)
    axes.set_ylabel("regions")
    if any(sets) or threshold is not None:
        axes.legend()
    return containers


def draw_bars(
    axes: Axes,
    names: Sequence[str],
    values: ArrayLike,
    *,
    errors: ArrayLike | None = None,
    reference: ArrayLike | None = None,
    reference_label: str = "predicted",
    value_format: str = "{:.3g}",
) -> BarContainer:
    """Bars from left to right with their values written at the end; names stay readable on a phone.

    Args:
        axes: where to draw.
        names: (n) names, first at the top.
        values: (n,) lengths.
        errors: (n,) half lengths of error bars, if any.
        reference: one number or (n,) numbers to mark on the bars.
        reference_label: their name in the legend.
        value_format: how a value is written.

    Raises:
        ValueError: names and values differ in number.
    """
    lengths = np.asarray(values, dtype=np.float64)
    if lengths.shape != (len(names),):
        raise ValueError(f"{len(names)} names need as many values, got shape {lengths.shape}")
    rows = np.arange(len(names))
    bars = axes.barh(rows, lengths, xerr=errors, color=PALETTE[0], height=0.62)
    axes.set_yticks(rows, names)
    axes.invert_yaxis()
    axes.bar_label(bars, labels=[value_format.format(v) for v in lengths], padding=4, color=GREY)
    axes.margins(x=0.16)
    if reference is not None:
        marks = np.broadcast_to(np.asarray(reference, dtype=np.float64), lengths.shape)
        axes.vlines(
            marks, rows - 0.42, rows + 0.42, color=PALETTE[1], linewidth=2.4, label=reference_label
        )
        axes.legend()
    return bars


def _draw_comparison(
    upper: Axes, lower: Axes, one: Series, index: int, num_stderr: float, gap: float
) -> None:
    x = np.atleast_1d(np.asarray(one.x, dtype=np.float64))
    predicted = np.atleast_1d(np.asarray(one.predicted, dtype=np.float64))
    if (predicted == 0.0).any():
        place = int(np.flatnonzero(predicted == 0.0)[0])
        raise ValueError(f"series {one.name!r}: the prediction at index {place} is 0, no ratio")
    draw_predicted(upper, x, predicted, label=None, series=index)
    draw_measured(upper, x, one.measured, label=one.name, num_stderr=num_stderr, series=index)
    means, errors = _means_and_errors(one.measured)
    ratios, bars = means / predicted, num_stderr * errors / np.abs(predicted)
    # Artists that are set apart do not take part in finding the panel's limits.
    lower.update_datalim(np.column_stack([np.tile(x, 2), np.append(ratios - bars, ratios + bars)]))
    lower.errorbar(
        x,
        ratios,
        yerr=bars,
        fmt=MARKERS[index % len(MARKERS)],
        color=PALETTE[index % len(PALETTE)],
        transform=lower.transData + ScaledTranslation(gap, 0.0, lower.figure.dpi_scale_trans),
    )


def _checked_stderr(num_stderr: float) -> float:
    number = exact_number("num_stderr", num_stderr)
    if number < 0:
        raise ValueError(f"num_stderr is {number}; it must not be negative")
    return number


def _means_and_errors(
    estimates: Sequence[EstimateLike],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    means = np.array([estimate.mean for estimate in estimates], dtype=np.float64)
    errors = np.array([estimate.stderr for estimate in estimates], dtype=np.float64)
    return means, errors


def _whole_numbers(raw: ArrayLike, name: str) -> NDArray[np.int64]:
    numbers = exact_floats("counts", raw).ravel()
    if numbers.size == 0:
        raise ValueError(f"no counts to draw{f' for {name!r}' if name else ''}")
    whole = numbers.astype(np.int64)
    if not (whole == numbers).all():
        place = int(np.flatnonzero(whole != numbers)[0])
        raise ValueError(f"counts must be whole numbers; index {place} holds {numbers[place]}")
    return whole
