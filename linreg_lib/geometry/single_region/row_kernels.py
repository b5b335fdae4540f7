"""Compiled: the inequalities of one activation region about a point inside it, with error bounds.

An inequality ``a . d <= 1 / size``, for d counted from the point, is kept as the unit vector a, the
size, and a bound ``error`` with |size a - r| <= size error for the exact row r.  The gradients'
errors are bounded as those of the values are (pattern_kernels.py), for all columns together.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from linreg_lib.geometry.kernels.jit import part
from linreg_lib.geometry.single_region.network_tables import NetworkTables
from linreg_lib.geometry.single_region.pattern_kernels import (
    LONGEST,
    SHORTEST,
    activate,
    add_products,
    enter,
    is_fit,
    multiply,
    num_inputs,
    value_error,
)
from linreg_lib.networks.float_constants import SAFETY, SUM_FLOOR, UNIT

#: gradients and distances with larger relative errors than this are not worked with
_ROUGH = 1e-3


class Rows(NamedTuple):
    """``units`` (n, K) one inequality a column, ``sizes`` (K,), ``errors`` (K,)."""

    units: np.ndarray
    sizes: np.ndarray
    errors: np.ndarray


class Passing(NamedTuple):
    """Room for one layer: values (w,), gradients (n, w) of its input and of its units, marks."""

    hidden: np.ndarray
    values: np.ndarray
    is_off: np.ndarray
    jacobian: np.ndarray
    gradients: np.ndarray
    varies: np.ndarray


@part
def write_rows(
    tables: NetworkTables, point: np.ndarray, pieces: np.ndarray, room: Passing, rows: Rows
) -> int:
    """Inequalities of the neurons, how many; -1 where floats do not tell them well enough.

    Units whose gradient is 0 because nothing that varies reaches them have none.
    """
    num, dim = 0, point.size
    length, error = enter(point, room.hidden), 0.0
    size, slip = 0.0, 0.0  # length of the Jacobian, and of its error
    for layer in range(tables.start.size):
        begin, end = tables.first[layer], tables.first[layer + 1]
        multiply(tables, layer, room.hidden, room.values)
        _multiply_jacobian(tables, layer, dim, room)
        share = (num_inputs(tables, layer) + 2) * UNIT
        for unit in range(begin, end):
            j = unit - begin
            steep = 0.0
            for c in range(dim):
                steep += room.gradients[c, j] * room.gradients[c, j]
            steep = sqrt(steep)
            if steep == 0.0:
                if not _is_constant(tables, layer, unit, room.varies):
                    return -1
                continue
            tilt = 0.0
            if layer > 0:
                tilt = tables.lengths[unit] * (slip + share * size) * SAFETY + SUM_FLOOR
            if not (SHORTEST < steep < LONGEST and tilt <= _ROUGH * steep):
                return -1
            bound = value_error(tables, layer, unit, length, error)
            piece = pieces[unit]
            for side in range(2):
                if side == 0 and piece == 0:
                    continue
                if side == 1 and piece == tables.num_breakpoints[unit]:
                    continue
                sign = -1.0 if side == 0 else 1.0
                kink = tables.breakpoints[unit, piece - 1 + side]
                gap = sign * (kink - room.values[j])
                off = bound + UNIT * abs(gap)
                if not (SHORTEST < gap < LONGEST and off <= _ROUGH * gap):
                    return -1
                for c in range(dim):
                    rows.units[c, num] = sign * room.gradients[c, j] / steep
                rows.sizes[num] = steep / gap
                rows.errors[num] = (tilt / steep + off / gap) * (1.0 + 4.0 * _ROUGH) + 8.0 * UNIT
                num += 1
        length, error, _ = activate(
            tables, layer, pieces, room.values, length, error, room.hidden, room.is_off
        )
        size, slip = _bend_jacobian(tables, layer, pieces, dim, size, slip, room)
        if not (is_fit(length) and is_fit(size)):
            return -1
    return num


@part
def _multiply_jacobian(tables: NetworkTables, layer: int, dim: int, room: Passing) -> None:
    width = tables.first[layer + 1] - tables.first[layer]
    for c in range(dim):
        if layer == 0:
            at = c * width  # of the first layer, gradients are the weights
            for j in range(width):
                room.gradients[c, j] = tables.weights[at + j]
            continue
        for j in range(width):
            room.gradients[c, j] = 0.0
        add_products(tables, layer, room.jacobian[c], room.gradients[c])


@part
def _is_constant(tables: NetworkTables, layer: int, unit: int, varies: np.ndarray) -> bool:
    """Whether a unit with a gradient of 0 hears of nothing that varies: then it is 0 exactly."""
    width = tables.first[layer + 1] - tables.first[layer]
    at = tables.start[layer] + unit - tables.first[layer]
    for k in range(num_inputs(tables, layer)):
        if tables.weights[at] != 0.0 and (layer == 0 or varies[k] != 0):
            return False
        at += width
    return True


@part
def _bend_jacobian(
    tables: NetworkTables,
    layer: int,
    pieces: np.ndarray,
    dim: int,
    size: float,
    slip: float,
    room: Passing,
) -> tuple[float, float]:
    """Gradients of the layer's output: their length together, and the error's."""
    begin, end = tables.first[layer], tables.first[layer + 1]
    total, num_varying = 0.0, 0
    for unit in range(begin, end):
        slope, j = tables.slopes[unit, pieces[unit]], unit - begin
        largest = 0.0
        for c in range(dim):
            value = slope * room.gradients[c, j]
            room.jacobian[c, j] = value
            total += value * value
            largest = max(largest, abs(value))
        # A gradient of 0 is one for certain: write_rows has seen to that.
        room.varies[j] = 1 if largest > 0.0 else 0
        num_varying += room.varies[j]
    if num_varying == 0:
        return 0.0, 0.0
    length = sqrt(total) * SAFETY
    norms = tables.norms[layer]
    bound = 0.0
    if layer > 0:
        share = (num_inputs(tables, layer) + 2) * UNIT
        bound = (norms[0] * slip + share * norms[1] * size) * SAFETY + SUM_FLOOR
    bound *= norms[3]
    if tables.is_rounded[layer]:
        bound += UNIT * length * 2.0
    return length, bound * SAFETY + SUM_FLOOR


@part
def write_walls(point: np.ndarray, low: np.ndarray, high: np.ndarray, num: int, rows: Rows) -> int:
    """Inequalities of a box after the first ``num``, upper walls first; how many there are now."""
    dim = point.size
    for side in range(2):
        for axis in range(dim):
            for c in range(dim):
                rows.units[c, num] = 0.0
            rows.units[axis, num] = 1.0 if side == 0 else -1.0
            room = high[axis] - point[axis] if side == 0 else point[axis] - low[axis]
            rows.sizes[num] = 1.0 / room
            rows.errors[num] = 8.0 * UNIT
            num += 1
    return num


@part
def write_section(point: np.ndarray, num: int, rows: Rows, axes: np.ndarray, flat: Rows) -> bool:
    """The cone of ``num`` rows, with its apex at 0, as a polytope of one dimension less.

    Each row r has r . point = -1: in dual coordinates these are points of a hyperplane, and facets
    are the corners of their convex hull.  ``axes`` (n - 1, n), overwritten, takes the hyperplane
    one to one to coordinates, and a mean of the points becomes 0 there.
    """
    dim = point.size
    if dim < 2 or num == 0:
        return False
    _write_axes(point, axes)
    weight = 0.0
    for i in range(num):
        weight += 1.0 / rows.sizes[i]
    middle = 0.0
    for c in range(dim - 1):
        total = 0.0
        for i in range(num):
            place = 0.0
            for e in range(dim):
                place += axes[c, e] * rows.units[e, i]
            flat.units[c, i] = place * rows.sizes[i]
            total += place
        total /= weight
        middle += total * total
        for i in range(num):
            flat.units[c, i] -= total
    middle = sqrt(middle)
    for i in range(num):
        length = 0.0
        for c in range(dim - 1):
            length += flat.units[c, i] * flat.units[c, i]
        length = sqrt(length)
        off = rows.sizes[i] * (rows.errors[i] + (dim * dim + 8) * UNIT) + 4.0 * UNIT * middle
        off *= 1.0 + _ROUGH
        if not (SHORTEST < length < LONGEST and off <= _ROUGH * length):
            return False
        for c in range(dim - 1):
            flat.units[c, i] /= length
        flat.sizes[i] = length
        flat.errors[i] = off / length + 8.0 * UNIT
    return True


@part
def _write_axes(point: np.ndarray, axes: np.ndarray) -> None:
    """Orthonormal vectors at right angles to the point, up to rounding: of its reflection."""
    dim, lead, total = point.size, 0, 0.0
    for c in range(dim):
        total += point[c] * point[c]
        if abs(point[c]) > abs(point[lead]):
            lead = c
    length = sqrt(total)
    # The reflection that takes the axis ``lead`` to the point's direction, along point / length
    # with 1 added at the lead.
    turn = 1.0 if point[lead] > 0.0 else -1.0
    head = point[lead] / length + turn
    row = 0
    for axis in range(dim):
        if axis == lead:
            continue
        for c in range(dim):
            part_c = head if c == lead else point[c] / length
            axes[row, c] = -part_c * (point[axis] / length) / (turn * head)
        axes[row, axis] += 1.0
        row += 1
