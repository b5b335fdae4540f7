"""One cut: split every face of a lattice that has vertices on both sides of a hyperplane.

Level by level from edges to cells.  A cut k-face keeps its number for the negative part, gets a new
number for the positive part, and the two are separated by a new (k-1)-face, its section, bounded
by the sections of its own cut boundary faces.  Faces that the hyperplane does not meet are not
looked at, beyond one comparison for each incidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry.faces.lattice import Lattice
from linreg_lib.geometry.vertex_signs.margins import TINY_LENGTH
from linreg_lib.networks.float_constants import ROUNDED_DOWN, ROUNDED_UP


@dataclass(frozen=True, kw_only=True)
class _CutLevel:
    """The k-faces that are cut: their numbers, the positive parts', the sections'."""

    faces: np.ndarray
    positive: np.ndarray
    section: np.ndarray
    #: one vertex of each section
    vertex: np.ndarray
    #: a lower bound of the hyperplane's slope along each face
    slope: np.ndarray


@dataclass(frozen=True, kw_only=True)
class HyperplaneError:
    """What is known about the affine function that cuts: see vertex_signs/float_sign_bounds.py."""

    value: float
    lipschitz: float
    #: how far coordinates may be off the places that values are those of
    place: float

    def section_slack(self, slack: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """How far off its exact hull a vertex of the section may lie, given the face's slack."""
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = slack + (self.value + self.lipschitz * slack) / slope
        return np.where(slope > 0, moved, np.inf)


def edge_slopes(
    lattice: Lattice, edges: np.ndarray, change: np.ndarray, error: HyperplaneError
) -> np.ndarray:
    """Certified lower bounds of |slope| along edges, from the stored values' change (0: none)."""
    start, end = lattice.ends
    points = lattice.points.view
    step = points[end[edges]]
    step -= points[start[edges]]
    length = np.sqrt(np.einsum("ij,ij->i", step, step)) * ROUNDED_UP
    length += 2 * error.place + TINY_LENGTH
    known = change * ROUNDED_DOWN - 2 * (
        error.value + error.lipschitz * lattice.slack[1].view[edges]
    )
    known[~np.isfinite(known)] = 0.0
    with np.errstate(over="ignore"):  # of steep falls, which are no slopes in what follows
        slopes = known / length
    slopes[slopes < 2.0**-1000] = 0.0  # too small a number may have been rounded up by a lot
    return slopes


def split_faces(
    lattice: Lattice,
    signs: np.ndarray,
    cut_edges: np.ndarray,
    new_vertices: np.ndarray,
    slopes: np.ndarray,
    error: HyperplaneError,
) -> np.ndarray:
    """Split all faces that are cut; returns the cells that were, in the order of the new cells.

    ``signs`` (num_vertices,) are the exact signs at all vertices, 0 at ``new_vertices``, which
    lie on ``cut_edges`` one each.  Zero elsewhere means that the hyperplane passes through an old
    vertex: then sections also run through old faces.
    """
    old = int(np.count_nonzero(signs == 0)) > len(new_vertices)
    sides = _Sides(lattice, signs) if old else None
    level = _split_edges(lattice, signs, cut_edges, new_vertices, slopes)
    levels = [level]
    for k in range(2, lattice.dim + 1):
        level = _split_level(lattice, k, level, signs, sides, error)
        levels.append(level)
    for k, cut in enumerate(levels, start=1):
        lattice.cut_place[k].view[cut.faces] = -1
    return level.faces


def _split_edges(
    lattice: Lattice,
    signs: np.ndarray,
    cut_edges: np.ndarray,
    new_vertices: np.ndarray,
    slopes: np.ndarray,
) -> _CutLevel:
    start, end = lattice.ends
    upward = signs[start[cut_edges]] < 0
    negative = np.where(upward, start[cut_edges], end[cut_edges])
    positive = np.where(upward, end[cut_edges], start[cut_edges])
    start[cut_edges], end[cut_edges] = negative, new_vertices
    lattice.add_ends(new_vertices, positive)
    numbers = lattice.add_faces(1, lattice.slack[1].view[cut_edges])
    lattice.cut_place[1].view[cut_edges] = np.arange(len(cut_edges))
    return _CutLevel(
        faces=cut_edges, positive=numbers, section=new_vertices, vertex=new_vertices, slope=slopes
    )


