"""Affine maps between Euclidean spaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.locked import Locked
from linreg_lib.networks.exact_floats import exact_floats


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AffineMap(Locked):
    """``x -> matrix @ x + offset``.

    ``matrix`` has shape (n_out, n_in) and ``offset`` shape (n_out,), both float64 and read-only.

    >>> double = AffineMap(matrix=np.array([[2.0]]), offset=np.array([1.0]))
    >>> double([3.0]).tolist()
    [7.0]
    """

    matrix: NDArray[np.float64]
    offset: NDArray[np.float64]

    def __post_init__(self) -> None:
        matrix = np.array(exact_floats("matrix", self.matrix, finite=False))
        offset = np.array(exact_floats("offset", self.offset, finite=False))
        if matrix.ndim != 2 or offset.shape != matrix.shape[:1]:
            raise ValueError(
                f"matrix of shape {matrix.shape} and offset of shape {offset.shape} do not fit; "
                "expected (n_out, n_in) and (n_out,)"
            )
        matrix.setflags(write=False)
        offset.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "offset", offset)

    def __call__(self, x: ArrayLike) -> NDArray[np.float64]:
        """Values at ``x`` of shape (..., n_in), as an array of shape (..., n_out)."""
        points = exact_floats("x", x, finite=False)
        if points.ndim == 0 or points.shape[-1] != self.matrix.shape[1]:
            raise ValueError(
                f"x has shape {points.shape}; its last axis must have the "
                f"{self.matrix.shape[1]} entries of an input"
            )
        return np.asarray(points @ self.matrix.T + self.offset)
