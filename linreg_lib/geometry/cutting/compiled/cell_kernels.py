"""The affine maps of one cell at one of its vertices, with bounds of their errors: compiled.

The bounds of vertex_signs/float_sign_bounds.py hold for all vertices at once, and add up absolute
values.  Here everything is that of one vertex v with float64 coordinates p, and of the cell C below
it, on which all layers are affine and the d hyperplanes of v, ``z_i(x) = b_i``, are the rows of a
matrix A.

Evaluating C's affine maps at p makes an error ``dz`` in each pre-activation and ``dh`` in each
value after it, which the usual count of roundings bounds.  A neuron k inherits these with C's own
factors: with g the gradients of z_k by the values of the earlier layers, its error is at most
``E_k = dz_k + sum |g| dz + sum |g| dh``: signs are not lost.  The g are found from the last layer
to the first; what their own rounding adds is a term of second order.

With B an approximate inverse of A, q a bound of ||I - B A||, and r the residuals at p, the exact
vertex is p + e with ``e = -B r + (I - B A) e``, so that ``|e_i| <= (|B| (|r| + E))_i + q max|e|``
and ``max|e| <= max (|B| (|r| + E)) / (1 - q)``: condition and residuals of this vertex, whatever
its history.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linreg_lib.geometry.cutting.compiled.corner_kernels import Corner, invert
from linreg_lib.geometry.kernels.jit import kernel
from linreg_lib.networks.float_constants import SAFETY, UNDERFLOW_FLOOR, UNIT

ONE = np.uint64(1)
#: products of layers beyond, either way, are left to others; so none over- or underflows
_LARGE = 2.0**200


class Tables(NamedTuple):
    """A network on a domain, flat; units are numbered through all layers."""

    #: first unit of each layer, and the end
    first: np.ndarray
    #: where each layer's weights begin, by rows in one array and by columns in the other
    begin: np.ndarray
    by_row: np.ndarray
    by_column: np.ndarray
    biases: np.ndarray
    #: of each layer: the largest absolute slope, and of its weights the largest sum of a row's
    #: absolute values and norms, with signs and without
    steepest: np.ndarray
    row_sum: np.ndarray
    norm: np.ndarray
    absolute_norm: np.ndarray
    #: of each unit on each piece
    slopes: np.ndarray
    offsets: np.ndarray
    #: the first layer in coordinates (n, d), (n,), and bounds of the errors
    frame: np.ndarray
    frame_error: np.ndarray
    offset: np.ndarray
    offset_error: np.ndarray
    #: walls' normals (walls, d), largest entry 1, and how far off a vertex may be, in this measure
    walls: np.ndarray
    wall_error: np.ndarray
    #: of each layer: columns a unit, its first hyperplane, its first word
    num_breakpoints: np.ndarray
    base: np.ndarray
    first_word: np.ndarray
    #: by hyperplane, walls first
    layer_of: np.ndarray
    breakpoints: np.ndarray


class Scratch(NamedTuple):
    """By unit: values, slopes, errors; by layer, and of the widest layer; of one vertex."""

    z: np.ndarray
    h: np.ndarray
    slope: np.ndarray
    dz: np.ndarray
    dh: np.ndarray
    worst: np.ndarray
    one: np.ndarray
    other: np.ndarray
    #: (d, d): A, bounds of its errors, B, and for finding it
    matrix: np.ndarray
    matrix_error: np.ndarray
    inverse: np.ndarray
    work: np.ndarray
    #: (d,): |r| + E; lengths of rows; bounds of |e|; a gradient, its error, the shares of A's rows
    residual: np.ndarray
    length: np.ndarray
    off: np.ndarray
    gradient: np.ndarray
    gradient_error: np.ndarray
    share: np.ndarray
    corner: Corner


@kernel
def evaluate_own(
    tables: Tables, scratch: Scratch, point: np.ndarray, words: np.ndarray, hyperplanes: np.ndarray
) -> int:
    """Evaluate up to the deepest layer of the hyperplanes; the last layer that was."""
    deepest = -1
    for hyperplane in hyperplanes:
        if hyperplane >= tables.walls.shape[0]:
            deepest = max(deepest, tables.layer_of[hyperplane])
    return evaluate(tables, scratch, point, words, -1, deepest)


@kernel
def evaluate(
    tables: Tables, scratch: Scratch, point: np.ndarray, words: np.ndarray, done: int, layer: int
) -> int:
    """Values and local errors of the layers after ``done`` up to ``layer``, on the cell below."""
    z, h, dz = scratch.z, scratch.h, scratch.dz
    for m in range(done + 1, layer + 1):
        first, end = tables.first[m], tables.first[m + 1]
        if m == 0:
            for k in range(end):
                value, size, error = tables.offset[k], abs(tables.offset[k]), tables.offset_error[k]
                for i in range(point.size):
                    term = tables.frame[k, i] * point[i]
                    value += term
                    size += abs(term)
                    error += tables.frame_error[k, i] * abs(point[i])
                z[k] = value
                dz[k] = ((point.size + 3) * UNIT * size + error) * SAFETY + UNDERFLOW_FLOOR
            continue
        _activate(tables, scratch, words, m - 1)
        before, width = tables.first[m - 1], end - first
        for k in range(first, end):
            z[k] = tables.biases[k]
            dz[k] = abs(tables.biases[k])
        for j in range(first - before):
            x, row = h[before + j], tables.begin[m] + j * width
            if x != 0:
                for k in range(width):
                    term = x * tables.by_column[row + k]
                    z[first + k] += term
                    dz[first + k] += abs(term)
        for k in range(first, end):
            dz[k] = (first - before + 4) * UNIT * SAFETY * dz[k] + UNDERFLOW_FLOOR
    return max(done, layer)


@kernel
def _activate(tables: Tables, scratch: Scratch, words: np.ndarray, m: int) -> None:
    """The activation of a layer on the pieces that the bits tell."""
    num, word = tables.num_breakpoints[m], tables.first_word[m]
    worst = 0.0
    for unit in range(tables.first[m], tables.first[m + 1]):
        piece, first = 0, (unit - tables.first[m]) * num
        for column in range(first, first + num):
            piece += int((words[word + (column >> 6)] >> np.uint64(column & 63)) & ONE)
        slope, offset = tables.slopes[unit, piece], tables.offsets[unit, piece]
        product = slope * scratch.z[unit]
        scratch.slope[unit] = slope
        scratch.h[unit] = product + offset
        error = 0.0
        if offset != 0 or (slope != 0 and abs(slope) != 1):
            error = 3 * UNIT * (abs(product) + abs(offset)) + UNDERFLOW_FLOOR
        scratch.dh[unit] = error
        worst = max(worst, error, tables.steepest[m] * scratch.dz[unit])
    scratch.worst[m] = worst


@kernel
def adjoint(tables: Tables, scratch: Scratch, layer: int, neuron: int) -> float:
    """A bound of a neuron's error; its gradient and a bound of that one's error in ``scratch``.

    ``lost`` bounds the sum of the errors of g's entries, in one of two ways: ``absolute`` is the
    sum of what they would be without signs, and ``num`` counts the roundings of their terms; or the
    Euclidean length of the errors grows by the norms of the matrices, from what is lost at each.
    """
    dim, width = tables.frame.shape[1], tables.first[1]
    gradient, gradient_error = scratch.gradient, scratch.gradient_error
    total = scratch.dz[tables.first[layer] + neuron]
    if layer == 0:
        for i in range(dim):
            gradient[i] = tables.frame[neuron, i]
            gradient_error[i] = tables.frame_error[neuron, i]
        return total
    g, other = scratch.one, scratch.other
    width = tables.first[layer] - tables.first[layer - 1]
    row, absolute, num = tables.begin[layer] + neuron * width, 0.0, 1
    for j in range(width):
        g[j] = tables.by_row[row + j]
        absolute += abs(g[j])
    smallest, length, lost = absolute, 0.0, 0.0
    for m in range(layer - 1, -1, -1):
        first, width = tables.first[m], tables.first[m + 1] - tables.first[m]
        square = 0.0
        for j in range(width):
            total += abs(g[j]) * scratch.dh[first + j]
            g[j] *= scratch.slope[first + j]
            total += abs(g[j]) * scratch.dz[first + j]
            square += g[j] * g[j]
        num += 2
        total += 2 * lost * scratch.worst[m]
        size = np.sqrt(square)
        length = tables.steepest[m] * length + 2 * UNIT * size
        absolute *= tables.steepest[m]
        lost = min(2 * num * UNIT * absolute, np.sqrt(width) * length)
        total += lost * scratch.worst[m]
        smallest = min(smallest, absolute)
        if m == 0:
            break
        before = first - tables.first[m - 1]
        for i in range(before):
            other[i] = 0.0
        for j in range(width):
            x, row = g[j], tables.begin[m] + j * before
            if x != 0:
                for i in range(before):
                    other[i] += x * tables.by_row[row + i]
        absolute *= tables.row_sum[m]
        smallest = min(smallest, absolute)
        num += width + 2
        length = tables.norm[m] * length + (width + 2) * UNIT * tables.absolute_norm[m] * size
        lost = min(2 * num * UNIT * absolute, np.sqrt(before) * length)
        g, other = other, g
    if not 1 / _LARGE < smallest or not absolute < _LARGE:
        return np.inf
    for i in range(dim):
        value = error = largest = 0.0
        for j in range(width):
            entry = abs(tables.frame[j, i])
            value += g[j] * tables.frame[j, i]
            error += abs(g[j]) * ((width + 2) * UNIT * entry + tables.frame_error[j, i])
            largest = max(largest, entry + tables.frame_error[j, i])
        gradient[i] = value
        gradient_error[i] = (error + lost * largest) * SAFETY + UNDERFLOW_FLOOR
    return total * SAFETY + UNDERFLOW_FLOOR


@kernel
def solve(tables: Tables, scratch: Scratch, hyperplanes: np.ndarray) -> float:
    """B, ``off`` and the rest of ``scratch``, after the evaluation; q, or inf."""
    dim, num_walls = hyperplanes.size, tables.walls.shape[0]
    matrix, error, inverse = scratch.matrix, scratch.matrix_error, scratch.inverse
    for i in range(dim):
        hyperplane = hyperplanes[i]
        if hyperplane < num_walls:
            for j in range(dim):
                matrix[i, j] = tables.walls[hyperplane, j]
                error[i, j] = 2 * UNIT * abs(matrix[i, j])
            scratch.length[i] = 1.0
            scratch.residual[i] = tables.wall_error[hyperplane]
            continue
        layer = tables.layer_of[hyperplane]
        neuron = (hyperplane - tables.base[layer]) // tables.num_breakpoints[layer]
        bound = adjoint(tables, scratch, layer, neuron)
        gap = scratch.z[tables.first[layer] + neuron] - tables.breakpoints[hyperplane]
        length = 0.0
        for j in range(dim):
            length = max(length, abs(scratch.gradient[j]))
        if not length > UNDERFLOW_FLOOR:
            return np.inf
        for j in range(dim):
            matrix[i, j] = scratch.gradient[j] / length
            error[i, j] = scratch.gradient_error[j] / length + 2 * UNIT * abs(matrix[i, j])
        scratch.length[i] = length
        scratch.residual[i] = (abs(gap) * (1 + 2 * UNIT) + bound) / length * SAFETY
    if not invert(matrix, inverse, scratch.work):
        return np.inf
    contraction = 0.0
    for i in range(dim):
        total = 0.0
        for j in range(dim):
            product = defect = 0.0
            for k in range(dim):
                product += inverse[i, k] * matrix[k, j]
                size = abs(inverse[i, k])
                defect += size * (error[k, j] + (dim + 3) * UNIT * abs(matrix[k, j]))
            total += abs((1.0 if i == j else 0.0) - product) + defect
        contraction = max(contraction, total * SAFETY + 4 * UNIT)
    if not contraction < 0.5:
        return np.inf
    farthest = 0.0
    for i in range(dim):
        off = 0.0
        for j in range(dim):
            off += abs(inverse[i, j]) * scratch.residual[j]
        scratch.off[i] = off
        farthest = max(farthest, off)
    farthest *= SAFETY / (1 - contraction)
    for i in range(dim):
        scratch.off[i] = (scratch.off[i] + contraction * farthest) * SAFETY + UNDERFLOW_FLOOR
    return contraction


@kernel
def distance(off: np.ndarray) -> float:
    square = 0.0
    for entry in off:
        square += entry * entry
    return np.sqrt(square) * SAFETY + UNDERFLOW_FLOOR
