"""Straight segments between two inputs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.arithmetic.scaled_lengths import scaled_length, unit_vector
from linreg_lib.geometry.domains.domain import Domain, checked_vector
from linreg_lib.networks.float_constants import SMALLEST_NORMAL


class Segment(Domain):
    """The straight segment from input ``start`` to input ``end``; coordinate: arc length.

    Exactly the points ``start + t (end - start)`` with the stored ends and 0 <= t <= 1.

    >>> Segment([0.0, 0.0], [3.0, 4.0]).length
    5.0
    """

    dim = 1

    def __init__(self, start: npt.ArrayLike, end: npt.ArrayLike) -> None:
        self.start, self.end = checked_vector("start", start), checked_vector("end", end)
        if self.start.shape != self.end.shape:
            raise ValueError(
                f"start has {self.start.size} entries, end has {self.end.size}; they must agree"
            )
        if (self.start == self.end).all():
            raise ValueError("start and end are the same point; a segment needs two")
        self.input_dim = self.start.size
        with np.errstate(over="ignore"):
            difference = self.end - self.start
        self.length = scaled_length(difference) if np.isfinite(difference).all() else np.inf
        if not SMALLEST_NORMAL <= self.length < np.inf:
            raise ValueError(
                f"the segment's length {self.length} is not a positive float64 number in its "
                "normal range; measure inputs in other units"
            )
        self.origin = self.start
        self.basis = unit_vector(difference)[None]
        self.scales = np.array([self.length])

    def __repr__(self) -> str:
        return f"Segment(length {self.length:g} in R^{self.input_dim})"

    def coordinate_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(1), self.scales

    def exact_frame(self) -> tuple[np.ndarray, np.ndarray]:
        ends = [[Fraction(float(v)) for v in end] for end in (self.start, self.end)]
        directions = np.array([[b - a for a, b in zip(*ends, strict=True)]], dtype=object)
        return np.array(ends[0], dtype=object), directions
