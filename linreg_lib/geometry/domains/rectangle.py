"""Rectangles on a plane in the input space."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.domains.slice import Slice


class Rectangle(Slice):
    """A slice of dimension 2, as pictures show: ``origin + u e1 + v e2`` with ``|u|, |v|`` limited.

    As ``Slice``: ``basis`` (2, n_in) is orthonormalised once, ``half_widths`` are two numbers.

    >>> Rectangle([0.0, 0.0, 1.0], [[3.0, 4.0, 0.0], [0.0, 0.0, 2.0]], [4.0, 0.5])
    Rectangle(half widths 4, 0.5 in R^3)
    >>> Rectangle.along((2, 0), low=0.0, high=[1.0, 5.0], at=[0.0, 7.0, 0.0]).embed([0.5, 3.0])
    array([3. , 7. , 0.5])
    """

    _is_a = "the plane"

    def _check_rows(self, basis: np.ndarray, input_dim: int) -> None:
        if basis.shape != (2, input_dim):
            raise ValueError(
                f"basis has shape {basis.shape}; it must be (2, {input_dim}), "
                "two rows that span the plane"
            )
