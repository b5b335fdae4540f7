"""Rank of integer matrices without rounding."""

from __future__ import annotations

from collections.abc import Sequence


def integer_rank(rows: Sequence[Sequence[int]]) -> int:
    """Rank over the rationals, by fraction-free elimination.

    >>> integer_rank([[1, 2], [2, 4], [0, 0]])
    1
    """
    matrix = [[int(entry) for entry in row] for row in rows]
    rank, previous = 0, 1
    num_columns = len(matrix[0]) if matrix else 0
    for column in range(num_columns):
        pivot = next((i for i in range(rank, len(matrix)) if matrix[i][column]), None)
        if pivot is None:
            continue
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        head = matrix[rank]
        for i in range(rank + 1, len(matrix)):
            row = matrix[i]
            matrix[i] = [
                (head[column] * row[j] - row[column] * head[j]) // previous
                for j in range(num_columns)
            ]
        previous = head[column]
        rank += 1
    return rank
