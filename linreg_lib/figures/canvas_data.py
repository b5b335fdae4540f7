"""A complex as bytes for a page: small arrays, packed so that they compress well."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.figures.colours import pattern_colours
from linreg_lib.figures.outlines import Outlines, face_outlines
from linreg_lib.figures.region_colours import light_scale, linear_region_colours

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex


@dataclass(frozen=True, kw_only=True)
class CanvasData:
    """What a page needs to draw a complex: a header in plain values, and packed arrays.

    The arrays' bytes are split into planes (all first bytes, all second bytes, ...), put one
    after the other and compressed together (zlib); ``header["arrays"]`` tells name, type and
    shape of each.
    """

    header: Mapping[str, Any]
    packed: bytes

    @property
    def base64(self) -> str:
        return base64.b64encode(self.packed).decode("ascii")


def canvas_data(
    cx: PolyhedralComplex, values: Mapping[str, ArrayLike], *, with_linear: bool = False
) -> CanvasData:
    """Pack a complex of dimension 2 or 3.

    - ``vertices``: float32, scaled so that the longest half side of the domain is 1.
    - ``sizes``, ``corners``: polygons, the regions in the plane and the facets in space.  Vertices
      are numbered in the order in which corners mention them, and a corner is stored as "how many
      numbers below the next new one", which is 0 for a new vertex and small for a recent one.
    - ``first_sides``, ``second_sides`` (space only): the region on either side of a facet; facets
      are sorted by the first, which is stored as its growth; the second is 0 for a wall, else the
      difference to the first.
    - per region: ``measure`` (volume in that scale), ``facets``, ``units`` (how many units of each
      layer are on each piece but the lowest), ``rgb`` of its pattern, and the caller's values.
    """
    walls = np.asarray(cx.facet_is_wall)
    sides = np.asarray(cx.facet_cells)
    outlines = face_outlines(cx)
    arrays: dict[str, NDArray[Any]] = {}
    if cx.dim == 3:
        first = np.where(walls, sides[:, 0], sides.min(axis=1))
        second = np.where(walls, -1, sides.max(axis=1))
        order = np.lexsort([second, first])
        outlines, first, second = outlines.chosen(order), first[order], second[order]
        arrays["first_sides"] = _smallest(np.diff(first, prepend=0))
        arrays["second_sides"] = _smallest(np.where(second < 0, 0, second - first))
    vertices, corners = _renumbered(outlines)
    low, high = np.min(cx.vertices, axis=0), np.max(cx.vertices, axis=0)
    centre, scale = (low + high) / 2, float((high - low).max()) / 2
    arrays["vertices"] = ((np.asarray(cx.vertices)[vertices] - centre) / scale).astype(np.float32)
    arrays["sizes"] = _smallest(outlines.sizes)
    arrays["corners"] = corners.astype(np.uint32)
    # In the same scale: those of a tiny or huge domain would not fit a float32.
    arrays["measure"] = (np.asarray(cx.volumes) / scale**cx.dim).astype(np.float32)
    arrays["facets"] = _smallest(np.asarray(cx.facets_per_region()))
    arrays["units"] = _smallest(_units_on_pieces(cx))
    arrays["rgb"] = _bytes_of(pattern_colours(cx.patterns))
    if with_linear:
        arrays["linear"] = _bytes_of(linear_region_colours(cx))
    names = {}
    for place, (name, given) in enumerate(values.items()):
        arrays[f"value{place}"] = _checked_values(name, given, cx.num_regions)
        names[f"value{place}"] = name
    header = {
        "dim": cx.dim,
        "num_regions": cx.num_regions,
        "centre": centre.tolist(),
        "scale": scale,
        "half_sides": ((high - low) / 2 / scale).tolist(),
        "layers": [
            {"width": width, "breakpoints": activation.num_breakpoints}
            for width, activation in zip(
                cx.network.hidden_widths[: cx.upto_layer],
                cx.network.activations[: cx.upto_layer],
                strict=True,
            )
        ],
        "values": names,
        "palette": _bytes_of(np.asarray(light_scale(256).colors)[:, :3]).ravel().tolist(),
        "arrays": [
            {"name": name, "type": array.dtype.name, "shape": list(array.shape)}
            for name, array in arrays.items()
        ],
    }
    packed = zlib.compress(b"".join(map(_planes, arrays.values())), 6)
    return CanvasData(header=header, packed=packed)


def _renumbered(outlines: Outlines) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The vertices in order of their first mention, and the corners counted back from the next."""
    vertices, first, place = np.unique(outlines.corners, return_index=True, return_inverse=True)
    order = np.argsort(first)
    numbers = np.empty(len(vertices), dtype=np.int64)
    numbers[order] = np.arange(len(vertices))
    corners = numbers[place.ravel()]
    fresh = np.zeros(len(corners), dtype=np.int64)
    fresh[first] = 1
    known = np.cumsum(fresh) - fresh
    return vertices[order], known - corners


def _units_on_pieces(cx: PolyhedralComplex) -> NDArray[np.int64]:
    """(num_regions, sum of breakpoints over layers): units of each layer on each upper piece."""
    patterns = np.asarray(cx.patterns)
    counts, start = [], 0
    for layer in range(cx.upto_layer):
        block = patterns[:, start : start + cx.network.hidden_widths[layer]]
        start += block.shape[1]
        for piece in range(1, cx.network.activations[layer].num_breakpoints + 1):
            counts.append((block == piece).sum(axis=1))
    return np.stack(counts, axis=1)


def _checked_values(name: str, given: ArrayLike, num_regions: int) -> NDArray[np.float32]:
    numbers = np.asarray(given, dtype=np.float64)
    if numbers.shape != (num_regions,):
        raise ValueError(
            f"values[{name!r}] must hold one number a region, shape ({num_regions},), "
            f"got shape {numbers.shape}"
        )
    with np.errstate(over="ignore"):
        small = numbers.astype(np.float32)
    if not np.isfinite(small).all():
        bad = int(np.flatnonzero(~np.isfinite(small))[0])
        raise ValueError(
            f"values[{name!r}][{bad}] is {numbers[bad]}; numbers must be finite in float32"
        )
    return small


def _smallest(numbers: NDArray[Any]) -> NDArray[Any]:
    """Non-negative whole numbers in the smallest type that holds them."""
    for kind in (np.uint8, np.uint16):
        if numbers.max(initial=0) <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers.astype(np.uint32)


def _bytes_of(colours: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.round(255.0 * colours).astype(np.uint8)


def _planes(array: NDArray[Any]) -> bytes:
    little = array.astype(array.dtype.newbyteorder("<"))
    return np.frombuffer(little.tobytes(), np.uint8).reshape(-1, array.dtype.itemsize).T.tobytes()
