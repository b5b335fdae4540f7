"""Which inequalities of a region are the same, none at all, or implied: exact decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from linreg_lib.errors import DegenerateError
from linreg_lib.geometry.domains.arithmetic.scaled_lengths import unit_rows
from linreg_lib.networks import Network
from linreg_lib.networks.exact_network import ExactNetwork
from linreg_lib.networks.float_constants import UNDERFLOW_FLOOR
from linreg_lib.networks.unit_names import unit_name

_NEAR = 1e-10  # rows closer to parallel than this (1 - cosine) are compared exactly
_BLOCK = 1024  # rows compared at once, to bound memory

ExactRow = Callable[[int], tuple[Fraction, ...]]


class FloatRows:
    """Rows ``(normal | -offset)`` of stored floats, as exact fractions."""

    def __init__(self, normals: np.ndarray, offsets: np.ndarray) -> None:
        self._rows = np.column_stack([normals, -offsets])

    def __call__(self, index: int) -> tuple[Fraction, ...]:
        return tuple(Fraction(value) for value in self._rows[index].tolist())


class ExactRows:
    """Exact pre-activations of the units on the region with a given pattern; layers on demand."""

    def __init__(self, net: Network, pattern: np.ndarray) -> None:
        self._net, self._pattern = net, pattern
        self._layers: dict[int, np.ndarray] = {}

    def unit(self, layer: int, neuron: int) -> tuple[Fraction, ...]:
        """Gradient and constant of one unit's pre-activation, n_in + 1 fractions."""
        if layer not in self._layers:
            net = self._net
            upto = Network(
                weights=net.weights[: layer + 1],
                biases=net.biases[: layer + 1],
                activations=net.activations[:layer],
            )
            self._layers[layer] = ExactNetwork(upto).affine_map(self._pattern)
        return tuple(Fraction(value) for value in self._layers[layer][neuron])

    def of(self, supports: Sequence[Any], box: tuple[np.ndarray, np.ndarray] | None) -> ExactRow:
        """The exact row of the inequality with a given index, up to its sign."""
        return _RowOfSupport(self, tuple(supports), box)

    def wall(self, axis: int, limit: float) -> tuple[Fraction, ...]:
        """The row of a wall of the box."""
        axes = [Fraction(int(i == axis)) for i in range(self._net.input_dim)]
        return (*axes, -Fraction(float(limit)))

    def breakpoint(self, layer: int, neuron: int, index: int) -> Fraction:
        """A breakpoint of a neuron."""
        return Fraction(float(self._net.activations[layer].unit(neuron).breakpoints[index]))


class _RowOfSupport:
    """``ExactRows.of``; a class, since closures cannot be pickled."""

    def __init__(
        self,
        rows: ExactRows,
        supports: tuple[Any, ...],
        box: tuple[np.ndarray, np.ndarray] | None,
    ) -> None:
        self._rows, self._supports, self._box = rows, supports, box

    def __call__(self, index: int) -> tuple[Fraction, ...]:
        support = self._supports[index]
        if hasattr(support, "neuron"):
            *normal, constant = self._rows.unit(support.layer, support.neuron)
            level = self._rows.breakpoint(support.layer, support.neuron, support.breakpoint)
            return (*normal, constant - level)
        assert self._box is not None  # walls come from a box
        return self._rows.wall(support.axis, self._box[int(support.is_upper)][support.axis])


def is_constant(
    gradients: np.ndarray, sizes: np.ndarray, is_linked: np.ndarray, layer: int, exact: ExactRows
) -> np.ndarray:
    """Which units have gradient exactly 0, bool (n_l,); ``sizes`` bound the terms of the sums.

    ``is_linked`` (n_l,): whether any of the terms is not 0, however small.
    """
    lengths = np.linalg.norm(gradients, axis=1)
    flat = ~is_linked
    for unit in np.flatnonzero(
        is_linked & ((lengths <= 1e-10 * sizes) | (sizes < UNDERFLOW_FLOOR))
    ):
        flat[unit] = not any(exact.unit(layer, int(unit))[:-1])
        if not flat[unit] and not gradients[unit].any():
            raise DegenerateError(
                f"the gradient of {unit_name(layer, int(unit))} is too small for float64; "
                "scale the weights"
            )
    return np.asarray(flat)


def first_of_equal(normals: np.ndarray, slacks: np.ndarray, exact: ExactRow) -> np.ndarray:
    """For each inequality the first one with the same hyperplane, (K,) int64.

    Floating point finds the candidates, exact proportionality decides.
    """
    units = unit_rows(np.column_stack([normals, slacks]))
    first = np.arange(len(units), dtype=np.int64)
    for start in range(0, len(units), _BLOCK):
        block = units[start : start + _BLOCK]
        near = block @ units.T >= 1.0 - _NEAR
        for one, other in np.argwhere(near):
            index = start + one
            if other < first[index] and first[other] == other:
                if _are_proportional(exact(int(index)), exact(int(other))):
                    first[index] = other
    return first


def _are_proportional(row: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
    lead = next(i for i, entry in enumerate(row) if entry)
    return all(a * other[lead] == b * row[lead] for a, b in zip(row, other, strict=True))


def is_exactly_implied(row: Sequence[Fraction], others: Sequence[Sequence[Fraction]]) -> bool:
    """Whether ``row`` <= 0 follows from the others as a sum with weights >= 0.

    Rows are ``(normal | constant)``, for normal . y + constant <= 0. True is a proof; False also
    comes where the others' normals are dependent, so that the weights are not unique.

    >>> x, y = (Fraction(1), Fraction(0), Fraction(0)), (Fraction(0), Fraction(1), Fraction(0))
    >>> both = (Fraction(1), Fraction(2), Fraction(0))
    >>> is_exactly_implied(both, [x, y]), is_exactly_implied(x, [both, y])
    (True, False)
    """
    table = [list(column) for column in zip(*others, row, strict=True)]
    constants = table.pop()
    for pivot in range(len(others)):
        lead = next((r for r in range(pivot, len(table)) if table[r][pivot]), None)
        if lead is None:
            return False
        table[pivot], table[lead] = table[lead], table[pivot]
        top = [entry / table[pivot][pivot] for entry in table[pivot]]
        table[pivot] = top
        for r, line in enumerate(table):
            if r != pivot and (factor := line[pivot]):
                table[r] = [a - factor * b for a, b in zip(line, top, strict=True)]
    weights = [line[-1] for line in table[: len(others)]]
    if any(line[-1] for line in table[len(others) :]) or min(weights, default=Fraction(0)) < 0:
        return False
    total = sum((w * c for w, c in zip(weights, constants, strict=False)), Fraction(0))
    return constants[-1] <= total
