"""Numbers in ``longdouble``, where that is longer than float64."""

from __future__ import annotations

from fractions import Fraction

import numpy as np


def rounded(values: list[Fraction]) -> np.ndarray:
    """To longdouble, with a relative error of no more than two of its units."""
    high = [float(value) for value in values]
    low = [float(value - Fraction(h)) for value, h in zip(values, high, strict=True)]
    return np.array(high, dtype=np.longdouble) + np.array(low, dtype=np.longdouble)
