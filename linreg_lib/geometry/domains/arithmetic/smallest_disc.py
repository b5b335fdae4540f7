"""The smallest disc that holds three points, in rational arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from linreg_lib.networks.dyadic import Dyadic

#: the squared sine of an angle below which three points count as on one line
_LEAST_SQUARED_SINE = Fraction(1, 10**24)


@dataclass(frozen=True, kw_only=True)
class SmallestDisc:
    """Rounded ``centre`` (n,), ``radius``, and two rows (2, n) from the first to the others."""

    centre: np.ndarray
    radius: float
    rows: np.ndarray


def smallest_disc(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> SmallestDisc:
    """The smallest disc through or around three points (n,).

    An acute triangle has its circumscribed circle; else the longest side is a diameter.
    ValueError for points on one line, or as good as.
    """
    points = np.stack([p, q, r])
    exact = Dyadic.of(points)
    a, b, c = exact.numerators.reshape(points.shape)
    unit = Fraction(1, 1 << exact.shift)
    u, v = b - a, c - a
    uu, uv, vv = int(u @ u), int(u @ v), int(v @ v)
    determinant = uu * vv - uv * uv
    sides = {(uu, 0): (a, b), (vv, 1): (a, c), (uu - 2 * uv + vv, 2): (b, c)}
    if not determinant or determinant <= _LEAST_SQUARED_SINE * uu * vv:
        raise ValueError("p, q and r lie on one line; a plane needs three points that do not")
    # Twice the squared longest side is at least the sum of all three: an obtuse or right angle.
    longest = max(sides)
    if 2 * longest[0] >= sum(square for square, _ in sides):
        first, second = sides[longest]
        numerators, divisor = first + second, 2
        squared = Fraction(longest[0], 4)
    else:
        s, t = vv * (uu - uv), uu * (vv - uv)
        numerators, divisor = 2 * determinant * a + s * u + t * v, 2 * determinant
        squared = Fraction(s * s * uu + 2 * s * t * uv + t * t * vv, divisor * divisor)
    centre = np.array([float(Fraction(int(x), divisor) * unit) for x in numerators])
    rows = np.array([[float(x * unit) for x in row] for row in (u, v)])
    return SmallestDisc(centre=centre, radius=_root(squared * unit * unit), rows=rows)


def _root(square: Fraction) -> float:
    """Of a fraction that may be far beyond float64."""
    power = (square.numerator.bit_length() - square.denominator.bit_length()) // 2
    root = float(square * Fraction(1 << max(-2 * power, 0), 1 << max(2 * power, 0))) ** 0.5
    return float(np.ldexp(root, power))
