"""Floats as integers: every float is an integer times a power of two.

Sums and products of such numbers are again of this kind, so networks and domains can be evaluated
without rounding.  An array is kept as Python integers with one common power.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: so many floats are made integers one by one
_FEW = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Dyadic:
    """The numbers ``numerators * 2**-shift``; ``numerators`` is an array of Python integers.

    >>> Dyadic.of(np.array([0.5, -3.0]))
    Dyadic(numerators=array([1, -6], dtype=object), shift=1)
    """

    numerators: NDArray[Any]
    shift: int

    @classmethod
    def of(cls, values: NDArray[Any]) -> Dyadic:
        """Exact, same shape, with the smallest shift >= 0; floats, or fractions (dtype object).

        Every fraction's denominator must be a power of two (else ValueError).
        """
        return cls._of_fractions(values) if values.dtype == object else cls._of_floats(values)

    @classmethod
    def _of_fractions(cls, values: NDArray[Any]) -> Dyadic:
        entries = [Fraction(value) for value in values.ravel().tolist()]
        shift = max((value.denominator.bit_length() - 1 for value in entries), default=0)
        scale = 1 << shift
        numerators = np.empty(len(entries), dtype=object)
        for i, value in enumerate(entries):
            numerator, rest = divmod(value.numerator * scale, value.denominator)
            if rest:
                raise ValueError(f"{value} has a denominator that is no power of two")
            numerators[i] = numerator
        return cls(numerators=numerators.reshape(values.shape), shift=shift)

    @classmethod
    def _of_floats(cls, values: NDArray[np.float64]) -> Dyadic:
        if values.size <= _FEW:
            return cls._of_few(values)
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

    @classmethod
    def _of_few(cls, values: NDArray[np.float64]) -> Dyadic:
        """The same one by one, which is faster for a point."""
        ratios = [value.as_integer_ratio() for value in values.ravel().tolist()]
        shift = max((below.bit_length() - 1 for _, below in ratios), default=0)
        numerators = np.empty(values.size, dtype=object)
        for i, (above, below) in enumerate(ratios):
            numerators[i] = above << (shift + 1 - below.bit_length())
        return cls(numerators=numerators.reshape(values.shape), shift=shift)

    def shifted_to(self, shift: int) -> NDArray[Any]:
        """Numerators of the same numbers for a larger shift."""
        return self.numerators * (1 << (shift - self.shift))


def homogeneous(point: NDArray[np.float64]) -> NDArray[Any]:
    """Integers (n + 1,) proportional to ``(point, 1)``, the last one positive.

    >>> homogeneous(np.array([0.5, -3.0])).tolist()
    [1, -6, 2]
    """
    return Dyadic.of(np.append(point, 1.0)).numerators
