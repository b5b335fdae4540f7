"""Orthonormal rows that span what given rows span, each rounded once where little is left of it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from linreg_lib.geometry.domains.arithmetic.scaled_lengths import scaled, unit_vector
from linreg_lib.networks.dyadic import Dyadic

#: a row whose part across those before it is no longer, as a share of it, counts as dependent
_LEAST_PART = 1e-12
#: floats lose as many bits as the product of these parts is small: fewer than ten
_LEAST_PRODUCT = 2.0**-10


def orthonormal_rows(rows: np.ndarray, what: str) -> np.ndarray:
    """Rows (d, n), 1 <= d <= n, orthonormal up to 1e-15; the first keeps its direction.

    Row k is the part of the given one across those before it (Gram and Schmidt), in floats where
    they are far from dependent, else from integers.  ``what`` in errors is spanned by the rows.
    """
    if not rows[0].any():
        raise ValueError(f"basis[0] is zero; {what} needs {_number(len(rows))}")
    found, product = [unit_vector(rows[0])], 1.0
    for k, row in enumerate(rows[1:], start=1):
        row = scaled(row)[0]
        rest, length = _without(row, found), float(np.linalg.norm(row))
        part = float(np.linalg.norm(rest)) / length if length else 0.0
        if length and product * part <= _LEAST_PRODUCT:
            rest, part = _across(rows[:k], row)
        if part <= _LEAST_PART:
            which = "basis rows are parallel" if k == 1 else f"basis[{k}] depends on those before"
            raise ValueError(f"{which}; {what} needs {_number(len(rows))}")
        product *= part
        rest /= np.linalg.norm(rest)
        rest = _without(rest, found)
        found.append(rest / np.linalg.norm(rest))
    return np.stack(found)


def _number(count: int) -> str:
    words = ("one", "two", "three", "four", "five", "six")
    direction = "directions" if count > 1 else "direction that is not 0"
    return f"{words[count - 1]} {'independent ' if count > 1 else ''}{direction}"


def _without(row: np.ndarray, directions: list[np.ndarray]) -> np.ndarray:
    for each in directions:
        row = row - (row @ each) * each
    return row


def _across(before: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, float]:
    """The part of ``row`` at right angles to rows, each entry rounded once; its share of the row.

    Its multiple by the determinant of their Gram matrix consists of integers.
    """
    integers = [Dyadic.of(scaled(each)[0]).numerators for each in (*before, row)]
    *others, own = integers
    gram = [[Fraction(int(a @ b)) for b in others] for a in others]
    weights, determinant = _solved(gram, [Fraction(int(a @ own)) for a in others])
    part = own * int(determinant)
    for weight, each in zip(weights, others, strict=True):
        part = part - each * int(weight * determinant)
    longest = max(abs(int(entry)) for entry in part)
    if not longest:
        return np.zeros(len(row)), 0.0
    size = 1 << longest.bit_length()
    share = Fraction(int(part @ part), int(determinant) ** 2 * int(own @ own))
    return np.array([int(entry) / size for entry in part]), float(share) ** 0.5


def _solved(matrix: list[list[Fraction]], right: list[Fraction]) -> tuple[list[Fraction], Fraction]:
    """The solution of a small system with a positive definite matrix; and its determinant."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    determinant = Fraction(1)
    for k, pivot in enumerate(rows):
        determinant *= pivot[k]
        for i, row in enumerate(rows):
            if i != k:
                factor = row[k] / pivot[k]
                rows[i] = [x - factor * y for x, y in zip(row, pivot, strict=True)]
    return [row[-1] / row[k] for k, row in enumerate(rows)], determinant
