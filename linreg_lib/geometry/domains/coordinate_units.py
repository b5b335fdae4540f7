"""Units in which a bounded domain is about as long along each axis."""

from __future__ import annotations

import numpy as np


def coordinate_units(points: np.ndarray) -> np.ndarray:
    """For each axis (d,) the least power of two that no |coordinate| of ``points`` (n, d) exceeds.

    Dividing by it rounds nothing.

    >>> coordinate_units(np.array([[-1.0, 3e-3], [0.5, 1e-3]])).tolist()
    [1.0, 0.00390625]
    """
    largest = np.abs(points).max(axis=0)
    share, power = np.frexp(largest)
    power = np.where(share == 0.5, power - 1, power)
    return np.ldexp(1.0, np.clip(np.where(largest > 0, power, 0), -1000, 1000))
