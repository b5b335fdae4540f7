"""On which of the domain's own facets each vertex, and each face, lies."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.faces.pattern_words import packed_rows
from linreg_lib.geometry.record.cut_record import CutRecord


def walls_of_vertices(record: CutRecord, corners: np.ndarray) -> np.ndarray:
    """Bool (vertices, walls), from the same for the ``corners`` (n, walls) of the domain.

    A vertex inside an edge lies on the walls that hold both of the edge's ends.
    """
    rows, num_corners = record.crossing_rows, len(corners)
    walls = np.zeros((len(rows), corners.shape[1]), dtype=bool)
    walls[:num_corners] = corners
    may_be = np.ones(len(rows), dtype=bool)
    if record.domain.is_bounded and record.domain.is_axis_parallel:
        # Rounding keeps vertices on walls across an axis exactly; it may lead others there.
        low, high = record.domain.lattice_bounds()
        points = record.points[:, :-1]
        may_be[record.vertex_ids] = ((points == low) | (points == high)).any(axis=1)
    waiting = num_corners + np.flatnonzero(may_be[num_corners:])
    known = ~may_be
    known[:num_corners] = True
    while len(waiting):
        ends = rows[waiting, :2]
        ready = known[ends].all(axis=1)
        walls[waiting[ready]] = walls[ends[ready, 0]] & walls[ends[ready, 1]]
        known[waiting[ready]] = True
        waiting = waiting[~ready]
    return walls[record.vertex_ids]


def walls_of_faces(record: CutRecord) -> list[np.ndarray]:
    """For each k bits (f_k, words): on which of the domain's facets each k-face lies."""
    domain = record.domain
    if record.dim == 1:
        is_wall = record.facet_is_wall.astype(np.uint64)[:, None]
        return [is_wall, np.zeros((record.num_regions, 1), dtype=np.uint64)]
    on_wall = walls_of_vertices(record, walls_at_corners(domain))
    words = [packed_rows(on_wall)]
    for k in range(1, record.dim + 1):
        words.append(record.boundary(k).reduce(np.bitwise_and, words[-1]))
    return words


def walls_at_corners(domain: Domain) -> np.ndarray:
    """Which of the domain's facets each of its corners lies on, bool (corners, facets)."""
    lattice = domain.initial_lattice()
    first, second = lattice.ends
    corners = np.zeros((len(first), lattice.points.size), dtype=bool)
    corners[np.arange(len(first)), first] = True
    corners[np.arange(len(first)), second] = True
    for k in range(2, domain.dim):
        faces, subfaces = lattice.pairs(k)
        higher = np.zeros((lattice.num_faces[k], lattice.points.size), dtype=bool)
        np.logical_or.at(higher, faces, corners[subfaces])
        corners = higher
    return corners.T


def is_across_axis(domain: Domain, corners: np.ndarray) -> np.ndarray:
    """Whether all corners on a facet agree in a coordinate, exactly: bool (facets, d).

    ``corners`` (n, facets): which facets each lies on.
    """
    points = domain.exact_corners()
    if points is None:
        points = domain.initial_lattice().points.view.astype(object)
    agree = []
    for on_it in corners.T:
        first, *others = points[on_it]
        agree.append(
            [
                all(first[i] * other[-1] == other[i] * first[-1] for other in others)
                for i in range(domain.dim)
            ]
        )
    return np.array(agree)
