"""Compiled: small linear programs over a few inequalities, and certificates that one is implied.

The programs maximise ``goal . d`` over ``units[f] . d <= rooms[f]`` and a box around 0.  The dual
simplex method starts at a corner of the box, where any goal is dual feasible, and takes the
inequality that is violated most into the basis until none is.  Its floats decide nothing: a
certificate is computed afresh from the basis.

Certificates.  With basis rows b_k = size_k (u_k + e_k), |e_k| <= error_k, size_k at least 1 over
what is kept as room, and the row in question size (goal + e), with the largest size that it may
have, let m >= 0 be any weights and E bound the length of

    goal + e - sum m_k (u_k + e_k),

by what floats find for goal - sum m_k u_k, their rounding, and the errors.
1. The region lies within ``reach`` of the point.  On it u_k + e_k is at most 1 / size_k, so the row
   is at most size (sum m_k / size_k + E reach); below 1, the row is implied.
2. Nothing is known of the region.  Where G (u_k as columns) is the identity up to entries of M with
   row sums of at most 1/2, errors of the u_k counted, the exact weights differ from m by at most
   D = 2 E max |G_k|.  If all m_k > D, they are positive, and the row is implied if
   size sum (m_k + D) / size_k < 1.
Both say more: the hyperplane does not even touch the region.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from linreg_lib.geometry.kernels.jit import inlined, part
from linreg_lib.geometry.single_region.row_kernels import Rows
from linreg_lib.networks.float_constants import ROUNDED_UP, SAFETY, UNIT

#: what floats may be off in a program, relative; it only steers
_SLACK = 1e-12
#: a unit vector that changes the basis by less than this does not enter it
_FLAT = 1e-10
#: how far the walls of the box are that the region does not respect, in the distance at hand
_FAR = 1e9


class Program(NamedTuple):
    """Room for programs in n dimensions.

    Inequalities: ``units`` (K, n), ``rooms`` (K,), ``errors`` (K,); ``counts[0]`` of them.
    Walls of the box have negative numbers, -1 - 2 axis - side, side 0 above; ``walls`` (2 n,) are
    their distances, ``is_true`` (2 n,) whether the region respects them.
    ``basis`` (n,), ``inverse`` (n, n) with ``inverse @ goal`` the weights of the basis;
    ``corner``, ``weights``, ``goal``: (n,). ``entering`` (n,) is the unit vector that enters the
    basis, ``changes`` (n,) how the rows of the inverse see it.
    ``counts[1]``, ``counts[2]``: bases kept and where the next one goes; of each ``kept_basis``,
    ``kept_inverse``, and ``kept_steepness``: the largest |G_k|, inf where it certifies nothing.
    """

    units: np.ndarray
    rooms: np.ndarray
    errors: np.ndarray
    counts: np.ndarray
    walls: np.ndarray
    is_true: np.ndarray
    basis: np.ndarray
    inverse: np.ndarray
    corner: np.ndarray
    weights: np.ndarray
    goal: np.ndarray
    entering: np.ndarray
    changes: np.ndarray
    kept_basis: np.ndarray
    kept_inverse: np.ndarray
    kept_steepness: np.ndarray


@part
def add_inequality(program: Program, rows: Rows, i: int) -> None:
    """Row i is one more inequality, at the largest distance that it may have."""
    num = program.counts[0]
    for c in range(program.goal.size):
        program.units[num, c] = rows.units[c, i]
    program.rooms[num] = (1.0 + rows.slips[i]) / rows.sizes[i] * ROUNDED_UP
    program.errors[num] = rows.errors[i]
    program.counts[0] = num + 1


@inlined
def _entry(program: Program, which: int, c: int) -> float:
    """Of an inequality's unit vector."""
    if which >= 0:
        return program.units[which, c]
    wall = -1 - which
    if wall >> 1 != c:
        return 0.0
    return 1.0 if wall & 1 == 0 else -1.0


@inlined
def _room(program: Program, which: int) -> float:
    return program.rooms[which] if which >= 0 else program.walls[-1 - which]


@inlined
def _error(program: Program, which: int) -> float:
    return program.errors[which] if which >= 0 else 8.0 * UNIT


