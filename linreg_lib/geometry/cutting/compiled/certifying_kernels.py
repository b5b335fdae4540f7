"""Signs of a layer at single vertices in doubt, by bounds of their own cells: compiled.

First by the stored values: corner_kernels.py bounds the gradients of a cell at the vertex, which
take the place of those of the steepest cell.  Then by the affine maps of the cell below
(cell_kernels.py): for a neuron k with gradient g_k and any row c, by the coordinates,
``|z_k(v*) - z_k(p)| <= |c| (|r| + E) + |g_k - c A| |e|``, so ``z_k(p)`` beyond all of this and E_k
has the sign of ``z_k(v*)``; ``c = g_k B`` leaves of the last product but rounding.  That must be
the sign of the stored value, which the bits tell; nothing is moved.

The columns of B are the edges at v, so they also say how steeply each hyperplane's neuron rises
along the edge that leaves it: a better flatness (cutting_kernels.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linreg_lib.geometry.cutting.compiled.cell_kernels import (
    ONE,
    Scratch,
    Tables,
    adjoint,
    distance,
    evaluate,
    evaluate_own,
    solve,
)
from linreg_lib.geometry.cutting.compiled.corner_kernels import Corner, find_corner, steepness
from linreg_lib.geometry.kernels.jit import kernel
from linreg_lib.networks.float_constants import SAFETY, UNDERFLOW_FLOOR, UNIT


class Rows(NamedTuple):
    """Vertices: three views of their rows, parts of these (vertex_rows.py), and two numbers.

    Where neighbours begin in ``ints``, and how many bits of a neighbour's name are the slot.
    """

    floats: np.ndarray
    ints: np.ndarray
    words: np.ndarray
    hyperplanes: np.ndarray
    births: np.ndarray
    neighbours: int
    shift: int


class Bounds(NamedTuple):
    """Of all hyperplanes: see vertex_signs/float_sign_bounds.py; which neurons are ``constant``."""

    value: np.ndarray
    lipschitz: np.ndarray
    place: float
    constant: np.ndarray


@kernel
def certify(
    tables: Tables,
    scratch: Scratch,
    vertices: np.ndarray,
    layer: int,
    rows: Rows,
    values: np.ndarray,
    bounds: Bounds,
    margin: np.ndarray,
) -> int:
    """Certify the bits of a layer at some vertices; how many are left, first in ``vertices``.

    Vertices born by the layer itself have had their other bits from the edge's ends.  ``values``
    are the stored ones (of the first layer there are none).  Slack and flatness become better.
    Vertices without a slack were not placed, and are left.
    """
    num_left = 0
    for at in range(vertices.size):
        v = vertices[at]
        if np.isnan(rows.floats[v, rows.hyperplanes.shape[1]]):
            is_certain = False
        else:
            is_certain = _is_far(tables, scratch.corner, v, layer, rows, values, bounds, margin)
            if not is_certain:
                is_certain = _is_certain(tables, scratch, v, layer, rows, values, bounds, margin)
        if not is_certain:
            vertices[num_left] = v
            num_left += 1
    return num_left


@kernel
def locate(
    tables: Tables, scratch: Scratch, vertices: np.ndarray, rows: Rows, off: np.ndarray
) -> None:
    """How far the coordinates of each of the vertices may be from its exact place; inf: unknown."""
    dim = rows.hyperplanes.shape[1]
    for at in range(vertices.size):
        v = vertices[at]
        hyperplanes = rows.hyperplanes[v]
        evaluate_own(tables, scratch, rows.floats[v, :dim], rows.words[v], hyperplanes)
        off[at] = np.inf
        if solve(tables, scratch, hyperplanes) < 0.5:
            off[at] = distance(scratch.off)


@kernel
def _first_column(tables: Tables, layer: int, hyperplanes: np.ndarray) -> int:
    """The first of a layer's columns whose bit at a vertex was told by floats."""
    return max(0, hyperplanes[-1] + 1 - tables.base[layer])


@kernel
def _is_close(
    tables: Tables,
    v: int,
    layer: int,
    column: int,
    rows: Rows,
    values: np.ndarray,
    bounds: Bounds,
) -> bool:
    """Whether a column's bit was told by floats, and the bounds for all vertices do not suffice."""
    base, num_breakpoints = tables.base[layer], tables.num_breakpoints[layer]
    neuron, hyperplanes = column // num_breakpoints, rows.hyperplanes[v]
    if bounds.constant[neuron]:
        return False
    if hyperplanes[-1] >= base:
        # New on an edge, whose ends tell the bit if theirs agree.
        word, bit = tables.first_word[layer] + (column >> 6), np.uint64(column & 63)
        a, b = rows.births[v, 0], rows.births[v, 1]
        if ((rows.words[a, word] ^ rows.words[b, word]) >> bit) & ONE == 0:
            return False
        for own in hyperplanes:
            if own >= base and (own - base) // num_breakpoints == neuron:
                # At one of its breakpoints a neuron is above the lower ones alone.
                is_above = tables.breakpoints[own] > tables.breakpoints[base + column]
                return is_above != ((rows.words[v, word] >> bit) & ONE != 0)
    if layer == 0:
        return True
    gap = abs(values[v, neuron] - tables.breakpoints[base + column])
    slack = rows.floats[v, hyperplanes.size]
    return not gap > bounds.value[base + column] + bounds.lipschitz[base + column] * slack


