"""Volumes of faces as sums of pyramids, with bounds of their errors.

A face is the union of the pyramids over its boundary faces from a point inside, so
``vol_k(F) = (1/k) sum_G height(G) vol_{k-1}(G)``.  Heights come from orthonormal bases of the
faces' directions, built from below.

*Bounds.*  The exact vertices lie within ``off`` of the float ones, so the exact centres (the same
means) within the mean of that, plus rounding.  Let o lead from the centre of G to that of F, known
up to e; ``tilt(G)`` bounds the sine of the angle between the float directions of G and the exact
ones.  Then the height is known up to ``e + tilt(G) |o|`` and, since the direction added to those of
G is o's part across G, ``tilt(F) <= tilt(G) + (e + tilt(G) |o|) / height``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry.faces.incidence import Boundaries, Incidence
from linreg_lib.networks.float_constants import UNIT


def face_centres(
    vertices: np.ndarray, boundaries: Boundaries | dict[int, Incidence], upto: int
) -> list[np.ndarray]:
    """For k = 0..upto a point in the relative interior of each k-face (all faces bounded)."""
    centres = [vertices]
    for k in range(1, upto + 1):
        boundary = boundaries[k]
        sums = boundary.reduce(np.add, centres[-1])
        centres.append(sums / boundary.counts[:, None])
    return centres


@dataclass(frozen=True, kw_only=True)
class Pyramids:
    """k-volumes (f_k,) of faces, and bounds of their errors (f_k,); if asked for, directions.

    ``frames`` (f_k, k, d) are orthonormal; ``tilt`` (f_k,) bounds the sine of the largest angle
    between what they span and the face.
    """

    volumes: np.ndarray
    error: np.ndarray
    frames: np.ndarray
    tilt: np.ndarray


def pyramid_volumes(
    vertices: np.ndarray,
    off: np.ndarray,
    boundaries: Boundaries | dict[int, Incidence],
    k: int,
    with_directions: bool = False,
) -> Pyramids:
    """Of the k-faces, k >= 1, all bounded.

    ``vertices`` (f_0, d) are at most ``off`` (f_0,) away from the exact ones, and of size about 1:
    squares neither overflow nor lose what matters to underflow.
    """
    dim = vertices.shape[1]
    size = float(np.abs(vertices).max(initial=0.0)) * dim**0.5
    width = 32 * (dim + 4) * UNIT
    centres = face_centres(vertices, boundaries, k)
    volumes, error = np.ones(len(vertices)), np.zeros(len(vertices))
    frames = np.zeros((len(vertices), 0, dim))
    tilt = np.zeros(len(vertices))
    for level in range(1, k + 1):
        boundary = boundaries[level]
        members, owners = boundary.members, boundary.owners
        starts, counts = boundary.offsets[:-1], boundary.counts
        off_below = off[members]
        off = np.maximum.reduceat(off_below, starts) + (counts + 4) * (UNIT * size)
        offset = centres[level][owners] - centres[level - 1][members]
        length = _lengths(offset)
        height, shift = length, off[owners] + off_below
        shift += width * length
        if level > 1:
            basis = frames[members]
            for _ in range(2):  # the second pass removes what rounding left in thin faces
                inside = np.einsum("fkd,fd->fk", basis, offset)
                offset = offset - np.einsum("fkd,fk->fd", basis, inside)
            height = _lengths(offset)
            shift += tilt[members] * length
        below, below_error = volumes[members], error[members]
        share = height * below
        volumes = np.add.reduceat(share, starts) / level
        share_error = shift * (below + below_error)
        share_error += height * below_error
        error = np.add.reduceat(share_error, starts) / level + (counts + 8) * UNIT * volumes
        if level < k or with_directions:
            # From the largest pyramid: the directions of a sliver are mostly rounding.
            best = _argmax_by_group(share, owners, boundary.offsets)
            tallest, lowest = height[best], members[best]
            with np.errstate(divide="ignore", invalid="ignore"):
                tilt = tilt[lowest] + shift[best] / tallest
            tilt[~(tilt < 1.0)] = np.inf
            added = (offset[best] / np.where(tallest > 0, tallest, 1.0)[:, None])[:, None, :]
            frames = added if level == 1 else np.concatenate([basis[best], added], axis=1)
    return Pyramids(volumes=volumes, error=error, frames=frames, tilt=tilt)


def _lengths(vectors: np.ndarray) -> np.ndarray:
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors))


def _argmax_by_group(values: np.ndarray, owners: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    largest = np.maximum.reduceat(values, offsets[:-1])
    best = np.empty(len(offsets) - 1, dtype=np.int64)
    hits = np.flatnonzero(values == largest[owners])
    best[owners[hits]] = hits
    return best


def restricted(
    boundaries: Boundaries | Mapping[int, Incidence], k: int, faces: np.ndarray
) -> tuple[np.ndarray, dict[int, Incidence]]:
    """Vertices and boundaries of some k-faces, in their order, with all faces below."""
    found = {}
    for level in range(k, 0, -1):
        boundary = boundaries[level]
        counts = boundary.counts[faces]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        rows = np.arange(offsets[-1]) + np.repeat(boundary.offsets[faces] - offsets[:-1], counts)
        faces, members = np.unique(boundary.members[rows], return_inverse=True)
        found[level] = Incidence(offsets, members.reshape(-1))
    return faces, found
