"""A straight piece of a line in input space, finite or not, in arc length."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.locked import Locked
from linreg_lib.networks.exact_floats import exact_floats, exact_number


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LinePiece(Locked):
    """The points ``point + t * direction`` with ``low < t < high``; ``direction`` has length 1.

    Raises:
        ValueError: vectors of different lengths, a zero ``direction``, or ``low`` not below
            ``high``.

    >>> LinePiece.between([0.0, 0.0], [3.0, 4.0]).length
    5.0
    """

    point: NDArray[np.float64]
    direction: NDArray[np.float64]
    low: float
    high: float

    def __post_init__(self) -> None:
        point = np.array(exact_floats("point", self.point))
        direction = np.array(exact_floats("direction", self.direction))
        for name in ("low", "high"):
            end = exact_number(name, getattr(self, name), finite=False)
            object.__setattr__(self, name, end)
        if point.ndim != 1 or point.shape != direction.shape:
            raise ValueError(
                f"point and direction must be vectors of one length, got shapes {point.shape}"
                f" and {direction.shape}"
            )
        if not direction.any():
            raise ValueError("direction is zero; a line needs two different points")
        if not self.low < self.high:
            raise ValueError(f"low = {self.low} must be below high = {self.high}")
        # Scaled first: squares of very large or small entries leave the range of float64.
        direction = np.ldexp(direction, -np.frexp(np.abs(direction).max())[1])
        direction = direction / np.linalg.norm(direction)
        point.setflags(write=False)
        direction.setflags(write=False)
        object.__setattr__(self, "point", point)
        object.__setattr__(self, "direction", direction)

    @classmethod
    def interval(cls, low: float, high: float) -> LinePiece:
        """The interval (low, high) of R; the ends may be infinite."""
        return cls(point=np.zeros(1), direction=np.ones(1), low=low, high=high)

    @classmethod
    def between(cls, start: ArrayLike, end: ArrayLike) -> LinePiece:
        """The segment from ``start`` to ``end`` in R^n.

        Raises:
            ValueError: points of different dimensions, or the same point twice.
            OverflowError: a segment longer than the largest float64 number.
        """
        first = np.atleast_1d(exact_floats("start", start))
        last = np.atleast_1d(exact_floats("end", end))
        if first.shape != last.shape or first.ndim != 1:
            raise ValueError(
                f"start and end must be vectors of one length, got shapes {first.shape}"
                f" and {last.shape}"
            )
        length = math.hypot(*(last - first))
        if not math.isfinite(length):
            raise OverflowError("the segment is longer than the largest float64 number")
        return cls(point=first, direction=last - first, low=0.0, high=length)

    @classmethod
    def whole(cls, point: ArrayLike, direction: ArrayLike) -> LinePiece:
        """The whole line through ``point``."""
        return cls(
            point=np.atleast_1d(exact_floats("point", point)),
            direction=np.atleast_1d(exact_floats("direction", direction)),
            low=-math.inf,
            high=math.inf,
        )

    @property
    def dim(self) -> int:
        """Dimension of the space that the line lies in."""
        return len(self.point)

    @property
    def length(self) -> float:
        """Arc length, possibly infinite."""
        return self.high - self.low

    @property
    def is_finite(self) -> bool:
        """Whether the piece has a finite length."""
        return math.isfinite(self.length)

    def at(self, positions: ArrayLike) -> NDArray[np.float64]:
        """Points of R^n at the arc length parameters ``positions`` (...,), shape (..., n)."""
        t = exact_floats("positions", positions)
        return np.asarray(self.point + t[..., None] * self.direction)
