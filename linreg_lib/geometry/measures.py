"""Points inside faces and k-dimensional volumes, from the lattice and rounded vertices."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.complex import PolyhedralComplex
from linreg_lib.geometry.incidence import Boundaries, Incidence


def _face_centres(
    vertices: np.ndarray, boundaries: Boundaries | dict[int, Incidence], upto: int
) -> list[np.ndarray]:
    """For k = 0..upto a point in the relative interior of each k-face (all faces bounded)."""
    centres = [vertices]
    for k in range(1, upto + 1):
        boundary = boundaries[k]
        sums = boundary.reduce(np.add, centres[-1])
        centres.append(sums / boundary.counts[:, None])
    return centres


def interior_coordinates(cx: PolyhedralComplex) -> np.ndarray:
    """The mean of the centres of a region's facets, recursively; a step into a ray."""
    if cx.domain.is_bounded:
        return _face_centres(cx._points[:, :-1], cx._boundaries, cx.dim)[-1]
    ends = cx.boundary(1).members.reshape(-1, 2)
    w = cx._points[ends, -1]
    along = cx._points[ends, 0] / np.where(w > 0, w, 1.0)
    direction = np.where(w > 0, 0.0, np.sign(cx._points[ends, 0]))
    finite = np.where(w > 0, along, 0.0).sum(axis=1)
    one_end = finite + direction.sum(axis=1) * np.maximum(1.0, np.abs(finite))
    both = (w > 0).all(axis=1)
    return np.where(both, along.mean(axis=1), one_end)[:, None]


def face_volumes(cx: PolyhedralComplex, k: int) -> np.ndarray:
    """k-volumes of all k-faces, (f_k,)."""
    if k == 0:
        return np.ones(len(cx._points))
    if not cx.domain.is_bounded:
        at, w = cx._points.T
        coordinates = np.copysign(np.inf, at)
        coordinates[w > 0] = at[w > 0] / w[w > 0]
        ends = cx.boundary(1).members.reshape(-1, 2)
        return np.abs(coordinates[ends[:, 1]] - coordinates[ends[:, 0]])
    return pyramid_volumes(cx._points[:, :-1], cx._boundaries, k)


def pyramid_volumes(
    vertices: np.ndarray, boundaries: Boundaries | dict[int, Incidence], k: int
) -> np.ndarray:
    """k-volumes (f_k,) of the k-faces of a complex with ``vertices`` (f_0, d), all bounded.

    A face is the union of the pyramids over its boundary faces from a point inside, so
    ``vol_k(F) = (1/k) sum_G height(G) vol_{k-1}(G)``.  Heights come from orthonormal bases of the
    faces' directions, built from below.
    """
    centres = _face_centres(vertices, boundaries, k)
    volumes = np.ones(len(vertices))
    frames = np.zeros((len(vertices), 0, vertices.shape[1]))
    for level in range(1, k + 1):
        boundary = boundaries[level]
        members, owners = boundary.members, boundary.owners
        offset = centres[level][owners] - centres[level - 1][members]
        for _ in range(2):  # the second pass removes what rounding left in thin faces
            inside = np.einsum("fkd,fd->fk", frames[members], offset)
            offset = offset - np.einsum("fkd,fk->fd", frames[members], inside)
        height = np.sqrt((offset**2).sum(axis=1))
        volumes_below = volumes
        volumes = np.add.reduceat(height * volumes[members], boundary.offsets[:-1]) / level
        if level < k:
            # From the largest pyramid: the directions of a sliver are mostly rounding.
            best = _argmax_by_group(height * volumes_below[members], owners, boundary.offsets)
            length = np.where(height[best] > 0, height[best], 1.0)
            added = offset[best] / length[:, None]
            frames = np.concatenate([frames[members[best]], added[:, None, :]], axis=1)
    return volumes


def _argmax_by_group(values: np.ndarray, owners: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    largest = np.maximum.reduceat(values, offsets[:-1])
    best = np.empty(len(offsets) - 1, dtype=np.int64)
    hits = np.flatnonzero(values == largest[owners])
    best[owners[hits]] = hits
    return best


def total_volume(cx: PolyhedralComplex, codim: int, of: str) -> float:
    """See ``PolyhedralComplex.volume``."""
    if not (isinstance(codim, (int, np.integer)) and 0 <= codim <= cx.dim):
        raise ValueError(f"codim is {codim!r}; the domain has faces of codimension 0..{cx.dim}")
    if of not in ("activation", "linear"):
        raise ValueError(f'of is {of!r}; choose "activation" or "linear"')
    k = cx.dim - codim
    volumes = face_volumes(cx, k)
    if codim == 0:
        return float(volumes.sum())
    if of == "linear":
        from linreg_lib.geometry.gradient_jumps import jump_faces

        chosen = jump_faces(cx, codim)
    else:
        chosen = ~cx.on_wall(k)
        if k == 0:
            chosen &= cx._points[:, -1] > 0
    return float(volumes[chosen].sum())
