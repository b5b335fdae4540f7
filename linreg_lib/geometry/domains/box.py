"""Axis-parallel boxes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.domain import InputDomain, checked_sides, far_centre
from linreg_lib.locked import locked
from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.short_repr import shown


class Box(InputDomain):
    """An axis-parallel box ``low_i <= x_i <= high_i``; its coordinates are the inputs themselves.

    ``low`` and ``high`` are numbers (then ``dim`` says how many) or vectors of equal length.

    >>> Box(-1.0, 1.0, dim=3)
    Box([-1, 1]^3)
    """

    def __init__(self, low: npt.ArrayLike, high: npt.ArrayLike, dim: int | None = None) -> None:
        low, high = exact_floats("low", low), exact_floats("high", high)
        if dim is None and not low.ndim and not high.ndim:
            raise ValueError("dim is missing: with numbers for low and high, say Box(-1, 1, dim=2)")
        size = None if dim is None else checked_count("dim", dim)
        self.low, self.high = checked_sides(low, high, size, "box")
        super().__init__(len(self.low))

    def __repr__(self) -> str:
        if (self.low == self.low[0]).all() and (self.high == self.high[0]).all():
            return f"Box([{self.low[0]:g}, {self.high[0]:g}]^{self.dim})"
        if self.dim > 6:
            return f"Box(in R^{self.dim})"
        return f"Box({shown(self.low)}, {shown(self.high)})"

    def coordinate_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return self.low, self.high

    @property
    def centre(self) -> np.ndarray:
        return locked(far_centre(self.low, self.high))
