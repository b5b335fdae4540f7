"""Faces of a complex in R^d from their parts in the cones between d hyperplanes.

The subdivision of ``Space`` starts from hyperplanes some of which may be no neurons, so each of its
faces lies in the relative interior of one true face.  The cells whose closures hold a true face F
determine F: round F they are pointed cones (times F's span) that cover everything, and a ray common
to all of them would make the one that holds the opposite ray contain a line.  So two parts, one on
the boundary of the other, lie in the same true face iff they have the same number of regions around
them (one set contains the other), and the parts of F are connected by such steps, since F is
convex.

Where all hyperplanes are neurons of the first layer, every part is a true face.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.faces.pattern_words import grouped, lexicographic_order
from linreg_lib.locked import Locked


@dataclass(frozen=True, kw_only=True, repr=False)
class JoinedFaces(Locked):
    """The true faces and their parts, level by level.

    ``face_of[k]`` (parts,): the true k-face to which each k-dimensional part belongs; -1 for parts
    of larger faces and for faces at infinity; ``some_part[k]``: one part of each true k-face;
    ``boundaries[k]``, k >= 2: the (k-1)-faces on the boundary of each k-face, maybe none;
    ``ends`` (f_1, 2): the *parts* (vertices) that end each 1-face, maybe at infinity;
    ``is_bounded[k]`` (f_k,).
    """

    face_of: list[np.ndarray]
    some_part: list[np.ndarray]
    boundaries: dict[int, Incidence]
    ends: np.ndarray
    is_bounded: list[np.ndarray]


def joined_faces(
    parts: Mapping[int, Incidence], is_finite: np.ndarray, regions: np.ndarray
) -> JoinedFaces:
    """Join ``parts[k]``, the boundaries of the parts of each dimension 1..d.

    ``is_finite`` (vertices,); ``regions`` (cells,): the number of the region of each, from 0 on.
    """
    dim = len(parts)
    sizes = [len(is_finite), *(len(parts[k]) for k in range(1, dim + 1))]
    starts = np.cumsum([0, *sizes])
    finite, bounded = [is_finite], [is_finite]
    for k in range(1, dim + 1):
        finite.append(parts[k].reduce(np.logical_or, finite[-1]))
        bounded.append(parts[k].reduce(np.logical_and, bounded[-1]))
    num_regions = _num_regions_around(parts, sizes, regions)
    labels = _components(parts, starts, finite, num_regions)
    top = np.zeros(len(labels), dtype=np.int64)
    level = np.repeat(np.arange(dim + 1), sizes)
    np.maximum.at(top, labels, level)

    face_of, some_part, is_bounded = [], [], []
    for k in range(dim + 1):
        own = labels[starts[k] : starts[k + 1]]
        chosen = np.flatnonzero(finite[k] & (top[own] == k))
        keys = regions[chosen] if k == dim else own[chosen]
        _, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
        if k == dim and len(np.unique(own[chosen])) != len(first):
            raise AssertionError("a region is not connected: its parts were not joined")
        place = np.full(sizes[k], -1, dtype=np.int64)
        place[chosen] = numbers
        flags = np.ones(len(first), dtype=bool)
        np.logical_and.at(flags, numbers, bounded[k][chosen])
        face_of.append(place)
        some_part.append(chosen[first])
        flags.setflags(write=False)
        is_bounded.append(flags)
    boundaries = {k: _boundary(parts[k], face_of[k], face_of[k - 1]) for k in range(2, dim + 1)}
    return JoinedFaces(
        face_of=face_of,
        some_part=some_part,
        boundaries=boundaries,
        ends=_ends(parts[1], face_of[1], (face_of[0] >= 0) | ~is_finite),
        is_bounded=is_bounded,
    )


def finite_faces(parts: Mapping[int, Incidence], is_finite: np.ndarray) -> JoinedFaces:
    """The same where every part is a face of its own: only those at infinity are left out."""
    finite, bounded = [is_finite], [is_finite]
    for k in range(1, len(parts) + 1):
        finite.append(parts[k].reduce(np.logical_or, finite[-1]))
        bounded.append(parts[k].reduce(np.logical_and, bounded[-1]))
    face_of = [np.where(each, np.cumsum(each) - 1, -1) for each in finite]
    some_part = [np.flatnonzero(each) for each in finite]
    is_bounded = [each[chosen] for each, chosen in zip(bounded, some_part, strict=True)]
    for flags in is_bounded:
        flags.setflags(write=False)
    return JoinedFaces(
        face_of=face_of,
        some_part=some_part,
        boundaries={
            k: _kept(parts[k], face_of[k], face_of[k - 1]) for k in range(2, len(parts) + 1)
        },
        ends=parts[1].members.reshape(-1, 2)[some_part[1]],
        is_bounded=is_bounded,
    )


def regions_by_pattern(patterns: np.ndarray) -> np.ndarray:
    """Numbers of cells with the same pattern (cells, units), in the patterns' order."""
    order = lexicographic_order(patterns)
    ordered = patterns[order]
    steps = (ordered[1:] != ordered[:-1]).any(axis=1)
    regions = np.empty(len(order), dtype=np.int64)
    regions[order] = np.concatenate([[0], np.cumsum(steps)])
    return regions


