"""Hit-and-run: random chords of a region, many walkers at once, and the walls that they hit."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.single_region.region_polytope import RegionPolytope
from linreg_lib.locked import Locked, locked
from linreg_lib.networks.arguments import (
    checked_count,
    checked_flag,
    checked_integers,
    checked_kind,
    checked_kinds,
    checked_limit,
    checked_rng,
)
from linreg_lib.networks.exact_floats import exact_number

_TIE = 1e-9  # walls hit closer together than this (relative) are not told apart
_REFRESH = 64  # steps after which the slacks are computed afresh, against drift


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WalkResult(Locked):
    """What the walkers hit.

    ``first_hits`` (W, K): step, from 1, at which walker w first hit inequality i; 0 for never.
    ``num_hits`` (W, K): how often. ``num_steps``: steps made by every walker.
    ``num_ties``: ends of chords at which several walls were too close to tell apart; they count
    for none. ``num_escapes``: ends that met no wall.
    Of coincident inequalities only the first is ever hit.
    """

    first_hits: npt.NDArray[np.int64]
    num_hits: npt.NDArray[np.int64]
    num_steps: int
    num_ties: int
    num_escapes: int

    def __post_init__(self) -> None:
        self.first_hits.setflags(write=False)
        self.num_hits.setflags(write=False)

    @property
    def was_hit(self) -> npt.NDArray[np.bool_]:
        """(K,) whether any walker hit the inequality."""
        return locked(np.asarray((self.first_hits > 0).any(axis=0)))

    def facets_found(self, steps: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Inequalities hit by each walker in its first ``steps`` (S,) steps, (W, S)."""
        first = np.where(self.first_hits > 0, self.first_hits, np.iinfo(np.int64).max)
        places = checked_integers("steps", steps)
        return np.asarray((first[:, :, None] <= places).sum(axis=1))

    def stopping_steps(self, patience: int = 1000) -> npt.NDArray[np.int64]:
        """Step at which each walker stops, (W,); 0 if it would walk on after the last step.

        The rule: look every ``patience`` steps, and stop if the last ``patience`` brought no new
        facet. Source: F23, Section V.C.

        >>> WalkResult(first_hits=np.array([[1, 15, 39]]), num_hits=np.array([[9, 3, 1]]),
        ...            num_steps=40, num_ties=0, num_escapes=0).stopping_steps(10).tolist()
        [30]
        """
        patience = checked_count("patience", patience)
        num_blocks = self.num_steps // patience
        blocks = (self.first_hits - 1) // patience  # -1: never hit
        fresh = np.zeros((len(blocks), num_blocks + 1), dtype=bool)
        walkers, _ = np.nonzero((blocks >= 0) & (blocks < num_blocks))
        inside = blocks[(blocks >= 0) & (blocks < num_blocks)]
        fresh[walkers, inside] = True
        stops = fresh.argmin(axis=1)  # the first block without news
        return np.asarray(np.where(stops < num_blocks, (stops + 1) * patience, 0))

    def facets_at_stop(self, patience: int = 1000) -> npt.NDArray[np.int64]:
        """Facets found by each walker when it stops, (W,); by the last step if it does not."""
        stops = self.stopping_steps(patience)
        ends = np.where(stops > 0, stops, self.num_steps)[:, None]
        return np.asarray(((self.first_hits > 0) & (self.first_hits <= ends)).sum(axis=1))


def hit_and_run(
    polytope: RegionPolytope,
    num_steps: int,
    *,
    rng: np.random.Generator,
    num_walkers: int = 1,
    moves: bool = True,
    ends: Literal[1, 2] = 2,
    patience: int | None = None,
    reach: float | None = None,
) -> WalkResult:
    """Random chords of the region, from its point on, and the inequalities at their ends.

    A step draws a direction, uniformly on the sphere, and follows the line through the walker both
    ways (``ends=1``: one way) to the first wall. Then the walker moves to a uniform point of the
    chord; with ``moves=False`` it stays at the region's point and only shoots.
    ``patience``: stop early once every walker has stopped by the rule of ``stopping_steps``.
    ``reach``: cut chords at this distance; without it a walker that could run off to infinity is
    an error. What happens depends on the generator, the polytope and the arguments alone.

    Raises:
        ValueError: no steps or walkers, a ``reach`` that is not positive, or an infinite chord
            for a walker that moves without ``reach``.

    In the square every wall is met, and never the inequality that is implied by the others:

    >>> square = RegionPolytope.from_inequalities(
    ...     [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1]], [1, 1, 1, 1, 9], [0, 0])
    >>> walk = hit_and_run(square, 200, rng=np.random.default_rng(0), num_walkers=3)
    >>> walk.was_hit.tolist(), walk.num_hits.sum(axis=1).tolist()
    ([True, True, True, True, False], [400, 400, 400])

    Source: F23, Preliminary 5 and Figure 1.
    """
    checked_kind("polytope", polytope, RegionPolytope, "a RegionPolytope")
    checked_rng("rng", rng)
    num_steps = checked_count("num_steps", num_steps)
    num_walkers = checked_count("num_walkers", num_walkers)
    moves = checked_flag("moves", moves)
    checked_count("ends", ends, most=2)
    patience = checked_limit("patience", patience)
    if reach is not None:
        reach = exact_number("reach", reach)
        if not reach > 0.0:
            raise ValueError(f"reach is {reach}; it must be positive")
    rows = polytope.rows
    first = np.zeros((num_walkers, polytope.num_inequalities), dtype=np.int64)
    hits = np.zeros_like(first)
    places = np.zeros((num_walkers, rows.shape[1]))
    slacks = np.ones((num_walkers, len(rows)))
    walkers = np.arange(num_walkers)
    stopped = np.zeros(num_walkers, dtype=bool)
    ties = escapes = step = 0
    for step in range(1, num_steps + 1):
        directions = rng.standard_normal(places.shape)
        directions *= _shrink(directions, polytope.dim, rng)
        speeds = directions @ rows.T
        rates = speeds / slacks
        lengths = []
        for heading in (1.0, -1.0)[:ends] if not moves else (1.0, -1.0):
            walls, times, clear = _first_walls(heading * rates, walkers)
            lengths.append(times)
            if ends == 1 and heading < 0.0:
                continue
            met = np.isfinite(times)
            escapes += int((~met).sum())
            ties += int((met & ~clear).sum())
            who = walkers[clear]
            what = polytope.distinct[walls[clear]]
            hits[who, what] += 1
            first[who, what] = np.where(first[who, what] > 0, first[who, what], step)
        if moves:
            ahead, behind = _within_reach(lengths, reach)
            shift = rng.random(num_walkers) * (ahead + behind) - behind
            _move(places, slacks, directions, speeds, shift, rows, step)
        if patience and step % patience == 0:
            stopped |= ~(first > step - patience).any(axis=1)
            if stopped.all():
                break
    return WalkResult(
        first_hits=first, num_hits=hits, num_steps=step, num_ties=ties, num_escapes=escapes
    )