@kernel
def _is_far(
    tables: Tables,
    corner: Corner,
    v: int,
    layer: int,
    rows: Rows,
    values: np.ndarray,
    bounds: Bounds,
    margin: np.ndarray,
) -> bool:
    """Whether the gradients of a cell at the vertex certify the layer's bits."""
    dim, base, shift = rows.hyperplanes.shape[1], tables.base[layer], rows.shift
    slack, at = rows.floats[v, dim], v
    if layer == 0 or not slack < np.inf:
        return False
    slot = -1
    if rows.hyperplanes[v, dim - 1] >= base:
        # A new vertex has no other edges yet; but the edge that it was born on belongs to cells.
        at = rows.births[v, 0]
        for each in range(2 * dim):
            if rows.ints[at, rows.neighbours + each] >> shift == v:
                slot = each
        if slot < 0:
            return False
    factor = find_corner(
        corner,
        rows.floats,
        rows.ints,
        rows.neighbours,
        shift,
        at,
        slot,
        rows.floats.shape[0],
        2 * bounds.place,
    )
    if not factor < np.inf:
        return False
    first = _first_column(tables, layer, rows.hyperplanes[v])
    for column in range(first, tables.base[layer + 1] - base):
        if not _is_close(tables, v, layer, column, rows, values, bounds):
            continue
        neuron, error = column // tables.num_breakpoints[layer], bounds.value[base + column]
        gap = abs(values[v, neuron] - tables.breakpoints[base + column])
        steep = steepness(corner, factor, values, at, neuron, error)
        if not gap > error + steep * slack:
            return False
        if gap < margin[0] * steep:
            margin[0] = gap / steep
    return True


@kernel
def _is_certain(
    tables: Tables,
    scratch: Scratch,
    v: int,
    layer: int,
    rows: Rows,
    values: np.ndarray,
    bounds: Bounds,
    margin: np.ndarray,
) -> bool:
    """Whether the affine maps of the cell below certify the layer's bits."""
    hyperplanes = rows.hyperplanes[v]
    dim, base, first = hyperplanes.size, tables.base[layer], tables.first[layer]
    point, words = rows.floats[v, :dim], rows.words[v]
    done = evaluate_own(tables, scratch, point, words, hyperplanes)
    contraction = solve(tables, scratch, hyperplanes)
    if not contraction < 0.5:
        return False
    rows.floats[v, dim] = min(rows.floats[v, dim], distance(scratch.off) + bounds.place)
    farthest = 0.0
    for i in range(dim):
        farthest = max(farthest, scratch.off[i])
        # The exact edge differs from B's column by a share q / (1 - q) of its largest entry.
        square = largest = 0.0
        for j in range(dim):
            square += scratch.inverse[j, i] ** 2
            largest = max(largest, abs(scratch.inverse[j, i]))
        length = np.sqrt(square) + 2 * dim * contraction * largest
        flatness = length / scratch.length[i] * SAFETY
        rows.floats[v, dim + 1 + i] = min(rows.floats[v, dim + 1 + i], flatness)
    start = _first_column(tables, layer, hyperplanes)
    for column in range(start, tables.base[layer + 1] - base):
        if not _is_close(tables, v, layer, column, rows, values, bounds):
            continue
        neuron = column // tables.num_breakpoints[layer]
        done = evaluate(tables, scratch, point, words, done, layer)
        gap = scratch.z[first + neuron] - tables.breakpoints[base + column]
        bound = adjoint(tables, scratch, layer, neuron) + 2 * UNIT * abs(gap)
        steep = 0.0
        # Of the gradient, what the rows of A make up, and what is left.
        for i in range(dim):
            share = 0.0
            for j in range(dim):
                share += scratch.gradient[j] * scratch.inverse[j, i]
            scratch.share[i] = share
            bound += abs(share) * scratch.residual[i]
        for j in range(dim):
            rest = scratch.gradient[j]
            size, error = abs(rest), scratch.gradient_error[j]
            steep += size
            for i in range(dim):
                term = scratch.share[i] * scratch.matrix[i, j]
                rest -= term
                size += abs(term)
                error += abs(scratch.share[i]) * scratch.matrix_error[i, j]
            bound += (abs(rest) + (dim + 3) * UNIT * size + error) * scratch.off[j]
        if not abs(gap) > bound * SAFETY + UNDERFLOW_FLOOR:
            return False
        word, bit = tables.first_word[layer] + (column >> 6), np.uint64(column & 63)
        if (gap > 0) != ((words[word] >> bit) & ONE != 0):
            return False
        if abs(gap) < margin[0] * steep:
            margin[0] = abs(gap) / steep
    return True
