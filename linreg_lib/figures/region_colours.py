"""What a region's colour can mean, and the scale that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap, Normalize
from numpy.typing import ArrayLike, NDArray

from linreg_lib.figures.colours import pattern_colours
from linreg_lib.figures.style import plt
from linreg_lib.networks.exact_floats import exact_floats

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex

ColourBy = Literal["region", "linear", "facets"] | ArrayLike


def region_colours(
    cx: PolyhedralComplex, colour_by: ColourBy, limits: tuple[float, float] | None = None
) -> tuple[NDArray[np.float64], ScalarMappable | None]:
    """Colours (num_regions, 3 or 4) in [0, 1], and the scale behind them where there is one.

    ``colour_by`` and ``limits`` are those of `draw_regions`, and so are the errors.
    """
    if limits is not None:
        ends = exact_floats("limits", limits)
        if ends.shape != (2,) or not ends[0] <= ends[1]:
            raise ValueError(f"limits must be a pair (low, high), got {limits!r:.60}")
    if isinstance(colour_by, str):
        if colour_by == "region":
            return pattern_colours(cx.patterns), None
        if colour_by == "linear":
            return linear_region_colours(cx), None
        if colour_by == "facets":
            facets = np.asarray(cx.facets_per_region(walls=True))
            scale = _whole_number_scale(facets, limits)
            return _through(scale, facets), scale
        raise ValueError(
            f"colour_by={colour_by!r} is unknown; use 'region', 'linear', 'facets' or one "
            "number a region"
        )
    exact_floats("colour_by", colour_by, finite=False)  # text, masks, ...
    values = np.asarray(colour_by)
    if values.shape != (cx.num_regions,):
        raise ValueError(
            f"colour_by must hold one number a region, shape ({cx.num_regions},), "
            f"got shape {values.shape}"
        )
    if np.issubdtype(values.dtype, np.integer):
        scale = _whole_number_scale(values, limits)
    else:
        low, high = limits or (float(values.min()), float(values.max()))
        scale = ScalarMappable(norm=Normalize(low, high), cmap=light_scale(256))
    return _through(scale, values), scale


def linear_region_colours(cx: PolyhedralComplex) -> NDArray[np.float64]:
    """Colours (num_regions, 3): the first region of a linear region lends its colour to it all."""
    labels = np.asarray(cx.linear_regions().labels)
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    return pattern_colours(np.asarray(cx.patterns)[first])[place]


def light_scale(num_steps: int) -> ListedColormap:
    """Viridis without its dark third, on which dark lines would drown."""
    return ListedColormap(plt.get_cmap("viridis")(np.linspace(0.36, 1.0, num_steps)))


def draw_scale(axes: Axes, scale: ScalarMappable, label: str, *, pad: float = 0.03) -> None:
    """The colour bar beside the axes."""
    bar = axes.figure.colorbar(scale, ax=axes, label=label, fraction=0.05, pad=pad)
    if isinstance(scale.norm, BoundaryNorm):
        steps = np.asarray(scale.norm.boundaries)[:-1] + 0.5
        bar.set_ticks(steps[:: max(1, len(steps) // 8)].tolist())
        bar.minorticks_off()


def _whole_number_scale(values: NDArray[Any], limits: tuple[float, float] | None) -> ScalarMappable:
    low, high = limits or (int(values.min()), int(values.max()))
    steps = np.arange(int(low), int(high) + 2) - 0.5
    num_steps = len(steps) - 1
    return ScalarMappable(norm=BoundaryNorm(steps.tolist(), num_steps), cmap=light_scale(num_steps))


def _through(scale: ScalarMappable, values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(scale.to_rgba(np.asarray(values)), dtype=np.float64)
