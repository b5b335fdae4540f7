"""Small line drawings from a table of coordinates: ``book/results/sketches.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linreg_book.errors import StagingError
from linreg_book.markup import Html, fill, join
from linreg_book.yaml_map import read_yaml_map

WIDTH, HEIGHT, MARGIN = 160, 90, 8
ROLES = ("graph", "wall", "axis", "mark", "area", "other")


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """One drawing, and the claim that it is about.

    Attributes:
        says: the claim in short; empty where the registry's statement is short enough.
        window: left, bottom, right, top, in the drawing's own coordinates.
        lines: (role, points) of broken lines; an ``area`` is closed and filled.
        dots: (role, points).
    """

    claim: str
    says: str = ""
    alt: str
    window: tuple[float, float, float, float]
    lines: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    dots: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


def load_sketches(path: Path) -> tuple[Sketch, ...]:
    """All drawings, in the order of the file; none where there is no file.

    Raises:
        StagingError: naming the claim whose drawing has another form than the others.
    """
    if not path.is_file():
        return ()
    sketches = []
    for claim, told in read_yaml_map(path).items():
        try:
            sketches.append(_sketch(claim, told))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise StagingError(f"{path}: {claim}: no drawing ({error})") from None
    return tuple(sketches)


def _sketch(claim: str, told: Mapping[str, Any]) -> Sketch:
    unknown = set(told) - {"says", "alt", "window", "lines", "dots"}
    if unknown:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    left, bottom, right, top = map(float, told["window"])
    if not (left < right and bottom < top):
        raise ValueError("window must be left, bottom, right, top")
    if not str(told["alt"]).strip():
        raise ValueError("empty alt")
    return Sketch(
        claim=claim,
        says=str(told.get("says", "")),
        alt=str(told["alt"]),
        window=(left, bottom, right, top),
        lines=_shapes(told.get("lines", [])),
        dots=_shapes(told.get("dots", [])),
    )


def _shapes(told: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    shapes = []
    for shape in told:
        ((role, points),) = shape.items()
        if role not in ROLES:
            raise ValueError(f"{role!r} is none of {', '.join(ROLES)}")
        shapes.append((role, tuple((float(x), float(y)) for x, y in points)))
    return tuple(shapes)


def sketch_html(sketch: Sketch) -> Html:
    """The drawing as a picture in the page, in the page's own colours."""
    lines = join(
        fill(
            '<polygon class="linreg-sketch-{}" points="{}"/>'
            if role == "area"
            else '<polyline class="linreg-sketch-{}" points="{}"/>',
            role,
            " ".join(f"{x:.1f},{y:.1f}" for x, y in _placed(points, sketch.window)),
        )
        for role, points in sketch.lines
    )
    dots = join(
        fill(
            '<circle class="linreg-sketch-{}" cx="{}" cy="{}" r="3.5"/>',
            role,
            f"{x:.1f}",
            f"{y:.1f}",
        )
        for role, points in sketch.dots
        for x, y in _placed(points, sketch.window)
    )
    return fill(
        '<svg class="linreg-sketch" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH,
        HEIGHT,
        sketch.alt,
        lines,
        dots,
    )


def _placed(
    points: Sequence[tuple[float, float]], window: tuple[float, float, float, float]
) -> list[tuple[float, float]]:
    left, bottom, right, top = window
    across, up = (WIDTH - 2 * MARGIN) / (right - left), (HEIGHT - 2 * MARGIN) / (top - bottom)
    return [(MARGIN + (x - left) * across, HEIGHT - MARGIN - (y - bottom) * up) for x, y in points]