def walk_regions(
    polytopes: Sequence[RegionPolytope],
    num_steps: int,
    *,
    rng: np.random.Generator,
    num_threads: int = 1,
    num_walkers: int = 1,
    moves: bool = True,
    patience: int | None = None,
    reach: float | None = None,
) -> tuple[WalkResult, ...]:
    """``hit_and_run`` in every region; region i has its own stream, spawned from ``rng``.

    The results do not depend on ``num_threads``.

    >>> square = RegionPolytope.from_inequalities([[1], [-1]], [1, 1], [0])
    >>> rng = np.random.default_rng(0)
    >>> [walk.num_hits.tolist() for walk in walk_regions([square] * 2, 5, rng=rng)]
    [[[5, 5]], [[5, 5]]]
    """
    polytopes = checked_kinds("polytopes", polytopes, RegionPolytope, "a RegionPolytope")
    num_threads = checked_count("num_threads", num_threads)
    streams = checked_rng("rng", rng).spawn(len(polytopes))

    def walk(polytope: RegionPolytope, stream: np.random.Generator) -> WalkResult:
        return hit_and_run(
            polytope,
            num_steps,
            rng=stream,
            num_walkers=num_walkers,
            moves=moves,
            patience=patience,
            reach=reach,
        )

    with ThreadPoolExecutor(max_workers=num_threads) as pool:
        return tuple(pool.map(walk, polytopes, streams))


def _shrink(directions: np.ndarray, dim: int, rng: np.random.Generator) -> np.ndarray:
    """Lengths in input space: the unit vector's part in the span of the normals is shorter."""
    squares = (directions**2).sum(axis=1)
    beyond = dim - directions.shape[1]
    if beyond:
        squares = squares + rng.chisquare(beyond, size=len(directions))
    return np.asarray(1.0 / np.sqrt(squares))[:, None]


def _first_walls(
    rates: np.ndarray, walkers: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First wall ahead of each walker, the time to it (inf if none), and whether it is alone."""
    if rates.shape[1] == 0:
        nothing = np.zeros(len(rates), dtype=np.int64)
        return nothing, np.full(len(rates), np.inf), nothing > 0
    walls = rates.argmax(axis=1)
    top = rates[walkers, walls]
    times = np.full(len(rates), np.inf)
    np.divide(1.0, top, out=times, where=top > 0.0)
    rivals = rates.copy()
    rivals[walkers, walls] = -np.inf
    clear = (top > 0.0) & (rivals.max(axis=1) < top * (1.0 - _TIE))
    return walls, times, clear


def _within_reach(lengths: list[np.ndarray], reach: float | None) -> tuple[np.ndarray, np.ndarray]:
    if reach is not None:
        return np.minimum(lengths[0], reach), np.minimum(lengths[1], reach)
    if not (np.isfinite(lengths[0]).all() and np.isfinite(lengths[1]).all()):
        raise ValueError(
            "the region is unbounded and the walker met an infinite chord; "
            "give the region a box, give reach, or let the walker stand with moves=False"
        )
    return lengths[0], lengths[1]


def _move(
    places: np.ndarray,
    slacks: np.ndarray,
    directions: np.ndarray,
    speeds: np.ndarray,
    shift: np.ndarray,
    rows: np.ndarray,
    step: int,
) -> None:
    """Move the walkers, all but those that rounding would put on or behind a wall."""
    there = places + shift[:, None] * directions
    room = slacks - shift[:, None] * speeds
    if step % _REFRESH == 0:
        room = 1.0 - there @ rows.T
    inside = (room > 0.0).all(axis=1)
    places[inside], slacks[inside] = there[inside], room[inside]
