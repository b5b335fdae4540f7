"""The activation regions of a tiny network in whole numbers: the oracle of the fuzz.

Nothing here is shared with the engine or with rational_twin.py.  All data are floats, so that the
network's affine maps in the domain's parameters have whole entries over one power of two; a point
is a tuple of coprime integers ``(x_1 w, ..., x_d w, w)`` with ``w > 0``.  A cell keeps its own
inequalities and vertices, and is split by one hyperplane after the other.

All of R^d is a cube whose half side exceeds every coordinate that a vertex can have: by Cramer's
rule ``d! H^d``, where H bounds the entries of all hyperplanes that were met.  Faces of the cube are
no faces then, and what touches it is unbounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial, gcd
from typing import NamedTuple

Ints = tuple[int, ...]


def dot(row: Ints, point: Ints) -> int:
    return sum(a * x for a, x in zip(row, point, strict=True))


def primitive(row: list[int] | Ints) -> Ints:
    common = gcd(*row)
    return tuple(x // common for x in row) if common > 1 else tuple(row)


def row_of(values: list[Fraction]) -> Ints:
    """Coprime integers proportional to the fractions, by a positive factor."""
    common = 1
    for value in values:
        common = common * value.denominator // gcd(common, value.denominator)
    return primitive([int(value * common) for value in values])


class Vertex(NamedTuple):
    point: Ints
    tight: int  # bits: the inequalities that are equations here


@dataclass(frozen=True)
class Body:
    """A polytope with interior: ``row . (x, 1) >= 0`` for all rows, and its vertices."""

    rows: tuple[Ints, ...]
    vertices: tuple[Vertex, ...]

    def halves(self, row: Ints) -> tuple[Body | None, Body | None]:
        """The parts where the row is <= 0 and >= 0, None where there is no interior."""
        values = [dot(row, vertex.point) for vertex in self.vertices]
        if min(values) >= 0:
            return None, self if max(values) > 0 else None
        if max(values) <= 0:
            return self, None
        bit = 1 << len(self.rows)
        new = []
        least = len(row) - 2  # an edge has so many tight inequalities at least
        for v, a in zip(self.vertices, values, strict=True):
            if a >= 0:
                continue
            for w, b in zip(self.vertices, values, strict=True):
                common = v.tight & w.tight
                if b <= 0 or common.bit_count() < least:
                    continue
                if sum(u.tight & common == common for u in self.vertices) > 2:
                    continue
                point = [b * x - a * y for x, y in zip(v.point, w.point, strict=True)]
                new.append(Vertex(primitive(point), common | bit))
        parts = []
        for sign in (-1, 1):
            old = [
                v if value else Vertex(v.point, v.tight | bit)
                for v, value in zip(self.vertices, values, strict=True)
                if sign * value >= 0
            ]
            rows = (*self.rows, tuple(sign * a for a in row))
            parts.append(Body(rows, tuple(old + new)))
        return parts[0], parts[1]

    def touches(self, row_number: int) -> bool:
        return any(v.tight >> row_number & 1 for v in self.vertices)


def cube(low: list[Fraction], high: list[Fraction]) -> Body:
    dim, rows = len(low), []
    for i in range(dim):
        unit = [Fraction(int(i == j)) for j in range(dim)]
        rows.append(row_of([*unit, -low[i]]))
        rows.append(row_of([*(-u for u in unit), high[i]]))
    vertices = []
    for number in range(1 << dim):
        sides = [number >> i & 1 for i in range(dim)]
        place = [(low, high)[side][i] for i, side in enumerate(sides)]
        tight = sum(1 << (2 * i + side) for i, side in enumerate(sides))
        vertices.append(Vertex(row_of([*place, Fraction(1)]), tight))
    return Body(tuple(rows), tuple(vertices))


def cut_out(rows: list[Ints], reach: Fraction) -> Body:
    """The bounded set ``row . (x, 1) >= 0`` from a cube that holds it."""
    dim = len(rows[0]) - 1
    body: Body | None = cube([-reach] * dim, [reach] * dim)
    for row in rows:
        assert body is not None
        body = body.halves(row)[1]
    assert body is not None
    assert not any(body.touches(i) for i in range(2 * dim))
    return body


def hull_rows(points: list[list[Fraction]]) -> list[Ints]:
    """The facets of the convex hull of a few points, by trying all hyperplanes."""
    from itertools import combinations

    whole = [row_of([*p, Fraction(1)]) for p in points]
    dim, found = len(points[0]), {}
    for chosen in combinations(whole, dim):
        normal = [
            (-1) ** j * determinant([[*p[:j], *p[j + 1 :]] for p in chosen]) for j in range(dim + 1)
        ]
        if not any(normal[:-1]):
            continue
        row = primitive(normal)
        values = [dot(row, p) for p in whole]
        if min(values) >= 0:
            found[row] = None
        elif max(values) <= 0:
            found[tuple(-a for a in row)] = None
    return list(found)


def determinant(rows: list[list[int]]) -> int:
    if len(rows) <= 1:
        return rows[0][0] if rows else 1
    if len(rows) == 2:
        return rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    return sum(
        (-1) ** j * head * determinant([[*row[:j], *row[j + 1 :]] for row in rows[1:]])
        for j, head in enumerate(rows[0])
        if head
    )


@dataclass(frozen=True)
class Cell:
    body: Body
    pattern: tuple[int, ...]
    maps: tuple[Ints, ...]  # of all outputs, over one power of two that all cells share


class Layer(NamedTuple):
    """A layer in whole numbers, each array over its own power of two."""

    weight: list[list[int]]
    bias: list[Fraction]
    weight_shift: int
    #: of each unit, a number for each breakpoint or piece
    corners: list[list[Fraction]]
    slopes: list[list[int]]
    offsets: list[list[Fraction]]
    slope_shift: int


def _shift(values: list[Fraction]) -> int:
    """The power of two that clears all denominators."""
    return max((value.denominator.bit_length() - 1 for value in values), default=0)


def _fractions(array: object) -> list:
    import numpy as np

    listed = np.asarray(array).tolist()
    if listed and isinstance(listed[0], list):
        return [[Fraction(x) for x in row] for row in listed]
    return [Fraction(x) for x in listed]


def units_of(activation: tuple | list, width: int) -> list[tuple]:
    """Breakpoints, slopes and a point of each unit: of all the same, or a list of them."""
    return activation if isinstance(activation, list) else [activation] * width


def offsets_of(corners: list[Fraction], slopes: list[Fraction], at: tuple[float, float]) -> list:
    """The constant of each piece, by walking from the point on the graph in both directions."""
    x, y = Fraction(at[0]), Fraction(at[1])
    here = sum(corner < x for corner in corners)
    found = {here: y - slopes[here] * x}
    for j in range(here, len(corners)):
        value = slopes[j] * corners[j] + found[j]
        found[j + 1] = value - slopes[j + 1] * corners[j]
    for j in range(here - 1, -1, -1):
        value = slopes[j + 1] * corners[j] + found[j + 1]
        found[j] = value - slopes[j] * corners[j]
    return [found[j] for j in range(len(slopes))]


class Oracle:
    """A network on a domain: ``frame`` rows give each input in parameters, ``body`` their range.

    ``body`` None stands for all of R^d, d the number of parameters.
    """

    def __init__(self, layers: list, frame: list[list[Fraction]], body: Body | None) -> None:
        self.dim = len(frame[0]) - 1
        self.is_bounded = body is not None
        self._prepare(layers)
        frame_shift = _shift([x for row in frame for x in row])
        self._frame = [tuple(int(x * 2**frame_shift) for x in row) for row in frame]
        self._frame_shift = frame_shift
        self._start = body
        reach = 64
        while True:
            self.largest = 1
            self.cells = self._cut(self._start or self._space(reach))
            needed = self.dim * self.largest.bit_length() + factorial(self.dim).bit_length() + 2
            if self.is_bounded or reach >= needed:
                break
            reach = 2 * needed
        self.reach = reach
        self.num_walls = len(self._start.rows) if self._start else 2 * self.dim
        self.cells.sort(key=lambda cell: cell.pattern)

    def _space(self, reach: int) -> Body:
        far = Fraction(2**reach)
        return cube([-far] * self.dim, [far] * self.dim)

    def _prepare(self, layers: list) -> None:
        self.layers = []
        for weight, bias, activation in layers:
            rows, constants = _fractions(weight), _fractions(bias)
            shift = _shift([x for row in rows for x in row])
            whole = [[int(x * 2**shift) for x in row] for row in rows]
            units = [] if activation is None else units_of(activation, len(whole))
            corners = [[Fraction(x) for x in unit[0]] for unit in units]
            exact = [[Fraction(x) for x in unit[1]] for unit in units]
            offsets = [
                offsets_of(at, steep, unit[2])
                for at, steep, unit in zip(corners, exact, units, strict=True)
            ]
            slope_shift = _shift([x for each in exact for x in each])
            slopes = [[int(x * 2**slope_shift) for x in each] for each in exact]
            self.layers.append(
                Layer(whole, constants, shift, corners, slopes, offsets, slope_shift)
            )

    def _affine(self, layer: Layer, maps: tuple[Ints, ...], shift: int) -> list[Ints]:
        """The layer's rows, over 2^shift with the new shift, from those before (ints / 2^shift)."""
        rows = []
        for weights, b in zip(layer.weight, layer.bias, strict=True):
            row = [
                sum(w * m[i] for w, m in zip(weights, maps, strict=True))
                for i in range(self.dim + 1)
            ]
            row[-1] += self._whole(b, shift + layer.weight_shift)
            rows.append(tuple(row))
        return rows

    @staticmethod
    def _whole(value: Fraction, shift: int) -> int:
        scaled = value * 2**shift
        assert scaled.denominator == 1
        return scaled.numerator

    def _cut(self, start: Body) -> list[Cell]:
        # Shifts are raised wherever a constant needs it, the same in all cells.
        cells, shift = [Cell(start, (), tuple(self._frame))], self._frame_shift
        for number, layer in enumerate(self.layers):
            constants = _shift([*layer.bias, *(x for each in layer.corners for x in each)])
            lift = max(0, constants - shift - layer.weight_shift)
            shift += lift
            after = []
            is_last = number == len(self.layers) - 1
            low = shift + layer.weight_shift
            post_lift = 0
            if not is_last:
                all_offsets = [x for each in layer.offsets for x in each]
                post_lift = max(0, _shift(all_offsets) - low - layer.slope_shift)
            for cell in cells:
                maps = (
                    tuple(tuple(x << lift for x in row) for row in cell.maps) if lift else cell.maps
                )
                rows = self._affine(layer, maps, shift)
                if is_last:
                    after.append(Cell(cell.body, cell.pattern, tuple(rows)))
                    continue
                cuts = [
                    [(*row[:-1], row[-1] - self._whole(t, low)) for t in corners]
                    for row, corners in zip(rows, layer.corners, strict=True)
                ]
                parts = [cell.body]
                for each in cuts:
                    for cut in each:
                        if any(cut[:-1]):
                            cut = self._seen(cut)
                            parts = [h for p in parts for h in self._both(p, cut)]
                for part in parts:
                    pieces = tuple(
                        sum(any(dot(cut, v.point) > 0 for v in part.vertices) for cut in each)
                        for each in cuts
                    )
                    new = []
                    for unit, (row, piece) in enumerate(zip(rows, pieces, strict=True)):
                        offset = self._whole(
                            layer.offsets[unit][piece], low + layer.slope_shift + post_lift
                        )
                        slope = layer.slopes[unit][piece] << post_lift
                        image = [slope * x for x in row]
                        image[-1] += offset
                        new.append(tuple(image))
                    after.append(Cell(part, (*cell.pattern, *pieces), tuple(new)))
            cells = after
            shift = low + (0 if is_last else layer.slope_shift + post_lift)
        self.shift = shift
        return cells

    def _both(self, body: Body, row: Ints) -> list[Body]:
        return [half for half in body.halves(row) if half is not None]

    def _seen(self, row: Ints) -> Ints:
        row = primitive(row)
        self.largest = max(self.largest, *map(abs, row))
        return row

    def decided(self) -> list[tuple[int, int, Body]]:
        """(cell, class, its part), in that order; the lowest of equal outputs counts."""
        found = []
        for number, cell in enumerate(self.cells):
            for top, mine in enumerate(cell.maps):
                if mine in cell.maps[:top]:
                    continue
                body: Body | None = cell.body
                for other in dict.fromkeys(cell.maps):
                    if other == mine or body is None:
                        continue
                    row = tuple(a - b for a, b in zip(mine, other, strict=True))
                    if any(row[:-1]):
                        body = body.halves(self._seen(row))[1]
                    elif row[-1] < 0:
                        body = None
                if body is not None:
                    found.append((number, top, body))
        needed = self.dim * self.largest.bit_length() + factorial(self.dim).bit_length() + 2
        if not self.is_bounded and self.reach < needed:
            self.reach = 2 * needed
            self.cells = sorted(self._cut(self._space(self.reach)), key=lambda c: c.pattern)
            return self.decided()
        return found
