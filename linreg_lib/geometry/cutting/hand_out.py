"""From the lattice that was cut to the faces that are handed out: sorted, compact, locked."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.domains.space import Space
from linreg_lib.geometry.faces.face_source import StoredFaces
from linreg_lib.geometry.faces.incidence import Incidence, StoredBoundaries
from linreg_lib.geometry.faces.lattice import Lattice
from linreg_lib.geometry.faces.pattern_words import grouped, lexicographic_order
from linreg_lib.geometry.record.invariants import require_different

#: the vertex that a whole line starts with, see faces/lattice.py
_ARTIFICIAL = 1


def handed_out(
    points: np.ndarray,
    boundaries: dict[int, Incidence],
    domain: Domain,
    pieces: list[np.ndarray],
    zeros: np.ndarray,
    zero_words: list[int],
) -> tuple[StoredFaces, np.ndarray]:
    """Regions sorted by pattern, and artificial parts joined; ``points`` are homogeneous.

    Second, the number that each vertex had in the lattice.
    """
    dim = domain.dim
    patterns = np.concatenate(
        [np.zeros((len(boundaries[dim]), 0), dtype=np.uint8), *pieces], axis=1
    )
    edges, vertex_ids = boundaries[1].members.reshape(-1, 2), np.arange(len(points))
    is_space = isinstance(domain, Space)
    if not domain.is_bounded and not is_space:
        zeros = _zeros_of_whole_line(edges, points[:, -1] > 0, zeros)
        edges, patterns, vertex_ids = _join_halves(edges, patterns, vertex_ids)
    order = lexicographic_order(patterns)
    if not is_space:  # there a region comes in several parts
        require_different(patterns[order], "pattern")
    handed = StoredBoundaries(boundaries)
    handed[1] = Incidence(np.arange(0, 2 * len(edges) + 1, 2, dtype=np.int64), edges.ravel())
    handed[dim] = _reordered(handed[dim], order)
    faces = StoredFaces(
        points=points[vertex_ids],
        boundaries=handed,
        patterns=patterns[order],
        zeros=zeros[vertex_ids],
        zero_words=tuple(zero_words),
    )
    return faces, vertex_ids


def boundaries_of(lattice: Lattice) -> dict[int, Incidence]:
    """Which (k-1)-faces bound each k-face of a lattice, face after face."""
    ends = np.stack(lattice.ends, axis=1)
    found = {1: Incidence(np.arange(0, 2 * len(ends) + 1, 2, dtype=np.int64), ends.ravel())}
    for k in range(2, lattice.dim + 1):
        owners, subfaces = lattice.pairs(k)
        by_face, begin = grouped(owners, lattice.num_faces[k])
        offsets = np.append(begin, len(owners)).astype(np.int64)
        found[k] = Incidence(offsets, subfaces[by_face])
    return found


def require_far_points(points: np.ndarray, births: np.ndarray, domain: Domain) -> None:
    """Vertices at infinity are those between such vertices: w must not have underflown.

    ``births`` are the rows of vertex_signs/crossings.py.
    """
    first, second = births[:, :2].T
    born = first >= 0
    is_finite = points[:, -1] > 0
    expected = is_finite[first] | is_finite[second]
    corners = domain.exact_corners()
    if corners is not None:
        expected[: len(corners)] = [w > 0 for w in corners[:, -1]]
        born[: len(corners)] = True
    if (is_finite != expected)[born].any():
        raise OverflowError(
            "a vertex is too far away for float64; scale the weights, or use a bounded domain"
        )


def _reordered(incidence: Incidence, order: np.ndarray) -> Incidence:
    """The faces in another order."""
    counts = np.diff(incidence.offsets)[order]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    places = np.repeat(incidence.offsets[order] - offsets[:-1], counts) + np.arange(offsets[-1])
    return Incidence(offsets, incidence.members[places])


def _zeros_of_whole_line(edges: np.ndarray, is_finite: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """Bits of the vertices such that those of a cell's ends tell on what the whole cell lies.

    At infinity a value counts as 0 as soon as it is constant, whatever it is.  The other end of a
    ray is a vertex and knows better; a line that nothing cuts has none, so its ends ask the
    artificial vertex between them.
    """
    beside = (edges == _ARTIFICIAL).any(axis=1)
    outer = np.setdiff1d(edges[beside], [_ARTIFICIAL])
    zeros = zeros.copy()
    zeros[outer[~is_finite[outer]]] &= zeros[_ARTIFICIAL]
    return zeros


def _join_halves(
    edges: np.ndarray, patterns: np.ndarray, vertex_ids: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    at = np.flatnonzero((edges == _ARTIFICIAL).any(axis=1))
    first, second = at
    if (patterns[first] != patterns[second]).any():
        return edges, patterns, vertex_ids
    joined = edges.copy()
    outer = [int(e[0] if e[1] == _ARTIFICIAL else e[1]) for e in edges[at]]
    joined[first] = outer
    keep = np.arange(len(edges)) != second
    joined = joined[keep]
    joined -= joined > _ARTIFICIAL
    return joined, patterns[keep], np.delete(vertex_ids, _ARTIFICIAL)
