"""exp and log for kernels, from IEEE arithmetic alone: the same bits on every machine.

A machine's own library rounds these functions as it likes.  Both are reduced to a small interval,
where a series is summed in a fixed order; tests hold errors below 2 units in the last place.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linreg_lib.experiments.lanes.vectors import at_most, filled, times_power_of_two
from linreg_lib.geometry.kernels.jit import inlined, part

# log 2 in two parts: the first with so few digits that its products with exponents are exact.
_HIGH_32, _LOW_32 = 0.693359375, -2.12194440e-4
_HIGH_64, _LOW_64 = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PER_LOG_2 = 1.4426950408889634
_SHIFT_32, _SHIFT_64 = 1.5 * 2.0**23, 1.5 * 2.0**52
_LEAST_32, _LEAST_64 = -87.0, -708.0  # below, results are not normal numbers, and 0 here
_ROOT_HALF = math.sqrt(0.5)


@inlined
def exp_vector(like: Any, x: Any) -> Any:
    """exp of a vector of ``like``'s type, for x <= 0; below -87 (float64: -708) it is 0.

    x = n log 2 + r with |r| <= log(2) / 2; exp(r) by its Taylor series to r^7 (float64: r^13).
    """
    if like.itemsize == 4:
        shift, least = filled(like, _SHIFT_32), filled(like, _LEAST_32)
        high, low = filled(like, _HIGH_32), filled(like, _LOW_32)
    else:
        shift, least = filled(like, _SHIFT_64), filled(like, _LEAST_64)
        high, low = filled(like, _HIGH_64), filled(like, _LOW_64)
    kept = at_most(x, least, least, x)
    shifted = kept * filled(like, _PER_LOG_2) + shift  # rounds to an integer
    whole = shifted - shift
    r = (kept - whole * high) - whole * low
    if like.itemsize == 4:
        series = filled(like, 1 / 5040)
    else:
        series = filled(like, 1 / 6227020800)
        series = series * r + filled(like, 1 / 479001600)
        series = series * r + filled(like, 1 / 39916800)
        series = series * r + filled(like, 1 / 3628800)
        series = series * r + filled(like, 1 / 362880)
        series = series * r + filled(like, 1 / 40320)
        series = series * r + filled(like, 1 / 5040)
    series = series * r + filled(like, 1 / 720)
    series = series * r + filled(like, 1 / 120)
    series = series * r + filled(like, 1 / 24)
    series = series * r + filled(like, 1 / 6)
    series = series * r + filled(like, 0.5)
    # 1 + r + r^2 (...): the last sum has the only error that counts
    power = filled(like, 1.0) + (r + (r * r) * series)
    return at_most(x, least, filled(like, 0.0), times_power_of_two(power, shifted))


@part
def exp_number(x: float) -> float:
    """The same for one float64 number."""
    if not x > _LEAST_64:
        return 0.0 if x <= _LEAST_64 else x
    whole = (x * _PER_LOG_2 + _SHIFT_64) - _SHIFT_64
    r = (x - whole * _HIGH_64) - whole * _LOW_64
    series = 0.0
    for degree in range(13, 1, -1):
        series = series * r + _TAYLOR[degree]
    return math.ldexp(1.0 + (r + (r * r) * series), int(whole))


@part
def log_number(x: float) -> float:
    """log of a positive normal float64 number.

    x = 2^n m with m from sqrt(1/2) to sqrt(2); log m = 2 artanh(s), s = (m - 1) / (m + 1), by the
    Taylor series to s^23.
    """
    mantissa, exponent = math.frexp(x)
    if mantissa < _ROOT_HALF:
        mantissa, exponent = 2.0 * mantissa, exponent - 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s
    series = 0.0
    for odd in range(23, 1, -2):
        series = (series + 1.0 / odd) * square
    return exponent * _HIGH_64 + (2.0 * s + (2.0 * s * series + exponent * _LOW_64))


_TAYLOR = np.array([1.0 / math.factorial(degree) for degree in range(14)])
