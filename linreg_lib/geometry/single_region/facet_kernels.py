"""Compiled: how many facets many activation regions have, each decision with a certificate.

One region at a time, from a point inside it.  A ray from the point that meets one hyperplane
clearly before all others certifies a facet.  For a row that no ray has found, a linear program
over the facets known so far (Clarkson) ends at a corner where the row is below 1, and its basis
certifies that the row is implied; or above 1, and the ray through the corner finds a new facet.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from linreg_lib.geometry.kernels.jit import kernel, part
from linreg_lib.geometry.single_region.network_tables import NetworkTables
from linreg_lib.geometry.single_region.program_kernels import (
    Program,
    add_inequality,
    find_reach,
    height,
    is_implied,
    is_implied_as_before,
    optimise,
    start,
)
from linreg_lib.geometry.single_region.row_kernels import (
    Passing,
    Rows,
    write_rows,
    write_section,
    write_walls,
)
from linreg_lib.networks.float_constants import ROUNDED_UP, SAFETY, UNIT

#: how far a ray is turned towards a hyperplane that it meets with others, a share of its length
_TURN = 1e-4
#: what may be a tie: a second look is worth it
_CLOSE = 1e-9
#: from so many points a region is tried
_CENTRES = 4
UNKNOWN, FACET, IMPLIED = 0, 1, 2


class Room(NamedTuple):
    """What the search works in: see the types. ``section`` and ``axes`` are for cones."""

    passing: Passing
    rows: Rows
    program: Program
    section: Rows
    section_program: Program
    axes: np.ndarray
    state: np.ndarray
    heights: np.ndarray
    ray: np.ndarray
    centre: np.ndarray


@kernel
def count_facets(
    tables: NetworkTables,
    points: np.ndarray,
    pieces: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    is_cone: bool,
    is_bounded: bool,
    room: Room,
    num_facets: np.ndarray,
    num_walls: np.ndarray,
    is_open: np.ndarray,
) -> None:
    """Facets of the regions with the pieces (m, N) around the points (m, n).

    ``is_open`` (m,) marks regions that floats leave undecided.  ``low``, ``high`` are the box if
    ``is_bounded``; ``is_cone`` says that all hyperplanes go through 0.
    """
    for p in range(points.shape[0]):
        is_open[p] = True
        for c in range(points.shape[1]):
            room.centre[c] = points[p, c]
        for _ in range(_CENTRES):
            num = write_rows(tables, room.centre, pieces[p], room.passing, room.rows)
            if num < 0:
                break
            kept = _decide_region(num, low, high, is_cone, is_bounded, room)
            if kept >= 0:
                is_open[p] = False
                for i in range(kept):
                    num_facets[p] += 1 if room.state[i] == FACET else 0
                for i in range(kept, kept + 2 * low.size if is_bounded else kept):
                    num_walls[p] += 1 if room.state[i] == FACET else 0
                break
            if is_bounded:
                num = write_walls(room.centre, low, high, num, room.rows)
            _move_away(room.rows, num, room.centre)


@part
def _decide_region(
    num: int, low: np.ndarray, high: np.ndarray, is_cone: bool, is_bounded: bool, room: Room
) -> int:
    """Write the state of the rows that are kept, walls after them; how many, or -1."""
    rows, program, total, reach = room.rows, room.program, num, np.inf
    is_section = is_cone and num > 0
    if is_section:
        if not write_section(room.centre, num, room.rows, room.axes, room.section):
            return -1
        rows, program = room.section, room.section_program
    while True:
        if is_bounded and not is_section:
            total = write_walls(room.centre, low, high, num, rows)
            reach = _set_walls(program, room.centre, low, high)
        if not _decide(rows, num, total, program, room, reach, is_section):
            return -1
        if not (is_bounded and is_section):
            return num
        # Of the cone, only its facets can be facets in the box.
        num = _keep_facets(room.rows, num, room.state)
        rows, program, is_section = room.rows, room.program, False


@part
def _move_away(rows: Rows, num: int, centre: np.ndarray) -> None:
    """Go from the nearest hyperplane half the way to the first one that is met.

    Where a point is very close to a hyperplane, its relative distance is too uncertain.
    """
    nearest, farthest = 0, 0
    for i in range(num):
        nearest = i if rows.sizes[i] > rows.sizes[nearest] else nearest
        farthest = i if rows.sizes[i] < rows.sizes[farthest] else farthest
    slope = 0.5 * rows.sizes[farthest]
    for i in range(num):
        dot = 0.0
        for c in range(centre.size):
            dot -= rows.units[c, i] * rows.units[c, nearest]
        slope = max(slope, dot * rows.sizes[i])
    for c in range(centre.size):
        centre[c] -= rows.units[c, nearest] * 0.5 / slope


@part
def _set_walls(program: Program, point: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """The program's box is the domain; how far its corners are from the point, at most."""
    total = 0.0
    for c in range(point.size):
        program.walls[2 * c] = high[c] - point[c]
        program.walls[2 * c + 1] = point[c] - low[c]
        program.is_true[2 * c] = program.is_true[2 * c + 1] = 1
        longest = max(program.walls[2 * c], program.walls[2 * c + 1])
        total += longest * longest
    return sqrt(total) * SAFETY


