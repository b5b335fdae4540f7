"""The characteristic polynomial of an arrangement, by three independent ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from linreg_lib.errors import WorkLimitError
from linreg_lib.extras import needs_extra
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_flag, checked_kind
from linreg_lib.theory.arrangements.arrangement import Arrangement, EquationRow, checked_rows
from linreg_lib.theory.arrangements.flats import intersection_poset
from linreg_lib.theory.linear_algebra.elimination import Row, reduced_echelon

if TYPE_CHECKING:
    from sympy import Poly

Method = Literal["flats", "whitney", "deletion-restriction"]


def coefficients_by_flats(arrangement: Arrangement) -> tuple[int, ...]:
    """Coefficients of t^0, ..., t^n of chi(t) = sum over flats X of mu(X) t^dim(X)."""
    poset = intersection_poset(arrangement)
    coefficients = [0] * (arrangement.dimension + 1)
    for flat, value in zip(poset.flats, poset.moebius, strict=True):
        coefficients[arrangement.dimension - flat.codimension] += value
    return tuple(coefficients)


def central_subsets_by_size_and_rank(
    rows: Sequence[EquationRow],
    dimension: int,
    max_subsets: int = 500_000,
    *,
    repeats_count: bool = True,
) -> dict[tuple[int, int], int]:
    """How many subsets of the listed hyperplanes are central, by (size, rank).

    The empty subset is central of size 0 and rank 0. A list with repetitions is taken as it is:
    repeated rows are different members. With ``repeats_count=False`` the size of a subset is the
    number of different rows in it.

    Raises:
        WorkLimitError: more than ``max_subsets`` subsets.

    >>> central_subsets_by_size_and_rank([(1, 0), (1, 1)], 1)     # two points of a line
    {(0, 0): 1, (1, 1): 2}
    """
    rows = checked_rows(rows, checked_count("dimension", dimension, least=0))
    max_subsets = checked_count("max_subsets", max_subsets)
    checked_flag("repeats_count", repeats_count)
    counts: dict[tuple[int, int], int] = {}
    stack: list[tuple[tuple[int, ...], tuple[Row, ...]]] = [((), ())]
    visited = 0
    while stack:
        chosen, equations = stack.pop()
        size = len(chosen) if repeats_count else len({rows[index] for index in chosen})
        key = (size, len(equations))
        counts[key] = counts.get(key, 0) + 1
        visited += 1
        if visited > max_subsets:
            raise WorkLimitError(
                f"more than {max_subsets} central subsets of {len(rows)} hyperplanes;"
                ' use method="flats"'
            )
        for index in range(chosen[-1] + 1 if chosen else 0, len(rows)):
            meet = reduced_echelon((*equations, rows[index]), dimension)
            # Supersets of a set without common point have none either.
            if any(meet[-1][:-1]):
                stack.append(((*chosen, index), meet))
    return dict(sorted(counts.items()))


def whitney_sum(
    rows: Sequence[EquationRow],
    dimension: int,
    *,
    include_empty: bool = True,
    repeats_count: bool = True,
) -> int:
    """The sum of (-1)^(#B - rank B) over the central subsets B (F23, Lemma 5).

    The sum runs over subsets of a list, so that repetitions can be tried; without the empty
    subset it is one less. ``repeats_count=False`` lets # count different hyperplanes only, though
    the sum runs over the list: then it is wrong as soon as a hyperplane is repeated.

    >>> whitney_sum([(1, 0), (1, 1)], 1)
    3
    >>> whitney_sum([], 1), whitney_sum([], 1, include_empty=False)
    (1, 0)
    >>> point_twice = [(1, 0), (1, 0)]
    >>> whitney_sum(point_twice, 1), whitney_sum(point_twice, 1, repeats_count=False)
    (2, 4)
    """
    checked_flag("include_empty", include_empty)
    counts = central_subsets_by_size_and_rank(rows, dimension, repeats_count=repeats_count)
    return sum(
        (-1) ** (size - rank) * count
        for (size, rank), count in counts.items()
        if include_empty or size
    )


def coefficients_by_whitney(arrangement: Arrangement) -> tuple[int, ...]:
    """Coefficients of chi(t) = sum over central B of (-1)^#B t^(n - rank B) (Whitney)."""
    coefficients = [0] * (arrangement.dimension + 1)
    counts = central_subsets_by_size_and_rank(arrangement.rows, arrangement.dimension)
    for (size, rank), count in counts.items():
        coefficients[arrangement.dimension - rank] += (-1) ** size * count
    return tuple(coefficients)


def coefficients_by_deletion(arrangement: Arrangement) -> tuple[int, ...]:
    """Coefficients by chi(A) = chi(A without H) - chi(A restricted to H), chi(empty) = t^n."""
    if len(arrangement) == 0:
        return (0,) * arrangement.dimension + (1,)
    last = len(arrangement) - 1
    deleted = coefficients_by_deletion(arrangement.without(last))
    restricted = coefficients_by_deletion(arrangement.restricted_to(last))
    return tuple(a - b for a, b in zip(deleted, (*restricted, 0), strict=True))


_METHODS = {
    "flats": coefficients_by_flats,
    "whitney": coefficients_by_whitney,
    "deletion-restriction": coefficients_by_deletion,
}


def _coefficients(arrangement: Arrangement, method: str) -> tuple[int, ...]:
    checked_kind("arrangement", arrangement, Arrangement, "an Arrangement")
    checked_choice("method", method, _METHODS)
    return _METHODS[method](arrangement)


def characteristic_polynomial(arrangement: Arrangement, method: Method = "flats") -> Poly:
    """chi(t) as a sympy ``Poly`` with integer coefficients.

    ``method``: ``"flats"`` (Möbius function of the intersection poset), ``"whitney"`` (alternating
    sum over central subarrangements; 2^m terms) or ``"deletion-restriction"``. They share no step
    but exact elimination.

    >>> pencil = Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 0])
    >>> characteristic_polynomial(pencil).as_expr()
    t**2 - 3*t + 2

    Source: R. Stanley, An introduction to hyperplane arrangements, lectures 1 and 2.
    """
    with needs_extra("a polynomial"):
        from sympy import Poly, symbols

    return Poly(list(reversed(_coefficients(arrangement, method))), symbols("t"))


def num_regions(arrangement: Arrangement, method: Method = "flats") -> int:
    """Number of regions, (-1)^n chi(-1) (Zaslavsky's theorem).

    >>> num_regions(Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 1]))
    7
    """
    coefficients = _coefficients(arrangement, method)
    return sum(
        (-1) ** (arrangement.dimension + power) * value for power, value in enumerate(coefficients)
    )


def num_bounded_regions(arrangement: Arrangement, method: Method = "flats") -> int:
    """Number of relatively bounded regions, (-1)^rank chi(1).

    Relatively bounded: bounded after dividing out the directions along which every hyperplane is
    constant. In an arrangement whose normals do not span R^n no region is bounded outright.

    >>> num_bounded_regions(Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 1]))
    1
    """
    coefficients = _coefficients(arrangement, method)
    return (-1) ** arrangement.rank * sum(coefficients)
