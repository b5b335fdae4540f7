"""Which way is up: a linear functional that orders the vertices of every face."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from linreg_lib.geometry.cutting.compiled.skeleton import Skeleton
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.networks.float_constants import (
    LONG_SAFETY,
    LONG_SPACING,
    ROUNDED_UP,
    SUM_FLOOR,
    UNIT,
)

#: a direction that no edge of an ordinary network is orthogonal to; ties are decided all the same
_FUNCTIONAL = np.array(
    [1.0, 0.7320508075688772, 0.4142135623730951, 0.23606797749978967, 0.61, 0.87]
)


@dataclass(frozen=True, kw_only=True)
class Upward:
    """A functional with the bounds that its float64 values need.

    Edges that are too level for floats are decided exactly, those that are really level by the
    first coordinate in which their ends differ, as if it had been added with an infinitely small
    weight.
    """

    functional: np.ndarray
    norm: float
    #: bounds the rounding error of a difference of two values
    error: float

    @classmethod
    def on(cls, corners: np.ndarray) -> Upward:
        """For the polytope with these corners (m, d)."""
        functional = _FUNCTIONAL[: corners.shape[1]]
        extent = 2 * float(np.abs(corners).max())
        error = 4 * (len(functional) + 2) * UNIT * extent * float(functional.sum()) + SUM_FLOOR
        norm = float(np.linalg.norm(functional)) * ROUNDED_UP
        return cls(functional=functional, norm=norm, error=error)

    def seen_to_lead_up(self, step: np.ndarray, off: float) -> bool | None:
        """Whether an edge leads upwards, from its ends' difference; None: not sure.

        ``step`` (d,) is in longdouble, each coordinate off by at most ``off``.
        """
        rise = step @ self.functional
        rounding = 4 * (len(step) + 2) * LONG_SPACING * float(np.abs(step) @ self.functional)
        bound = (off * float(self.functional.sum()) + rounding) * LONG_SAFETY + SUM_FLOOR
        return bool(rise > 0) if abs(rise) > bound else None

    def leads_up(self, exact: ExactVertices, v: int, w: int) -> bool:
        """Whether the edge from vertex ``v`` to ``w`` leads upwards, exactly."""
        here, there = exact.coordinates(v), exact.coordinates(w)
        steps = [b - a for a, b in zip(here, there, strict=True)]
        weighted = zip(self.functional.tolist(), steps, strict=True)
        rise = sum((Fraction(c) * step for c, step in weighted), Fraction(0))
        return next(step for step in (rise, *steps) if step) > 0

    def of_corners(self, start: Skeleton, slack: np.ndarray, exact: ExactVertices) -> np.ndarray:
        """For each corner the bits of its half-edges that lead upwards."""
        heights, bounds = (start.points @ self.functional).tolist(), (self.norm * slack).tolist()
        up = []
        for v, row in enumerate(start.neighbours.tolist()):
            bits = 0
            for slot, code in enumerate(row):
                if code < 0:
                    continue
                w = code >> start.slot_bits
                rise = heights[w] - heights[v]
                if abs(rise) > bounds[v] + bounds[w] + self.error:
                    bits |= (rise > 0) << slot
                else:
                    bits |= self.leads_up(exact, v, w) << slot
            up.append(bits)
        return np.array(up, dtype=np.int16)
