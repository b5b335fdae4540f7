"""How steeply values rise on one cell, from its corner and the edges there: compiled.

At a vertex v an edge for each axis spans a corner of a cell C, on which a layer's values are
affine.  With E the edges' directions (d, d), each divided by its length, and s the slopes along
them, a gradient g of C has E g = s.  An approximate inverse B of E gives ``|g| <= |B| |s| + |I - B
E| |g|``, in Frobenius norms, so ``|g| <= |B| |s| / (1 - |I - B E|)``.  Edges lead from place to
place (vertex_signs/float_sign_bounds.py); coordinates change their directions by at most
``more_length`` divided by the length, which adds to what B E is not.

Global bounds of gradients are those of the steepest cell.  Here they are a cell's own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linreg_lib.geometry.kernels.jit import kernel
from linreg_lib.networks.float_constants import SAFETY, UNIT

#: shorter edges tell nothing; squares of longer ones do not underflow
_SHORTEST = 1e-140


class Corner(NamedTuple):
    """Ends of the edges (d,), their lengths (d,), and arrays (d, d) for E, B and to find B."""

    ends: np.ndarray
    lengths: np.ndarray
    edges: np.ndarray
    inverse: np.ndarray
    work: np.ndarray


def new_corner(dim: int) -> Corner:
    """Memory for a corner."""
    return Corner(np.zeros(dim, dtype=np.int64), np.zeros(dim), *np.zeros((3, dim, dim)))


@kernel
def find_corner(
    corner: Corner,
    floats: np.ndarray,
    ints: np.ndarray,
    neighbours: int,
    shift: int,
    v: int,
    slot: int,
    limit: int,
    more_length: float,
) -> float:
    """Find a cell's corner at ``v`` with the half-edge ``slot``; |B| / (1 - |I - B E|), or inf.

    Only vertices below ``limit`` that were placed count as the ends of other edges; of two, the
    one farther away.
    """
    dim = corner.lengths.size
    for axis in range(dim):
        longest, end = 0.0, -1
        for each in range(2 * axis, 2 * axis + 2):
            code = ints[v, neighbours + each]
            w = code >> shift
            if slot >> 1 == axis:
                if each != slot:
                    continue
            elif code < 0 or w >= limit:
                continue
            square = 0.0
            for i in range(dim):
                step = floats[w, i] - floats[v, i]
                square += step * step
            if square > longest and floats[w, dim] >= 0:  # a vertex without slack was not placed
                longest, end = square, w
        length = np.sqrt(longest)
        if end < 0 or not length > _SHORTEST:
            return np.inf
        corner.ends[axis], corner.lengths[axis] = end, length
        for i in range(dim):
            corner.edges[axis, i] = (floats[end, i] - floats[v, i]) / length
    if not invert(corner.edges, corner.inverse, corner.work):
        return np.inf
    norm = defect = moved = 0.0
    for i in range(dim):
        moved += (more_length / corner.lengths[i]) ** 2
        for j in range(dim):
            norm += corner.inverse[i, j] ** 2
            part = 1.0 if i == j else 0.0
            for k in range(dim):
                part -= corner.inverse[i, k] * corner.edges[k, j]
            defect += part * part
    norm = np.sqrt(norm)
    # Divisions, products and sums of B E, each entry at most |B|.
    lost = np.sqrt(defect) + norm * (np.sqrt(moved) + dim * (dim + 8) * UNIT)
    if not lost < 0.5:
        return np.inf
    return norm / (1 - lost) * SAFETY


@kernel
def steepness(
    corner: Corner, factor: float, values: np.ndarray, v: int, neuron: int, error: float
) -> float:
    """A bound of the length of a neuron's gradient on the corner's cell at ``v``."""
    square = 0.0
    for axis in range(corner.lengths.size):
        change = abs(values[corner.ends[axis], neuron] - values[v, neuron])
        square += ((change + 2 * error) / corner.lengths[axis]) ** 2
    return factor * np.sqrt(square) * SAFETY


@kernel
def invert(matrix: np.ndarray, inverse: np.ndarray, work: np.ndarray) -> bool:
    """An approximate inverse of a matrix, by elimination with pivots; whether there is one."""
    dim = matrix.shape[0]
    for i in range(dim):
        for j in range(dim):
            work[i, j] = matrix[i, j]
            inverse[i, j] = 1.0 if i == j else 0.0
    for column in range(dim):
        pivot = column
        for i in range(column + 1, dim):
            if abs(work[i, column]) > abs(work[pivot, column]):
                pivot = i
        if not abs(work[pivot, column]) > 1e-30:
            return False
        for j in range(dim):
            work[pivot, j], work[column, j] = work[column, j], work[pivot, j]
            inverse[pivot, j], inverse[column, j] = inverse[column, j], inverse[pivot, j]
        scale = 1 / work[column, column]
        for j in range(dim):
            work[column, j] *= scale
            inverse[column, j] *= scale
        for i in range(dim):
            factor = work[i, column]
            if i != column and factor != 0:
                for j in range(dim):
                    work[i, j] -= factor * work[column, j]
                    inverse[i, j] -= factor * inverse[column, j]
    return True
