"""Whole lines."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.arithmetic.scaled_lengths import unit_vector
from linreg_lib.geometry.domains.domain import Domain, checked_vector
from linreg_lib.geometry.faces.lattice import Lattice, line_lattice
from linreg_lib.networks.float_constants import SMALLEST_NORMAL


class Line(Domain):
    """The whole line through ``point`` along ``direction``, both ways; coordinate: arc length.

    The stored unit vector is ``direction`` divided by its length once, in float64 (so its length is
    1 up to 1e-15); exactness refers to that vector.
    """

    dim = 1
    is_bounded = False

    def __init__(self, point: npt.ArrayLike, direction: npt.ArrayLike) -> None:
        self.point, along = checked_vector("point", point), checked_vector("direction", direction)
        if self.point.shape != along.shape:
            raise ValueError(
                f"point has {self.point.size} entries, direction has {along.size}; they must agree"
            )
        if not along.any():
            raise ValueError("direction has length 0.0; it must have an entry that is not 0")
        self.input_dim = self.point.size
        self.direction = unit_vector(along)
        lost = np.flatnonzero((along != 0) & (np.abs(self.direction) < SMALLEST_NORMAL))
        if lost.size:
            raise ValueError(
                f"direction[{lost[0]}] = {float(along[lost[0]])!r} is so small against the other "
                "entries that float64 loses it in the unit vector; set it to 0 or scale that input"
            )
        self.origin = self.point
        self.basis = self.direction[None]
        self.scales = np.ones(1)

    def __repr__(self) -> str:
        return f"Line(in R^{self.input_dim})"

    def coordinate_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return np.array([-np.inf]), np.array([np.inf])

    def initial_lattice(self) -> Lattice:
        return line_lattice()
