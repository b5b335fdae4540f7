"""Extreme rays of a cone given by inequalities, in integers (the double description method)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from linreg_lib.errors import WorkLimitError

Vector = tuple[int, ...]

#: the time grows with the third power of the number of rays
_MAX_RAYS = 2000


def extreme_rays(rows: Sequence[Vector]) -> dict[Vector, int] | None:
    """The extreme rays of ``{y : row . y >= 0 for all rows}``, or None if it contains a line.

    Each ray is a vector of coprime integers, with the rows that vanish on it as bits of an integer.
    A cone that is {0} has none.  ``WorkLimitError`` beyond 2000 rays on the way.

    >>> sorted(extreme_rays([(1, 0), (-1, 1), (0, 1)]).items())
    [((0, 1), 1), ((1, 1), 2)]

    Source: Motzkin, Raiffa, Thompson & Thrall 1953.
    """
    first = _independent(rows)
    size = len(rows[0])
    if len(first) < size:
        return None
    rays: dict[Vector, int] = {}
    for place, ray in enumerate(dual_basis([rows[i] for i in first])):
        rays[ray] = sum(1 << i for other, i in enumerate(first) if other != place)
    for i, row in enumerate(rows):
        if i not in first:
            rays = _cut(rays, row, 1 << i, size)
    return rays


def _cut(rays: dict[Vector, int], row: Vector, bit: int, size: int) -> dict[Vector, int]:
    value = {ray: dot(row, ray) for ray in rays}
    kept = {ray: tight | (0 if value[ray] else bit) for ray, tight in rays.items()}
    above = [ray for ray in rays if value[ray] > 0]
    below = [ray for ray in rays if value[ray] < 0]
    masks = list(rays.values())
    for p in above:
        for q in below:
            common = rays[p] & rays[q]
            if common.bit_count() < size - 2:
                continue
            # Neighbours are the only two rays on all the rows that vanish on both.
            if sum(mask & common == common for mask in masks) == 2:
                ray = coprime([value[p] * b - value[q] * a for a, b in zip(p, q, strict=True)])
                kept[ray] = common | bit
    for q in below:
        del kept[q]
    if len(kept) > _MAX_RAYS:
        raise WorkLimitError(
            f"the polytope has more than {_MAX_RAYS} corners or facets on the way; "
            "use fewer halfspaces or vertices"
        )
    return kept


def dot(a: Sequence[int], b: Sequence[int]) -> int:
    """The scalar product of two integer vectors."""
    return sum(x * y for x, y in zip(a, b, strict=True))


def coprime(vector: Sequence[int]) -> Vector:
    """The same direction in the smallest integers."""
    divisor = gcd(*vector) or 1
    return tuple(entry // divisor for entry in vector)


def _independent(rows: Sequence[Vector]) -> list[int]:
    """The first rows that span all of them."""
    basis: list[tuple[int, list[Fraction]]] = []
    chosen = []
    for i, row in enumerate(rows):
        rest = [Fraction(entry) for entry in row]
        for pivot, known in basis:
            if rest[pivot]:
                factor = rest[pivot] / known[pivot]
                rest = [x - factor * y for x, y in zip(rest, known, strict=True)]
        column = next((j for j, entry in enumerate(rest) if entry), None)
        if column is not None:
            basis.append((column, rest))
            chosen.append(i)
    return chosen


def dual_basis(rows: list[Vector]) -> list[Vector]:
    """Integer vectors y_j with row_i . y_j = 0 for i != j and > 0 for i = j."""
    size = len(rows)
    matrix = [
        [Fraction(x) for x in row] + [Fraction(int(i == j)) for j in range(size)]
        for i, row in enumerate(rows)
    ]
    for column in range(size):
        pivot = next(i for i in range(column, size) if matrix[i][column])
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        head = matrix[column][column]
        matrix[column] = [x / head for x in matrix[column]]
        for i in range(size):
            if i != column and matrix[i][column]:
                factor = matrix[i][column]
                pairs = zip(matrix[i], matrix[column], strict=True)
                matrix[i] = [x - factor * y for x, y in pairs]
    inverse = [row[size:] for row in matrix]
    columns = [[row[j] for row in inverse] for j in range(size)]
    scaled = []
    for column_entries in columns:
        common = lcm(*(entry.denominator for entry in column_entries))
        scaled.append(coprime([int(entry * common) for entry in column_entries]))
    return scaled
