"""A complex to look into, in the page: pan, zoom, cut, and ask each region; no kernel, no network.

Without JavaScript or WebGL 2, and on paper, readers see a picture and its description instead.
"""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import json
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from linreg_lib.errors import WorkLimitError
from linreg_lib.figures.canvas_data import CanvasData, canvas_data
from linreg_lib.figures.regions import draw_regions
from linreg_lib.figures.solids import draw_solid
from linreg_lib.figures.style import FIGURE_WIDTH, book_style, plain_count, plt
from linreg_lib.geometry.domains.domain import require_bounded
from linreg_lib.networks.arguments import checked_count

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex

MAX_REGIONS: Final = 200_000
MAX_BYTES: Final = 8_000_000
"""Largest size of one canvas's HTML."""

_COLOURINGS: Final = ("region", "linear", "facets", "volume", "units")
_SCRIPTS: Final = ("canvas_shapes.js", "canvas_words.js", "canvas_drawing.js", "canvas_controls.js")
_serial = itertools.count(1)


class RegionCanvas:
    """The finished page element; made by `region_canvas`."""

    def __init__(self, *, data: CanvasData, picture: bytes, alt: str, colour_by: str) -> None:
        self.data = data
        self.picture = picture
        self.alt = alt
        self.colour_by = colour_by

    @property
    def num_regions(self) -> int:
        return int(self.data.header["num_regions"])

    @property
    def num_bytes(self) -> int:
        """Size of the HTML, the picture for readers without scripts included."""
        return len(self._repr_html_().encode())

    @property
    def bytes_per_region(self) -> float:
        """The packed complex alone, as base64 in the page: about 23 in the plane, 44 in space.

        Each of the caller's values adds 4 or 5.
        """
        return len(self.data.base64) / self.num_regions

    def __repr__(self) -> str:
        return (
            f"RegionCanvas({self.num_regions} regions, {self.num_bytes // 1000} kB, "
            f"{self.bytes_per_region:.0f} bytes a region)"
        )

    def _repr_html_(self) -> str:
        digest = hashlib.sha256(self.data.packed).hexdigest()[:8]
        header = {**self.data.header, "colour_by": self.colour_by}
        is_solid = header["dim"] == 3
        half = header["half_sides"]
        return _page().substitute(
            id=f"linreg-canvas-{digest}-{next(_serial)}",
            alt=escape(self.alt),
            kind="solid" if is_solid else "plane",
            not_solid="" if is_solid else " hidden",
            aspect=f"{1.0 if is_solid else float(np.clip(half[0] / half[1], 0.6, 2.0)):.4g}",
            picture=base64.b64encode(self.picture).decode("ascii"),
            last=self.num_regions - 1,
            # A "<" in a name must not end the script element.
            header=json.dumps(header, separators=(",", ":")).replace("<", "\\u003c"),
            data=self.data.base64,
            style=_asset("canvas.css"),
            script="\n".join(map(_asset, _SCRIPTS)),
        )


def region_canvas(
    cx: PolyhedralComplex,
    alt: str,
    *,
    colour_by: str = "region",
    values: Mapping[str, ArrayLike] | None = None,
    max_regions: int = MAX_REGIONS,
    max_bytes: int = MAX_BYTES,
) -> RegionCanvas:
    """A complex in the plane or in space that the reader moves, zooms, cuts and asks.

    In the plane: drag to move, wheel or buttons to zoom.  In space: drag to turn, and move a plane
    that cuts the solid open; every region it meets shows its exact section.  Pointing at a region
    (or, from the keyboard, bringing it to the centre) tells its number, volume, facets, how many
    units of each layer are on, and the caller's values.  Regions are found by number, too.

    Args:
        cx: a bounded complex with ``dim`` 2 or 3.
        alt: what there is to see, for readers who do not see it; the number of regions is added.
        colour_by: what colours mean at first: ``"region"`` (the pattern), ``"facets"``,
            ``"volume"``, ``"units"`` (how many are on), ``"linear"`` (linear regions; offered only
            if asked for), or a name in ``values``.
        values: more numbers to show, by name: one finite number a region.
        max_regions: more are refused.
        max_bytes: of HTML; more are refused.

    Raises:
        ValueError: another dimension, an empty ``alt``, an unknown ``colour_by``, values that are
            not one finite number a region.
        UnboundedQuestionError: an unbounded domain.
        WorkLimitError: too many regions or bytes for a page.

    Example:
        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
        >>> canvas = region_canvas(lr.subdivide(net, lr.Box(-1, 1, dim=2)), "Four quadrants")
        >>> canvas.num_regions, "<canvas" in canvas._repr_html_()
        (4, True)

    Cost:
        At 100,000 regions about 2 s, of which the picture is half, and 2.6 MB in the plane, 4.6 MB
        in space.
    """
    max_regions = checked_count("max_regions", max_regions)
    max_bytes = checked_count("max_bytes", max_bytes)
    if not isinstance(alt, str) or not isinstance(colour_by, str):
        raise TypeError(f"alt and colour_by must be text, got {alt!r:.60} and {colour_by!r:.60}")
    if not isinstance(values, Mapping | None):
        raise TypeError(f"values must be a mapping, got {type(values).__name__}")
    given = dict(values or {})
    _check(cx, alt, colour_by, given, max_regions)
    data = canvas_data(cx, given, with_linear=colour_by == "linear")
    words = f"{alt.strip().rstrip('.')}. {plain_count(cx.num_regions)} regions."
    # The page is mostly these bytes; what is too large is told before the picture is drawn.
    _check_size(len(data.base64), cx.num_regions, max_bytes)
    picture = _picture(cx, colour_by, given)
    canvas = RegionCanvas(data=data, picture=picture, alt=words, colour_by=_key(colour_by, given))
    _check_size(canvas.num_bytes, cx.num_regions, max_bytes)
    return canvas


