"""Compiled kernels that take many segments through one layer; compiled.py calls them.

A layer's pre-activations at the old vertices are ``products + bias``.  ``read_signs`` looks at all
of them once; ``find_crossings`` sorts each piece's crossings; ``write_vertices`` makes the layer's
output at old and new vertices.  Loaded only when numba is installed; lines.py has the NumPy twin.

What is certified, and why it is enough.  The errors are those of vertex_signs/float_sign_bounds.py:
a vertex has an exact place v* and a rounded one v~, the exact weighted mean that its stored values
are, and a stored value differs by at most ``value[k]`` from the exact affine function of any piece
at v~.

1. At every old vertex the excess of every unit over every breakpoint is larger than
   ``value + |slope| |v~ - v*|``, so its stored sign is the exact one at v*.  Hence the units with
   different signs at the two ends of a piece are exactly those that cross inside it.
2. Let a and b be such stored excesses and w = a / (a - b) as rounded.  Along the piece, measured
   from 0 to 1 between the rounded places of its ends, the exact excess is affine with a slope of
   at least |a - b| - 2 value; at w it is at most ``value``.  (The exact values at the ends, the
   rounding of a and b and that of w come to less: ``value`` has room for 48 roundings of the
   largest value, and these are ten.)  So the exact crossing is at most
   ``share = value / (|a - b| - 2 value)`` away from w.
3. If w + share of each crossing is less than w - share of the next, in the order of w, all exact
   crossings are different and in that order.  (As |a - b| is at most twice the largest value,
   those 38 unused roundings make each share larger than needed by 19 roundings of 1, and computing
   the sums takes four.)
4. The stored signs at the new vertices are the exact ones, too, and the next layer stands on them.
   A unit that does not cross keeps its sign between two values of the same sign beyond ``value``.
   One that crosses elsewhere in the piece is interpolated to |a - b| times the distance of the two
   w, which exceeds its own share: to more than ``value`` less 14 roundings of the largest value,
   which the six of interpolation do not bring to 0.

A segment where a comparison fails is given up: the caller counts it exactly.  The NumPy twin
certifies the order by 4 instead of 3: it looks at the new vertices' values of all units.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linreg_lib.geometry.kernels.bits import lowest_bit, num_bits
from linreg_lib.geometry.kernels.jit import kernel, part
from linreg_lib.networks.float_constants import ROUNDED_DOWN, ROUNDED_UP

ZERO, ONE = np.uint64(0), np.uint64(1)


class Layer(NamedTuple):
    """What the kernels know of a layer of n units: see compiled.py for how it is found."""

    bias: np.ndarray
    breakpoints: np.ndarray
    slopes: np.ndarray
    offsets: np.ndarray
    #: error bound of each stored value; -1 for units that are the same everywhere, exactly
    value: np.ndarray


class Vertices(NamedTuple):
    """The vertices of all segments: those of segment i are first[i] .. first[i + 1] - 1.

    ``place`` is 0 at a segment's start and 1 at its end, ``slack`` bounds its error, beyond a
    rounding error that is the same for all.
    """

    first: np.ndarray
    place: np.ndarray
    slack: np.ndarray


class Crossings(NamedTuple):
    """Crossings in order: the piece's end vertex, place on it, error of that, and column.

    Columns number the pairs of a unit and a breakpoint, unit by unit.  Vertex -1 ends the list.
    """

    vertex: np.ndarray
    weight: np.ndarray
    share: np.ndarray
    column: np.ndarray


@kernel
def read_signs(
    layer: Layer,
    products: np.ndarray,
    old: Vertices,
    place_error: float,
    signs: np.ndarray,
    doubtful: np.ndarray,
) -> int:
    """Write bits of the units above each breakpoint at each vertex (rows, breakpoints, words).

    Marks the segments that have a sign that is not certain; returns how many crossings there are.
    """
    bias, breakpoints, value = layer.bias, layer.breakpoints, layer.value
    first, place, slack = old
    num = 0
    for line in range(first.size - 1):
        low, high = first[line], first[line + 1]
        for vertex in range(low, high):
            share, beside = _place_share(place, slack, vertex, low, high, place_error)
            num_close = 0 if share < np.inf else 1
            for index in range(breakpoints.size):
                num_close += _read_row(
                    products, vertex, beside, bias, breakpoints[index], value, share, signs, index
                )
            if num_close > 0:
                doubtful[line] = True
            if vertex > low:
                num += _num_opposite(signs, vertex)
    return num


@part
def _place_share(
    place: np.ndarray, slack: np.ndarray, vertex: int, low: int, high: int, place_error: float
) -> tuple[float, int]:
    """How far off a vertex may be, as a share of the longer piece beside it; that piece's end."""
    before = place[vertex] - place[vertex - 1] if vertex > low else -1.0
    after = place[vertex + 1] - place[vertex] if vertex + 1 < high else -1.0
    length = max(max(before, after) - place_error, 1e-300)
    return slack[vertex] / length, vertex + 1 if after >= before else vertex - 1


