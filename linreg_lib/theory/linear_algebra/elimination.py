"""Exact Gaussian elimination over the rationals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

Row = tuple[Fraction, ...]


def reduced_echelon(rows: Iterable[Sequence[int | Fraction]], num_pivots: int) -> tuple[Row, ...]:
    """Reduced row echelon form, with pivots looked for in the first ``num_pivots`` columns.

    Zero rows are dropped. Rows that vanish in the pivot columns but not behind them (an
    inconsistent equation) are kept at the end. Two row spaces of consistent systems are equal
    exactly if their forms are.

    >>> reduced_echelon([(2, 4, 6), (1, 1, 1)], num_pivots=2) == ((1, 0, -1), (0, 1, 2))
    True
    """
    remaining = [[Fraction(entry) for entry in row] for row in rows]
    reduced: list[list[Fraction]] = []
    for column in range(num_pivots):
        pivot = next((row for row in remaining if row[column]), None)
        if pivot is None:
            continue
        remaining.remove(pivot)
        scale = pivot[column]
        pivot = [entry / scale for entry in pivot]
        for others in (remaining, reduced):
            for index, row in enumerate(others):
                if factor := row[column]:
                    others[index] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        reduced.append(pivot)
    reduced += [row for row in remaining if any(row)]
    return tuple(tuple(row) for row in reduced)


def rank(rows: Iterable[Sequence[int | Fraction]]) -> int:
    """Rank of a rational matrix.

    >>> rank([(1, 2), (2, 4)]), rank([])
    (1, 0)
    """
    table = [tuple(row) for row in rows]
    if not table:
        return 0
    return len(reduced_echelon(table, len(table[0])))


def is_consistent(rows: Iterable[Sequence[int | Fraction]]) -> bool:
    """Whether the equations (coefficients..., right side) have a common solution.

    >>> is_consistent([(1, 0, 0), (1, 0, 1)]), is_consistent([])
    (False, True)
    """
    table = [tuple(row) for row in rows]
    if not table:
        return True
    width = len(table[0]) - 1
    return all(any(row[:width]) for row in reduced_echelon(table, width))
