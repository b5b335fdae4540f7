"""Join the faces of a complex that a coarser complex does not tell apart.

The coarser one is a complex, too: its cells are unions of fine cells, convex, and meet in common
faces.  A point of it lies in the relative interior of one face, the smallest that holds it, which
is the intersection of the cells and of the domain's facets ("walls") around the point: if it were
less than these cells have in common, some cell beyond would hold it as well.  Along an incidence
``g < f`` of the fine complex more cells and walls can only come round ``g``; so both lie in one
coarse face iff as many cells, and as many walls, are around the one as around the other.

Only faces on a *seam* need be looked at, a facet between two fine cells that are joined: where a
smaller face lies inside a coarse one, fine cells meet there which are one coarse cell, and so two
of them that share a facet there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.walls_of_vertices import walls_of_faces


@dataclass(frozen=True, kw_only=True)
class MergedFaces:
    """``vertices``: the fine vertices that stay; ``boundaries[k]`` of the joined k-faces."""

    vertices: np.ndarray
    boundaries: dict[int, Incidence]


def merged_faces(fine: CutRecord, region_of: np.ndarray) -> MergedFaces:
    """Join the faces of ``fine``.

    ``region_of`` (cells,): the number of the joined cell, from 0 on.  Joined faces of lower
    dimension are numbered by their first fine face.
    """
    dim, counts = fine.dim, [fine.faces.num_faces(k) for k in range(fine.dim + 1)]
    pairs = _pairs_in_one_face(fine, region_of)
    #: of each fine face, the least fine face of its own dimension that it is joined to; -1: it
    #: lies inside a coarse face of higher dimension
    first = [np.arange(count) for count in counts]
    _join(first, pairs, counts)
    number = [_numbers(each) for each in first[:-1]]
    number.append(region_of)
    if (first[dim] < 0).any() or not _is_one_to_one(first[dim], region_of):
        raise AssertionError("cells were joined that differ, or left apart that do not")
    boundaries = {}
    for k in range(1, dim + 1):
        boundary = fine.boundary(k)
        owners, members = number[k][boundary.owners], number[k - 1][boundary.members]
        kept = np.flatnonzero((owners >= 0) & (members >= 0))
        boundaries[k] = _incidence(owners[kept], members[kept], int(number[k].max()) + 1)
    if (boundaries[1].counts != 2).any():
        raise AssertionError("a joined edge has not two ends")
    return MergedFaces(vertices=np.flatnonzero(first[0] >= 0), boundaries=boundaries)


def _pairs_in_one_face(
    fine: CutRecord, region_of: np.ndarray
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """For each k the pairs of a k-face and one that bounds it that lie in one coarse face."""
    dim = fine.dim
    seams = np.zeros(fine.faces.num_faces(dim - 1), dtype=bool)
    cells = fine.facet_cells
    inner = np.flatnonzero(cells[:, 1] >= 0)
    seams[inner] = region_of[cells[inner, 0]] == region_of[cells[inner, 1]]
    on_seam = {dim - 1: seams}
    for k in range(dim - 1, 0, -1):
        boundary = fine.boundary(k)
        on_seam[k - 1] = np.zeros(fine.faces.num_faces(k - 1), dtype=bool)
        on_seam[k - 1][boundary.members[on_seam[k][boundary.owners]]] = True
    # Faces whose surroundings must be known: those on seams, and all that these bound.
    star = {0: on_seam[0]}
    rows = {}
    for k in range(1, dim + 1):
        boundary = fine.boundary(k)
        rows[k] = np.flatnonzero(star[k - 1][boundary.members])
        star[k] = np.zeros(fine.faces.num_faces(k), dtype=bool)
        star[k][boundary.owners[rows[k]]] = True
        if k < dim:
            star[k] |= on_seam[k]
    walls = walls_of_faces(fine)
    pairs = {}
    faces = np.flatnonzero(star[dim])
    around = np.zeros(fine.num_regions, dtype=np.int64)
    around[faces] = 1
    regions, num_regions = region_of[faces], int(region_of.max()) + 1
    for k in range(dim, 0, -1):
        boundary = fine.boundary(k)
        owners, members = boundary.owners[rows[k]], boundary.members[rows[k]]
        # All pairs (member, region): faces and regions list the pairs of the dimension above.
        begin = np.searchsorted(faces, owners, side="left")
        times = np.searchsorted(faces, owners, side="right") - begin
        within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        keys = np.repeat(members, times).astype(np.int64) * num_regions
        keys += regions[np.repeat(begin, times) + within]
        faces, regions = np.divmod(np.unique(keys), num_regions)
        below = np.bincount(faces, minlength=fine.faces.num_faces(k - 1))
        same = on_seam[k - 1][members] & (around[owners] == below[members])
        owners, members = owners[same], members[same]
        same = (walls[k][owners] == walls[k - 1][members]).all(axis=1)
        pairs[k] = owners[same], members[same]
        around = below
    return pairs


def _join(
    first: list[np.ndarray], pairs: dict[int, tuple[np.ndarray, np.ndarray]], counts: list[int]
) -> None:
    """Write into ``first`` what the pairs join."""
    start = np.cumsum([0, *counts])
    rows = np.concatenate([pairs[k][0] + start[k] for k in pairs])
    columns = np.concatenate([pairs[k][1] + start[k - 1] for k in pairs])
    if not len(rows):
        return
    nodes, place = np.unique(np.concatenate([rows, columns]), return_inverse=True)
    size, half = len(nodes), len(rows)
    graph = coo_array((np.ones(half, dtype=bool), (place[:half], place[half:])), (size, size))
    num, labels = connected_components(graph, directed=False)
    dims = np.searchsorted(start, nodes, side="right") - 1
    highest = np.zeros(num, dtype=np.int64)
    np.maximum.at(highest, labels, dims)
    for k, numbers in enumerate(first):
        here = np.flatnonzero(dims == k)
        faces, label = nodes[here] - start[k], labels[here]
        least = np.full(num, counts[k], dtype=np.int64)
        np.minimum.at(least, label, faces)
        numbers[faces] = np.where(highest[label] == k, least[label], -1)


def _numbers(first: np.ndarray) -> np.ndarray:
    """Numbers from 0 on for the faces that are first of theirs, and for those joined to them."""
    is_first = first == np.arange(len(first))
    numbers = np.cumsum(is_first) - 1
    return np.where(first >= 0, numbers[np.maximum(first, 0)], -1)


def _is_one_to_one(first: np.ndarray, region_of: np.ndarray) -> bool:
    """Whether cells are joined iff they have the same region."""
    order = np.argsort(region_of, kind="stable")
    regions, firsts = region_of[order], first[order]
    new = np.concatenate([[True], regions[1:] != regions[:-1]])
    if (firsts[1:] != firsts[:-1])[~new[1:]].any():
        return False
    return len(np.unique(firsts[new])) == int(new.sum())


def _incidence(owners: np.ndarray, members: np.ndarray, num: int) -> Incidence:
    """The incidence of pairs, each once, in the order of owners and then of members."""
    order = np.lexsort((members, owners))
    owners, members = owners[order], members[order]
    new = np.concatenate([[True], (owners[1:] != owners[:-1]) | (members[1:] != members[:-1])])
    owners, members = owners[new], members[new]
    offsets = np.zeros(num + 1, dtype=np.int64)
    np.cumsum(np.bincount(owners, minlength=num), out=offsets[1:])
    return Incidence(offsets, np.ascontiguousarray(members))
