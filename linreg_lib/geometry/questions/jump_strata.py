"""The set B_N where the gradient jumps, sorted into pieces of each codimension (HR19, Eqs. 4, 5).

The reading is the recursive definition below HR19, Eq. 5, taken literally, inside the domain:
``R_1 = B_N``; ``B_{N,k}`` are the points of ``R_k`` near which ``R_k`` is a flat of codimension k;
``R_{k+1}`` is the rest, ``R_k`` without ``B_{N,k}``.  (For almost all weights B_{N,k} are the
points where exactly k neurons that reach the output switch, HR19, Proposition 10; here neurons may
coincide, cancel or meet as they like.)

In terms of faces: R_k is closed and a union of faces of dimension at most d - k, those of dimension
q = d - k are in B_{N,k}, and make up its volume.  A face F of R_k of dimension

* q - 1 is in B_{N,k} iff exactly two q-faces of R_k meet there and are parts of one flat;
* less is in B_{N,k} iff it bounds q-faces of R_k, which are all parts of one flat, and all faces of
  R_k that F bounds are in B_{N,k}.  (Then R_k is near F a union of flats: a part of a flat cannot
  end in F, which has codimension at least 2 in it.)

*R_2 and R_3 are pure*: each of their faces bounds one of largest dimension, so that for
codimensions up to 4 the first rule is all there is.  For R_2: if R_2 had codimension 3 or more
near x, the parts of B_N would be whole hyperplanes near x; two of them meet in codimension 2, so
there is one, and x is not in R_2.  For R_3: if R_3 had codimension 4 or more near x, R_2 would be a
union of flats P_i of codimension 2 near x, which meet in codimension 4 each two.  At P_i there ends
(or passes) a part of a hyperplane H in B_N, at P_j one of a hyperplane G.  No hyperplane contains
two of the flats, so the part in H is all of H or its half {a >= 0} with P_i = {a = 0}; likewise
{b >= 0} in G.  Neither a nor b vanishes on E, the intersection of H and G (E would be P_i or P_j,
and G or H contain both), and a is no multiple of b on E (the set {a = b = 0} of codimension 3
would lie in both P_i and P_j).  So a > 0 and b > 0 at some points of E; hyperplanes cross there,
and E is one of the flats, contained in both H and G with P_i and with P_j: impossible.

*R_4 need not be pure*, so from codimension 5 on faces can be left over that bound no larger one.
With the inputs a, b, c, e, w the function relu(w - |a| - |b|) + relu(-w - |c| - |e|) has
R_3 = {a = b = w = 0} and {c = e = w = 0}, planes that meet in 0 alone: 0 is in B_{N,5}, and
B_{N,4} is empty.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from linreg_lib.geometry.questions.jumping_facets import jumping_facets
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.networks.exact_rank import integer_rank


def jump_faces(record: CutRecord, codim: int) -> np.ndarray:
    """Which faces of codimension ``codim >= 1`` make up B_{N,codim} inside the domain, bool."""
    chosen = jumping_facets(record)
    #: by dimension: faces of R_k that bound no chosen one, and some that do
    left_over: dict[int, np.ndarray] = {}
    for level in range(record.dim - 1, record.dim - codim, -1):
        boundary = record.boundary(level)
        rows = np.flatnonzero(chosen[boundary.owners])
        owners, members = boundary.owners[rows], boundary.members[rows]
        meeting = np.bincount(members, minlength=record.faces.num_faces(level - 1))
        order = np.argsort(members, kind="stable")
        twos = np.flatnonzero((meeting == 2) & ~record.on_wall(level - 1))
        begin = np.searchsorted(members[order], twos)
        pairs = np.stack([owners[order[begin]], owners[order[begin + 1]]], axis=1)
        is_straight = _same_flat(record, level, pairs)
        below = (meeting > 0) & ~record.on_wall(level - 1)
        below[twos] = ~is_straight
        if level - 1 in left_over:
            below |= left_over[level - 1] & (meeting == 0)
        if record.dim - level >= 3:
            flats = _flats_of(chosen, pairs[is_straight])
            left_over = _left_over(record, level, flats, left_over, record.dim - codim)
        chosen = below
    return chosen


def _flats_of(chosen: np.ndarray, straight: np.ndarray) -> csr_array:
    """Faces x flats: on which flat each chosen face lies; ``straight`` pairs are on the same one.

    Parts of one flat that are not joined are told apart.  This makes no difference: if they meet
    in a face, without being joined round it, it is on the boundary of a piece of the next level.
    """
    size = len(chosen)
    graph = coo_array((np.ones(len(straight)), (straight[:, 0], straight[:, 1])), (size, size))
    num, flat = connected_components(graph, directed=False)
    faces = np.flatnonzero(chosen)
    return csr_array((np.ones(len(faces)), (faces, flat[faces])), shape=(size, num))


def _left_over(
    record: CutRecord,
    level: int,
    flats: csr_array,
    before: dict[int, np.ndarray],
    lowest: int,
) -> dict[int, np.ndarray]:
    """Faces of dimension ``lowest`` to level - 2 that stay when the flats of R_k are taken out.

    Those in which several ``flats`` of dimension ``level`` meet, those left over ``before`` that
    lie on none, and what bounds these.
    """
    found: dict[int, np.ndarray] = {}
    for k in range(level - 1, lowest - 1, -1):
        boundary = record.boundary(k + 1)
        owners, members = boundary.owners, boundary.members
        shape = (record.faces.num_faces(k), len(boundary))
        flats = csr_array((np.ones(len(owners)), (members, owners)), shape=shape) @ flats
        flats.data[:] = 1.0
        if k > level - 2:
            continue
        num_flats = np.diff(flats.indptr)
        stays = num_flats > 1
        if k in before:
            stays |= before[k] & (num_flats == 0)
        if k + 1 in found:
            stays[members[found[k + 1][owners]]] = True
        found[k] = stays & ~record.on_wall(k)
    return found


def _same_flat(record: CutRecord, k: int, pairs: np.ndarray) -> np.ndarray:
    """Whether two k-faces that meet span the same flat, exactly, for each pair of them."""
    same = np.zeros(len(pairs), dtype=bool)
    if k == record.dim - 1:
        same = _switch_alike(record, pairs)
    for place in np.flatnonzero(~same):
        both = [record.vertices_of_face(k, int(face)) for face in pairs[place]]
        vertices = np.unique(np.concatenate(both))
        points = [list(record.exact.point(int(record.vertex_ids[v]))) for v in vertices]
        same[place] = integer_rank(points) <= k + 1
    return same


def _switch_alike(record: CutRecord, facets: np.ndarray) -> np.ndarray:
    """Whether two facets lie on the same breakpoint of one neuron and its affine map is the same.

    Enough for a common hyperplane, not necessary: the rest is decided from exact vertices.
    """
    if not len(facets):
        return np.zeros(0, dtype=bool)
    starts = np.cumsum([0, *record.network.hidden_widths[: record.upto_layer]])
    firsts, tops, belows = [], [], []
    for side in (0, 1):
        cells = record.facet_cells[facets[:, side]]
        a, b = record.patterns[cells[:, 0]], record.patterns[cells[:, 1]]
        first = (a != b).argmax(axis=1)
        rows = np.arange(len(first))
        firsts.append(first)
        tops.append(np.maximum(a[rows, first], b[rows, first]))
        belows.append(a)
    layer_start = starts[np.searchsorted(starts, firsts[0], side="right") - 1]
    lower = np.arange(record.patterns.shape[1])[None] < layer_start[:, None]
    alike = ((belows[0] == belows[1]) | ~lower).all(axis=1)
    return np.asarray((firsts[0] == firsts[1]) & (tops[0] == tops[1]) & alike)
