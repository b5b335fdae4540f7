"""One cell's Delaunay triangulation in exact arithmetic, wrapped simplex by simplex.

Points are lifted to the height |x|^2; the Delaunay simplices are the lower side of the lifted
points' hull.  Where more than d + 1 points share an empty sphere, the heights are lowered by
e_0 >> e_1 >> ..., infinitely small, e_0 at the first point: that is the rule of pulling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from linreg_lib.errors import WorkLimitError

Point = tuple[Fraction, ...]
Simplex = tuple[int, ...]


def delaunay_simplices(
    points: Sequence[Point], flag: Sequence[frozenset[int]], max_simplices: int | None = None
) -> list[Simplex]:
    """All simplices of the Delaunay triangulation of the vertices of a convex polytope.

    ``points`` are in the order of pulling; ``flag`` are the vertices of an edge, of a 2-face that
    holds it, and so on up to all points.  Rows come out ascending and sorted.  ``WorkLimitError``
    beyond ``max_simplices``.

    The unit square, whose corners are on one circle: its diagonal starts at point 0.

    >>> square = [(Fraction(x), Fraction(y)) for x in (0, 1) for y in (0, 1)]
    >>> delaunay_simplices(square, [frozenset({1, 3}), frozenset(range(4))])
    [(0, 1, 3), (0, 2, 3)]
    """
    tableau = _Tableau.of(points)
    for row, corner in enumerate(sorted(flag[0])):
        tableau = tableau.with_corner(corner, row)
    for row, (below, face) in enumerate(zip(flag, flag[1:]), start=2):
        beyond = sorted(face - below)
        # The first one tells the side and the directions; the lowest one takes its place.
        tableau = tableau.with_corner(beyond[0], row)
        apex = tableau.lowest(beyond, row)
        if apex != beyond[0]:
            tableau = tableau.with_corner(apex, row)
    todo = [tableau]
    found = {tuple(sorted(tableau.corners))}
    while todo:
        tableau = todo.pop()
        for row in range(len(tableau.corners)):
            beyond = np.flatnonzero(tableau.entries[row] < 0).tolist()
            if not beyond:
                continue
            apex = tableau.lowest(beyond, row)
            corners = (*tableau.corners[:row], apex, *tableau.corners[row + 1 :])
            neighbour = tuple(sorted(corners))
            if neighbour not in found:
                if max_simplices is not None and len(found) >= max_simplices:
                    raise WorkLimitError(f"more than {max_simplices} simplices")
                found.add(neighbour)
                todo.append(tableau.with_corner(apex, row))
    return sorted(found)


@dataclass(frozen=True, kw_only=True)
class _Tableau:
    """All points in terms of a simplex' corners, in integers.

    Point x has the integer weight ``scales[x]``.  With it, ``entries[j, x] / divisor`` is its
    affine coordinate at ``corners[j]`` (over that corner's weight), and the last row its height
    above the simplex.  While there are fewer corners than rows, this holds in their span.
    """

    entries: np.ndarray
    divisor: int
    corners: Simplex
    scales: list[int]

    @staticmethod
    def of(points: Sequence[Point]) -> _Tableau:
        columns, scales = [], []
        for point in points:
            w = lcm(*(x.denominator for x in point))
            p = [int(x * w) for x in point]
            columns.append([*(x * w for x in p), w * w, sum(x * x for x in p)])
            scales.append(w * w)
        entries = np.array(columns, dtype=object).T
        return _Tableau(entries=entries, divisor=1, corners=(), scales=scales)

    def with_corner(self, corner: int, row: int) -> _Tableau:
        """A point as the corner of a row: one exact step of elimination, divisor positive."""
        entries = self.entries
        if row == len(self.corners):  # a new one: any row in which it is not 0
            pivot = next(i for i in range(row, len(entries) - 1) if entries[i, corner])
            order = np.arange(len(entries))
            order[[row, pivot]] = order[[pivot, row]]
            entries = entries[order]
        divisor = int(entries[row, corner])
        after = entries * divisor - np.outer(entries[:, corner], entries[row])
        after //= self.divisor  # leaves no remainder: all entries are minors of the first ones
        after[row] = entries[row]
        if divisor < 0:
            after, divisor = -after, -divisor
        corners = (*self.corners[:row], corner, *self.corners[row + 1 :])
        return _Tableau(entries=after, divisor=divisor, corners=corners, scales=self.scales)

    def lowest(self, candidates: list[int], row: int) -> int:
        """Which candidate spans, with the corners of the other rows, the lowest simplex.

        The candidates are on one side of the other corners' hyperplane.  A point's height above
        the present simplex over its distance from that hyperplane is the slope of the simplex that
        it spans, up to a constant.
        """
        distance, height = self.entries[row], self.entries[-1]
        slopes = [Fraction(height[x], abs(distance[x])) for x in candidates]
        least = min(slopes)
        tied = [x for x, slope in zip(candidates, slopes) if slope == least]
        if len(tied) == 1:
            return tied[0]
        ridge = {v: j for j, v in enumerate(self.corners) if j != row}
        moved = sorted({*ridge, *tied})

        def lowered(x: int) -> list[Fraction]:
            """What lowering each point in turn does to the slope, the first point before all."""
            changes = [
                self.entries[ridge[v], x] * self.scales[v] if v in ridge else 0 for v in moved
            ]
            changes[moved.index(x)] -= self.scales[x] * self.divisor
            return [Fraction(change, abs(distance[x])) for change in changes]

        return min(tied, key=lowered)
