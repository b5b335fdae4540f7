"""The regions of an arrangement, listed one by one without its characteristic polynomial."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from linreg_lib.errors import WorkLimitError
from linreg_lib.networks.arguments import checked_count, checked_kind
from linreg_lib.theory.arrangements.arrangement import Arrangement, EquationRow
from linreg_lib.theory.linear_algebra.inequalities import (
    Vector,
    has_positive_dependence,
    strictly_positive_point,
)


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region: its side (+1 or -1) of every hyperplane and a rational point inside it.

    ``is_relatively_bounded``: it contains no ray apart from the directions along which the whole
    arrangement is constant. For an essential arrangement this is boundedness.
    """

    signs: tuple[int, ...]
    witness: Vector
    is_relatively_bounded: bool


def _excess(row: EquationRow, point: Vector) -> Fraction:
    return sum((a * x for a, x in zip(row[:-1], point, strict=True)), Fraction(-row[-1]))


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _other_side(
    rows: tuple[EquationRow, ...], signs: tuple[int, ...], dimension: int
) -> Vector | None:
    """A point with the given signs, or None: a.x > b homogenised to a.x - b t > 0, t > 0."""
    cone = [
        tuple(sign * entry for entry in (*row[:-1], -row[-1]))
        for row, sign in zip(rows, signs, strict=True)
    ]
    cone.append((0,) * dimension + (1,))
    point = strictly_positive_point(cone, dimension + 1)
    return None if point is None else tuple(entry / point[-1] for entry in point[:-1])


def _pushed(point: Vector, row: EquationRow, rows: tuple[EquationRow, ...]) -> Vector:
    """A point strictly on the positive side of ``row``, on the same side of all ``rows``."""
    step = Fraction(1)
    for other in rows:
        change = abs(sum(a * b for a, b in zip(other[:-1], row[:-1], strict=True)))
        if change:
            step = min(step, abs(_excess(other, point)) / (2 * change))
    return tuple(x + step * a for x, a in zip(point, row[:-1], strict=True))


def enumerate_regions(arrangement: Arrangement, max_regions: int = 5_000) -> tuple[Region, ...]:
    """All regions, sorted by their signs.

    The hyperplanes are added one at a time. A region that a new hyperplane might cut is tried on
    both sides: the witness shows one of them, an exact linear program finds a witness of the other
    or proves that there is none. Nothing here knows of flats or of chi, so that equality with
    ``num_regions`` is evidence.

    Raises:
        WorkLimitError: more than ``max_regions`` regions.

    >>> lines = Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 1])
    >>> regions = enumerate_regions(lines)
    >>> len(regions), sum(region.is_relatively_bounded for region in regions)
    (7, 1)
    """
    checked_kind("arrangement", arrangement, Arrangement, "an Arrangement")
    max_regions = checked_count("max_regions", max_regions)
    dimension = arrangement.dimension
    found: dict[tuple[int, ...], Vector] = {(): (Fraction(0),) * dimension}
    for index, row in enumerate(arrangement.rows):
        earlier = arrangement.rows[:index]
        opposite = tuple(-entry for entry in row)
        cut: dict[tuple[int, ...], Vector] = {}
        for signs, witness in found.items():
            side = _sign(_excess(row, witness))
            if side == 0:
                cut[(*signs, 1)] = _pushed(witness, row, earlier)
                cut[(*signs, -1)] = _pushed(witness, opposite, earlier)
                continue
            cut[(*signs, side)] = witness
            beyond = _other_side(arrangement.rows[: index + 1], (*signs, -side), dimension)
            if beyond is not None:
                cut[(*signs, -side)] = beyond
        found = cut
        if len(found) > max_regions:
            raise WorkLimitError(
                f"more than {max_regions} regions after {index + 1} hyperplanes;"
                " raise max_regions or take fewer hyperplanes"
            )
    return tuple(
        Region(
            signs=signs,
            witness=witness,
            is_relatively_bounded=has_positive_dependence(
                [
                    tuple(sign * entry for entry in row[:-1])
                    for row, sign in zip(arrangement.rows, signs, strict=True)
                ],
                dimension,
            ),
        )
        for signs, witness in sorted(found.items())
    )
