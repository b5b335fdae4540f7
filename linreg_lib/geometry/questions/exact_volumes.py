"""Volumes of faces in rational arithmetic, for what is too flat or too small for floats."""

from __future__ import annotations

from fractions import Fraction
from math import factorial, isqrt

import numpy as np

from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.networks.float_constants import SMALLEST_NORMAL

#: bits that square roots keep
_BITS = 80

Point = list[Fraction]


def exact_volume(
    exact: ExactVertices, ids: np.ndarray, boundaries: dict[int, Incidence], k: int, face: int
) -> Fraction:
    """The k-volume of a bounded k-face, k >= 1: exact for k = d, else up to 2**-80 of itself.

    Pulled from its first vertex, a face is the union of simplices; the volume of one is the root of
    its edges' Gram determinant, divided by k!.  ``ids`` are the vertices' numbers in ``exact``.
    """
    vertices: dict[tuple[int, int], set[int]] = {}

    def vertices_of(level: int, number: int) -> set[int]:
        if not level:
            return {number}
        key = (level, number)
        if key not in vertices:
            below = [vertices_of(level - 1, int(m)) for m in boundaries[level][number]]
            vertices[key] = set().union(*below)
        return vertices[key]

    def simplices(level: int, number: int) -> list[tuple[int, ...]]:
        if not level:
            return [(number,)]
        apex = min(vertices_of(level, number))
        return [
            (apex, *simplex)
            for each in boundaries[level][number].tolist()
            if apex not in vertices_of(level - 1, each)
            for simplex in simplices(level - 1, each)
        ]

    places = {v: exact.coordinates(int(ids[v])) for v in vertices_of(k, face)}
    total = Fraction(0)
    for first, *others in simplices(k, face):
        edges = [[a - b for a, b in zip(places[v], places[first], strict=True)] for v in others]
        if k == len(places[first]):
            total += abs(determinant(edges))
        else:
            gram = [[_dot(a, b) for b in edges] for a in edges]
            total += root(determinant(gram))
    return total / factorial(k)


def rounded_volume(volume: Fraction, what: str) -> float:
    """The nearest float64; OverflowError where that is no normal number."""
    try:
        value = volume.numerator / volume.denominator
    except OverflowError:
        value = np.inf
    if not SMALLEST_NORMAL <= value < np.inf:
        power = volume.numerator.bit_length() - volume.denominator.bit_length()
        raise OverflowError(
            f"{what} is about 2**{power}, beyond float64's normal range; measure inputs in units "
            "in which the domain's size is nearer to 1"
        )
    return value


def determinant(rows: list[Point]) -> Fraction:
    """Of a small square matrix, by elimination."""
    rows, value = [list(row) for row in rows], Fraction(1)
    while rows:
        pivot = next((i for i, row in enumerate(rows) if row[0]), None)
        if pivot is None:
            return Fraction(0)
        if pivot:
            rows[0], rows[pivot] = rows[pivot], rows[0]
            value = -value
        top, *rest = rows
        value *= top[0]
        rows = [
            [x - row[0] / top[0] * y for x, y in zip(row[1:], top[1:], strict=True)] for row in rest
        ]
    return value


def root(square: Fraction) -> Fraction:
    """The square root of a fraction up to 2**-80 of itself."""
    if square <= 0:
        return Fraction(0)
    product = square.numerator * square.denominator
    shift = max(0, 2 * _BITS + 2 - product.bit_length())
    shift += shift % 2
    return Fraction(isqrt(product << shift), square.denominator << (shift // 2))


def _dot(a: Point, b: Point) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))
