"""The same arrangements counted in every way that theory knows, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from linreg_lib.locked import Locked, kept_answer
from linreg_lib.theory.arrangements.arrangement import Arrangement
from linreg_lib.theory.arrangements.characteristic import (
    Method,
    characteristic_polynomial,
    num_bounded_regions,
    whitney_sum,
)
from linreg_lib.theory.arrangements.closed_counts import zaslavsky_bound
from linreg_lib.theory.arrangements.enclosing_cube import enclosing_half_width
from linreg_lib.theory.arrangements.region_enumeration import Region, enumerate_regions


@dataclass(frozen=True, kw_only=True, repr=False)
class ArrangementSurvey(Locked):
    """Counts for each of ``arrangements``, in their order; each array has shape (number,).

    Properties that begin with ``listed`` come from regions listed one by one with certificates
    (``enumerate_regions``) and know nothing of flats, subsets or polynomials.

    >>> lines = Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 1])
    >>> survey = ArrangementSurvey(arrangements=(lines,))
    >>> survey.listed.tolist(), survey.whitney_sums.tolist(), survey.listed_bounded.tolist()
    ([7], [7], [1])
    """

    arrangements: tuple[Arrangement, ...]

    @kept_answer
    def listed(self) -> np.ndarray:
        """Number of regions."""
        return _locked(len(regions) for regions in self._regions)

    @kept_answer
    def listed_bounded(self) -> np.ndarray:
        """Number of relatively bounded regions."""
        return _locked(
            sum(region.is_relatively_bounded for region in regions) for regions in self._regions
        )

    @kept_answer
    def listed_by_deletion(self) -> np.ndarray:
        """r(A without H) + r(A restricted to H), H the first hyperplane, if there is one."""
        return _locked(
            len(enumerate_regions(each.without(0))) + len(enumerate_regions(each.restricted_to(0)))
            if len(each)
            else 1
            for each in self.arrangements
        )

    @kept_answer
    def _regions(self) -> list[tuple[Region, ...]]:
        return [enumerate_regions(each) for each in self.arrangements]

    def polynomials(self, method: Method) -> list[str]:
        """The characteristic polynomials by one method, written out."""
        return [
            str(characteristic_polynomial(each, method).as_expr()) for each in self.arrangements
        ]

    @kept_answer
    def whitney_sums(self) -> np.ndarray:
        """Whitney's sum over central subsets."""
        return _locked(whitney_sum(each.rows, each.dimension) for each in self.arrangements)

    @kept_answer
    def bounded(self) -> np.ndarray:
        """Number of relatively bounded regions by Zaslavsky's theorem."""
        return _locked(num_bounded_regions(each) for each in self.arrangements)

    @kept_answer
    def bounds(self) -> np.ndarray:
        """Zaslavsky's bound Z(m, n)."""
        return _locked(zaslavsky_bound(len(each), each.dimension) for each in self.arrangements)

    @kept_answer
    def half_widths(self) -> np.ndarray:
        """Half width of a cube that meets every region."""
        return _locked(enclosing_half_width(each) for each in self.arrangements)

    @kept_answer
    def is_generic(self) -> np.ndarray:
        """Which of them are in general position, bool."""
        return _locked(each.is_in_general_position for each in self.arrangements)

    @kept_answer
    def is_essential(self) -> np.ndarray:
        """For which of them the normals span R^n, bool."""
        return _locked(each.is_essential for each in self.arrangements)

    @kept_answer
    def maximal_traces_generic(self) -> np.ndarray:
        """One bool for each hyperplane H of each arrangement (n >= 2) that reaches the bound.

        True if the others leave different traces on H, all of them, in general position.
        """
        return _locked(
            len(trace) == len(each) - 1 and trace.is_in_general_position
            for each, count, bound in zip(self.arrangements, self.listed, self.bounds, strict=True)
            if count == bound and each.dimension > 1
            for trace in map(each.restricted_to, range(len(each)))
        )


def _locked(values: Iterable[int]) -> np.ndarray:
    array = np.array(list(values))
    array.setflags(write=False)
    return array
