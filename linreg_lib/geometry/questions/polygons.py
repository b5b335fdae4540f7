"""The regions of a two-dimensional complex as polygons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.geometry.record.cut_record import CutRecord


def boundary_polygons(record: CutRecord, vertices: Callable[[], np.ndarray]) -> list[np.ndarray]:
    """Each region's vertices in order around its boundary: (m_i, 2) arrays of coordinates.

    ``vertices()`` gives the coordinates (f_0, 2) of all.

    The order comes from the lattice (which edges share a vertex), so slivers come out right too.
    """
    if record.dim != 2:
        raise ValueError(
            f"polygons are for domains of dimension 2; this one has dimension {record.dim}"
        )
    boundary = record.boundary(2)
    ends = record.ends[boundary.members]
    around = cycles(ends, boundary.offsets)
    return np.split(vertices()[around], boundary.offsets[1:-1])


def cycles(ends: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Vertices of 2-faces in cyclic order, face after face, from the two ends of each edge."""
    num = len(ends)
    owners = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    # Half-edges: (edge, end); the partner at a vertex is the face's other half-edge there.
    vertex, face = ends.ravel(), np.repeat(owners, 2)
    order = np.lexsort([vertex, face]).reshape(-1, 2)
    partner = np.empty(2 * num, dtype=np.int64)
    partner[order[:, 0]], partner[order[:, 1]] = order[:, 1], order[:, 0]
    cycles = np.empty(num, dtype=np.int64)
    half = 2 * offsets[:-1]
    active = np.arange(len(half))
    counts = np.diff(offsets)
    for step in range(int(counts.max(initial=0))):
        active = active[counts[active] > step]
        cycles[offsets[active] + step] = vertex[half[active]]
        half[active] = partner[half[active] ^ 1]
    return cycles
