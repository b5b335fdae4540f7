"""Activation patterns in exact arithmetic.

All numbers involved are floats, that is integers times powers of two, and sums and products of
such numbers are again of this kind. A vector is kept as Python integers with one common power.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.activation import PiecewiseLinear

if TYPE_CHECKING:
    from linreg_lib.networks.network import Network


@dataclass(frozen=True, kw_only=True, eq=False)
class Dyadic:
    """The numbers ``numerators * 2**-shift``; ``numerators`` is an array of Python integers.

    >>> Dyadic.from_floats(np.array([0.5, -3.0]))
    Dyadic(numerators=array([1, -6], dtype=object), shift=1)
    """

    numerators: NDArray[Any]
    shift: int

    @classmethod
    def from_fractions(cls, values: list[Fraction]) -> Dyadic:
        """Exact; every denominator must be a power of two."""
        shift = max((value.denominator.bit_length() - 1 for value in values), default=0)
        scale = 1 << shift
        numerators = np.empty(len(values), dtype=object)
        for i, value in enumerate(values):
            numerator, rest = divmod(value.numerator * scale, value.denominator)
            if rest:
                raise ValueError(f"{value} has a denominator that is no power of two")
            numerators[i] = numerator
        return cls(numerators=numerators, shift=shift)

    @classmethod
    def from_floats(cls, values: NDArray[np.float64]) -> Dyadic:
        """Exact, same shape, with the smallest shift >= 0."""
        mantissas, exponents = np.frexp(values)
        integers = (mantissas * 2.0**53).astype(np.int64)
        zeros = np.frexp((integers & -integers).astype(np.float64))[1] - 1  # trailing, in binary
        zeros = np.where(integers == 0, 0, zeros)
        integers >>= zeros
        powers = np.where(integers == 0, 0, exponents - 53 + zeros).astype(np.int64)
        lowest = min(int(powers.min(initial=0)), 0)
        numerators = np.empty(values.size, dtype=object)
        for i, (integer, power) in enumerate(
            zip(integers.ravel().tolist(), powers.ravel().tolist(), strict=True)
        ):
            numerators[i] = integer << (power - lowest)
        return cls(numerators=numerators.reshape(values.shape), shift=-lowest)

    def shifted_to(self, shift: int) -> NDArray[Any]:
        """Numerators of the same numbers for a larger shift."""
        return self.numerators * (1 << (shift - self.shift))


class ExactForward:
    """Exact forward passes of a network, one point at a time.

    >>> from linreg_lib.networks.network import Network
    >>> net = Network.from_arrays([[[3.0]], [[1.0]]], [[-1.0], [0.0]])
    >>> third = np.array([1 / 3])             # the float 1/3 is below the rational 1/3,
    >>> net.pre_activations(third)[0].item()  # although 3 * x - 1 rounds to 0
    0.0
    >>> ExactForward(net).pattern(third).tolist()
    [0]
    """

    def __init__(self, net: Network) -> None:
        self._weights = [Dyadic.from_floats(weight) for weight in net.weights[:-1]]
        self._biases = [Dyadic.from_floats(bias) for bias in net.biases[:-1]]
        self._activations = [_ExactActivation(each) for each in net.activations]

    def pattern(self, point: NDArray[np.float64]) -> NDArray[np.uint8]:
        """The pattern (num_hidden,) at one point (n_in,); at a breakpoint the lower piece."""
        return self.piece_range(point)[0]

    def piece_range(self, point: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Lowest and highest piece (2, num_hidden) that each unit touches at one point (n_in,)."""
        hidden = Dyadic.from_floats(point)
        pieces = [np.zeros((2, 0), dtype=np.uint8)]
        for weight, bias, activation in zip(
            self._weights, self._biases, self._activations, strict=True
        ):
            before = _affine(weight, bias, hidden)
            piece = activation.piece(before)
            pieces.append(np.stack([piece, piece + activation.is_tied(before)]))
            hidden = activation.values(before, piece)
        return np.concatenate(pieces, axis=1).astype(np.uint8)


class _ExactActivation:
    def __init__(self, activation: PiecewiseLinear) -> None:
        self._breakpoints = Dyadic.from_floats(activation.breakpoints)
        self._slopes = Dyadic.from_floats(activation.slopes)
        self._offsets = Dyadic.from_fractions(list(activation.exact_offsets))

    def piece(self, before: Dyadic) -> NDArray[np.uint8]:
        shift = max(before.shift, self._breakpoints.shift)
        values = before.shifted_to(shift)
        piece = np.zeros(len(values), dtype=np.uint8)
        for breakpoint in self._breakpoints.shifted_to(shift):
            piece += (values > breakpoint).astype(np.uint8)
        return piece

    def is_tied(self, before: Dyadic) -> NDArray[np.bool_]:
        """Which values are exactly at a breakpoint."""
        shift = max(before.shift, self._breakpoints.shift)
        values = before.shifted_to(shift)
        tied = np.zeros(len(values), dtype=bool)
        for breakpoint in self._breakpoints.shifted_to(shift):
            tied |= (values == breakpoint).astype(bool)
        return tied

    def values(self, before: Dyadic, piece: NDArray[np.uint8]) -> Dyadic:
        product = Dyadic(
            numerators=self._slopes.numerators[piece] * before.numerators,
            shift=self._slopes.shift + before.shift,
        )
        offset = Dyadic(numerators=self._offsets.numerators[piece], shift=self._offsets.shift)
        return _sum(product, offset)


def _sum(first: Dyadic, second: Dyadic) -> Dyadic:
    shift = max(first.shift, second.shift)
    return Dyadic(numerators=first.shifted_to(shift) + second.shifted_to(shift), shift=shift)


def _affine(weight: Dyadic, bias: Dyadic, hidden: Dyadic) -> Dyadic:
    product = Dyadic(
        numerators=weight.numerators @ hidden.numerators, shift=weight.shift + hidden.shift
    )
    return _sum(product, bias)
