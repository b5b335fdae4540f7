"""The columns by which a layer cuts: one for each breakpoint of each neuron, copies left out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from linreg_lib.networks import Network, PiecewiseLinear
from linreg_lib.networks.mixed_activation import Activation

#: factors between copies beyond, either way, are not looked for
_LARGEST_FACTOR = 2.0**60
#: rows that differ by no more, relatively, are compared exactly
_CLOSE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Columns that cut, (m,) each, and how all columns of the layer follow from them.

    A column whose weights, bias and breakpoint are a multiple of another's has the same hyperplane
    everywhere: its signs are the other's, or their opposites, ties included.
    """

    neurons: np.ndarray
    indices: np.ndarray
    breakpoints: np.ndarray
    #: for each neuron and breakpoint (n * T,) the column, and whether signs are opposite; -1 where
    #: a neuron has fewer breakpoints: all values lie below
    column_of: np.ndarray
    is_flipped: np.ndarray
    #: whether all columns cut on their own
    is_plain: bool

    def spread(self, above: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of all neurons and breakpoints (rows, n * T), from those of the columns (rows, m)."""
        if self.is_plain:
            return above, below
        lacks, none = self.column_of < 0, np.zeros((len(above), 1), dtype=np.uint8)
        above, below = np.hstack([above, none]), np.hstack([below, none])
        columns, flipped = self.column_of, self.is_flipped
        return (
            np.where(flipped, below[:, columns], above[:, columns]),
            np.where(flipped, above[:, columns], below[:, columns]) | lacks,
        )


def columns_of(net: Network, layer: int) -> Columns:
    """The columns of a hidden layer."""
    table = net.activations[layer].breakpoint_table(len(net.biases[layer]))
    has_breakpoint = np.asarray(np.isfinite(table))
    neurons, indices = np.nonzero(has_breakpoint)
    at = table[neurons, indices]
    column_of, factor_is_negative = np.arange(len(at)), np.zeros(len(at), dtype=bool)
    for copy, original, is_negative in _copies(net, layer, neurons, at):
        column_of[copy], factor_is_negative[copy] = original, is_negative
    kept = np.flatnonzero(column_of == np.arange(len(at)))
    place = np.zeros(len(at), dtype=np.intp)
    place[kept] = np.arange(len(kept))
    whole = np.full(table.size, -1, dtype=np.intp)
    whole[np.flatnonzero(has_breakpoint)] = place[column_of]
    is_flipped = np.zeros(table.size, dtype=bool)
    is_flipped[np.flatnonzero(has_breakpoint)] = factor_is_negative
    return Columns(
        neurons=neurons[kept],
        indices=indices[kept],
        breakpoints=at[kept],
        column_of=whole,
        is_flipped=is_flipped,
        is_plain=len(kept) == table.size,
    )


def _copies(
    net: Network, layer: int, neurons: np.ndarray, breakpoints: np.ndarray
) -> list[tuple[int, int, bool]]:
    """Columns with the first one that each is a multiple of, and whether the factor is negative."""
    weight = net.weights[layer]
    alive = np.flatnonzero(weight[neurons].any(axis=1))
    rows = np.column_stack([weight[neurons], net.biases[layer][neurons], breakpoints])[alive]
    if len(rows) < 2:
        return []
    lead = np.abs(rows[:, :-2]).argmax(axis=1)
    leading = rows[np.arange(len(rows)), lead]
    with np.errstate(all="ignore"):
        # Alike up to rounding, by a sum with random weights; what is alike is looked at exactly.
        scaled = rows / leading[:, None]
        marks = scaled @ np.modf(np.arange(1, rows.shape[1] + 1) * 0.6180339887498949)[0]
        order = np.argsort(marks, kind="stable")
        close = np.abs(np.diff(marks[order])) <= _CLOSE * (1.0 + np.abs(marks[order][1:]))
    found: list[tuple[int, int, bool]] = []
    if not close.any():
        return found
    for group in np.split(order, np.flatnonzero(~close) + 1):
        if len(group) < 2:
            continue
        originals: dict[tuple[Fraction, ...], list[int]] = {}
        for row in np.sort(group).tolist():
            alike = originals.setdefault(_ratios(rows[row], int(lead[row])), [])
            for other in alike:
                if _is_near(leading[row], leading[other]):
                    flipped = bool((leading[row] > 0) != (leading[other] > 0))
                    found.append((int(alive[row]), int(alive[other]), flipped))
                    break
            else:
                alike.append(row)
    return found


def _ratios(row: np.ndarray, lead: int) -> tuple[Fraction, ...]:
    """What a row shares with its multiples alone: the ratios to its first largest weight."""
    largest = Fraction(float(row[lead]))
    return tuple(Fraction(entry) / largest for entry in row.tolist())


def _is_near(one: float, other: float) -> bool:
    return bool(1 / _LARGEST_FACTOR < abs(Fraction(one) / Fraction(other)) < _LARGEST_FACTOR)


def vanishing(activation: Activation, num_units: int) -> tuple[np.ndarray, np.ndarray]:
    """On which pieces (n, T + 1), and at which breakpoints (n, T), units are exactly 0."""
    num = activation.num_breakpoints
    on_pieces = np.zeros((num_units, num + 1), dtype=bool)
    at_breakpoints = np.zeros((num_units, num), dtype=bool)
    kinds: dict[PiecewiseLinear, tuple[list[bool], list[bool]]] = {}
    for neuron in range(num_units):
        unit = activation.unit(neuron)
        if unit not in kinds:
            slopes = [Fraction(slope) for slope in unit.slopes.tolist()]
            pieces = list(zip(slopes, unit.exact_offsets, strict=True))
            places = [Fraction(breakpoint) for breakpoint in unit.breakpoints.tolist()]
            kinds[unit] = (
                [slope == offset == 0 for slope, offset in pieces],
                [s * t + offset == 0 for t, (s, offset) in zip(places, pieces[:-1], strict=True)],
            )
        here, at = kinds[unit]
        on_pieces[neuron, : len(here)], at_breakpoints[neuron, : len(at)] = here, at
    return on_pieces, at_breakpoints
