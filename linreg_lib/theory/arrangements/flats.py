"""The intersection poset of an arrangement and its Möbius function."""

from __future__ import annotations

from dataclasses import dataclass

from linreg_lib.errors import WorkLimitError
from linreg_lib.locked import kept_answer
from linreg_lib.networks.arguments import checked_count, checked_kind
from linreg_lib.short_repr import ShortRepr
from linreg_lib.theory.arrangements.arrangement import Arrangement
from linreg_lib.theory.linear_algebra.elimination import Row, reduced_echelon


@dataclass(frozen=True, kw_only=True, repr=False)
class Flat(ShortRepr):
    """A non-empty intersection of hyperplanes: its equations, codimension and members."""

    equations: tuple[Row, ...]
    hyperplanes: frozenset[int]

    @property
    def codimension(self) -> int:
        """Number of independent equations."""
        return len(self.equations)


@dataclass(frozen=True, kw_only=True, repr=False)
class IntersectionPoset(ShortRepr):
    """All flats, the whole space first, ordered by codimension; X <= Y means that X contains Y."""

    dimension: int
    flats: tuple[Flat, ...]

    @property
    def num_flats(self) -> int:
        """Number of flats, the whole space included."""
        return len(self.flats)

    @kept_answer
    def num_by_codimension(self) -> tuple[int, ...]:
        """Number of flats of codimension 0, 1, ..., n."""
        counts = [0] * (self.dimension + 1)
        for flat in self.flats:
            counts[flat.codimension] += 1
        return tuple(counts)

    @kept_answer
    def moebius(self) -> tuple[int, ...]:
        """mu(V, X) for each flat X: 1 for V, else minus the sum over the flats strictly above.

        Three concurrent lines: 1 for the plane, -1 for each line, 2 for their point.
        """
        values: list[int] = []
        for index, flat in enumerate(self.flats):
            above = (
                values[other]
                for other in range(index)
                if self.flats[other].hyperplanes < flat.hyperplanes
            )
            values.append(1 if index == 0 else -sum(above))
        return tuple(values)


def intersection_poset(arrangement: Arrangement, max_flats: int = 20_000) -> IntersectionPoset:
    """All non-empty intersections of the arrangement's hyperplanes, exact.

    Raises:
        WorkLimitError: more than ``max_flats`` flats.

    >>> pencil = Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 0])
    >>> poset = intersection_poset(pencil)
    >>> poset.num_by_codimension, poset.moebius
    ((1, 3, 1), (1, -1, -1, -1, 2))
    """
    checked_kind("arrangement", arrangement, Arrangement, "an Arrangement")
    max_flats = checked_count("max_flats", max_flats)
    found: dict[tuple[Row, ...], set[int]] = {(): set()}
    for index, row in enumerate(arrangement.rows):
        for equations in list(found):
            meet = reduced_echelon((*equations, row), arrangement.dimension)
            if meet and not any(meet[-1][:-1]):
                continue
            found.setdefault(meet, set()).update(found[equations] | {index})
            if len(found) > max_flats:
                raise WorkLimitError(
                    f"more than {max_flats} flats after {index + 1} hyperplanes;"
                    " raise max_flats or take fewer hyperplanes"
                )
    flats = [Flat(equations=key, hyperplanes=frozenset(value)) for key, value in found.items()]
    flats.sort(key=lambda flat: (flat.codimension, sorted(flat.hyperplanes)))
    return IntersectionPoset(dimension=arrangement.dimension, flats=tuple(flats))