@part
def _read_row(
    products: np.ndarray,
    vertex: int,
    beside: int,
    bias: np.ndarray,
    breakpoint: float,
    value: np.ndarray,
    share: float,
    signs: np.ndarray,
    index: int,
) -> int:
    """Write a vertex' signs at one breakpoint; how many of them may be others.

    ``share`` bounds the error of its place, as a share of the piece up to ``beside``, along which
    the exact values change as the stored ones do, but for the errors of both.
    """
    num_close, num_units = 0, products.shape[1]
    for word in range(signs.shape[2]):
        bits, start = ZERO, 64 * word  # as a shift, it would keep the loop from vector instructions
        stop = min(64, num_units - start)
        for i in range(stop):
            z = products[vertex, start + i] + bias[start + i]
            rise = abs(products[beside, start + i] + bias[start + i] - z) * ROUNDED_UP
            rise += 2.0 * value[start + i]
            if z > breakpoint:
                bits |= ONE << np.uint64(i)
            if not abs(z - breakpoint) > value[start + i] + rise * share:
                num_close += 1
        signs[vertex, index, word] = bits
    return num_close


@part
def _num_opposite(signs: np.ndarray, vertex: int) -> int:
    num = 0
    for index in range(signs.shape[1]):
        for word in range(signs.shape[2]):
            num += num_bits(signs[vertex, index, word] ^ signs[vertex - 1, index, word])
    return num


@kernel
def find_crossings(
    layer: Layer,
    products: np.ndarray,
    old: Vertices,
    signs: np.ndarray,
    doubtful: np.ndarray,
    found: Crossings,
    new_first: np.ndarray,
) -> int:
    """Crossings of all pieces, in order; returns their number.

    Marks more segments as doubtful, which have no crossings and no vertices in ``new_first``.
    """
    end = int(np.int64(0))  # a literal would have what takes it compiled twice
    for line in range(old.first.size - 1):
        begin, low, high = end, old.first[line], old.first[line + 1]
        for vertex in range(low + 1, high):
            if doubtful[line]:
                break
            start = end
            for index in range(signs.shape[1]):
                for word in range(signs.shape[2]):
                    bits = signs[vertex, index, word] ^ signs[vertex - 1, index, word]
                    while bits != ZERO:
                        unit = (word << 6) + lowest_bit(bits)
                        bits &= bits - ONE
                        at_b = products[vertex, unit] + layer.bias[unit] - layer.breakpoints[index]
                        a = products[vertex - 1, unit] + layer.bias[unit] - layer.breakpoints[index]
                        change = a - at_b
                        known = abs(change) * ROUNDED_DOWN - 2.0 * layer.value[unit]
                        if not 0.0 < known < np.inf:
                            doubtful[line] = True
                            known = np.inf
                        found.vertex[end] = vertex
                        found.weight[end] = a / change if change != 0.0 else 0.0
                        found.share[end] = layer.value[unit] / known
                        found.column[end] = unit * signs.shape[1] + index
                        end += 1
            if end > start + 1 and not _sort(found, start, end):
                doubtful[line] = True
        if doubtful[line]:
            end = begin
            new_first[line + 1] = new_first[line]
        else:
            new_first[line + 1] = new_first[line] + high - low + end - begin
    return end


