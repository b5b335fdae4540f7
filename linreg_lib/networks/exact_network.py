"""A network as stored, evaluated without rounding: floats are dyadic rationals.

Points are homogeneous integer vectors ``(p_1, ..., p_d, w)`` that stand for ``p / w`` (a direction
where ``w = 0``).  A piecewise linear network extends to such points by multiplying each bias and
breakpoint by ``w``; a common positive factor changes no sign, so denominators never appear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from linreg_lib.networks.dyadic import Dyadic
from linreg_lib.networks.layers import Layers
from linreg_lib.networks.mixed_activation import Activation

#: larger layers are not kept for other frames of the same network
_MOST_KEPT = 1 << 20


class ExactActivation:
    """A layer's activation on homogeneous integers: breakpoints, slopes, offsets made integers.

    Tables (units, T) and (units, T + 1) as a ``MixedActivation`` has them.
    """

    def __init__(self, activation: Activation, num_units: int) -> None:
        table = activation.breakpoint_table(num_units)
        self._lacks = np.isinf(table)
        breakpoints = Dyadic.of(np.where(self._lacks, 0.0, table))
        self.breakpoints, self.breakpoint_shift = breakpoints.numerators, breakpoints.shift
        self._differs = [bool(column.any()) for column in table.T]  # from 0: most breakpoints are 0
        exact = np.full((num_units, table.shape[1] + 1), Fraction(0), dtype=object)
        kinds: dict[Any, np.ndarray] = {}
        for neuron in range(num_units):
            unit = activation.unit(neuron)
            if unit not in kinds:
                kinds[unit] = np.array([*unit.exact_offsets], dtype=object)
            exact[neuron, : len(kinds[unit])] = kinds[unit]
        slopes, offsets = Dyadic.of(activation.slope_table(num_units)), Dyadic.of(exact)
        self.shift = max(slopes.shift, offsets.shift)
        self._slopes, self._offsets = slopes.shifted_to(self.shift), offsets.shifted_to(self.shift)
        self._units = np.arange(num_units)

    def excess(self, z: np.ndarray, w: int, index: int) -> np.ndarray:
        """A positive multiple of ``z - w * breakpoint``, (n,); negative where a unit has none."""
        excess = z * 2**self.breakpoint_shift
        if self._differs[index]:
            excess = excess - self.breakpoints[:, index] * w
            excess[self._lacks[:, index]] = -1
        return excess

    def excess_of(self, neuron: int, z: int, w: int, index: int) -> int:
        """The same for one unit, which has such a breakpoint."""
        return int(z * 2**self.breakpoint_shift - self.breakpoints[neuron, index] * w)

    def slopes(self, pieces: np.ndarray) -> np.ndarray:
        """Slopes times ``2**shift`` on the units' pieces (n,)."""
        return np.asarray(self._slopes[self._units, pieces])

    def offsets(self, pieces: np.ndarray) -> np.ndarray:
        """Offsets times ``2**shift`` on the units' pieces (n,)."""
        return np.asarray(self._offsets[self._units, pieces])

    def piece_range(self, z: np.ndarray, w: int) -> np.ndarray:
        """Lowest and highest piece (2, n) that ``z / w`` touch: they differ at breakpoints."""
        pieces = np.zeros((2, len(z)), dtype=np.uint8)
        for index in range(self.breakpoints.shape[1]):
            excess = self.excess(z, w, index)
            pieces[0] += (excess > 0).astype(np.uint8)
            pieces[1] += (excess >= 0).astype(np.uint8)
        return pieces

    def apply(
        self, z: np.ndarray, w: int, piece: np.ndarray | None = None
    ) -> tuple[np.ndarray, int]:
        """``(values, w')`` of the activation; ``piece`` (n,) if it is known already."""
        if piece is None:
            piece = np.zeros(z.shape, dtype=int)
            for index in range(self.breakpoints.shape[1]):
                piece += (self.excess(z, w, index) > 0).astype(int)
        return self.slopes(piece) * z + self.offsets(piece) * w, w << self.shift


@lru_cache(maxsize=32)
def _exact_activation(activation: Activation, num_units: int) -> ExactActivation:
    return ExactActivation(activation, num_units)


def _integer_layer(net: Layers, layer: int) -> Dyadic:
    """``[W | b]`` of a layer as stored."""
    return Dyadic.of(np.column_stack([net.weights[layer], net.biases[layer]]))


_kept_integer_layer = lru_cache(maxsize=32)(_integer_layer)


