"""Simplices: d + 1 points in R^d."""

from __future__ import annotations

import numpy.typing as npt

from linreg_lib.geometry.domains.polytope import Polytope, checked_rows


class Simplex(Polytope):
    """The simplex with the given ``vertices`` (d + 1, d) in R^d, which must not lie on one plane.

    >>> Simplex([[0, 0], [1, 0], [0, 1]])
    Simplex(3 corners, 3 facets in R^2)
    """

    def __init__(self, vertices: npt.ArrayLike) -> None:
        rows = checked_rows("vertices", vertices)
        if rows.shape[0] != rows.shape[1] + 1:
            raise ValueError(
                f"vertices has shape {rows.shape}; a simplex in R^{rows.shape[1]} has "
                f"{rows.shape[1] + 1} vertices"
            )
        super().__init__(vertices=rows)
