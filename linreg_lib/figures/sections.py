"""A solid complex opened by a plane: what is left of its walls, and the face of the cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.figures.outlines import Outlines, face_outlines
from linreg_lib.geometry.domains.domain import require_bounded
from linreg_lib.locked import Locked, kept_answer
from linreg_lib.networks.exact_floats import exact_floats, exact_number

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex


@dataclass(frozen=True, kw_only=True, repr=False)
class Surface(Locked):
    """Polygons in space with the region behind each."""

    points: NDArray[np.float64]
    outlines: Outlines
    regions: NDArray[np.int64]

    @property
    def num_regions(self) -> int:
        """How many regions show."""
        return len(np.unique(self.regions))

    @kept_answer
    def polygons(self) -> list[NDArray[np.float64]]:
        """(m_i, 3) corners of each polygon in order."""
        if not len(self.outlines):
            return []
        return np.split(self.points[self.outlines.corners], self.outlines.offsets[1:-1])


def wall_surface(cx: PolyhedralComplex) -> Surface:
    """The facets on the domain's own boundary."""
    walls = np.flatnonzero(cx.facet_is_wall)
    return Surface(
        points=np.asarray(cx.vertices),
        outlines=face_outlines(cx).chosen(walls),
        regions=np.asarray(cx.facet_cells)[walls, 0],
    )


def clipped(surface: Surface, normal: NDArray[np.float64], offset: float) -> Surface:
    """The part of convex polygons where ``normal @ x < offset``."""
    points, outlines = surface.points, surface.outlines
    here, there = outlines.corners, outlines.following
    inside = points @ normal < offset
    crossed = inside[here] != inside[there]
    crossings = _crossings(points, normal, offset, here[crossed], there[crossed])
    # Each corner is followed by the crossing on its way to the next one, where there is one.
    kept = np.stack([inside[here], crossed], axis=1)
    numbers = np.stack([here, np.zeros_like(here)], axis=1)
    numbers[crossed, 1] = len(points) + np.arange(len(crossings))
    sizes = np.bincount(outlines.owners, weights=kept.sum(axis=1), minlength=len(outlines))
    left = sizes > 0
    offsets = np.concatenate([[0], np.cumsum(sizes[left]).astype(np.int64)])
    return Surface(
        points=np.concatenate([points, crossings]),
        outlines=Outlines(offsets=offsets, corners=numbers[kept]),
        regions=surface.regions[left],
    )


def section(cx: PolyhedralComplex, normal: ArrayLike, offset: float) -> Surface:
    """The regions of a solid complex on the plane ``normal @ x = offset``, one polygon each.

    Made from the complex's own facets, each of which the plane crosses in a segment; so a polygon
    belongs to a region of the solid, whatever its size.  Vertices on the plane count as beyond it.

    Args:
        cx: a bounded complex of dimension 3.
        normal: (3,), not zero, in the domain's coordinates.
        offset: where the plane lies along the normal.

    Raises:
        ValueError: the complex is not solid, or the normal is no direction.

    Example:
        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1, 0, 0], [0, 1, 0]], [[1, 1]]], [[0, 0], [0]])
        >>> solid = lr.subdivide(net, lr.Box(-1, 1, dim=3))
        >>> section(solid, [0, 0, 1], 0.5).num_regions, section(solid, [1, 0, 0], 0.5).num_regions
        (4, 2)
    """
    direction = checked_normal(cx, normal)
    offset = exact_number("offset", offset)
    points, outlines = np.asarray(cx.vertices), face_outlines(cx)
    here, there = outlines.corners, outlines.following
    inside = points @ direction < offset
    crossed = np.flatnonzero(inside[here] != inside[there])
    facets = outlines.owners[crossed][::2]
    # Sides change an even number of times around a facet; consecutive crossings are one segment.
    segments = _crossings(points, direction, offset, here[crossed], there[crossed])
    segments = segments.reshape(-1, 2, 3)
    sides = np.asarray(cx.facet_cells)[facets]
    return _joined(
        np.concatenate([segments, segments[sides[:, 1] >= 0]]),
        np.concatenate([sides[:, 0], sides[sides[:, 1] >= 0, 1]]),
        direction,
    )


def checked_normal(cx: PolyhedralComplex, normal: ArrayLike) -> NDArray[np.float64]:
    """The normal as an array, for a solid complex."""
    check_solid(cx)
    direction = exact_floats("normal", normal)
    if direction.shape != (3,) or not direction.any():
        raise ValueError(f"normal must be 3 finite numbers, not all zero, got {normal!r:.60}")
    return direction


def check_solid(cx: PolyhedralComplex) -> None:
    """Raise an error unless the complex is three-dimensional and bounded."""
    if cx.dim != 3:
        raise ValueError(
            f"a solid picture needs a complex of dimension 3, got dimension {cx.dim}; "
            "for a plane use draw_regions"
        )
    require_bounded("a solid picture", cx.domain)


def _crossings(
    points: NDArray[np.float64],
    normal: NDArray[np.float64],
    offset: float,
    here: NDArray[np.int64],
    there: NDArray[np.int64],
) -> NDArray[np.float64]:
    # From the lower vertex number, so that all faces round an edge get the very same point.
    start, end = np.minimum(here, there), np.maximum(here, there)
    heights = points @ normal - offset
    along = heights[start] / (heights[start] - heights[end])
    return points[start] + along[:, None] * (points[end] - points[start])


def _joined(
    segments: NDArray[np.float64], regions: NDArray[np.int64], normal: NDArray[np.float64]
) -> Surface:
    """Convex polygons from their sides (n, 2, 3), which come in any order and direction."""
    shown, owners, sizes = np.unique(regions, return_inverse=True, return_counts=True)
    middles = segments.mean(axis=1)
    sums = [np.bincount(owners, weights=middles[:, k], minlength=len(shown)) for k in range(3)]
    centres = np.stack(sums, axis=1) / sizes[:, None]
    across = np.eye(3)[np.argmin(np.abs(normal))]
    first = np.cross(normal, across)
    frame = np.stack([first, np.cross(normal, first) / np.linalg.norm(normal)], axis=1)
    flat = (segments - centres[owners][:, None]) @ frame
    start, end = flat[:, 0], flat[:, 1]
    turned = start[:, 0] * end[:, 1] < start[:, 1] * end[:, 0]
    middle = flat.mean(axis=1)
    order = np.lexsort([np.arctan2(middle[:, 1], middle[:, 0]), owners])
    first_ends = np.where(turned[:, None], segments[:, 1], segments[:, 0])
    return Surface(
        points=first_ends[order],
        outlines=Outlines(
            offsets=np.concatenate([[0], np.cumsum(sizes)]), corners=np.arange(len(segments))
        ),
        regions=shown,
    )
