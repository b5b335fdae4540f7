"""Linear inequalities decided exactly, with a certificate for either answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Vector = tuple[Fraction, ...]
Number = int | Fraction


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Either a nonnegative solution or a separating vector, never both (Farkas' lemma).

    For A y = b, y >= 0: ``solution`` is y, or ``separation`` is u with A^T u >= 0 and b.u < 0.
    """

    solution: Vector | None
    separation: Vector | None

    @property
    def is_feasible(self) -> bool:
        """Whether there is a nonnegative solution."""
        return self.solution is not None


def _dot(a: Sequence[Number], b: Sequence[Number]) -> Fraction:
    return sum((Fraction(x) * y for x, y in zip(a, b, strict=True)), Fraction(0))


def nonnegative_solution(
    columns: Sequence[Sequence[Number]], right_side: Sequence[Number]
) -> Alternative:
    """Solve sum_j y_j columns[j] = right_side with y >= 0, or prove that it cannot be done.

    First phase of the simplex method in rational arithmetic, with Bland's rule (it terminates).
    The answer is checked against the definition of ``Alternative`` before it is returned.

    >>> nonnegative_solution([(1, 0), (1, 1)], (3, 1)).solution == (2, 1)
    True
    >>> nonnegative_solution([(1, 0), (1, 1)], (0, 1)).separation is not None
    True
    """
    num_rows, num_columns = len(right_side), len(columns)
    signs = [-1 if entry < 0 else 1 for entry in right_side]
    # Row i: the columns, one artificial unknown a row, the right side (now >= 0).
    table = [
        [Fraction(signs[i] * column[i]) for column in columns]
        + [Fraction(int(i == k)) for k in range(num_rows)]
        + [Fraction(signs[i] * right_side[i])]
        for i in range(num_rows)
    ]
    basis = list(range(num_columns, num_columns + num_rows))
    # Reduced costs of "minimise the sum of the artificial unknowns".
    costs = [-sum((row[j] for row in table), Fraction(0)) for j in range(num_columns)]
    costs += [Fraction(0)] * num_rows
    costs.append(-sum((row[-1] for row in table), Fraction(0)))
    while (enter := next((j for j in range(num_columns) if costs[j] < 0), None)) is not None:
        # The objective is bounded below by 0, so some entry of the column is positive.
        leave = min(
            (i for i in range(num_rows) if table[i][enter] > 0),
            key=lambda i: (table[i][-1] / table[i][enter], basis[i]),
        )
        pivot = table[leave][enter]
        table[leave] = [entry / pivot for entry in table[leave]]
        for i in range(num_rows):
            if i != leave and (factor := table[i][enter]):
                table[i] = [a - factor * b for a, b in zip(table[i], table[leave], strict=True)]
        factor = costs[enter]
        costs = [a - factor * b for a, b in zip(costs, table[leave], strict=True)]
        basis[leave] = enter
    if costs[-1] == 0:
        solution = [Fraction(0)] * num_columns
        for i, index in enumerate(basis):
            if index < num_columns:
                solution[index] = table[i][-1]
        answer = Alternative(solution=tuple(solution), separation=None)
    else:
        # The reduced cost of artificial unknown i is 1 - (its dual price).
        duals = [signs[i] * (costs[num_columns + i] - 1) for i in range(num_rows)]
        answer = Alternative(solution=None, separation=tuple(duals))
    _verify(columns, right_side, answer)
    return answer


def _verify(
    columns: Sequence[Sequence[Number]], right_side: Sequence[Number], answer: Alternative
) -> None:
    if answer.solution is not None:
        y = answer.solution
        sound = all(entry >= 0 for entry in y) and all(
            _dot([column[i] for column in columns], y) == right_side[i]
            for i in range(len(right_side))
        )
    else:
        u = answer.separation or ()
        sound = all(_dot(column, u) >= 0 for column in columns) and _dot(right_side, u) < 0
    if not sound:
        raise AssertionError("the simplex method returned a wrong certificate")


def strictly_positive_point(rows: Sequence[Sequence[Number]], dimension: int) -> Vector | None:
    """A point u with row.u > 0 for every row, or None if there is none (Gordan's theorem).

    Either such a u exists, or some y >= 0, y != 0 has sum_j y_j rows[j] = 0; both are certified.

    >>> strictly_positive_point([(1, 0), (-1, 1)], 2) is not None
    True
    >>> strictly_positive_point([(1, 0), (-1, 0)], 2) is None
    True
    """
    if not rows:
        return (Fraction(0),) * dimension
    # y >= 0, sum y_j rows_j = 0, sum y_j = 1; a separating (u, s) has rows_j.u >= -s > 0.
    answer = nonnegative_solution([(*row, 1) for row in rows], [0] * dimension + [1])
    return None if answer.separation is None else answer.separation[:dimension]


def has_positive_dependence(rows: Sequence[Sequence[Number]], dimension: int) -> bool:
    """Whether some y with all y_j > 0 has sum_j y_j rows[j] = 0.

    By Stiemke's theorem this is so exactly if no d has row.d >= 0 for all rows and > 0 for one.

    >>> has_positive_dependence([(1, 0), (-1, 0)], 2), has_positive_dependence([(1, 0)], 2)
    (True, False)
    """
    # y = 1 + y' with y' >= 0, after scaling.
    totals = [-sum(row[i] for row in rows) for i in range(dimension)]
    return nonnegative_solution(rows, totals).is_feasible
