"""Polygons of a complex in one flat array: what drawing a hundred thousand of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.path import Path
from numpy.typing import NDArray

from linreg_lib.locked import Locked

if TYPE_CHECKING:
    from linreg_lib.geometry import PolyhedralComplex


@dataclass(frozen=True, kw_only=True, repr=False)
class Outlines(Locked):
    """Polygons: ``corners[offsets[i] : offsets[i + 1]]`` are the vertex numbers of the i-th."""

    offsets: NDArray[np.int64]
    corners: NDArray[np.int64]

    def __post_init__(self) -> None:
        self.offsets.setflags(write=False)
        self.corners.setflags(write=False)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of corners of each polygon."""
        return np.diff(self.offsets)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The polygon of each entry of ``corners``."""
        return np.repeat(np.arange(len(self)), self.sizes)

    @property
    def following(self) -> NDArray[np.int64]:
        """The corner after each entry of ``corners``, round its polygon."""
        if not len(self):
            return self.corners
        places = np.arange(1, len(self.corners) + 1)
        places[self.offsets[1:] - 1] = self.offsets[:-1]
        return self.corners[places]

    def chosen(self, which: NDArray[Any]) -> Outlines:
        """Some of the polygons, by a mask or by numbers, in the order given."""
        numbers = np.flatnonzero(which) if which.dtype == bool else which
        sizes = self.sizes[numbers]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        places = np.arange(offsets[-1]) + np.repeat(self.offsets[numbers] - offsets[:-1], sizes)
        return Outlines(offsets=offsets, corners=self.corners[places])


def face_outlines(cx: PolyhedralComplex) -> Outlines:
    """The corners of every 2-face in order around it, in the complex's order of 2-faces.

    The order comes from which edges share a vertex, so slivers come out right.

    Args:
        cx: a bounded complex of dimension at least 2; its 2-faces are regions in the plane and
            facets in space.

    Example:
        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1, 0]], [[1]]], [[0], [0]])
        >>> halves = face_outlines(lr.subdivide(net, lr.Box(-1, 1, dim=2)))
        >>> len(halves), halves.sizes.tolist()
        (2, [4, 4])
    """
    boundary = cx.boundary(2)
    offsets = np.asarray(boundary.offsets, dtype=np.int64)
    ends = np.asarray(cx.edges)[boundary.members]
    # Two half-edges of a face meet at each of its vertices; number 2e + s is end s of edge e.
    face = np.repeat(np.arange(len(offsets) - 1), 2 * np.diff(offsets))
    meeting = np.lexsort([ends.ravel(), face]).reshape(-1, 2)
    partner = np.empty(2 * len(ends), dtype=np.int64)
    partner[meeting[:, 0]], partner[meeting[:, 1]] = meeting[:, 1], meeting[:, 0]
    corners = np.empty(len(ends), dtype=np.int64)
    sizes, active = np.diff(offsets), np.arange(len(offsets) - 1)
    half = 2 * offsets[:-1]
    for step in range(int(sizes.max(initial=0))):
        active = active[sizes[active] > step]
        corners[offsets[active] + step] = ends.ravel()[half[active]]
        half[active] = partner[half[active] ^ 1]
    return Outlines(offsets=offsets, corners=corners)


def closed_paths(points: NDArray[np.float64], outlines: Outlines) -> list[Path]:
    """One closed path a polygon, in order; polygons with as many corners are made together."""
    paths: list[Any] = [None] * len(outlines)
    sizes = outlines.sizes
    for size in np.unique(sizes):
        places = np.flatnonzero(sizes == size)
        corners = outlines.corners[outlines.offsets[places][:, None] + np.arange(size)]
        same: Any = points[corners]  # one array, of which matplotlib makes paths fastest
        for place, path in zip(places, PolyCollection(same).get_paths(), strict=True):
            paths[place] = path
    return paths


def chained_segments(segments: NDArray[np.float64], chunk: int = 1000) -> list[Any]:
    """Segments (n, 2, k) as few polylines with gaps (NaN), which draw much faster than n lines."""
    num, _, dim = segments.shape
    gapped = np.full((num, 3, dim), np.nan)
    gapped[:, :2] = segments
    return [gapped[start : start + chunk].reshape(-1, dim) for start in range(0, num, chunk)]
