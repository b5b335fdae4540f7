"""Finite arrangements of hyperplanes with rational coefficients."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from linreg_lib.locked import kept_answer
from linreg_lib.networks.arguments import checked_count, checked_counts, checked_index, checked_list
from linreg_lib.theory.linear_algebra.elimination import is_consistent, rank

EquationRow = tuple[int, ...]


def exact_rational(value: Any) -> Fraction:
    """``value`` as a fraction: integers (NumPy's too), fractions, sympy rationals, "p/q".

    Floats are refused, since 0.1 is not the number that was meant; write ``Fraction(x)`` for the
    exact value of a float.

    Raises:
        TypeError: a float, a truth value, or another thing that is no rational number.
        ValueError: a string that is not "p/q", or q = 0.

    >>> exact_rational("1/3")
    Fraction(1, 3)
    """
    if isinstance(value, numbers.Rational | str) and not isinstance(value, bool):
        try:
            return Fraction(value)
        except ZeroDivisionError:
            raise ValueError(f"{value!r} has the denominator 0") from None
    if not isinstance(value, bool | np.bool_) and hasattr(value, "__index__"):
        return Fraction(int(value))
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))
    raise TypeError(
        f"{value!r} is not an exact rational number; use integers, Fraction or sympy.Rational"
        " (Fraction(x) is the exact value of a float x)"
    )


def primitive_row(coefficients: Sequence[Any], offset: Any) -> EquationRow:
    """The hyperplane a.x = b as coprime integers (a_1, ..., a_n, b), first non-zero a_i > 0.

    Raises:
        ValueError: a normal that is zero.

    >>> primitive_row(["1/2", "-1/3"], 1)
    (3, -2, 6)
    """
    entries = [exact_rational(entry) for entry in (*coefficients, offset)]
    scale = math.lcm(*(entry.denominator for entry in entries))
    integers = [int(entry * scale) for entry in entries]
    lead = next((entry for entry in integers[:-1] if entry), 0)
    if lead == 0:
        raise ValueError("the normal is zero: 0.x = b is not a hyperplane")
    divisor = math.gcd(*integers) * (1 if lead > 0 else -1)
    return tuple(entry // divisor for entry in integers)


class Arrangement:
    """A finite set of hyperplanes a.x = b in R^n, exact.

    ``normals`` are m vectors of n rational numbers, ``offsets`` m rational numbers. Rows that
    describe the same hyperplane (proportional ones) are one hyperplane; ``groups`` remembers which
    given rows each hyperplane came from. Hyperplanes keep the order of their first row. The
    empty arrangement needs ``dimension``.

    Raises:
        ValueError: a zero normal (with its index), lengths that do not fit, or no hyperplane
            and no ``dimension``.
        TypeError: an entry that is no exact rational number, such as a float.

    >>> lines = Arrangement([(1, 0), (0, 1), (2, 0)], [0, 0, 0])
    >>> lines.num_hyperplanes, lines.groups, lines.rank, lines.is_central
    (2, ((0, 2), (1,)), 2, True)

    Source: F23, section VI.A; R. Stanley, An introduction to hyperplane arrangements, lecture 1.
    """

    __slots__ = ("__dict__", "dimension", "groups", "rows")

    dimension: int
    rows: tuple[EquationRow, ...]
    groups: tuple[tuple[int, ...], ...]

    def __init__(
        self,
        normals: Iterable[Sequence[Any]],
        offsets: Iterable[Any],
        dimension: int | None = None,
    ) -> None:
        normals = [
            checked_list(f"normals[{i}]", normal, "rational numbers")
            for i, normal in enumerate(checked_list("normals", normals, "vectors"))
        ]
        offsets = checked_list("offsets", offsets, "rational numbers")
        if len(normals) != len(offsets):
            raise ValueError(f"{len(normals)} normals but {len(offsets)} offsets")
        if dimension is None:
            if not normals:
                raise ValueError(
                    "the empty arrangement needs its dimension: Arrangement([], [], 2)"
                )
            dimension = len(normals[0])
        dimension = checked_count("dimension", dimension, least=0)
        found: dict[EquationRow, list[int]] = {}
        for index, (normal, offset) in enumerate(zip(normals, offsets, strict=True)):
            if len(normal) != dimension:
                raise ValueError(
                    f"normal {index} has {len(normal)} entries, the dimension is {dimension}"
                )
            try:
                row = primitive_row(normal, offset)
            except (ValueError, TypeError) as error:
                where = f"hyperplane {index} (normals[{index}], offsets[{index}])"
                raise type(error)(f"{where}: {error}") from None
            found.setdefault(row, []).append(index)
        object.__setattr__(self, "dimension", dimension)
        object.__setattr__(self, "rows", tuple(found))
        object.__setattr__(self, "groups", tuple(tuple(group) for group in found.values()))

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self.dimension, self.rows, self.groups)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an Arrangement is frozen; cannot set {name!r}")

    def __eq__(self, other: object) -> bool:
        """Equality as sets of hyperplanes of the same space."""
        if not isinstance(other, Arrangement):
            return NotImplemented
        return self.dimension == other.dimension and set(self.rows) == set(other.rows)

    def __hash__(self) -> int:
        return hash((self.dimension, frozenset(self.rows)))

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Arrangement({self.num_hyperplanes} hyperplanes in R^{self.dimension})"

    @property
    def num_hyperplanes(self) -> int:
        """Number m of different hyperplanes."""
        return len(self.rows)

    @property
    def num_given(self) -> int:
        """Number of rows given, repetitions included."""
        return sum(len(group) for group in self.groups)

    @property
    def normals(self) -> tuple[EquationRow, ...]:
        """Integer normals, one a hyperplane."""
        return tuple(row[:-1] for row in self.rows)

    @property
    def offsets(self) -> tuple[int, ...]:
        """Integer offsets, one a hyperplane."""
        return tuple(row[-1] for row in self.rows)

    @kept_answer
    def rank(self) -> int:
        """Dimension of the span of the normals (0 for the empty arrangement)."""
        return rank(self.normals)

    @kept_answer
    def is_central(self) -> bool:
        """Whether all hyperplanes have a common point.

        The empty arrangement is central: the intersection of no hyperplanes is all of R^n.
        """
        return is_consistent(self.rows)

    @kept_answer
    def is_essential(self) -> bool:
        """Whether the normals span R^n (then bounded regions are bounded in R^n)."""
        return self.rank == self.dimension

    @kept_answer
    def is_in_general_position(self) -> bool:
        """Every k <= n hyperplanes meet in a flat of codimension k, and no n + 1 of them meet.

        This is about the *different* hyperplanes; see ``rows_in_general_position`` for lists.
        """
        return rows_in_general_position(self.rows, self.dimension)

    def subarrangement(self, indices: Iterable[int]) -> Arrangement:
        """The arrangement of the hyperplanes with these indices."""
        chosen = checked_counts("indices", indices, least=0, num_least=0)
        rows = [self._row("indices", index) for index in chosen]
        return Arrangement([row[:-1] for row in rows], [row[-1] for row in rows], self.dimension)

    def without(self, index: int) -> Arrangement:
        """Deletion: the arrangement without hyperplane ``index``."""
        self._row("index", index)
        return self.subarrangement(i for i in range(len(self)) if i != index)

    def _row(self, name: str, index: int) -> EquationRow:
        return self.rows[checked_index(name, index, len(self), "hyperplanes")]

    def restricted_to(self, index: int) -> Arrangement:
        """Restriction: what the others cut out on hyperplane ``index``, in R^(n-1).

        The coordinate of the first non-zero entry of its normal is eliminated. Parallel
        hyperplanes leave no trace; hyperplanes with the same trace become one.

        >>> pencil = Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 0])
        >>> pencil.restricted_to(0).rows
        ((1, 0),)
        """
        base = self._row("index", index)
        pivot = next(column for column, entry in enumerate(base) if entry)
        normals, offsets = [], []
        for other, row in enumerate(self.rows):
            if other == index:
                continue
            factor = Fraction(row[pivot], base[pivot])
            trace = [a - factor * b for a, b in zip(row, base, strict=True)]
            del trace[pivot]
            if any(trace[:-1]):
                normals.append(trace[:-1])
                offsets.append(trace[-1])
        return Arrangement(normals, offsets, self.dimension - 1)


def _remade(dimension: int, rows: Any, groups: Any) -> Arrangement:
    made = object.__new__(Arrangement)
    for name, value in (("dimension", dimension), ("rows", rows), ("groups", groups)):
        object.__setattr__(made, name, value)
    return made


def checked_rows(rows: Any, dimension: int) -> list[EquationRow]:
    """A list of hyperplanes (a_1, ..., a_n, b) of integers, repetitions kept."""
    return [
        tuple(checked_counts(f"rows[{i}]", row, least=-(2**63), num_least=dimension + 1))
        for i, row in enumerate(checked_list("rows", rows, "hyperplanes (a_1, ..., a_n, b)"))
    ]


def rows_in_general_position(rows: Sequence[EquationRow], dimension: int) -> bool:
    """General position of a *list* of hyperplanes (a_1, ..., a_n, b), repetitions counted.

    Every k <= n of them meet in a flat of codimension k (for hyperplanes: their normals are
    independent), and no n + 1 of them have a common point. Fewer than n hyperplanes are not
    exempt.

    >>> rows_in_general_position([(1, 0, 0, 0), (1, 0, 0, 1)], 3)   # two parallel planes in R^3
    False
    """
    rows = checked_rows(rows, checked_count("dimension", dimension, least=0))
    size = min(len(rows), dimension)
    if any(rank(row[:-1] for row in chosen) < size for chosen in combinations(rows, size)):
        return False
    return not any(is_consistent(chosen) for chosen in combinations(rows, dimension + 1))
