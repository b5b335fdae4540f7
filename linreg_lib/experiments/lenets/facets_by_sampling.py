"""Which of some inequalities of a polytope in a cube make facets: two certificates, by pushing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MARGIN = 5e-4  # what is closer to a tie stays undecided; sums in float32 err by 1e-6
_PUSH = 20.0
_TOGETHER = 256
_CHECK = 10  # steps between looks at the certificates


def analytic_centre(rows: NDArray[np.float64], slacks: NDArray[np.float64]) -> NDArray[np.float64]:
    """The point with the largest product of distances to the walls of ``rows @ d <= slacks``.

    Newton's method, damped, from the origin, which lies inside.

    >>> analytic_centre(np.array([[1.0], [-1.0]]), np.array([3.0, 1.0])).round(6).tolist()
    [1.0]
    """
    place = np.zeros(rows.shape[1])
    for _ in range(100):
        scaled = rows / (slacks - rows @ place)[:, None]
        step = -np.linalg.solve(scaled.T @ scaled, scaled.sum(axis=0))
        along = scaled @ step
        decrement = -float(along.sum())
        if decrement < 1e-10:
            break
        trials = np.append(0.99 / along.max() * np.array([1.0, 0.7, 0.5, 0.3]), 1.0)
        trials = np.append(trials[trials * along.max() < 1.0], 1.0 / (1.0 + decrement**0.5))
        gains = [np.log1p(-trial * along).sum() for trial in trials]
        place = place + trials[int(np.argmax(gains))] * step
    return place


def decide(
    rows: NDArray[np.float64],
    slacks: NDArray[np.float64],
    which: NDArray[np.int64],
    *,
    most: int = 400,
) -> NDArray[np.int64]:
    """For each inequality in ``which``: 1 if it makes a facet, -1 if it is redundant, 0 if open.

    ``rows @ d <= slacks``, its last 2n rows the upper and the lower walls of a cube, in their
    order. For each, max <row, d> over all others is pushed up by d and down by prices
    p >= 0 on the others (primal-dual steps in coordinates in which the rows, scaled by their
    slacks at the analytic centre, have the unit matrix for a Gram matrix). A d that crosses only
    this wall shows a facet; prices with sum below 1, after the walls of the cube have paid for the
    rest of the row, show that it is redundant.

    >>> square = np.array([[1, 1], [-1, 1], [1, 0], [0, 1], [-1, 0], [0, -1]], float)
    >>> decide(square, np.array([2.5, 1.0, 1, 1, 1, 1]), np.arange(6)).tolist()
    [-1, 1, 1, 1, 1, 1]

    Source: A. Chambolle, T. Pock, A first-order primal-dual algorithm (2011).
    """
    dim = rows.shape[1]
    place = analytic_centre(rows, slacks)
    left = slacks - rows @ place
    scaled = rows / left[:, None]
    root = np.asarray(np.linalg.cholesky(scaled.T @ scaled), dtype=np.float64)
    round_rows = np.linalg.solve(root, scaled.T).T.astype(np.float32)
    answers = np.zeros(len(which), dtype=np.int64)
    for start in range(0, len(which), _TOGETHER):
        part = slice(start, start + _TOGETHER)
        answers[part] = _push(round_rows, root, left[-2 * dim :], which[part], most)
    return answers


def _push(
    rows: NDArray[np.float32],
    root: NDArray[np.float64],
    walls: NDArray[np.float64],
    which: NDArray[np.int64],
    most: int,
) -> NDArray[np.int64]:
    """Steps for all of ``which`` at once; those that are certified drop out."""
    answers = np.zeros(len(which), dtype=np.int64)
    going = np.arange(len(which))
    goals = rows[which]
    push = (_PUSH / np.linalg.norm(goals, axis=1, keepdims=True)).astype(np.float32)
    places = goals * push
    ahead, prices = places.copy(), np.zeros((len(which), len(rows)), dtype=np.float32)
    upper, lower = np.split(walls, 2)
    for step in range(1, most + 1):
        here = np.arange(len(going))
        prices += (0.95 / push) * (ahead @ rows.T - 1.0)
        np.maximum(prices, 0.0, out=prices)
        prices[here, which[going]] = 0.0
        rest = goals - prices @ rows
        after = places + push * rest
        ahead, places = 2.0 * after - places, after
        if step % _CHECK and step < most:
            continue
        heights = places @ rows.T
        own = heights[here, which[going]].copy()
        heights[here, which[going]] = -np.inf
        crosses = own > (1.0 + _MARGIN) * np.maximum(heights.max(axis=1), 1e-3)
        unpaid = rest.astype(np.float64) @ root.T
        paid = np.maximum(unpaid * upper, -unpaid * lower).sum(axis=1)
        implied = prices.sum(axis=1) + paid < 1.0 - _MARGIN
        answers[going[crosses]] = 1
        answers[going[implied & ~crosses]] = -1
        stay = ~(crosses | implied)
        going, goals, push = going[stay], goals[stay], push[stay]
        places, ahead, prices = places[stay], ahead[stay], prices[stay]
        if not len(going):
            break
    return answers
