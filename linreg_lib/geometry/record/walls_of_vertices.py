"""On which of the domain's own facets each vertex lies."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.record.cut_record import CutRecord


def walls_of_vertices(record: CutRecord, corners: np.ndarray) -> np.ndarray:
    """Bool (vertices, walls), from the same for the ``corners`` (n, walls) of the domain.

    A vertex inside an edge lies on the walls that hold both of the edge's ends.
    """
    rows = record.crossing_rows
    walls = np.zeros((len(rows), corners.shape[1]), dtype=bool)
    walls[: len(corners)] = corners
    for vertex in range(len(corners), len(rows)):
        a, b = rows[vertex, :2]
        walls[vertex] = walls[a] & walls[b]
    return walls[record.vertex_ids]