class ExactNetwork:
    """The hidden layers of ``net`` on homogeneous integer points of an affine frame.

    With ``origin`` and ``directions`` (dyadic: floats or ``Fraction``), a point ``(p, w)`` stands
    for the input ``origin + sum_i directions[i] * p_i / w``; without them, for ``p / w`` itself.

    >>> from linreg_lib.networks import Network
    >>> from linreg_lib.networks.dyadic import homogeneous
    >>> net = Network.from_arrays([[[3.0]], [[1.0]]], [[-1.0], [0.0]])
    >>> third = np.array([1 / 3])             # the float 1/3 is below the rational 1/3,
    >>> net.pre_activations(third)[0].item()  # although 3 * x - 1 rounds to 0
    0.0
    >>> ExactNetwork(net).piece_range(homogeneous(third)).tolist()
    [[0], [0]]
    """

    def __init__(
        self,
        net: Layers,
        origin: np.ndarray | None = None,
        directions: np.ndarray | None = None,
    ) -> None:
        self.net = net
        self.activations = [
            _exact_activation(activation, width)
            for activation, width in zip(net.activations, net.hidden_widths, strict=True)
        ]
        self._matrices: dict[int, tuple[np.ndarray, int]] = {}
        self._origin = origin
        self._directions = directions

    def __reduce__(self) -> tuple[Any, ...]:
        return ExactNetwork, (self.net, self._origin, self._directions)

    def _matrix(self, layer: int) -> tuple[np.ndarray, int]:
        """Integers of ``[W | b]`` of a layer (the first one in the frame's coordinates)."""
        if layer in self._matrices:
            return self._matrices[layer]
        is_small = self.net.weights[layer].size <= _MOST_KEPT  # many frames may share a network
        stored = (_kept_integer_layer if is_small else _integer_layer)(self.net, layer)
        whole, shift = stored.numerators, stored.shift
        if layer == 0 and self._directions is not None and self._origin is not None:
            frame = Dyadic.of(np.vstack([self._directions, self._origin[None]]))
            moved = whole[:, :-1] @ frame.numerators.T
            moved[:, -1] += whole[:, -1] * 2**frame.shift
            whole, shift = moved, shift + frame.shift
        self._matrices[layer] = (whole, shift)
        return whole, shift

    def first_layer(self) -> tuple[np.ndarray, int]:
        """Integers of ``[W | b]`` in parameters and a shift: the entries are 2**-shift of them."""
        return self._matrix(0)

    def pre_activation(self, layer: int, values: np.ndarray, w: int) -> tuple[np.ndarray, int]:
        """``(z, w')`` of a layer from the homogeneous values ``(h, w)`` before it."""
        matrix, shift = self._matrix(layer)
        z = matrix[:, :-1] @ values + matrix[:, -1] * w
        return z, w << shift

    def total_shift(self, layer: int) -> int:
        """``pre_activation`` of a layer is 2**total_shift times the point's own values."""
        before = sum(self._matrix(i)[1] + self.activations[i].shift for i in range(layer))
        return before + self._matrix(layer)[1]

    def hidden(self, layer: int, z: np.ndarray, w: int) -> tuple[np.ndarray, int]:
        """``(h, w')`` after the activation of a hidden layer."""
        return self.activations[layer].apply(z, w)

    def layers(self, point: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
        """``pre_activation`` of one hidden layer after the other at a point ``(p, w)``."""
        values, w = point[:-1], point[-1]
        for layer in range(self.net.depth):
            z, w = self.pre_activation(layer, values, w)
            yield z, w
            if layer < self.net.depth - 1:
                values, w = self.hidden(layer, z, w)

    def piece_range(self, point: np.ndarray, upto_layer: int | None = None) -> np.ndarray:
        """Lowest and highest piece (2, units) that each unit touches at a point ``(p, w)``."""
        found = [np.zeros((2, 0), dtype=np.uint8)]
        depth = self.net.depth if upto_layer is None else upto_layer
        values, w = point[:-1], point[-1]
        for layer in range(depth):
            z, w = self.pre_activation(layer, values, w)
            found.append(self.activations[layer].piece_range(z, w))
            if layer < depth - 1:
                values, w = self.activations[layer].apply(z, w, found[-1][0])
        return np.concatenate(found, axis=1)

    def hyperplane(
        self, layer: int, neuron: int, breakpoint: int, pieces: Sequence[np.ndarray]
    ) -> np.ndarray:
        """Integers (d + 1,) whose product with a point is pre-activation minus breakpoint.

        Up to a positive factor, and on the cell where the layers before have these ``pieces``.
        """
        matrix, shift = self._matrix(layer)
        activation = self.activations[layer]
        row = matrix[neuron] * 2**activation.breakpoint_shift
        row[-1] -= activation.breakpoints[neuron, breakpoint] << shift
        for before in reversed(range(layer)):
            activation, piece = self.activations[before], pieces[before]
            constant = row[-1] * 2**activation.shift + row[:-1] @ activation.offsets(piece)
            factors = row[:-1] * activation.slopes(piece)
            matrix, shift = self._matrix(before)
            passing = np.flatnonzero(factors)
            row = factors[passing] @ matrix[passing] if len(passing) else 0 * matrix[0]
            row[-1] += constant * 2**shift
        return row

    def affine_map(self, pattern: np.ndarray, upto_layer: int | None = None) -> np.ndarray:
        """Fractions ``(n_out, d + 1)``: the affine map ``[A | c]`` on a pattern, in parameters.

        With ``upto_layer`` below the depth: of that hidden layer's post-activations.
        """
        depth = self.net.depth
        last = depth if upto_layer is None else upto_layer
        matrix, shift = self._matrix(0)
        rows = matrix * Fraction(1, 2**shift)
        start = 0
        for layer in range(last):
            activation = self.activations[layer]
            piece = pattern[start : start + len(rows)].astype(int)
            start += len(rows)
            unit = Fraction(1, 2**activation.shift)
            rows = rows * (activation.slopes(piece) * unit)[:, None]
            rows[:, -1] += activation.offsets(piece) * unit
            if layer == last - 1 and last < depth:
                break
            matrix, shift = self._matrix(layer + 1)
            product = matrix[:, :-1] @ rows
            product[:, -1] += matrix[:, -1]
            rows = product * Fraction(1, 2**shift)
        return rows
