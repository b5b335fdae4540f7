"""Which of the inequalities ``rows @ d <= 1`` make facets: rays first, linear programs after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg_lib.locked import Locked

_CLEAR = 1e-6  # optima closer to 1, and hits closer to the runner-up, decide nothing
_RESIDUE = 1e-7  # multipliers must rebuild a row up to this share of its length
_ACTIVE = 1e-9  # multipliers above this name the rows of an exact proof
_RAYS = 128  # rays shot at once


@dataclass(frozen=True, kw_only=True, repr=False)
class RegionFacets(Locked):
    """``is_facet`` (K,), ``is_undecided`` (K,) and how many linear programs it took.

    An undecided inequality lies within the tolerance of touching the region from outside; it is
    no facet in ``is_facet``, so ``num_facets`` is a lower bound where there are some.
    """

    is_facet: npt.NDArray[np.bool_]
    is_undecided: npt.NDArray[np.bool_]
    num_programs: int

    def __post_init__(self) -> None:
        self.is_facet.setflags(write=False)
        self.is_undecided.setflags(write=False)

    @property
    def num_facets(self) -> int:
        """Facets found, each counted once however often its hyperplane is listed."""
        return int(self.is_facet.sum())

    @property
    def num_undecided(self) -> int:
        """Inequalities too close to call."""
        return int(self.is_undecided.sum())

    def spread(self, places: npt.NDArray[np.int64], num: int) -> RegionFacets:
        """The same answers at ``places`` of a longer list; everything else makes no facet."""
        masks = np.zeros((2, num), dtype=bool)
        masks[0, places], masks[1, places] = self.is_facet, self.is_undecided
        return RegionFacets(
            is_facet=masks[0], is_undecided=masks[1], num_programs=self.num_programs
        )


def facets_of_rows(
    rows: npt.NDArray[np.float64],
    is_implied_exactly: Callable[[int, npt.NDArray[np.int64]], bool] | None = None,
) -> RegionFacets:
    """Facets of ``{d : rows @ d <= 1}`` for distinct rows (k, r).

    Three certificates, the cheap ones first.
    Independent rows all make facets. A ray from 0 that meets hyperplane i clearly before every
    other certifies facet i. For the rest, the linear program max rows[i] @ d over the facets known
    so far (Clarkson): below 1, row i is redundant, and the multipliers are checked; above 1, the
    ray through the optimum meets a facet, often a new one.
    Floating point, with tolerance 1e-6 relative. What is closer to a tie goes to
    ``is_implied_exactly(i, others)``, where given, which may prove that row i follows from a few
    others; what is not proved stays undecided.

    >>> corner = np.array([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4], [0.6, 0.6]])
    >>> facets_of_rows(corner).is_facet.tolist()
    [True, True, False, True]

    Source: K. Clarkson, More output-sensitive geometric algorithms (1994).
    """
    num = len(rows)
    found = np.zeros(num, dtype=bool)
    undecided = np.zeros(num, dtype=bool)
    if not num or _are_independent(rows):
        return RegionFacets(is_facet=~found, is_undecided=undecided, num_programs=0)
    _shoot(rows, found)
    programs = 0
    for i in np.flatnonzero(~found).tolist():
        while not found[i]:
            programs += 1
            optimum, place, weights = _program(rows, found, i)
            if _is_implied(rows[found], weights, rows[i]):
                break
            if winner := _clear_hits(rows, place[None])[0] + 1:
                if not found[winner - 1]:
                    found[winner - 1] = True
                    continue
            others = np.arange(num) != i
            used = np.flatnonzero(found)[weights > _ACTIVE]
            if is_implied_exactly is not None and _is_tie(optimum, used, i, is_implied_exactly):
                break
            programs += 1
            optimum, place, weights = _program(rows, others, i)
            used = np.flatnonzero(others)[weights > _ACTIVE]
            if optimum > 1.0 + _CLEAR and _clear_hits(rows, place[None])[0] == i:
                found[i] = True
            elif not _is_implied(rows[others], weights, rows[i]):
                undecided[i] = is_implied_exactly is None or not _is_tie(
                    optimum, used, i, is_implied_exactly
                )
            break
    return RegionFacets(is_facet=found, is_undecided=undecided, num_programs=programs)


def _is_tie(
    optimum: float, used: np.ndarray, i: int, is_implied_exactly: Callable[..., bool]
) -> bool:
    return bool(abs(optimum - 1.0) <= _CLEAR and is_implied_exactly(i, used))


def _are_independent(rows: np.ndarray) -> bool:
    if len(rows) > rows.shape[1]:
        return False
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    sizes = np.linalg.svd(rows / lengths, compute_uv=False)
    return bool(sizes[-1] > 1e-8 * sizes[0])


def _shoot(rows: np.ndarray, found: np.ndarray) -> None:
    """Mark what rays certify: towards each hyperplane, then at random while that helps."""
    rng = np.random.default_rng(0)  # rays save programs; the answer does not depend on them
    for start in range(0, len(rows), _RAYS):
        hits = _clear_hits(rows, rows[start : start + _RAYS])
        found[hits[hits >= 0]] = True
    while not found.all():
        hits = _clear_hits(rows, rng.standard_normal((_RAYS, rows.shape[1])))
        fresh = np.unique(hits[hits >= 0])
        if len(fresh) == 0 or found[fresh].all():
            return
        found[fresh] = True


def _clear_hits(rows: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """The row that each ray from 0 meets clearly first, or -1."""
    heights = directions @ rows.T
    across = np.arange(len(heights))
    winners = heights.argmax(axis=1)
    top = heights[across, winners]
    heights[across, winners] = -np.inf
    clear = (top > 0.0) & (heights.max(axis=1) < top * (1.0 - _CLEAR))
    return np.asarray(np.where(clear, winners, -1))


def _program(rows: np.ndarray, known: np.ndarray, i: int) -> tuple[float, np.ndarray, np.ndarray]:
    """max rows[i] @ d over the known inequalities and rows[i] @ d <= 2: optimum, place, prices."""
    from scipy.optimize import linprog

    limits = np.append(np.ones(int(known.sum())), 2.0)  # 2 bounds the program
    system = np.vstack([rows[known], rows[i]])
    best = linprog(-rows[i], A_ub=system, b_ub=limits, bounds=(None, None), method="highs")
    if best.status != 0:
        return np.nan, rows[i], np.zeros(len(limits) - 1)
    return -float(best.fun), best.x, -best.ineqlin.marginals[:-1]


def _is_implied(rows: np.ndarray, weights: np.ndarray, row: np.ndarray) -> bool:
    """Whether ``row`` is, up to rounding, a sum of rows with weights >= 0 clearly below 1."""
    weights = np.maximum(weights, 0.0)
    residue = np.linalg.norm(weights @ rows - row)
    return bool(weights.sum() < 1.0 - _CLEAR and residue <= _RESIDUE * np.linalg.norm(row))
