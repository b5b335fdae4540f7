"""Compiled: on which piece each unit is at many points, certified; and the parts of a forward pass.

Errors are bounded by lengths of vectors, not entry by entry: a layer stretches the error of its
input by at most its largest singular value, which for random weights is far below the sums of
absolute values and keeps the bounds of deep networks small.  With ``h`` of length |h| known up to
``e``, a unit with weights w and bias b over n inputs has an error of at most

    |w| e + (n + 2) u (|w| |h| + |b|),

the second term being what the sum itself loses, in any order.  For the next layer the errors of all
units together count: the first terms have length at most s e, with the largest singular value s,
the others at most (n + 2) u (F |h| + |b|), with the Frobenius norm F.  An activation stretches by
its steepest slope.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from linreg_lib.geometry.kernels.jit import kernel, part
from linreg_lib.geometry.single_region.network_tables import NetworkTables
from linreg_lib.networks.float_constants import SAFETY, SUM_FLOOR, UNIT

#: lengths below and above certify nothing: squares could leave the range of float64
SHORTEST, LONGEST = 1e-140, 1e140


@kernel
def read_pieces(
    tables: NetworkTables,
    points: np.ndarray,
    hidden: np.ndarray,
    values: np.ndarray,
    is_off: np.ndarray,
    pieces: np.ndarray,
    in_doubt: np.ndarray,
) -> None:
    """Write the pieces (m, N) of all units at the points (m, n), and where they are not certain.

    ``hidden``, ``values``, ``is_off`` (widest layer or input,) are overwritten.
    """
    for p in range(points.shape[0]):
        length, error = enter(points[p], hidden), 0.0
        in_doubt[p] = not is_fit(length)
        for layer in range(tables.start.size):
            if in_doubt[p]:
                break
            multiply(tables, layer, hidden, values)
            begin, end = tables.first[layer], tables.first[layer + 1]
            num_off = 0
            for unit in range(begin, end):
                z = values[unit - begin]
                bound = value_error(tables, layer, unit, length, error)
                piece, is_close = 0, False
                for t in range(tables.num_breakpoints[unit]):
                    gap = z - tables.breakpoints[unit, t]
                    piece += 1 if gap > 0.0 else 0
                    is_close = is_close or not abs(gap) > bound
                if is_close and not is_fixed(tables, layer, unit, is_off):
                    in_doubt[p] = True
                pieces[p, unit] = piece
            length, error, num_off = activate(
                tables, layer, pieces[p], values, length, error, hidden, is_off
            )
            if num_off == end - begin:
                error = 0.0
            if not is_fit(length):
                in_doubt[p] = True


@part
def enter(point: np.ndarray, hidden: np.ndarray) -> float:
    """Copy a point; its length, at least."""
    total = 0.0
    for c in range(point.size):
        hidden[c] = point[c]
        total += point[c] * point[c]
    return sqrt(total) * SAFETY


@part
def is_fit(length: float) -> bool:
    """Whether bounds that hold in a length can be computed."""
    return length == 0.0 or SHORTEST < length < LONGEST


@part
def num_inputs(tables: NetworkTables, layer: int) -> int:
    """How many numbers a layer takes."""
    end = tables.weights.size if layer + 1 == tables.start.size else tables.start[layer + 1]
    return (end - tables.start[layer]) // (tables.first[layer + 1] - tables.first[layer])


@part
def multiply(tables: NetworkTables, layer: int, hidden: np.ndarray, values: np.ndarray) -> None:
    """Pre-activations of a layer."""
    begin, width = tables.first[layer], tables.first[layer + 1] - tables.first[layer]
    for j in range(width):
        values[j] = tables.biases[begin + j]
    add_products(tables, layer, hidden, values)


@part
def add_products(tables: NetworkTables, layer: int, hidden: np.ndarray, values: np.ndarray) -> None:
    """Add weights times inputs."""
    width = tables.first[layer + 1] - tables.first[layer]
    at = tables.start[layer]
    for k in range(num_inputs(tables, layer)):
        x = hidden[k]
        if x != 0.0:
            row = tables.weights[at : at + width]
            for j in range(width):
                values[j] += x * row[j]
        at += width


@part
def value_error(tables: NetworkTables, layer: int, unit: int, length: float, error: float) -> float:
    """Of a pre-activation, from the length of the layer's input and its error."""
    share = (num_inputs(tables, layer) + 2) * UNIT
    size = tables.lengths[unit]
    bound = size * (error + share * length) + share * abs(tables.biases[unit])
    return bound * SAFETY + SUM_FLOOR


@part
def is_fixed(tables: NetworkTables, layer: int, unit: int, is_off: np.ndarray) -> bool:
    """Whether a unit hears of no input: its pre-activation is then its bias, without error."""
    width = tables.first[layer + 1] - tables.first[layer]
    at = tables.start[layer] + unit - tables.first[layer]
    for k in range(num_inputs(tables, layer)):
        if tables.weights[at] != 0.0 and (layer == 0 or is_off[k] == 0):
            return False
        at += width
    return True


@part
def activate(
    tables: NetworkTables,
    layer: int,
    pieces: np.ndarray,
    values: np.ndarray,
    length: float,
    error: float,
    hidden: np.ndarray,
    is_off: np.ndarray,
) -> tuple[float, float, int]:
    """The layer's output: its length, its error, and how many of its units are 0 for certain."""
    begin, end = tables.first[layer], tables.first[layer + 1]
    total, size, num_off = 0.0, 0.0, 0
    for unit in range(begin, end):
        slope = tables.slopes[unit, pieces[unit]]
        offset = tables.offsets[unit, pieces[unit]]
        line = slope * values[unit - begin]
        is_off[unit - begin] = 1 if slope == 0.0 and offset == 0.0 else 0
        num_off += is_off[unit - begin]
        hidden[unit - begin] = line + offset
        total += (line + offset) * (line + offset)
        size += (abs(line) + abs(offset)) * (abs(line) + abs(offset))
    norms = tables.norms[layer]
    share = (num_inputs(tables, layer) + 2) * UNIT
    bound = norms[0] * error + share * (norms[1] * length + norms[2])
    bound = norms[3] * (bound * SAFETY + SUM_FLOOR)
    if tables.is_rounded[layer]:
        bound += 4.0 * UNIT * sqrt(size)
    return sqrt(total) * SAFETY, bound * SAFETY + SUM_FLOOR, num_off