def _check(
    cx: PolyhedralComplex, alt: str, colour_by: str, values: dict[str, Any], max_regions: int
) -> None:
    if cx.dim not in (2, 3):
        raise ValueError(f"a canvas shows complexes of dimension 2 or 3, got dimension {cx.dim}")
    require_bounded("a canvas", cx.domain)
    if not alt.strip():
        raise ValueError("alt is empty: say in words what there is to see")
    if colour_by not in _COLOURINGS and colour_by not in values:
        known = ", ".join(map(repr, (*_COLOURINGS, *values)))
        raise ValueError(f"colour_by={colour_by!r} is unknown; use one of {known}")
    if taken := sorted(set(values) & set(_COLOURINGS)):
        raise ValueError(f"values[{taken[0]!r}] has the name of a built-in colouring; rename it")
    if cx.num_regions > max_regions:
        small = "draw_regions" if cx.dim == 2 else "draw_solid"
        raise WorkLimitError(
            f"the complex has {cx.num_regions} regions, more than max_regions={max_regions}; "
            f"subdivide a smaller domain, draw a picture with {small}, or raise max_regions"
        )


def _check_size(num_bytes: int, num_regions: int, max_bytes: int) -> None:
    if num_bytes > max_bytes:
        raise WorkLimitError(
            f"a page element of {num_bytes} bytes ({num_bytes / num_regions:.0f} a region) is more "
            f"than max_bytes={max_bytes}; subdivide a smaller domain, or raise max_bytes"
        )


def _key(colour_by: str, values: Mapping[str, Any]) -> str:
    """The name that the page has for a colouring."""
    return f"value{list(values).index(colour_by)}" if colour_by in values else colour_by


def _picture(cx: PolyhedralComplex, colour_by: str, values: Mapping[str, ArrayLike]) -> bytes:
    """What readers see without scripts, and on paper."""
    colours: Any = colour_by
    label, limits = "facets", None
    if colour_by in values:
        colours, label = np.asarray(values[colour_by], dtype=np.float64), colour_by
    elif colour_by == "volume":
        colours = np.log10(np.maximum(cx.volumes, np.finfo(np.float32).tiny))
        label = f"log$_{{10}}$ {'area' if cx.dim == 2 else 'volume'}"
        # A few slivers would take most of the scale.
        limits = (float(np.quantile(colours, 0.02)), float(np.quantile(colours, 0.98)))
    elif colour_by == "units":
        colours, label = (np.asarray(cx.patterns) > 0).sum(axis=1), "units on"
    options: Any = {"colour_by": colours, "scale_label": label, "limits": limits}
    with book_style():
        if cx.dim == 2:
            figure, axes = plt.subplots(figsize=(FIGURE_WIDTH, FIGURE_WIDTH))
            draw_regions(axes, cx, **options)
        else:
            figure = plt.figure(figsize=(FIGURE_WIDTH, FIGURE_WIDTH))
            axes = figure.add_subplot(projection="3d")
            middle = np.asarray(cx.vertices).min(axis=0) + np.asarray(cx.vertices).max(axis=0)
            normal = np.array([1.0, -1.0, 1.0])
            cut = (normal, float(normal @ middle / 2))
            draw_solid(axes, cx, cut=cut, **options)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=150)
        plt.close(figure)
    small = io.BytesIO()
    Image.open(buffer).convert("RGB").save(small, format="WEBP", quality=70, method=3)
    return small.getvalue()


@cache
def _asset(name: str) -> str:
    return resources.files("linreg_lib.figures").joinpath(name).read_text(encoding="utf-8")


@cache
def _page() -> Template:
    return Template(_asset("canvas.html"))