def _split_level(
    lattice: Lattice,
    k: int,
    below: _CutLevel,
    signs: np.ndarray,
    sides: _Sides | None,
    error: HyperplaneError,
) -> _CutLevel:
    faces, subfaces = lattice.pairs(k)
    place_below = lattice.cut_place[k - 1].view
    place = lattice.cut_place[k].view
    if sides is None:
        touched = faces[np.flatnonzero(place_below[subfaces] >= 0)]
        place[touched] = np.arange(len(touched))
        cut = touched[place[touched] == np.arange(len(touched))]
    else:
        cut = sides.cut(k)
    place[cut] = np.arange(len(cut))
    rows = np.flatnonzero(place[faces] >= 0)
    where, sub = place[faces[rows]], subfaces[rows]
    sub_place = place_below[sub]
    is_cut = sub_place >= 0
    where_cut, sub_cut = where[is_cut], sub_place[is_cut]
    old_faces = None if sides is None else sides.zero_subfaces(k, where[~is_cut], sub[~is_cut])

    vertex = np.empty(len(cut), dtype=np.intp)
    slope = np.zeros(len(cut))
    if old_faces is not None and len(old_faces[0]):
        vertex[old_faces[0]] = _some_vertex(lattice, k - 2, old_faces[1])
    vertex[where_cut] = below.vertex[sub_cut]
    np.maximum.at(slope, where_cut, below.slope[sub_cut])

    positive = lattice.add_faces(k, lattice.slack[k].view[cut], vertex)
    lattice.some_vertex[k].view[cut] = vertex
    slack = error.section_slack(lattice.slack[k].view[cut], slope)
    section = lattice.add_faces(k - 1, slack, vertex)

    # Boundary of the two parts.
    if sides is None:
        some = lattice.ends[0][sub] if k == 2 else lattice.some_vertex[k - 1].view[sub]
        is_positive = (signs[some] > 0) & ~is_cut
    else:
        is_positive = (sides.high(k - 1)[sub] > 0) & ~is_cut
    faces[rows[is_positive]] = positive[where[is_positive]]
    lattice.add_pairs(
        k,
        np.concatenate([positive[where_cut], cut, positive]),
        np.concatenate([below.positive[sub_cut], section, section]),
    )
    # Boundary of the sections.
    bound_of, bound_by = where_cut, below.section[sub_cut]
    if old_faces is not None:
        bound_of = np.concatenate([bound_of, old_faces[0]])
        bound_by = np.concatenate([bound_by, old_faces[1]])
    if k == 2:
        order = np.argsort(bound_of, kind="stable")
        lattice.add_ends(*bound_by[order].reshape(-1, 2).T)
    else:
        lattice.add_pairs(k - 1, section[bound_of], bound_by)
    return _CutLevel(faces=cut, positive=positive, section=section, vertex=vertex, slope=slope)


def _some_vertex(lattice: Lattice, k: int, faces: np.ndarray) -> np.ndarray:
    if k == 0:
        return faces
    if k == 1:
        return lattice.ends[0][faces]
    return lattice.some_vertex[k].view[faces]


class _Sides:
    """On which sides each face has vertices: needed once the hyperplane meets old vertices."""

    def __init__(self, lattice: Lattice, signs: np.ndarray) -> None:
        self._lattice = lattice
        start, end = (signs[each] for each in lattice.ends)
        self._low = {0: signs, 1: np.minimum(start, end)}
        self._high = {0: signs, 1: np.maximum(start, end)}
        for k in range(2, lattice.dim + 1):
            faces, subfaces = lattice.pairs(k)
            low = np.full(lattice.num_faces[k], 2, dtype=np.int8)
            high = np.full(lattice.num_faces[k], -2, dtype=np.int8)
            np.minimum.at(low, faces, self._low[k - 1][subfaces])
            np.maximum.at(high, faces, self._high[k - 1][subfaces])
            self._low[k], self._high[k] = low, high

    def num(self, k: int) -> int:
        return len(self._high[k])

    def high(self, k: int) -> np.ndarray:
        return self._high[k]

    def cut(self, k: int) -> np.ndarray:
        return np.flatnonzero((self._low[k] < 0) & (self._high[k] > 0))

    def _zero(self, k: int) -> np.ndarray:
        return (self._low[k] == 0) & (self._high[k] == 0)

    def zero_subfaces(
        self, k: int, where: np.ndarray, sub: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The (k-2)-faces inside the hyperplane on the boundary of cut k-faces, once each.

        ``where``/``sub`` pair each cut face (by place) with its boundary faces that are not cut.
        """
        if k == 2:
            start, end = self._lattice.ends
            of, at = np.concatenate([where, where]), np.concatenate([start[sub], end[sub]])
        else:
            faces, subfaces = self._lattice.pairs(k - 1)
            old = np.flatnonzero(subfaces < self.num(k - 2))
            old = old[self._zero(k - 2)[subfaces[old]]]
            order = old[np.argsort(faces[old], kind="stable")]
            begin = np.searchsorted(faces[order], sub, side="left")
            count = np.searchsorted(faces[order], sub, side="right") - begin
            of = np.repeat(where, count)
            offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            at = subfaces[order[np.repeat(begin, count) + offset]]
        # New vertices have sign 0 but never lie on boundary edges that are not cut.
        keep = self._zero(k - 2)[at]
        unique = np.unique(np.stack([of[keep], at[keep]], axis=1), axis=0)
        return unique[:, 0], unique[:, 1]
