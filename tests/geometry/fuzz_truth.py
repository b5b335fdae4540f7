"""What is right for a case of the fuzz: the oracle on its domain, and every answer asked of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

import linreg_lib as lr
from tests.geometry.fuzz_faces import Faces
from tests.geometry.fuzz_networks import Case
from tests.geometry.fuzz_oracle import (
    Body,
    Ints,
    Oracle,
    cube,
    cut_out,
    hull_rows,
    offsets_of,
    row_of,
    units_of,
)

SMALLEST, LARGEST = Fraction(2) ** -1022, Fraction(2) ** 1023
#: numbers up to here leave room for the sums and products of an error bound
_ROOM = Fraction(2) ** 900


def domain_in_numbers(case: Case) -> tuple[list[list[Fraction]], Body | None, Fraction]:
    """Frame rows, the parameters' range (None: all), and length of the parameter's unit (d = 1)."""
    domain, given = case.domain, case.given
    num = domain.input_dim
    unit = [[Fraction(int(i == j)) for j in range(num + 1)] for i in range(num)]
    if isinstance(domain, lr.Box):
        return unit, cube(fractions_of(given["low"]), fractions_of(given["high"])), Fraction(1)
    if isinstance(domain, lr.Space):
        return unit, None, Fraction(1)
    if isinstance(domain, lr.Polytope):
        if "vertices" in given:
            points = [fractions_of(p) for p in given["vertices"]]
            rows = hull_rows(points)
            reach = 2 + 2 * max(abs(x) for p in points for x in p)
        else:
            both = zip(given["normals"], given["limits"], strict=True)
            rows = [row_of([*(-x for x in fractions_of(a)), Fraction(b)]) for a, b in both]
            reach = Fraction(10**6)
        return unit, cut_out(rows, reach), Fraction(1)
    if isinstance(domain, lr.Segment):
        start, end = fractions_of(given["start"]), fractions_of(given["end"])
        frame = [[b - a, a] for a, b in zip(start, end, strict=True)]
        return frame, cube([Fraction(0)], [Fraction(1)]), Fraction(domain.length)
    origin, basis = fractions_of(domain.origin), [fractions_of(row) for row in domain.basis]
    frame = [[*(row[i] for row in basis), origin[i]] for i in range(num)]
    if isinstance(domain, lr.Line):
        return frame, None, Fraction(1)
    half = Fraction(domain.half_width)
    return frame, cube([-half] * 2, [half] * 2), Fraction(1)


def fractions_of(values: Any) -> list[Fraction]:
    return [Fraction(float(v)) for v in values]


class Truth:
    """All that the oracle knows of a case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        frame, body, self.unit = domain_in_numbers(case)
        self.oracle = Oracle(case.layers, frame, body)
        self.dim = self.oracle.dim
        self.decided = self.oracle.decided() if case.network.output_dim > 1 else None
        oracle = self.oracle
        self.cells = oracle.cells
        bounded = oracle.is_bounded
        bodies = [cell.body for cell in self.cells]
        self.faces = Faces(bodies, self.dim, oracle.num_walls, bounded)
        self.decided_faces = None
        if self.decided is not None:
            bodies = [each[2] for each in self.decided]
            self.decided_faces = Faces(bodies, self.dim, oracle.num_walls, bounded)

    def jumps(self) -> set[int]:
        cells = self.cells
        return {f for f, a, b in self.faces.inner_facets() if cells[a].maps != cells[b].maps}

    def linear_labels(self) -> list[int]:
        parent = list(range(len(self.cells)))

        def root(i: int) -> int:
            while parent[i] != i:
                i = parent[i]
            return i

        for _, a, b in self.faces.inner_facets():
            if self.cells[a].maps == self.cells[b].maps:
                parent[max(root(a), root(b))] = min(root(a), root(b))
        seen: dict[int, int] = {}
        return [seen.setdefault(root(i), len(seen)) for i in range(len(parent))]

    def volume(self, faces: Faces, face: int, k: int) -> Fraction | None:
        found = faces.volume(face, k)
        return found if found is None or k == 0 else found * self.unit**k

    def total(self, faces: Faces, chosen: list[int], k: int) -> Fraction | None:
        found = [self.volume(faces, face, k) for face in chosen]
        if any(each is None for each in found):
            return None
        return sum((each for each in found if each is not None), Fraction(0))

    def may_overflow(self) -> bool:
        """Whether a number on the way is so large that the library may say OverflowError."""
        oracle = self.oracle
        places = [
            p
            for faces in (self.faces, self.decided_faces)
            if faces is not None
            for p in faces.finite_vertices()
        ]
        reach = [
            max((abs(Fraction(p[i], p[-1])) for p in places), default=Fraction(0))
            for i in range(self.dim)
        ]
        if not oracle.is_bounded:
            rows = {row for cell in self.cells for row in cell.body.rows[oracle.num_walls :]}
            if self.decided is not None:
                rows |= self._rows_of_outputs()
            far = [Fraction(abs(row[-1]), max(map(abs, row[:-1]))) for row in rows]
            reach = [max(Fraction(1), *reach, *far)] * self.dim
        frame, _, _ = domain_in_numbers(self.case)
        sizes = [
            sum((abs(a) * r for a, r in zip(row, [*reach, Fraction(1)], strict=True)), Fraction(0))
            for row in frame
        ]
        largest = max(*sizes, *reach)
        for weight, bias, phi in self.case.layers:
            rows = [fractions_of(row) for row in weight]
            # In homogeneous coordinates biases are multiplied, too.
            far = Fraction(1) if oracle.is_bounded else max(Fraction(1), *sizes)
            sizes = [
                sum(
                    (abs(w) * s for w, s in zip(row, sizes, strict=True)),
                    abs(Fraction(float(b))) * far,
                )
                for row, b in zip(rows, bias, strict=True)
            ]
            largest = max(largest, *sizes)
            if phi is not None:
                units = units_of(phi, len(sizes))
                steep = [max(abs(Fraction(s)) for s in unit[1]) for unit in units]
                offset = [
                    max(map(abs, offsets_of(*map(fractions_of, unit[:2]), unit[2])))
                    for unit in units
                ]
                sizes = [a * size + b for a, size, b in zip(steep, sizes, offset, strict=True)]
                largest = max(largest, *sizes)
        return largest > _ROOM

    def _rows_of_outputs(self) -> set[Ints]:
        """Where outputs vanish, or two are equal: ``decision_complex`` cuts there on the way."""
        rows = {
            tuple(x - y for x, y in zip(first, second, strict=True))
            for cell in self.cells
            for first, second in combinations((*cell.maps, (0,) * (self.dim + 1)), 2)
        }
        return {row for row in rows if any(row[:-1])}

    def has_odd_volume(self) -> bool:
        """Whether a finite face is too large or too small for float64's normal range."""
        measures = [
            self.volume(faces, face, k)
            for faces in (self.faces, self.decided_faces)
            if faces is not None
            for k in range(1, self.dim + 1)
            for face in faces.levels[k]
        ]
        return any(m is not None and not SMALLEST <= m <= LARGEST / 2**10 for m in measures)

    def vertices(self, faces: Faces) -> np.ndarray:
        """Rounded coordinates of the finite vertices."""
        places = [[Fraction(x, p[-1]) * self.unit for x in p[:-1]] for p in faces.finite_vertices()]
        return np.array([[_rounded(x) for x in p] for p in places]).reshape(-1, self.dim)


def _rounded(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf
