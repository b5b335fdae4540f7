"""The activation patterns of a network on a box, one linear program after the other, exactly.

Nothing here subdivides anything: a pattern turns every pre-activation into one affine function of
the input, and whether the inequalities of a pattern have a common solution is decided in rational
arithmetic with a certificate.  Slow and independent, which is its use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linreg_lib.errors import WorkLimitError
from linreg_lib.networks import Network, PiecewiseLinear
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_kind
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.max_units import settled_pattern
from linreg_lib.networks.unit_names import unit_name
from linreg_lib.theory.linear_algebra.inequalities import nonnegative_solution

Reading: TypeAlias = Literal["interior", "strict", "closed", "attained"]
Row: TypeAlias = tuple[Fraction, ...]  # (a, c): the affine function a.x + c


def enumerate_patterns(
    net: Network,
    low: float,
    high: float,
    *,
    reading: Reading = "interior",
    max_patterns: int = 5_000,
) -> NDArray[np.uint8]:
    """All patterns (num_patterns, num_hidden) on the cube [low, high]^n_in, rows sorted.

    What makes a pattern count depends on the reading:

    - ``"interior"``: its set has interior; a unit that is at a breakpoint on the whole set is on
      the lower piece (the book's activation regions)
    - ``"strict"``: some point has every unit strictly inside its piece (F23, Definition 1)
    - ``"closed"``: the closed pieces have a common point, if only on their boundaries
    - ``"attained"``: some point has this pattern, breakpoints belonging to the lower piece

    Raises:
        ValueError: an empty cube, or an unknown reading.
        WorkLimitError: more than ``max_patterns`` patterns at any unit.

    >>> net = Network.from_arrays([[[1], [-1]], [[1, 1]]], [[0, 0], [0]])  # |x|
    >>> [len(enumerate_patterns(net, -1, 1, reading=r)) for r in ("interior", "strict")]
    [2, 2]
    >>> [len(enumerate_patterns(net, -1, 1, reading=r)) for r in ("attained", "closed")]
    [3, 4]
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    ends = _exact_end("low", low), _exact_end("high", high)
    if not ends[0] < ends[1]:
        raise ValueError(f"low = {low} must be below high = {high}: the cube is empty")
    checked_choice("reading", reading, ("interior", "strict", "closed", "attained"))
    max_patterns = checked_count("max_patterns", max_patterns)
    walls = _Constraints(net.input_dim)
    for axis in range(net.input_dim):
        unit = [Fraction(int(i == axis)) for i in range(net.input_dim)]
        walls = walls.with_row((*unit, -ends[0]), strict=False)
        walls = walls.with_row((*(-entry for entry in unit), ends[1]), strict=False)
    if reading == "interior":
        walls = walls.all_strict()
    found: list[tuple[tuple[int, ...], _Constraints]] = [((), walls)]
    for layer in range(net.depth):
        for unit_index in range(net.hidden_widths[layer]):
            found = [
                ((*pattern, piece), region)
                for pattern, constraints in found
                for piece, region in _pieces(
                    _pre_activation(net, layer, unit_index, pattern),
                    net.activations[layer].unit(unit_index),
                    constraints,
                    reading,
                )
            ]
            if len(found) > max_patterns:
                raise WorkLimitError(
                    f"{len(found)} patterns at {unit_name(layer, unit_index)} exceed "
                    f"max_patterns={max_patterns}; raise it or take a smaller network"
                )
    rows = np.array([pattern for pattern, _ in found], dtype=np.uint8)
    rows = rows.reshape(len(found), net.num_hidden)
    rows = settled_pattern(rows, net.max_units, net.hidden_widths)
    patterns = np.array(sorted(set(map(tuple, rows.tolist()))), dtype=np.uint8)
    return patterns.reshape(len(patterns), net.num_hidden)


class _Constraints:
    """Affine functions that must be positive (strict) or not negative, on R^dimension."""

    def __init__(
        self, dimension: int, strict: tuple[Row, ...] = (), weak: tuple[Row, ...] = ()
    ) -> None:
        self.dimension, self.strict, self.weak = dimension, strict, weak

    def with_row(self, row: Row, *, strict: bool) -> _Constraints:
        if strict:
            return _Constraints(self.dimension, (*self.strict, row), self.weak)
        return _Constraints(self.dimension, self.strict, (*self.weak, row))

    def all_strict(self) -> _Constraints:
        return _Constraints(self.dimension, self.strict + self.weak)

    def have_solution(self) -> bool:
        """Motzkin's alternative: no solution iff a nonnegative combination of the rows vanishes
        and gives a strict one a positive weight; homogenised by t > 0."""
        positive = (*((Fraction(0),) * self.dimension), Fraction(1))
        columns = [(*row, Fraction(1)) for row in (*self.strict, positive)]
        columns += [(*row, Fraction(0)) for row in self.weak]
        right_side = [Fraction(0)] * (self.dimension + 1) + [Fraction(1)]
        return not nonnegative_solution(columns, right_side).is_feasible


def _exact_end(name: str, value: float | Fraction) -> Fraction:
    """Fractions need be no floats here."""
    return value if isinstance(value, Fraction) else Fraction(exact_number(name, value))


def _pieces(
    row: Row, activation: PiecewiseLinear, constraints: _Constraints, reading: Reading
) -> Iterator[tuple[int, _Constraints]]:
    breakpoints = [Fraction(point) for point in activation.breakpoints.tolist()]
    is_constant = not any(row[:-1])
    for piece in range(len(breakpoints) + 1):
        above = breakpoints[piece - 1] if piece else None
        below = breakpoints[piece] if piece < len(breakpoints) else None
        narrowed = constraints
        if is_constant and reading == "interior":
            value = row[-1]
            if (above is None or value > above) and (below is None or value <= below):
                yield piece, constraints
            continue
        if above is not None:
            shifted = (*row[:-1], row[-1] - above)
            narrowed = narrowed.with_row(shifted, strict=reading != "closed")
        if below is not None:
            shifted = (*(-entry for entry in row[:-1]), below - row[-1])
            narrowed = narrowed.with_row(shifted, strict=reading in ("interior", "strict"))
        if narrowed.have_solution():
            yield piece, narrowed


def _pre_activation(net: Network, layer: int, unit: int, pattern: Sequence[int]) -> Row:
    """The unit's pre-activation as an affine function, earlier units on the given pieces."""
    size = net.input_dim
    rows: list[Row] = [
        tuple(Fraction(int(i == axis)) for i in range(size + 1)) for axis in range(size)
    ]
    start = 0
    for before in range(layer):
        width = net.hidden_widths[before]
        here = [_combined(net, before, index, rows) for index in range(width)]
        activation = net.activations[before]
        rows = []
        for index, (row, piece) in enumerate(
            zip(here, pattern[start : start + width], strict=True)
        ):
            unit_activation = activation.unit(index)
            slope = Fraction(float(unit_activation.slopes[piece]))
            scaled = [slope * entry for entry in row]
            rows.append((*scaled[:-1], scaled[-1] + unit_activation.exact_offsets[piece]))
        start += width
    return _combined(net, layer, unit, rows)


def _combined(net: Network, layer: int, unit: int, rows: Sequence[Row]) -> Row:
    total = [Fraction(0)] * net.input_dim + [Fraction(float(net.biases[layer][unit]))]
    for weight, row in zip(net.weights[layer][unit].tolist(), rows, strict=True):
        factor = Fraction(weight)
        total = [entry + factor * other for entry, other in zip(total, row, strict=True)]
    return tuple(total)
