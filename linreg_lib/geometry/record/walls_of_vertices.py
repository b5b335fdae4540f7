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
    waiting = np.arange(len(corners), len(rows))
    known = np.zeros(len(rows), dtype=bool)
    known[: len(corners)] = True
    while len(waiting):
        ends = rows[waiting, :2]
        ready = known[ends].all(axis=1)
        walls[waiting[ready]] = walls[ends[ready, 0]] & walls[ends[ready, 1]]
        known[waiting[ready]] = True
        waiting = waiting[~ready]
    return walls[record.vertex_ids]
