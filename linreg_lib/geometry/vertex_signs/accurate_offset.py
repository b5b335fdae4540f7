"""A layer's values at the point that coordinates are counted from, rounded once.

Far from zero ``weight @ origin + bias`` cancels, and what float64 loses there moves every
hyperplane.  Products and sums are therefore split into a rounded part and its error (Dekker,
"A floating-point technique for extending the available precision", 1971; the sum of the errors as
in Ogita, Rump and Oishi, "Accurate sum and dot product", 2005), which works in twice the precision.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.networks.float_constants import SMALLEST, SUM_FLOOR, UNIT

#: splits 53 bits into 26 and 27
_SPLIT = 2.0**27 + 1.0


def accurate_offset(
    weight: np.ndarray, bias: np.ndarray, origin: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """``weight @ origin + bias`` (n,) and a bound of its error (n,).

    Infinite or nan where it overflows.

    >>> accurate_offset(np.array([[3.0]]), np.array([-3e16]), np.array([1e16 + 2.0]))[0].tolist()
    [6.0]
    """
    if not origin.any():
        return bias.astype(np.float64), np.zeros(len(bias))
    rows, row_powers = _scaled(np.column_stack([weight, bias]))
    point, point_power = _scaled(np.append(origin, 1.0)[None])
    sums, low, size = _products(rows, point)
    while sums.shape[1] > 1:
        if sums.shape[1] % 2:
            sums = np.column_stack([sums, np.zeros(len(sums))])
        half = sums.shape[1] // 2
        sums, error = _sum(sums[:, :half], sums[:, half:])
        low += error.sum(axis=1)
    value = sums[:, 0] + low
    num = rows.shape[1] + 40
    error = UNIT * np.abs(value) + 64.0 * num * num * UNIT**2 * size + num * SUM_FLOOR
    powers = row_powers + point_power[0]
    with np.errstate(over="ignore"):
        return np.ldexp(value, powers), np.ldexp(error, powers) + SMALLEST


def _scaled(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows times powers of two, largest entry in [1/2, 1); and the powers taken out."""
    powers = np.frexp(np.abs(rows).max(axis=1))[1].astype(np.int64)
    return np.ldexp(rows, -powers[:, None]), powers


def _products(rows: np.ndarray, point: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rounded products, the sums of their errors, and the sums of their absolute values."""
    products = rows * point
    high, low = _halves(rows)
    point_high, point_low = _halves(point)
    error = high * point_high - products
    error += high * point_low
    error += low * point_high
    error += low * point_low
    return products, error.sum(axis=1), np.abs(products).sum(axis=1)


def _halves(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scaled = _SPLIT * values
    high = scaled - (scaled - values)
    return high, values - high


def _sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)
