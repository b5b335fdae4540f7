"""The subdivision once more, in Fractions and as plainly as possible: an oracle, not an engine.

A cell is a polytope kept by itself: its vertices, each with the set of its tight inequalities.  A
neuron's zero set splits it in two; nothing is shared between cells.  Faces of the whole complex are
faces of cells, told apart by their sets of exact vertices.  Works in any dimension, for tiny nets.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import factorial, isqrt, sqrt

import numpy as np

from linreg_lib.networks import Network, PiecewiseLinear

Point = tuple[Fraction, ...]
Row = tuple[Fraction, ...]  # a_1, ..., a_d, c stands for the affine function a x + c


def affine(row: Row, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False)), row[-1])


def rank(rows: list[list[Fraction]]) -> int:
    matrix, found = [list(row) for row in rows], 0
    for column in range(len(matrix[0]) if matrix else 0):
        pivot = next((i for i in range(found, len(matrix)) if matrix[i][column]), None)
        if pivot is None:
            continue
        matrix[found], matrix[pivot] = matrix[pivot], matrix[found]
        for i in range(found + 1, len(matrix)):
            factor = matrix[i][column] / matrix[found][column]
            matrix[i] = [x - factor * y for x, y in zip(matrix[i], matrix[found], strict=True)]
        found += 1
    return found


def determinant(rows: list[list[Fraction]]) -> Fraction:
    if not rows:
        return Fraction(1)
    return sum(
        (
            (-1) ** j * rows[0][j] * determinant([row[:j] + row[j + 1 :] for row in rows[1:]])
            for j in range(len(rows))
            if rows[0][j]
        ),
        Fraction(0),
    )


def span_dim(points: list[Point]) -> int:
    return rank([[x - y for x, y in zip(p, points[0], strict=True)] for p in points[1:]])


def centroid(points: list[Point]) -> Point:
    return tuple(sum(xs, Fraction(0)) / len(points) for xs in zip(*points, strict=True))


@dataclass
class Polytope:
    """All inequalities ``row >= 0`` ever imposed, and vertex -> numbers of those that are tight."""

    rows: list[Row]
    vertices: dict[Point, frozenset[int]]

    @classmethod
    def box(cls, low: list[Fraction], high: list[Fraction]) -> Polytope:
        dim, rows = len(low), []
        for i in range(dim):
            unit = [Fraction(int(j == i)) for j in range(dim)]
            rows += [(*unit, -low[i]), (*(-u for u in unit), high[i])]
        corners = list(product(*zip(low, high, strict=True)))
        return cls(rows, {v: _tight(rows, v) for v in corners})

    def _is_edge(self, v: Point, w: Point) -> bool:
        common = self.vertices[v] & self.vertices[w]
        return rank([list(self.rows[i][:-1]) for i in common]) == len(v) - 1

    def split(self, row: Row) -> list[Polytope]:
        """The parts with row <= 0 and row >= 0 that have interior."""
        value = {v: affine(row, v) for v in self.vertices}
        if min(value.values()) >= 0 or max(value.values()) <= 0:
            return [self]
        new = []
        for v, w in product(self.vertices, repeat=2):
            if value[v] < 0 < value[w] and self._is_edge(v, w):
                t = value[v] / (value[v] - value[w])
                new.append(tuple(x + t * (y - x) for x, y in zip(v, w, strict=True)))
        parts = []
        for sign in (-1, 1):
            rows = [*self.rows, tuple(sign * a for a in row)]
            old = [v for v in self.vertices if sign * value[v] >= 0]
            parts.append(Polytope(rows, {v: _tight(rows, v) for v in [*old, *new]}))
        return parts

    def faces(self) -> list[set[frozenset[Point]]]:
        """Vertex sets of the faces of each dimension 0..d."""
        dim = len(next(iter(self.vertices)))
        whole = frozenset(self.vertices)
        facets = set()
        for i in range(len(self.rows)):
            on_it = frozenset(v for v, tight in self.vertices.items() if i in tight)
            if on_it and span_dim(sorted(on_it)) == dim - 1:
                facets.add(on_it)
        levels: list[set[frozenset[Point]]] = [set() for _ in range(dim)]
        levels.append({whole})
        levels[dim - 1] |= facets
        for k in range(dim - 2, -1, -1):
            for face, facet in product(levels[k + 1], facets):
                meet = face & facet
                if meet and span_dim(sorted(meet)) == k:
                    levels[k].add(meet)
        return levels


def _tight(rows: list[Row], v: Point) -> frozenset[int]:
    return frozenset(i for i, row in enumerate(rows) if affine(row, v) == 0)


@dataclass
class Cell:
    polytope: Polytope
    maps: list[Row]  # of the values that enter the next layer, later of the outputs
    pattern: tuple[int, ...]


def _apply(activation: PiecewiseLinear, piece: int, row: Row) -> Row:
    slope = Fraction(float(activation.slopes[piece]))
    return (*(slope * a for a in row[:-1]), slope * row[-1] + activation.exact_offsets[piece])


def _layer(weight: np.ndarray, bias: np.ndarray, maps: list[Row]) -> list[Row]:
    columns = list(zip(*maps, strict=True))
    rows = []
    for weights, b in zip(weight.tolist(), bias.tolist(), strict=True):
        exact = [Fraction(w) for w in weights]
        row = [sum((w * m for w, m in zip(exact, c, strict=True)), Fraction(0)) for c in columns]
        rows.append((*row[:-1], row[-1] + Fraction(b)))
    return rows


def cells_of(
    net: Network,
    low: list[Fraction],
    high: list[Fraction],
    frame: list[Row] | None = None,
    upto_layer: int | None = None,
    halfspaces: tuple[Row, ...] = (),
) -> list[Cell]:
    """The activation regions on a box of parameters; ``frame`` gives each input as a row.

    Of the box only the points with all ``halfspaces`` at least 0 count.
    """
    dim = len(low)
    if frame is None:
        frame = [tuple(Fraction(int(j == i)) for j in range(dim + 1)) for i in range(dim)]
    whole = Polytope.box(low, high)
    for row in halfspaces:
        parts = whole.split(row)
        (whole,) = [p for p in parts if affine(row, centroid(list(p.vertices))) > 0]
    cells = [Cell(whole, list(frame), ())]
    depth = net.depth if upto_layer is None else upto_layer
    for layer in range(depth):
        activation = net.activations[layer]
        corners = [Fraction(t) for t in activation.breakpoints.tolist()]
        after: list[Cell] = []
        for cell in cells:
            rows = _layer(net.weights[layer], net.biases[layer], cell.maps)
            parts = [cell.polytope]
            for row, corner in product(rows, corners):
                cut = (*row[:-1], row[-1] - corner)
                parts = [half for part in parts for half in part.split(cut)]
            for part in parts:
                inside = centroid(list(part.vertices))
                pieces = [sum(t < affine(row, inside) for t in corners) for row in rows]
                maps = [_apply(activation, j, row) for j, row in zip(pieces, rows, strict=True)]
                after.append(Cell(part, maps, (*cell.pattern, *pieces)))
        cells = after
    if depth == net.depth:
        for cell in cells:
            cell.maps = _layer(net.weights[-1], net.biases[-1], cell.maps)
    return sorted(cells, key=lambda cell: cell.pattern)


class Twin:
    """What the tests ask of a complex, from the cells alone."""

    def __init__(self, cells: list[Cell]) -> None:
        self.cells = cells
        self.dim = len(next(iter(cells[0].polytope.vertices)))
        self._faces = [cell.polytope.faces() for cell in cells]
        self.faces = [set().union(*(each[k] for each in self._faces)) for k in range(self.dim + 1)]
        self.owners: dict[frozenset[Point], list[int]] = {}
        for i, each in enumerate(self._faces):
            for facet in each[self.dim - 1]:
                self.owners.setdefault(facet, []).append(i)

    @property
    def patterns(self) -> list[tuple[int, ...]]:
        return [cell.pattern for cell in self.cells]

    @property
    def f_vector(self) -> tuple[int, ...]:
        return tuple(len(level) for level in self.faces)

    def facets_per_region(self, walls: bool) -> list[int]:
        return [
            sum(walls or len(self.owners[facet]) == 2 for facet in each[self.dim - 1])
            for each in self._faces
        ]

    def is_inner(self, face: frozenset[Point]) -> bool:
        return not any(len(o) == 1 and face <= facet for facet, o in self.owners.items())

    def linear_labels(self) -> list[int]:
        """Linear region of each cell, numbered by first appearance."""
        label = list(range(len(self.cells)))
        changed = True
        while changed:
            changed = False
            for owners in self.owners.values():
                if len(owners) == 2 and self.cells[owners[0]].maps == self.cells[owners[1]].maps:
                    least = min(label[i] for i in owners)
                    changed |= any(label[i] != least for i in owners)
                    for i in owners:
                        label[i] = least
        seen: dict[int, int] = {}
        return [seen.setdefault(each, len(seen)) for each in label]

    def exact_volume_of(self, face: frozenset[Point]) -> Fraction:
        """The same without floats: exact for cells, else up to 2**-100 of itself."""
        k = span_dim(sorted(face))
        total = Fraction(0)
        for flag in self._flags(face, k):
            steps = [[x - y for x, y in zip(p, flag[0], strict=True)] for p in flag[1:]]
            if k == self.dim:
                total += abs(determinant(steps))
            else:
                total += _root(determinant([[_dot(s, t) for t in steps] for s in steps]))
        return total / factorial(k)

    def exact_volume(self, codim: int) -> Fraction:
        """Sum over the faces of a codimension inside the domain."""
        faces = self.faces[self.dim - codim]
        inner = (self.exact_volume_of(f) for f in faces if codim == 0 or self.is_inner(f))
        return sum(inner, Fraction(0))

    def volume_of(self, face: frozenset[Point]) -> float:
        """Euclidean k-volume: Gram determinants of the simplices of the barycentric subdivision."""
        k = span_dim(sorted(face))
        total = 0.0
        for flag in self._flags(face, k):
            steps = [[x - y for x, y in zip(p, flag[0], strict=True)] for p in flag[1:]]
            gram = [[_dot(s, t) for t in steps] for s in steps]
            total += sqrt(determinant(gram)) / factorial(k)
        return total

    def _flags(self, face: frozenset[Point], k: int) -> list[list[Point]]:
        here = centroid(sorted(face))
        if k == 0:
            return [[here]]
        below = [lower for lower in self.faces[k - 1] if lower < face]
        return [[*flag, here] for lower in below for flag in self._flags(lower, k - 1)]

    def volume(self, codim: int) -> float:
        faces = self.faces[self.dim - codim]
        return sum(self.volume_of(face) for face in faces if codim == 0 or self.is_inner(face))


def _root(square: Fraction) -> Fraction:
    """Up to 2**-100 of itself."""
    if not square:
        return Fraction(0)
    shift = 2 * max(0, 101 - min(square.numerator.bit_length(), square.denominator.bit_length()))
    shift += 2 * (square.denominator.bit_length() // 2)
    return Fraction(isqrt((square.numerator << shift) // square.denominator), 1 << (shift // 2))


def _dot(a: list[Fraction], b: list[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def pieces_on_interval(
    net: Network, start: list[Fraction], end: list[Fraction]
) -> list[tuple[Fraction, Fraction, list[Row]]]:
    """d = 1 once more without polytopes: (from, to, output maps) of each activation piece."""
    frame = [(b - a, a) for a, b in zip(start, end, strict=True)]
    pieces = [(Fraction(0), Fraction(1), frame)]
    for layer in range(net.depth):
        activation, after = net.activations[layer], []
        corners = [Fraction(t) for t in activation.breakpoints.tolist()]
        for left, right, maps in pieces:
            rows = _layer(net.weights[layer], net.biases[layer], maps)
            cuts = {(t - c) / a for (a, c), t in product(rows, corners) if a}
            places = [left, *sorted(t for t in cuts if left < t < right), right]
            for p, q in zip(places, places[1:], strict=False):
                values = [affine(row, ((p + q) / 2,)) for row in rows]
                number = [sum(t < value for t in corners) for value in values]
                new = [_apply(activation, j, row) for j, row in zip(number, rows, strict=True)]
                after.append((p, q, new))
        pieces = after
    return [(p, q, _layer(net.weights[-1], net.biases[-1], maps)) for p, q, maps in pieces]
