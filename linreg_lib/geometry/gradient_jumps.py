"""The set B_N where the gradient jumps, sorted into pieces of each codimension (HR19, Eqs. 4, 5).

B_{N,k} consists of the points of B_N, outside the pieces of lower codimension, near which what is
left of B_N is a flat piece of codimension k.  In terms of faces: start with the facets across which
the affine map changes; a face of codimension k + 1 on the boundary of chosen faces of codimension k
belongs to the next piece unless exactly two of those meet there and are parts of one flat.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.complex import PolyhedralComplex
from linreg_lib.geometry.linear_regions import gradient_jumps
from linreg_lib.networks.exact_rank import integer_rank


def jump_faces(cx: PolyhedralComplex, codim: int) -> np.ndarray:
    """Which faces of codimension ``codim >= 1`` make up B_{N,codim} inside the domain, bool."""
    chosen = gradient_jumps(cx)
    for level in range(cx.dim - 1, cx.dim - codim, -1):
        boundary = cx.boundary(level)
        rows = np.flatnonzero(chosen[boundary.owners])
        owners, members = boundary.owners[rows], boundary.members[rows]
        num_below = len(cx._points) if level == 1 else len(cx.boundary(level - 1))
        meeting = np.bincount(members, minlength=num_below)
        order = np.argsort(members, kind="stable")
        begin = np.searchsorted(members[order], np.flatnonzero(meeting == 2))
        pairs = np.stack([owners[order[begin]], owners[order[begin + 1]]], axis=1)
        chosen = (meeting > 0) & ~cx.on_wall(level - 1)
        straight = chosen[np.flatnonzero(meeting == 2)]
        candidates = np.flatnonzero(meeting == 2)[straight]
        chosen[candidates] = ~_same_flat(cx, level, pairs[straight])
    return chosen


def _same_flat(cx: PolyhedralComplex, k: int, pairs: np.ndarray) -> np.ndarray:
    """Whether two k-faces that meet span the same flat, exactly, for each pair of them."""
    same = np.zeros(len(pairs), dtype=bool)
    if k == cx.dim - 1:
        same = _switch_alike(cx, pairs)
    for place in np.flatnonzero(~same):
        vertices = sorted({v for face in pairs[place] for v in _vertices_of(cx, k, int(face))})
        points = [list(cx._exact.point(int(cx._vertex_ids[v]))) for v in vertices]
        same[place] = integer_rank(points) <= k + 1
    return same


def _switch_alike(cx: PolyhedralComplex, facets: np.ndarray) -> np.ndarray:
    """Whether two facets lie on the same breakpoint of one neuron and its affine map is the same.

    Enough for a common hyperplane, not necessary: the rest is decided from exact vertices.
    """
    if not len(facets):
        return np.zeros(0, dtype=bool)
    starts = np.cumsum([0, *cx.network.hidden_widths[: cx.upto_layer]])
    firsts, tops, belows = [], [], []
    for side in (0, 1):
        cells = cx.facet_cells[facets[:, side]]
        a, b = cx.patterns[cells[:, 0]], cx.patterns[cells[:, 1]]
        first = (a != b).argmax(axis=1)
        rows = np.arange(len(first))
        firsts.append(first)
        tops.append(np.maximum(a[rows, first], b[rows, first]))
        belows.append(a)
    layer_start = starts[np.searchsorted(starts, firsts[0], side="right") - 1]
    lower = np.arange(cx.patterns.shape[1])[None] < layer_start[:, None]
    alike = ((belows[0] == belows[1]) | ~lower).all(axis=1)
    return np.asarray((firsts[0] == firsts[1]) & (tops[0] == tops[1]) & alike)


def _vertices_of(cx: PolyhedralComplex, k: int, face: int) -> set[int]:
    faces = {face}
    for level in range(k, 0, -1):
        boundary = cx.boundary(level)
        faces = {int(member) for each in faces for member in boundary[each]}
    return faces