@part
def _keep_facets(rows: Rows, num: int, state: np.ndarray) -> int:
    """Forget the rows that are none."""
    kept = 0
    for i in range(num):
        if state[i] == FACET:
            for c in range(rows.units.shape[0]):
                rows.units[c, kept] = rows.units[c, i]
            rows.sizes[kept] = rows.sizes[i]
            rows.errors[kept], rows.slips[kept] = rows.errors[i], rows.slips[i]
            kept += 1
    return kept


@part
def _decide(
    rows: Rows,
    num: int,
    total: int,
    program: Program,
    room: Room,
    reach: float,
    must_be_bounded: bool,
) -> bool:
    """Write the state of all rows, walls from ``num`` on; False if one stays unknown."""
    state, dim = room.state, program.goal.size
    for k in range(3):
        program.counts[k] = 0
    nearest = 0
    for i in range(total):
        state[i] = UNKNOWN
        if rows.sizes[i] > rows.sizes[nearest]:
            nearest = i
    if total > 0:
        for c in range(dim):
            room.ray[c] = rows.units[c, nearest]
        _shoot(rows, total, program, room)
    for round in range(2):
        num_unknown = 0
        for i in range(total):
            if state[i] == UNKNOWN and not _settle(rows, i, num, total, program, room, reach):
                return False
            num_unknown += 1 if state[i] == UNKNOWN else 0
        if num_unknown == 0 and not must_be_bounded:
            return True
        if round == 0 and not reach < np.inf:
            reach = find_reach(program)
            if not reach < np.inf:
                return False
            must_be_bounded = False
    return num_unknown == 0


@part
def _settle(
    rows: Rows, i: int, num: int, total: int, program: Program, room: Room, reach: float
) -> bool:
    """Decide about row i, or leave it unknown; False if there is no hope for it."""
    dim, error, state = program.goal.size, rows.errors[i], room.state
    size = rows.sizes[i] * (1.0 + rows.slips[i]) * ROUNDED_UP
    for c in range(dim):
        program.goal[c] = rows.units[c, i]
    own, before = -1, 0.0
    if i >= num:  # a wall of the box must not be used against itself
        wall = i - num
        own = 2 * wall if wall < dim else 2 * (wall - dim) + 1
        before = program.walls[own]
        program.is_true[own] = 0
    is_hopeful = True
    if is_implied_as_before(program, size, error, reach):
        state[i] = IMPLIED
    else:
        is_hopeful = _search(rows, i, size, total, program, room, reach)
    if own >= 0:
        program.walls[own], program.is_true[own] = before, 1
    return is_hopeful


@part
def _search(
    rows: Rows, i: int, size: float, total: int, program: Program, room: Room, reach: float
) -> bool:
    """The program for row i, and rays through its corners; False if there is no hope for it."""
    state, dim = room.state, program.goal.size
    start(program, 1.0 / size)
    while state[i] == UNKNOWN:
        if not optimise(program):
            return True
        if height(program) * size < 1.0 and is_implied(program, size, rows.errors[i], reach):
            state[i] = IMPLIED
            return True
        if not height(program) * size > 1.0 - _CLOSE:
            return True
        for c in range(dim):
            room.ray[c] = program.corner[c]
        if _shoot(rows, total, program, room) < 0:
            return height(program) * size < 1.0 + _CLOSE
    return True


@part
def _shoot(rows: Rows, total: int, program: Program, room: Room) -> int:
    """The new facet that the ray certifies, or one beside it; -1 for none."""
    dim = program.goal.size
    for _ in range(3):
        winner = _first_hit(rows, total, dim, room)
        if winner < 0:
            return -1
        if _is_clear(rows, total, dim, room, winner):
            if room.state[winner] == FACET:
                return -1
            room.state[winner] = FACET
            add_inequality(program, rows, winner)
            return winner
        length = 0.0
        for c in range(dim):
            length += room.ray[c] * room.ray[c]
        length = sqrt(length) * _TURN
        for c in range(dim):
            room.ray[c] += length * rows.units[c, winner]
    return -1


@part
def _first_hit(rows: Rows, total: int, dim: int, room: Room) -> int:
    """The row that is highest along the ray, and the heights of all."""
    heights = room.heights
    for i in range(total):
        heights[i] = 0.0
    for c in range(dim):
        step, units = room.ray[c], rows.units[c]
        for i in range(total):
            heights[i] += step * units[i]
    winner, best = -1, 0.0
    for i in range(total):
        heights[i] *= rows.sizes[i]
        if heights[i] > best:
            winner, best = i, heights[i]
    return winner


@part
def _is_clear(rows: Rows, total: int, dim: int, room: Room, winner: int) -> bool:
    """Whether the exact rows have the same winner, alone."""
    length = 0.0
    for c in range(dim):
        length += room.ray[c] * room.ray[c]
    length = sqrt(length) * SAFETY
    least = room.heights[winner] - _height_error(rows, dim, room, winner, length)
    num_near = 0 if least > 0.0 else 1
    for i in range(total):
        most = room.heights[i] + _height_error(rows, dim, room, i, length)
        num_near += 0 if most < least else 1
    return num_near == 1 and least > 0.0


@part
def _height_error(rows: Rows, dim: int, room: Room, i: int, length: float) -> float:
    """Of the height of row i along a ray of the given length."""
    turn = rows.sizes[i] * (rows.errors[i] + (dim + 4) * UNIT) * length
    return (abs(room.heights[i]) * rows.slips[i] + turn) * 1.01
