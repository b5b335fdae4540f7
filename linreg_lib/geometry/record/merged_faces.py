"""Join the faces of a complex that a fit coarser complex does not tell apart.

A point of the coarse complex lies in the relative interior of one face, which is known by the
original face that carries the point and by the set of classes that are on top there: on a face of
the original complex the outputs are affine, so such a set of points is convex.  Along an incidence
``g < f`` of the fine complex carrier and top set can only change one way, so comparing sizes is
enough: the number of original cells around, of walls below, of classes on top.  Two faces of the
original complex of which one bounds the other differ in the first or the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.walls_of_vertices import walls_of_vertices


@dataclass(frozen=True, kw_only=True)
class MergedFaces:
    """``vertices``: the fine vertices that stay; ``boundaries[k]`` of the joined k-faces."""

    vertices: np.ndarray
    boundaries: dict[int, Incidence]


def merged_faces(
    fine: CutRecord,
    cell_of: np.ndarray,
    region_of: np.ndarray,
    num_top: list[np.ndarray] | None = None,
) -> MergedFaces:
    """Join the faces of ``fine``.

    ``cell_of`` (cells,): the original cell of each; ``region_of`` (cells,): the wanted number of
    the joined cell, the same for two cells iff they are to be joined; ``num_top[k]`` (f_k,): on how
    many classes the top set of each k-face has, where classes cut.
    """
    counts = _face_counts(fine)
    sizes = [_cells_around(fine, cell_of), _walls_below(fine)]
    sizes += [num_top] if num_top is not None else []
    start = np.cumsum([0, *counts])
    firsts, seconds = [], []
    for k in range(1, fine.dim + 1):
        boundary = fine.boundary(k)
        owners, members = boundary.owners, boundary.members
        same = np.ones(len(owners), dtype=bool)
        for size in sizes:
            same &= size[k][owners] == size[k - 1][members]
        firsts.append(owners[same] + start[k])
        seconds.append(members[same] + start[k - 1])
    rows, columns = np.concatenate(firsts), np.concatenate(seconds)
    graph = coo_array((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(start[-1],) * 2)
    num, labels = connected_components(graph, directed=False)
    label = [labels[start[k] : start[k + 1]] for k in range(fine.dim + 1)]
    dims = np.zeros(num, dtype=np.int64)
    for k in range(fine.dim + 1):
        dims[label[k]] = k
    # Numbers of the joined faces among those of their dimension, by first fine face.
    number = np.full(num, -1, dtype=np.int64)
    for k in range(fine.dim):
        here = label[k][dims[label[k]] == k]
        which, first = np.unique(here, return_index=True)
        number[which[np.argsort(first)]] = np.arange(len(which))
    number[label[fine.dim]] = region_of
    if not (number[label[fine.dim]] == region_of).all() or len(np.unique(label[fine.dim])) != len(
        np.unique(region_of)
    ):
        raise AssertionError("cells were joined that differ, or left apart that do not")
    boundaries = {}
    for k in range(1, fine.dim + 1):
        boundary = fine.boundary(k)
        above, below = label[k][boundary.owners], label[k - 1][boundary.members]
        kept = (dims[above] == k) & (dims[below] == k - 1)
        pairs = np.unique(np.stack([number[above[kept]], number[below[kept]]], axis=1), axis=0)
        offsets = np.concatenate([[0], np.cumsum(np.bincount(pairs[:, 0]))]).astype(np.int64)
        boundaries[k] = Incidence(offsets, np.ascontiguousarray(pairs[:, 1]))
    if (boundaries[1].counts != 2).any():
        raise AssertionError("a joined edge has not two ends")
    return MergedFaces(vertices=np.flatnonzero(dims[label[0]] == 0), boundaries=boundaries)


def _face_counts(record: CutRecord) -> list[int]:
    return [record.faces.num_faces(k) for k in range(record.dim + 1)]


def _cells_around(record: CutRecord, cell_of: np.ndarray) -> list[np.ndarray]:
    """For each k in how many different original cells each k-face lies."""
    faces, cells = np.arange(record.num_regions), cell_of
    num_cells = int(cell_of.max()) + 1
    sizes = [np.ones(record.num_regions, dtype=np.int64)]
    for k, count in zip(range(record.dim, 0, -1), reversed(_face_counts(record)[:-1]), strict=True):
        boundary = record.boundary(k)
        times = boundary.counts[faces]
        within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        members = boundary.members[np.repeat(boundary.offsets[faces], times) + within]
        keys = np.unique(members.astype(np.int64) * num_cells + np.repeat(cells, times))
        faces, cells = np.divmod(keys, num_cells)
        sizes.append(np.bincount(faces, minlength=count))
    return sizes[::-1]


def _walls_below(record: CutRecord) -> list[np.ndarray]:
    """For each k on how many of the domain's own facets each k-face lies."""
    if record.dim == 1:
        return [record.facet_is_wall.astype(np.int64), np.zeros(record.num_regions, dtype=np.int64)]
    on_wall = walls_of_vertices(record, _walls_at_corners(record.domain))
    sizes = [on_wall.sum(axis=1)]
    for k in range(1, record.dim + 1):
        on_wall = record.boundary(k).reduce(np.logical_and, on_wall)
        sizes.append(on_wall.sum(axis=1))
    return sizes


def _walls_at_corners(domain: Domain) -> np.ndarray:
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