@inlined
def _holds(program: Program, which: int) -> bool:
    return which >= 0 or program.is_true[-1 - which] != 0


@part
def start(program: Program, distance: float) -> None:
    """Go to the corner of the box that is best for ``goal``.

    Walls that are not true are put very far, counted in ``distance``.
    """
    dim = program.goal.size
    for wall in range(2 * dim):
        if program.is_true[wall] == 0:
            program.walls[wall] = _FAR * distance
    for k in range(dim):
        side = 0 if program.goal[k] >= 0.0 else 1
        program.basis[k] = -1 - 2 * k - side
        for c in range(dim):
            program.inverse[k, c] = 0.0
        program.inverse[k, k] = 1.0 if side == 0 else -1.0


@part
def optimise(program: Program) -> bool:
    """Pivot until ``corner`` violates nothing; False where that does not come to an end."""
    dim = program.goal.size
    for _ in range(100 + 10 * dim):
        which = _most_violated(program)
        if which == -1 - 2 * dim:
            return True
        leaving, best = -1, 0.0
        for c in range(dim):
            program.entering[c] = _entry(program, which, c)
        for k in range(dim):
            change = 0.0
            for c in range(dim):
                change += program.inverse[k, c] * program.entering[c]
            program.changes[k] = change
            if change > _FLAT:
                ratio = max(program.weights[k], 0.0) / change
                if leaving < 0 or ratio < best:
                    leaving, best = k, ratio
        if leaving < 0:
            return False
        _exchange(program, leaving, which)
    return False


@part
def _most_violated(program: Program) -> int:
    """Computes weights and corner; -1 - 2 n for none."""
    dim, size = program.goal.size, 0.0
    for k in range(dim):
        weight = 0.0
        for c in range(dim):
            weight += program.inverse[k, c] * program.goal[c]
        program.weights[k] = weight
    for c in range(dim):
        place = 0.0
        for k in range(dim):
            place += program.inverse[k, c] * _room(program, program.basis[k])
        program.corner[c] = place
        size = max(size, abs(place))
    worst, which = 0.0, -1 - 2 * dim
    for f in range(program.counts[0]):
        excess = -program.rooms[f]
        for c in range(dim):
            excess += program.units[f, c] * program.corner[c]
        if excess > worst and excess > _SLACK * (size + program.rooms[f]):
            worst, which = excess, f
    for wall in range(2 * dim):
        place = program.corner[wall >> 1]
        excess = (place if wall & 1 == 0 else -place) - program.walls[wall]
        if excess > worst and excess > _SLACK * (size + program.walls[wall]):
            worst, which = excess, -1 - wall
    return which


@part
def _exchange(program: Program, leaving: int, which: int) -> None:
    dim = program.goal.size
    for c in range(dim):
        program.inverse[leaving, c] /= program.changes[leaving]
    for k in range(dim):
        if k != leaving:
            for c in range(dim):
                program.inverse[k, c] -= program.changes[k] * program.inverse[leaving, c]
    program.basis[leaving] = which


@part
def height(program: Program) -> float:
    """goal . corner, by the weights."""
    total = 0.0
    for k in range(program.goal.size):
        total += program.weights[k] * _room(program, program.basis[k])
    return total


# Certificates -------------------------------------------------------------------------------------


@part
def is_implied(program: Program, size: float, error: float, reach: float) -> bool:
    """Whether the basis certifies that the row ``size goal``, up to its error, is below 1."""
    steepness = _steepness(program, program.basis, program.inverse)
    if not _certifies(program, program.basis, program.inverse, steepness, size, error, reach):
        return False
    _keep(program, steepness)
    return True


@part
def is_implied_as_before(program: Program, size: float, error: float, reach: float) -> bool:
    """The same for a basis that has served before."""
    num = program.counts[1]
    for back in range(num):
        at = (program.counts[2] - 1 - back) % program.kept_steepness.size
        if _certifies(
            program,
            program.kept_basis[at],
            program.kept_inverse[at],
            program.kept_steepness[at],
            size,
            error,
            reach,
        ):
            return True
    return False


