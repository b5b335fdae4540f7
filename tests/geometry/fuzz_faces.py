"""Faces and measures of the oracle's cells: whole numbers, square roots to 120 bits."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import factorial, isqrt

from tests.geometry.fuzz_oracle import Body, Ints, determinant, dot


def _largest(masks: set[int]) -> list[int]:
    """Those that no other one contains."""
    return [m for m in masks if not any(m != n and m & n == m for n in masks)]


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Faces:
    """The faces of a few bodies that fit together, told apart by their sets of vertices (bits).

    ``num_walls``: the first inequalities of each body are the domain's own.
    """

    def __init__(self, bodies: list[Body], dim: int, num_walls: int, is_bounded: bool) -> None:
        self.dim, self.is_bounded = dim, is_bounded
        self._number: dict[Ints, int] = {}
        self.points: list[Ints] = []
        self._walls = [0] * num_walls
        self._volumes: dict[tuple[int, int], Fraction | None] = {}
        #: by cell and dimension
        self.cell_faces = [self._faces_of(body) for body in bodies]
        self.levels: list[set[int]] = [set() for _ in range(dim + 1)]
        self._below: dict[tuple[int, int], list[int]] = {}
        for cell in self.cell_faces:
            for k, faces in enumerate(cell):
                self.levels[k] |= faces.keys()
                for face, below in faces.items():
                    self._below.setdefault((k, face), below)
        self.owners: dict[int, list[int]] = {}
        for number, cell in enumerate(self.cell_faces):
            for facet in cell[dim - 1]:
                self.owners.setdefault(facet, []).append(number)

    def _id(self, point: Ints) -> int:
        if point not in self._number:
            self._number[point] = len(self.points)
            self.points.append(point)
        return self._number[point]

    def _faces_of(self, body: Body) -> list[dict[int, list[int]]]:
        """By dimension: face -> the faces of one dimension less that bound it."""
        on_row: dict[int, int] = {}
        whole = 0
        for vertex in body.vertices:
            bit = 1 << self._id(vertex.point)
            whole |= bit
            for row in _bits(vertex.tight):
                on_row[row] = on_row.get(row, 0) | bit
                if row < len(self._walls):
                    self._walls[row] |= bit
        facets = _largest(set(on_row.values()))
        levels: list[dict[int, list[int]]] = [{} for _ in range(self.dim)]
        levels.append({whole: facets})
        for k in range(self.dim - 1, -1, -1):
            for face in {f for below in levels[k + 1].values() for f in below}:
                levels[k][face] = _largest({face & g for g in facets} - {face, 0}) if k else []
        return levels

    def on_wall(self, face: int) -> bool:
        return any(face & wall == face for wall in self._walls)

    def is_unbounded(self, face: int) -> bool:
        return not self.is_bounded and any(face & wall for wall in self._walls)

    def inner(self, k: int) -> list[int]:
        return [face for face in self.levels[k] if not self.on_wall(face)]

    @property
    def f_vector(self) -> tuple[int, ...]:
        counted = [
            self.levels[k] if self.is_bounded else self.inner(k) for k in range(self.dim + 1)
        ]
        return tuple(len(faces) for faces in counted)

    def facets_per_cell(self, walls: bool) -> list[int]:
        walls = walls and self.is_bounded
        return [
            sum(walls or not self.on_wall(f) for f in cell[self.dim - 1])
            for cell in self.cell_faces
        ]

    def inner_facets(self) -> list[tuple[int, int, int]]:
        """(facet, first cell, second cell)."""
        return [(f, o[0], o[1]) for f, o in self.owners.items() if len(o) == 2]

    def cell(self, number: int) -> int:
        return next(iter(self.cell_faces[number][self.dim]))

    def finite_vertices(self) -> list[Ints]:
        return [
            self.points[next(_bits(v))]
            for v in (self.levels[0] if self.is_bounded else self.inner(0))
        ]

    def simplices(self, face: int, k: int) -> Iterator[list[int]]:
        """A triangulation: cones from the first vertex over what does not contain it."""
        first = face & -face
        apex = first.bit_length() - 1
        if k == 0:
            yield [apex]
            return
        for below in self._below[k, face]:
            if not below & first:
                for simplex in self.simplices(below, k - 1):
                    yield [apex, *simplex]

    def volume(self, face: int, k: int) -> Fraction | None:
        """k-volume in parameters, None if it is infinite."""
        if (k, face) not in self._volumes:
            self._volumes[k, face] = None if self.is_unbounded(face) else self._measured(face, k)
        return self._volumes[k, face]

    def _measured(self, face: int, k: int) -> Fraction:
        total = Fraction(0)
        for simplex in self.simplices(face, k):
            points = [self.points[i] for i in simplex]
            first, common, steps = points[0], factorial(k), []
            for p in points[1:]:
                place = zip(p[:-1], first[:-1], strict=True)
                steps.append([x * first[-1] - y * p[-1] for x, y in place])
                common *= p[-1] * first[-1]
            if k == self.dim:
                total += Fraction(abs(determinant(steps)), common)
                continue
            if not steps:
                total += 1
                continue
            gram = [[sum(a * b for a, b in zip(s, t, strict=True)) for t in steps] for s in steps]
            total += root(determinant(gram), common * common)
        return total

    def are_straight(self, first: int, second: int) -> bool:
        """Whether two facets lie in one hyperplane."""
        points = [self.points[i] for i in _bits(first | second)]
        return _rank([list(p) for p in points]) == self.dim


def _rank(rows: list[list[int]]) -> int:
    found = 0
    for column in range(len(rows[0])):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        head = rows[found]
        for i in range(found + 1, len(rows)):
            a, b = head[column], rows[i][column]
            if b:
                rows[i] = [a * x - b * y for x, y in zip(rows[i], head, strict=True)]
        found += 1
    return found


def root(numerator: int, denominator: int) -> Fraction:
    """The square root of a fraction, to a relative error below 2^-118."""
    if not numerator:
        return Fraction(0)
    shift = max(0, 242 - numerator.bit_length() + denominator.bit_length()) // 2 + 1
    return Fraction(isqrt((numerator << 2 * shift) // denominator), 1 << shift)


def jump_pieces(faces: Faces, jumps: set[int]) -> list[int]:
    """The faces of codimension 2 in which the set of facets ``jumps`` is no flat (HR19, Eq. 5)."""
    k = faces.dim - 2
    meeting: dict[int, list[int]] = {}
    for facet in jumps:
        for below in faces._below[faces.dim - 1, facet]:
            meeting.setdefault(below, []).append(facet)
    return (
        [
            face
            for face, around in meeting.items()
            if not faces.on_wall(face) and not (len(around) == 2 and faces.are_straight(*around))
        ]
        if k >= 0
        else []
    )


def contains(body: Body, point: Ints) -> bool:
    return all(dot(row, point) >= 0 for row in body.rows)
