"""Slices: windows of any dimension in an affine subspace of the input space."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.domain import Domain, checked_sides, checked_vector, far_centre
from linreg_lib.geometry.domains.orthonormal_rows import orthonormal_rows
from linreg_lib.locked import locked
from linreg_lib.networks.arguments import checked_index, checked_list
from linreg_lib.networks.exact_floats import exact_floats

_AnySlice = TypeVar("_AnySlice", bound="Slice")


class Slice(Domain):
    """The inputs ``origin + sum_i u_i e_i`` with ``|u_i| <= half_widths[i]``, i < d, 1 <= d <= 6.

    ``basis`` (d, n_in), one row a direction, is orthonormalised once into e_1, ..., e_d: e_1 keeps
    the direction of basis[0], e_i that of the part of basis[i] across the rows before it.
    ``half_widths``: one number for each e_i, or one for all; lengths in the input space.
    Exactness refers to the stored ``basis``.  Its rows are orthonormal up to 1e-15, and volumes and
    lengths are those of the coordinates u, so ambient ones up to so much.

    ``low`` and ``high`` (d,) are the ends of the coordinates.  ``Slice.along`` makes the slices in
    which some inputs move and the others stay.

    >>> window = Slice([0.0, 0.0, 1.0], [[3.0, 4.0, 0.0], [3.0, 4.0, 2.0]], [10.0, 0.5])
    >>> window
    Slice(half widths 10, 0.5 in R^3)
    >>> window.embed([10.0, -0.5]).tolist()
    [6.0, 8.0, 0.5]

    Raises:
        ValueError: rows are dependent, or as good as; more than six, or more than inputs; a half
            width is not positive.
    """

    def __init__(
        self, origin: npt.ArrayLike, basis: npt.ArrayLike, half_widths: npt.ArrayLike
    ) -> None:
        centre = checked_vector("origin", origin)
        spanning = exact_floats("basis", basis)
        self._check_rows(spanning, centre.size)
        given = exact_floats("half_widths", half_widths)
        widths = np.full(len(spanning), given) if given.ndim == 0 else given
        if widths.shape != (len(spanning),):
            raise ValueError(
                f"half_widths has shape {given.shape}; give one number, or one for each of the "
                f"{len(spanning)} rows of basis"
            )
        if not (widths > 0).all():
            i = int(np.flatnonzero(~(widths > 0))[0])
            place = f"half_widths[{i}]" if given.ndim else "half_widths"
            raise ValueError(f"{place} must be a positive number, got {widths[i]}")
        self._span(centre, orthonormal_rows(spanning, self._is_a), -widths, widths)

    #: what errors call it
    _is_a = "a slice"

    def _check_rows(self, basis: np.ndarray, input_dim: int) -> None:
        if basis.ndim != 2 or basis.shape[1] != input_dim or not len(basis):
            raise ValueError(
                f"basis has shape {basis.shape}; it must be (d, {input_dim}), "
                "one row for each direction of the slice"
            )
        if len(basis) > min(6, input_dim):
            raise ValueError(
                f"basis has {len(basis)} rows; a slice of R^{input_dim} has at most "
                f"{min(6, input_dim)} directions"
            )

    def _span(
        self, origin: np.ndarray, basis: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> None:
        self.origin, self.basis = origin, basis
        self.low, self.high = low, high
        self.dim, self.input_dim = basis.shape
        self.scales = np.ones(self.dim)

    @classmethod
    def along(
        cls: type[_AnySlice],
        axes: Any,
        low: npt.ArrayLike,
        high: npt.ArrayLike,
        *,
        at: npt.ArrayLike,
    ) -> _AnySlice:
        """The inputs that equal ``at`` but for those in ``axes``, which run from low to high.

        Coordinates are these inputs themselves, in the order of ``axes``; nothing is rounded.

        Args:
            axes: d different inputs, counted from 0
            low, high: d numbers each, or one for all
            at: (n_in,) the values of the inputs; those in ``axes`` do not matter

        Two of five inputs of a controller, each in its own range:

        >>> window = Slice.along((0, 3), low=[0.0, -1.0], high=[60.0, 1.0], at=[9, 8, 7, 6, 5])
        >>> window
        Slice(along inputs 0, 3: [0, 60] x [-1, 1] in R^5)
        >>> window.embed([30.0, 0.5]).tolist()
        [30.0, 8.0, 7.0, 0.5, 5.0]
        """
        origin = np.array(checked_vector("at", at))
        chosen = [
            checked_index(f"axes[{i}]", axis, origin.size, "inputs")
            for i, axis in enumerate(checked_list("axes", axes, "inputs"))
        ]
        if len(set(chosen)) < len(chosen):
            raise ValueError(f"axes is {chosen}; each input can be named once")
        if not 1 <= len(chosen) <= 6:
            raise ValueError(f"axes names {len(chosen)} inputs; a slice is along 1 to 6 of them")
        basis = np.eye(origin.size)[chosen]
        ends = checked_sides(low, high, len(chosen), "slice")
        made = object.__new__(cls)
        made._check_rows(basis, origin.size)
        origin[chosen] = 0.0
        made._span(origin, basis, *ends)
        return made

    @property
    def half_widths(self) -> np.ndarray:
        """Half of ``high - low`` (d,), rounded."""
        with np.errstate(over="ignore"):
            widths = self.high - self.low
        return locked(np.where(np.isfinite(widths), widths / 2, self.high / 2 - self.low / 2))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sides()} in R^{self.input_dim})"

    def _sides(self) -> str:
        if (axes := self.input_axes) is None:
            return "half widths " + ", ".join(f"{width:g}" for width in self.half_widths)
        ends = zip(self.low, self.high, strict=True)
        ranges = " x ".join(f"[{low:g}, {high:g}]" for low, high in ends)
        return f"along input{'s' if len(axes) > 1 else ''} {', '.join(map(str, axes))}: {ranges}"

    @property
    def input_axes(self) -> tuple[int, ...] | None:
        is_unit = (self.basis != 0).sum(axis=1) == 1
        axes = self.basis.argmax(axis=1)
        if not is_unit.all() or self.origin[axes].any():
            return None
        return tuple(axes.tolist()) if (self.basis.max(axis=1) == 1.0).all() else None

    def coordinate_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return self.low, self.high

    @property
    def centre(self) -> np.ndarray:
        return locked(far_centre(self.low, self.high))

    def exact_lattice_frame(self) -> tuple[np.ndarray, np.ndarray]:
        # Only slices along inputs may have a centre; then each sum has one term that is not 0.
        return self.origin + self.centre @ self.basis, self.basis