@part
def _keep(program: Program, steepness: float) -> None:
    dim, at = program.goal.size, program.counts[2]
    for k in range(dim):
        program.kept_basis[at, k] = program.basis[k]
        for c in range(dim):
            program.kept_inverse[at, k, c] = program.inverse[k, c]
    program.kept_steepness[at] = steepness
    room = program.kept_steepness.size
    program.counts[1] = min(program.counts[1] + 1, room)
    program.counts[2] = (at + 1) % room


@part
def _steepness(program: Program, basis: np.ndarray, inverse: np.ndarray) -> float:
    """The largest |G_k|, at least; inf where M is too large or a wall of the basis is not true."""
    dim, largest = program.goal.size, 0.0
    for k in range(dim):
        length = 0.0
        for c in range(dim):
            length += inverse[k, c] * inverse[k, c]
        length = sqrt(length) * ROUNDED_UP
        total = 0.0
        for other in range(dim):
            dot = -1.0 if other == k else 0.0
            for c in range(dim):
                dot += inverse[k, c] * _entry(program, basis[other], c)
            total += abs(dot) + length * ((dim + 4) * UNIT + _error(program, basis[other]))
        if not (total <= 0.5 and _holds(program, basis[k])):
            return np.inf
        largest = max(largest, length)
    return largest


@part
def _certifies(
    program: Program,
    basis: np.ndarray,
    inverse: np.ndarray,
    steepness: float,
    size: float,
    error: float,
    reach: float,
) -> bool:
    dim = program.goal.size
    for k in range(dim):
        weight = 0.0
        for c in range(dim):
            weight += inverse[k, c] * program.goal[c]
        if weight < -1e-9:
            return False
        program.weights[k] = weight
    value, spread, off, total = 0.0, 0.0, error, 1.0
    for k in range(dim):
        weight = max(program.weights[k], 0.0) if _holds(program, basis[k]) else 0.0
        program.weights[k] = weight
        value += weight * _room(program, basis[k])
        spread += _room(program, basis[k])
        off += weight * _error(program, basis[k])
        total += weight
    if not value * size < 1.0:
        return False
    rest = 0.0
    for c in range(dim):
        gap = program.goal[c]
        for k in range(dim):
            gap -= program.weights[k] * _entry(program, basis[k], c)
        rest += gap * gap
    off = (sqrt(rest) + off + dim * (dim + 4) * UNIT * total) * ROUNDED_UP
    if reach < np.inf and size * (value + off * reach) * ROUNDED_UP < 1.0:
        return True
    if not steepness < np.inf:
        return False
    doubt = 2.0 * steepness * off * ROUNDED_UP
    for k in range(dim):
        if not program.weights[k] > doubt:
            return False
    return size * (value + doubt * spread) * ROUNDED_UP < 1.0


@part
def find_reach(program: Program) -> float:
    """Within what distance the region lies, by the inequalities so far; inf if they do not say.

    For both directions of each axis, |y_c| <= sum m_k / size_k + E |y|.
    """
    dim, farthest, off, distance = program.goal.size, 0.0, 0.0, 0.0
    spread = sqrt(float(dim))
    for f in range(program.counts[0]):
        distance = max(distance, program.rooms[f])
    for wall in range(2 * dim):
        for c in range(dim):
            program.goal[c] = 0.0
        program.goal[wall >> 1] = 1.0 if wall & 1 == 0 else -1.0
        start(program, distance)
        if not optimise(program):
            return np.inf
        value, error, total, rest = 0.0, 0.0, 1.0, 0.0
        for k in range(dim):
            if not _holds(program, program.basis[k]):
                program.weights[k] = 0.0
            program.weights[k] = max(program.weights[k], 0.0)
            value += program.weights[k] * _room(program, program.basis[k])
            error += program.weights[k] * _error(program, program.basis[k])
            total += program.weights[k]
        for c in range(dim):
            gap = program.goal[c]
            for k in range(dim):
                gap -= program.weights[k] * _entry(program, program.basis[k], c)
            rest += gap * gap
        farthest = max(farthest, value)
        off = max(off, sqrt(rest) + error + dim * (dim + 4) * UNIT * total)
        # At once: with hundreds of inputs and few neurons all other programs would take minutes.
        if not (off * spread < 0.5 and farthest < np.inf):
            return np.inf
    return spread * farthest / (1.0 - off * spread) * SAFETY