def _num_regions_around(
    parts: Mapping[int, Incidence], sizes: list[int], regions: np.ndarray
) -> list[np.ndarray]:
    """How many regions' closures hold each part."""
    dim, num = len(parts), int(regions.max()) + 1
    around = csr_array(
        (np.ones(len(regions), dtype=np.int32), (np.arange(len(regions)), regions)),
        shape=(len(regions), num),
    )
    counts = [np.ones(len(regions), dtype=np.int64)]
    for k in range(dim, 0, -1):
        ones = np.ones(len(parts[k].members), dtype=np.int32)
        above = csr_array(
            (ones, (parts[k].members, parts[k].owners)), shape=(sizes[k - 1], sizes[k])
        )
        around = above @ around
        around.data[:] = 1
        counts.append(np.diff(around.indptr))
    return counts[::-1]


def _components(
    parts: Mapping[int, Incidence],
    starts: np.ndarray,
    finite: list[np.ndarray],
    num_regions: list[np.ndarray],
) -> np.ndarray:
    """One label for all parts of a true face."""
    links = []
    for k, boundary in parts.items():
        face, sub = boundary.owners, boundary.members
        same = finite[k - 1][sub] & (num_regions[k][face] == num_regions[k - 1][sub])
        links.append(np.stack([face[same] + starts[k], sub[same] + starts[k - 1]]))
    rows, columns = np.concatenate(links, axis=1)
    graph = coo_array((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(starts[-1],) * 2)
    labels: np.ndarray = connected_components(graph, directed=False)[1]
    return labels


def _boundary(part: Incidence, face_of: np.ndarray, below: np.ndarray) -> Incidence:
    pairs = np.stack([face_of[part.owners], below[part.members]], axis=1)
    pairs = np.unique(pairs[(pairs >= 0).all(axis=1)], axis=0)
    counts = np.bincount(pairs[:, 0], minlength=int(face_of.max()) + 1)
    return Incidence(np.concatenate([[0], np.cumsum(counts)]), pairs[:, 1].copy())


def _kept(part: Incidence, face_of: np.ndarray, below: np.ndarray) -> Incidence:
    owners, members = face_of[part.owners], below[part.members]
    kept = members >= 0  # then the owner is finite, too
    counts = np.bincount(owners[kept], minlength=int(face_of.max(initial=-1)) + 1)
    return Incidence(np.concatenate([[0], np.cumsum(counts)]), members[kept])


def _ends(part: Incidence, face_of: np.ndarray, is_end: np.ndarray) -> np.ndarray:
    owners, members = face_of[part.owners], part.members
    chosen = (owners >= 0) & is_end[members]
    owners, members = owners[chosen], members[chosen]
    num = int(face_of.max(initial=-1)) + 1
    if (np.bincount(owners, minlength=num) != 2).any():
        raise AssertionError("a 1-face has not two ends: its parts were not joined")
    order, _ = grouped(owners, num)
    return members[order].reshape(-1, 2)
