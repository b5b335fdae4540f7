"""A layer whose units have different activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.locked import kept_answer
from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.arguments import checked_list
from linreg_lib.networks.exact_floats import exact_floats


class MixedActivation:
    """One ``PiecewiseLinear`` for each unit of a layer, in the units' order.

    It answers what a ``PiecewiseLinear`` answers, for arrays whose last axis runs over the units.
    A unit without breakpoints (``identity()``) carries its value to the next layer and cuts
    nothing: so a residual sum or a concatenation is a layer like any other.
    Tables have as many columns as the unit with most breakpoints needs; a breakpoint that a unit
    lacks is ``inf`` there, which nothing exceeds, so that its pieces are numbered as before.

    Raises:
        TypeError, ValueError: without units, or where one is no ``PiecewiseLinear``.

    >>> from linreg_lib.networks import identity, relu
    >>> layer = MixedActivation([relu(), identity()])
    >>> layer([-1.0, -1.0]).tolist(), layer.piece([2.0, 2.0]).tolist()
    ([0.0, -1.0], [1, 0])
    """

    def __init__(self, units: Sequence[PiecewiseLinear]) -> None:
        self._units = tuple(checked_list("units", units, "activations, one per unit"))
        if not self._units:
            raise ValueError("units is empty; give one activation per unit of the layer")
        for i, unit in enumerate(self._units):
            if not isinstance(unit, PiecewiseLinear):
                raise TypeError(f"units[{i}] must be a PiecewiseLinear, got {type(unit).__name__}")
        numbers: dict[PiecewiseLinear, int] = {}
        choice = [numbers.setdefault(unit, len(numbers)) for unit in self._units]
        self._kinds = tuple(numbers)
        self._columns = [np.flatnonzero(np.equal(choice, kind)) for kind in range(len(numbers))]
        width = max(kind.num_breakpoints for kind in self._kinds)
        self._breakpoints = np.full((len(self._units), width), np.inf)
        self._slopes = np.zeros((len(self._units), width + 1))
        self._offsets = np.zeros((len(self._units), width + 1))
        self._has_offset = np.zeros(self._offsets.shape, dtype=bool)
        for kind, columns in zip(self._kinds, self._columns, strict=True):
            num = kind.num_breakpoints
            self._has_offset[columns, : num + 1] = [bool(each) for each in kind.exact_offsets]
            self._breakpoints[columns, :num] = kind.breakpoints
            self._slopes[columns, : num + 1] = kind.slopes
            self._offsets[columns, : num + 1] = kind.offsets
        for table in (self._breakpoints, self._slopes, self._offsets):
            table.setflags(write=False)

    @property
    def units(self) -> tuple[PiecewiseLinear, ...]:
        """The activation of each unit."""
        return self._units

    @property
    def kinds(self) -> tuple[tuple[PiecewiseLinear, NDArray[np.int64]], ...]:
        """The different activations, in order of appearance, and the units that have each."""
        return tuple(zip(self._kinds, self._columns, strict=True))

    def unit(self, neuron: int) -> PiecewiseLinear:
        """The activation of one unit."""
        return self._units[neuron]

    @property
    def num_breakpoints(self) -> int:
        """The largest number of breakpoints of a unit."""
        return self._breakpoints.shape[1]

    def count_breakpoints(self, num_units: int) -> int:
        """How many breakpoints the layer's units have together."""
        self._check(num_units)
        return sum(unit.num_breakpoints for unit in self._units)

    def breakpoint_table(self, num_units: int) -> NDArray[np.float64]:
        """Breakpoints (num_units, num_breakpoints), read-only; inf where a unit has fewer."""
        self._check(num_units)
        return self._breakpoints

    def slope_table(self, num_units: int) -> NDArray[np.float64]:
        """Slopes of the pieces (num_units, num_breakpoints + 1), read-only; 0 for none."""
        self._check(num_units)
        return self._slopes

    def offset_table(self, num_units: int) -> NDArray[np.float64]:
        """Offsets of the pieces, rounded, like ``slope_table``."""
        self._check(num_units)
        return self._offsets

    def slopes_on(self, pieces: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """The units' slopes on ``pieces`` (..., num_units)."""
        return np.asarray(self._slopes[np.arange(len(self._units)), pieces])

    def offsets_on(self, pieces: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """The units' offsets, rounded, on ``pieces`` (..., num_units)."""
        return np.asarray(self._offsets[np.arange(len(self._units)), pieces])

    def has_offset_on(self, pieces: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Whether the units' exact offsets are not 0, on ``pieces`` (..., num_units)."""
        return np.asarray(self._has_offset[np.arange(len(self._units)), pieces])

    @kept_answer
    def steepest(self) -> float:
        """The largest absolute slope of a piece of any unit."""
        return float(np.abs(self._slopes).max())

    @kept_answer
    def largest_offset(self) -> float:
        """The largest absolute offset of a piece of any unit, rounded."""
        return float(np.abs(self._offsets).max())

    @kept_answer
    def is_positively_homogeneous(self) -> bool:
        """Whether all units are: ``phi(c t) = c phi(t)`` for ``c > 0``."""
        return all(kind.is_positively_homogeneous for kind in self._kinds)

    @kept_answer
    def is_exact_in_floats(self) -> bool:
        """Whether no unit rounds: slopes are 0, 1 or -1, offsets 0."""
        return all(kind.is_exact_in_floats for kind in self._kinds)

    def __call__(self, t: ArrayLike) -> NDArray[np.float64]:
        """Values at ``t`` (..., num_units), unit by unit, same shape; NaN stays NaN."""
        values = self._values(exact_floats("t", t, finite=False))
        result = np.empty_like(values)
        for kind, columns in self.kinds:
            result[..., columns] = kind(values[..., columns])
        return result

    def piece(self, t: ArrayLike) -> NDArray[np.uint8]:
        """Number of the unit's breakpoints strictly below ``t`` (..., num_units).

        Raises ValueError where ``t`` is NaN.
        """
        values = self._values(exact_floats("t", t, finite=False))
        if np.isnan(values).any():
            raise ValueError("t has NaN entries, which lie on no piece")
        return self.num_breakpoints_below(values)

    def num_breakpoints_below(self, values: NDArray[np.float64]) -> NDArray[np.uint8]:
        """``piece`` without its check: NaN counts as lying below all breakpoints."""
        return np.asarray((values[..., None] > self._breakpoints).sum(axis=-1, dtype=np.uint8))

    def _values(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if values.ndim == 0 or values.shape[-1] != len(self._units):
            raise ValueError(
                f"t has shape {values.shape}; its last axis must have {len(self._units)} entries, "
                "one per unit"
            )
        return values

    def _check(self, num_units: int) -> None:
        if num_units != len(self._units):
            raise ValueError(f"the layer has {len(self._units)} units, not {num_units}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MixedActivation):
            return NotImplemented
        return self._units == other._units

    @kept_answer
    def _hash(self) -> int:
        return hash(self._units)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return MixedActivation, (self._units,)

    def __repr__(self) -> str:
        counted = ", ".join(f"{len(columns)} x {kind!r}" for kind, columns in self.kinds)
        return f"MixedActivation({counted})"


#: the activation of a layer: the same for all of its units, or one for each
Activation = PiecewiseLinear | MixedActivation


def activation_of_units(units: Sequence[PiecewiseLinear]) -> Activation:
    """A ``MixedActivation``, or the one ``PiecewiseLinear`` that all units have.

    >>> from linreg_lib.networks import relu
    >>> activation_of_units([relu(), relu()])
    relu()
    """
    mixed = MixedActivation(units)
    return mixed.units[0] if len(mixed.kinds) == 1 else mixed
