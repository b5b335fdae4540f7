"""Patterns found without cutting anything: by linear programming, and on grids of points."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import linprog

from linreg_lib.networks import Network

CLEAR = 1e-6  # thinner regions than this are left to the exact oracle
NOTHING = 1e-9


def patterns_by_programs(net: Network, low: np.ndarray, high: np.ndarray) -> set | None:
    """Patterns of regions with an inscribed ball in the box; None if one is too thin to be sure."""
    found: set[tuple[int, ...]] = set()
    if not _extend(net, low, high, (), np.zeros((0, len(low))), np.zeros(0), found):
        return None
    return found


def _extend(
    net: Network,
    low: np.ndarray,
    high: np.ndarray,
    pattern: tuple[int, ...],
    rows: np.ndarray,
    limits: np.ndarray,
    found: set,
) -> bool:
    """Try all pieces of the next unit; ``rows @ x <= limits`` hold so far."""
    if len(pattern) == net.num_hidden:
        found.add(pattern)
        return True
    row, offset, activation = _unit(net, pattern)
    ends = [-np.inf, *activation.breakpoints, np.inf]
    for piece, (start, stop) in enumerate(zip(ends, ends[1:], strict=False)):
        more_rows, more_limits = rows, limits
        for sign, bound in ((-1.0, start), (1.0, stop)):
            if np.isfinite(bound):
                more_rows = np.vstack([more_rows, sign * row])
                # Without gradient: at the breakpoint is below it.
                strict = 10 * NOTHING if sign < 0 and np.linalg.norm(row) < 1e-12 else 0.0
                more_limits = np.append(more_limits, sign * (bound - offset) - strict)
        radius = _radius(more_rows, more_limits, low, high)
        if NOTHING < radius < CLEAR:
            return False
        if radius >= CLEAR and not _extend(
            net, low, high, (*pattern, piece), more_rows, more_limits, found
        ):
            return False
    return True


def _radius(rows: np.ndarray, limits: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Radius of the largest ball; a row without gradient holds strictly, or by a tie, or not."""
    norms = np.linalg.norm(rows, axis=1)
    flat = norms < 1e-12
    if (limits[flat] < -NOTHING).any():
        return 0.0
    cost = np.zeros(len(low) + 1)
    cost[-1] = -1.0
    bounds = [*zip(low, high, strict=True), (0.0, None)]
    walls = np.vstack([np.eye(len(low)), -np.eye(len(low))])
    inner = np.column_stack([rows, norms])[~flat]
    outer = np.column_stack([walls, np.ones(2 * len(low))])
    limits = np.concatenate([limits[~flat], high, -low])
    result = linprog(cost, A_ub=np.vstack([inner, outer]), b_ub=limits, bounds=bounds)
    return float(-result.fun) if result.status == 0 else 0.0


def _unit(net: Network, pattern: tuple[int, ...]) -> tuple[np.ndarray, float, object]:
    """The next unit's affine function of the input, given the pieces of the units before it."""
    matrix, offset = np.eye(net.input_dim), np.zeros(net.input_dim)
    start = 0
    for weight, bias, activation in zip(net.weights, net.biases, net.activations, strict=False):
        matrix, offset = weight @ matrix, weight @ offset + bias
        if len(pattern) < start + len(bias):
            at = len(pattern) - start
            return matrix[at], float(offset[at]), activation
        pieces = np.array(pattern[start : start + len(bias)])
        slopes = activation.slopes[pieces]
        matrix, offset = slopes[:, None] * matrix, slopes * offset + activation.offsets[pieces]
        start += len(bias)
    raise AssertionError("all units have a piece already")


def patterns_on_grid(net: Network, low: np.ndarray, high: np.ndarray, num: int) -> set:
    """Patterns at cell centres of a regular grid, off all integer ties: a lower bound."""
    axes = [a + (b - a) * (np.arange(num) + 0.38) / num for a, b in zip(low, high, strict=True)]
    points = np.array(list(product(*axes)))
    low_pieces, high_pieces = net.piece_range(points)
    inside = (low_pieces == high_pieces).all(axis=1)
    return {tuple(row) for row in low_pieces[inside].tolist()}
