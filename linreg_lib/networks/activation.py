"""Continuous piecewise linear activations of one variable."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.locked import kept_answer
from linreg_lib.networks.exact_floats import exact_floats

_MAX_BREAKPOINTS = 255  # pieces are stored as uint8


def _finite_vector(name: str, values: Any) -> NDArray[np.float64]:
    array = exact_floats(name, values)
    if array.ndim != 1:
        raise ValueError(f"{name} must be a list of numbers, got an array of shape {array.shape}")
    array = array + 0.0  # -0.0 and 0.0 are the same number and must hash alike
    array.setflags(write=False)
    return array


class PiecewiseLinear:
    """A continuous function of one variable, linear between its breakpoints.

    On piece ``j`` (``j = 0..T``) it is ``slopes[j] * t + offsets[j]``.
    Piece ``j`` is the set of ``t`` with exactly ``j`` breakpoints strictly below ``t``:
    a breakpoint belongs to the piece below it.

    Args:
        breakpoints: T increasing finite numbers, T <= 255; without any the function is affine, and
            a unit with it cuts nothing
        slopes: T + 1 finite numbers, neighbours different (else the breakpoint would be none)
        value_at: one point ``(x0, y0)`` of the graph; it fixes all offsets by continuity

    Raises:
        ValueError: if a condition above fails; the message names the argument and the index.

    The absolute value, and where a breakpoint belongs:

    >>> absolute = PiecewiseLinear([0.0], [-1.0, 1.0], value_at=(0.0, 0.0))
    >>> absolute([-3.0, 0.0, 2.0]).tolist()
    [3.0, 0.0, 2.0]
    >>> absolute.piece([-3.0, 0.0, 2.0]).tolist()
    [0, 0, 1]
    """

    def __init__(
        self,
        breakpoints: Sequence[float] | NDArray[Any],
        slopes: Sequence[float] | NDArray[Any],
        value_at: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self._breakpoints = _finite_vector("breakpoints", breakpoints)
        self._slopes = _finite_vector("slopes", slopes)
        point = _finite_vector("value_at", value_at)
        num_breakpoints = len(self._breakpoints)
        if num_breakpoints > _MAX_BREAKPOINTS:
            raise ValueError(
                f"breakpoints has {num_breakpoints} entries; at most {_MAX_BREAKPOINTS} are allowed"
            )
        if len(self._slopes) != num_breakpoints + 1:
            raise ValueError(
                f"slopes has {len(self._slopes)} entries; {num_breakpoints} breakpoints need "
                f"{num_breakpoints + 1} slopes, one per piece"
            )
        if len(point) != 2:
            raise ValueError(f"value_at must be one point (x0, y0), got {len(point)} numbers")
        for index in range(1, num_breakpoints):
            if not self._breakpoints[index - 1] < self._breakpoints[index]:
                raise ValueError(
                    f"breakpoints must increase, but breakpoints[{index}] = "
                    f"{self._breakpoints[index]} is not above breakpoints[{index - 1}] = "
                    f"{self._breakpoints[index - 1]}"
                )
        for index in range(num_breakpoints):
            if self._slopes[index] == self._slopes[index + 1]:
                raise ValueError(
                    f"slopes[{index}] and slopes[{index + 1}] are both {self._slopes[index]}, so "
                    f"breakpoints[{index}] is none; leave it out or change a slope"
                )
        self._value_at = (float(point[0]), float(point[1]))
        self._exact_offsets = self._offsets_through(Fraction(point[0]), Fraction(point[1]))
        try:
            offsets = np.array([float(offset) for offset in self._exact_offsets])
        except OverflowError as error:
            raise ValueError("an offset of the activation exceeds the range of float64") from error
        offsets.setflags(write=False)
        self._offsets = offsets

    def _offsets_through(self, x0: Fraction, y0: Fraction) -> tuple[Fraction, ...]:
        slopes = [Fraction(slope) for slope in self._slopes.tolist()]
        breakpoints = [Fraction(point) for point in self._breakpoints.tolist()]
        start = sum(point < x0 for point in breakpoints)
        offsets = {start: y0 - slopes[start] * x0}
        for j in range(start, len(breakpoints)):
            offsets[j + 1] = offsets[j] + (slopes[j] - slopes[j + 1]) * breakpoints[j]
        for j in range(start, 0, -1):
            offsets[j - 1] = offsets[j] + (slopes[j] - slopes[j - 1]) * breakpoints[j - 1]
        return tuple(offsets[j] for j in range(len(slopes)))

    @property
    def breakpoints(self) -> NDArray[np.float64]:
        """The breakpoints, shape (T,), increasing, read-only."""
        return self._breakpoints

    @property
    def slopes(self) -> NDArray[np.float64]:
        """The slope of each piece, shape (T + 1,), read-only."""
        return self._slopes

    @property
    def offsets(self) -> NDArray[np.float64]:
        """``exact_offsets`` rounded to the nearest floats, shape (T + 1,), read-only."""
        return self._offsets

    @property
    def exact_offsets(self) -> tuple[Fraction, ...]:
        """The offset of each piece as an exact rational (its denominator is a power of two)."""
        return self._exact_offsets

    @property
    def num_breakpoints(self) -> int:
        """T, the number of breakpoints."""
        return len(self._breakpoints)

    # What a layer of ``num_units`` units asks, each of which has this activation: a
    # MixedActivation answers the same.

    def unit(self, neuron: int) -> PiecewiseLinear:
        """The activation of one unit: this one."""
        return self

    def count_breakpoints(self, num_units: int) -> int:
        """How many breakpoints so many units have together."""
        return num_units * self.num_breakpoints

    def breakpoint_table(self, num_units: int) -> NDArray[np.float64]:
        """The breakpoints of so many units, (num_units, T), read-only."""
        return np.broadcast_to(self._breakpoints, (num_units, self.num_breakpoints))

    def slope_table(self, num_units: int) -> NDArray[np.float64]:
        """Their slopes, (num_units, T + 1), read-only."""
        return np.broadcast_to(self._slopes, (num_units, self.num_breakpoints + 1))

    def offset_table(self, num_units: int) -> NDArray[np.float64]:
        """Their offsets, rounded, (num_units, T + 1), read-only."""
        return np.broadcast_to(self._offsets, (num_units, self.num_breakpoints + 1))

    def slopes_on(self, pieces: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Slopes on pieces of any shape."""
        return np.asarray(self._slopes[pieces])

    def offsets_on(self, pieces: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Offsets, rounded, on pieces of any shape."""
        return np.asarray(self._offsets[pieces])

    def has_offset_on(self, pieces: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Whether the exact offset is not 0, on pieces of any shape."""
        return np.asarray(np.array([offset != 0 for offset in self._exact_offsets])[pieces])

    @kept_answer
    def steepest(self) -> float:
        """The largest absolute slope of a piece."""
        return float(np.abs(self._slopes).max())

    @kept_answer
    def largest_offset(self) -> float:
        """The largest absolute offset of a piece, rounded."""
        return float(np.abs(self._offsets).max())

    @kept_answer
    def is_positively_homogeneous(self) -> bool:
        """Whether ``phi(c t) = c phi(t)`` for ``c > 0``: no breakpoint but 0, and value 0 there."""
        return set(self._breakpoints.tolist()) <= {0.0} and not any(self._exact_offsets)

    @kept_answer
    def is_exact_in_floats(self) -> bool:
        """Whether values are not rounded: slopes are 0, 1 or -1, offsets 0."""
        return not any(self._exact_offsets) and set(np.abs(self._slopes).tolist()) <= {0.0, 1.0}

    def __call__(self, t: ArrayLike) -> NDArray[np.float64]:
        """Values at ``t``, elementwise, same shape; NaN stays NaN."""
        values = exact_floats("t", t, finite=False)
        if self.is_positively_homogeneous and self.num_breakpoints:
            low, high = self._slopes
            if low == 0.0 and high == 1.0:
                return np.asarray(np.maximum(values, 0.0))
            if low != 0.0 and high != 0.0:
                return np.asarray(np.where(values > 0.0, high * values, low * values) + 0.0)
        piece = self.num_breakpoints_below(values)
        slope = self._slopes[piece]
        flat = (slope == 0.0) & ~np.isnan(values)  # 0 * inf would be NaN
        return np.asarray(slope * np.where(flat, 0.0, values) + self._offsets[piece])

    def piece(self, t: ArrayLike) -> NDArray[np.uint8]:
        """Number of breakpoints strictly below ``t``, elementwise (at a tie the lower piece).

        Raises ValueError where ``t`` is NaN.
        """
        values = exact_floats("t", t, finite=False)
        if np.isnan(values).any():
            raise ValueError("t has NaN entries, which lie on no piece")
        return self.num_breakpoints_below(values)

    def num_breakpoints_below(self, values: NDArray[np.float64]) -> NDArray[np.uint8]:
        """``piece`` without its check: NaN counts as lying below all breakpoints."""
        if self.num_breakpoints == 1:
            return np.asarray(values > self._breakpoints[0]).astype(np.uint8)
        return np.asarray(np.searchsorted(self._breakpoints, values, side="left")).astype(np.uint8)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PiecewiseLinear):
            return NotImplemented
        return (
            np.array_equal(self._breakpoints, other._breakpoints)
            and np.array_equal(self._slopes, other._slopes)
            and self._exact_offsets == other._exact_offsets
        )

    def __hash__(self) -> int:
        return hash(
            (tuple(self._breakpoints.tolist()), tuple(self._slopes.tolist()), self._exact_offsets)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return PiecewiseLinear, (self._breakpoints, self._slopes, self._value_at)

    def __repr__(self) -> str:
        if self in SPELLED:
            return SPELLED[self]
        if self.is_positively_homogeneous and self._slopes.tolist()[1:] == [1.0]:
            return f"leaky_relu(slope={float(self._slopes[0])!r})"
        return (
            f"PiecewiseLinear({self._breakpoints.tolist()}, {self._slopes.tolist()}, "
            f"value_at={self._value_at})"
        )


#: how those that have a name are written; filled by named_activations.py
SPELLED: dict[PiecewiseLinear, str] = {}