@part
def _sort(found: Crossings, start: int, end: int) -> bool:
    """Sort one piece's crossings by weight; False if their exact order may be another."""
    weights, shares, columns = found.weight, found.share, found.column
    gap = 1
    while 3 * gap < end - start:
        gap = 3 * gap + 1
    # Shell's method, which for a few is insertion; NumPy's sorting takes seconds to compile.
    while gap > 0:
        for i in range(start + gap, end):
            weight, share, column = weights[i], shares[i], columns[i]
            j = i
            while j >= start + gap and weights[j - gap] > weight:
                weights[j], shares[j] = weights[j - gap], shares[j - gap]
                columns[j] = columns[j - gap]
                j -= gap
            weights[j], shares[j], columns[j] = weight, share, column
        gap //= 3
    for i in range(start + 1, end):
        if not weights[i] - shares[i] > weights[i - 1] + shares[i - 1]:
            return False
    return True


@kernel
def write_vertices(
    layer: Layer,
    products: np.ndarray,
    old: Vertices,
    found: Crossings,
    new: Vertices,
    hidden: np.ndarray,
    size: np.ndarray,
    place_error: float,
) -> None:
    """Old and new vertices in order, the layer's output there, and its largest size by column."""
    bias, breakpoints, slopes, offsets = layer.bias, layer.breakpoints, layer.slopes, layer.offsets
    is_relu = slopes.size == 2 and slopes[0] == 0.0 and slopes[1] == 1.0
    is_relu = is_relu and breakpoints[0] == 0.0 and offsets[0] == 0.0
    end_vertex, weights, shares, columns = found
    old_first, old_place, old_slack = old
    new_first, new_place, new_slack = new
    at = 0
    for line in range(old_first.size - 1):
        row = new_first[line]
        if row == new_first[line + 1]:
            continue
        for vertex in range(old_first[line], old_first[line + 1]):
            while True:
                is_new = end_vertex[at] == vertex
                a = vertex - 1 if is_new else vertex
                weight = weights[at] if is_new else 0.0
                if is_relu:
                    _write_relu(products[a], products[vertex], bias, weight, hidden[row], size)
                else:
                    _write_bent(
                        products[a],
                        products[vertex],
                        bias,
                        breakpoints,
                        slopes,
                        offsets,
                        weight,
                        hidden[row],
                        size,
                    )
                if not is_new:
                    break
                step = old_place[vertex] - old_place[a]
                new_place[row] = old_place[a] + weight * step
                new_slack[row] = shares[at] * (step + place_error)
                # The own value is the breakpoint, exactly.
                unit = columns[at] // breakpoints.size
                index = columns[at] - unit * breakpoints.size
                own = slopes[index] * breakpoints[index] + offsets[index]
                hidden[row, unit] = own
                size[unit] = max(size[unit], abs(own))
                row, at = row + 1, at + 1
            new_place[row], new_slack[row] = old_place[vertex], old_slack[vertex]
            row += 1


@part
def _write_relu(
    at_a: np.ndarray,
    at_b: np.ndarray,
    bias: np.ndarray,
    weight: float,
    out: np.ndarray,
    size: np.ndarray,
) -> None:
    """The ReLU at the weighted mean of two vertices."""
    for k in range(at_a.size):
        a = at_a[k] + bias[k]
        t = a + weight * ((at_b[k] + bias[k]) - a)
        t = t if t > 0.0 else 0.0
        out[k] = t
        size[k] = t if t > size[k] else size[k]


@part
def _write_bent(
    at_a: np.ndarray,
    at_b: np.ndarray,
    bias: np.ndarray,
    breakpoints: np.ndarray,
    slopes: np.ndarray,
    offsets: np.ndarray,
    weight: float,
    out: np.ndarray,
    size: np.ndarray,
) -> None:
    """Any activation at the weighted mean of two vertices."""
    for k in range(at_a.size):
        a = at_a[k] + bias[k]
        t = a + weight * ((at_b[k] + bias[k]) - a)
        slope, offset = slopes[0], offsets[0]
        for index in range(breakpoints.size):
            if t > breakpoints[index]:
                slope, offset = slopes[index + 1], offsets[index + 1]
        out[k] = slope * t + offset
        size[k] = max(size[k], abs(out[k]))
