"""Exhaustive searches, over small integers, for the smallest failures of F23's Lemmas 1, 5, 6."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, product
from typing import Literal

from linreg_lib.theory.arrangements.arrangement import (
    Arrangement,
    EquationRow,
    primitive_row,
    rows_in_general_position,
)
from linreg_lib.theory.arrangements.characteristic import num_regions, whitney_sum
from linreg_lib.theory.arrangements.closed_counts import central_count, zaslavsky_bound
from linreg_lib.theory.linear_algebra.elimination import is_consistent, rank

Rows = tuple[EquationRow, ...]
Reading = Callable[[Rows, int], bool]
Order = Literal["dimension", "hyperplanes"]


def any_n_normals_independent(rows: Rows, dimension: int) -> bool:
    """Any n normals are independent; says nothing about fewer than n hyperplanes."""
    return all(
        rank(row[:-1] for row in chosen) == dimension for chosen in combinations(rows, dimension)
    )


def at_least_n_any_n_independent(rows: Rows, dimension: int) -> bool:
    """There are n normals or more, and any n of them are independent."""
    return len(rows) >= dimension and any_n_normals_independent(rows, dimension)


def any_few_normals_independent(rows: Rows, dimension: int) -> bool:
    """Any min(m, n) normals are independent."""
    size = min(len(rows), dimension)
    return all(rank(row[:-1] for row in chosen) == size for chosen in combinations(rows, size))


def no_n_plus_1_concurrent(rows: Rows, dimension: int) -> bool:
    """No n + 1 of them have a common point."""
    return not any(is_consistent(chosen) for chosen in combinations(rows, dimension + 1))


def every_n_meet_in_one_point(rows: Rows, dimension: int) -> bool:
    """Every n of them meet in exactly one point and no n + 1 have a common point."""
    return any_n_normals_independent(rows, dimension) and no_n_plus_1_concurrent(rows, dimension)


GENERAL_POSITION_READINGS: dict[str, Reading] = {
    "every k <= n meet in codimension k, no n+1 meet": rows_in_general_position,
    "any n normals independent": any_n_normals_independent,
    "no n+1 through one point": no_n_plus_1_concurrent,
    "every n meet in one point, no n+1 do": every_n_meet_in_one_point,
}

LEMMA_6_HYPOTHESES: dict[str, Reading] = {
    "any n normals independent": any_n_normals_independent,
    "m >= n, any n normals independent": at_least_n_any_n_independent,
    "any min(m, n) normals independent": any_few_normals_independent,
}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A list of hyperplanes (a_1, ..., a_n, b), a.x = b, for which a statement is wrong."""

    dimension: int
    rows: Rows
    predicted: int
    counted: int

    @property
    def num_hyperplanes(self) -> int:
        """Length of the list, repetitions counted."""
        return len(self.rows)

    @property
    def arrangement(self) -> Arrangement:
        """The hyperplanes as a set."""
        return _as_arrangement(self.rows, self.dimension)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Outcome of an exhaustive search: how many lists were tried, and the first failure if any."""

    num_tried: int
    failure: Failure | None


def integer_hyperplanes(dimension: int, max_entry: int, *, central: bool = False) -> Rows:
    """All hyperplanes with coprime integer entries of size at most ``max_entry``, small ones first.

    >>> integer_hyperplanes(1, 1)
    ((1, 0), (1, -1), (1, 1))
    """
    entries = range(-max_entry, max_entry + 1)
    offsets = (0,) if central else entries
    found = {
        primitive_row(normal, offset)
        for normal in product(entries, repeat=dimension)
        if any(normal)
        for offset in offsets
    }
    return tuple(sorted(found, key=lambda row: (sum(map(abs, row)), row)))


def _lists(
    max_hyperplanes: int,
    max_dimension: int,
    max_entry: int,
    order: Order,
    *,
    central: bool,
    repeats: bool,
) -> Iterator[tuple[int, Rows]]:
    sizes = list(product(range(1, max_dimension + 1), range(max_hyperplanes + 1)))
    if order == "hyperplanes":
        sizes.sort(key=lambda size: (size[1], size[0]))
    elif order != "dimension":
        raise ValueError(f'order must be "dimension" or "hyperplanes", got {order!r}')
    choose = combinations_with_replacement if repeats else combinations
    for dimension, count in sizes:
        for rows in choose(integer_hyperplanes(dimension, max_entry, central=central), count):
            yield dimension, rows


def _as_arrangement(rows: Rows, dimension: int) -> Arrangement:
    return Arrangement([row[:-1] for row in rows], [row[-1] for row in rows], dimension)


def _first_failure(
    lists: Iterator[tuple[int, Rows]], compare: Callable[[Rows, int], tuple[int, int] | None]
) -> Search:
    """``compare`` returns (predicted, counted), or None where the statement says nothing."""
    tried = 0
    for dimension, rows in lists:
        numbers = compare(rows, dimension)
        if numbers is None:
            continue
        tried += 1
        if numbers[0] != numbers[1]:
            failure = Failure(
                dimension=dimension, rows=rows, predicted=numbers[0], counted=numbers[1]
            )
            return Search(num_tried=tried, failure=failure)
    return Search(num_tried=tried, failure=None)


def search_lemma_1(
    reading: str,
    *,
    direction: Literal["bound", "if", "only if"] = "if",
    max_hyperplanes: int = 3,
    max_dimension: int = 2,
    max_entry: int = 1,
    repeats: bool = False,
    order: Order = "dimension",
) -> Search:
    """Look for a failure of "r(A) = sum_{i<=n} binom(m, i) iff A is in general position".

    ``reading`` is a key of ``GENERAL_POSITION_READINGS``. ``direction="if"``: lists in general
    position (so read) must reach the bound; ``"only if"``: lists that reach it must be in general
    position (a failure then shows predicted 1, counted 0); ``"bound"``: no list may exceed it.
    With ``repeats`` a hyperplane may be listed twice and m counts it twice. ``order`` says what
    "smallest" means: lowest dimension first, or fewest hyperplanes first.

    >>> search_lemma_1("any n normals independent").failure.rows   # three lines through a point
    ((0, 1, 0), (1, 0, 0), (1, -1, 0))
    """
    is_generic = GENERAL_POSITION_READINGS[reading]

    def compare(rows: Rows, dimension: int) -> tuple[int, int] | None:
        bound = zaslavsky_bound(len(rows), dimension)
        if direction == "bound":
            count = num_regions(_as_arrangement(rows, dimension))
            return min(bound, count), count
        if direction == "if":
            if not is_generic(rows, dimension):
                return None
            return bound, num_regions(_as_arrangement(rows, dimension))
        if num_regions(_as_arrangement(rows, dimension)) != bound:
            return None
        return 1, int(is_generic(rows, dimension))

    lists = _lists(max_hyperplanes, max_dimension, max_entry, order, central=False, repeats=repeats)
    return _first_failure(lists, compare)


def search_lemma_5(
    *,
    include_empty: bool = True,
    max_hyperplanes: int = 3,
    max_dimension: int = 2,
    max_entry: int = 1,
    repeats: bool = False,
    order: Order = "dimension",
) -> Search:
    """Look for a failure of Whitney's sum, with or without the empty subarrangement.

    With ``repeats`` a hyperplane may be listed twice; subsets, # and rank are then those of lists.

    >>> search_lemma_5(include_empty=False).failure.counted         # no hyperplane at all
    1
    """

    def compare(rows: Rows, dimension: int) -> tuple[int, int]:
        predicted = whitney_sum(rows, dimension, include_empty=include_empty)
        # Deletion-restriction: a count that does not go through Whitney's sum.
        return predicted, num_regions(_as_arrangement(rows, dimension), "deletion-restriction")

    lists = _lists(max_hyperplanes, max_dimension, max_entry, order, central=False, repeats=repeats)
    return _first_failure(lists, compare)


def search_lemma_6(
    hypothesis: str,
    *,
    max_hyperplanes: int = 3,
    max_dimension: int = 4,
    max_entry: int = 1,
    repeats: bool = False,
    order: Order = "dimension",
) -> Search:
    """Look for a failure of Lemma 6 (m >= 1 hyperplanes through the origin).

    ``hypothesis`` is a key of ``LEMMA_6_HYPOTHESES``. To the letter, "any n normal vectors" asks
    nothing of fewer than n hyperplanes:

    >>> search_lemma_6("any n normals independent").failure.num_hyperplanes
    3
    """
    is_generic = LEMMA_6_HYPOTHESES[hypothesis]

    def compare(rows: Rows, dimension: int) -> tuple[int, int] | None:
        if not rows or not is_generic(rows, dimension):
            return None
        predicted = central_count(len(rows), dimension)
        return predicted, num_regions(_as_arrangement(rows, dimension))

    lists = _lists(max_hyperplanes, max_dimension, max_entry, order, central=True, repeats=repeats)
    return _first_failure(lists, compare)
