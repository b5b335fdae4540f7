"""Rank, determinant and kernel of integer matrices without rounding."""

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


def determinant(rows: Sequence[Sequence[int]]) -> int:
    """Determinant of a square integer matrix, by fraction-free elimination.

    >>> determinant([[1, 2], [3, 4]]), determinant([])
    (-2, 1)
    """
    matrix = [[int(entry) for entry in row] for row in rows]
    sign, previous = 1, 1
    for at in range(len(matrix)):
        pivot = next((i for i in range(at, len(matrix)) if matrix[i][at]), None)
        if pivot is None:
            return 0
        if pivot != at:
            matrix[at], matrix[pivot], sign = matrix[pivot], matrix[at], -sign
        head = matrix[at]
        for i in range(at + 1, len(matrix)):
            row = matrix[i]
            matrix[i] = [
                (head[at] * row[j] - row[at] * head[j]) // previous for j in range(len(matrix))
            ]
        previous = head[at]
    return sign * previous


def null_vector(rows: Sequence[Sequence[int]]) -> list[int]:
    """Integers (m + 1,) orthogonal to m independent rows of that length: their minors.

    Zero if the rows are dependent.

    >>> null_vector([[1, 0, -2], [0, 1, -3]])
    [2, 3, 1]
    """
    minors = []
    for left_out in range(len(rows) + 1):
        minor = determinant([[*row[:left_out], *row[left_out + 1 :]] for row in rows])
        minors.append(minor if left_out % 2 == 0 else -minor)
    return minors
