"""What triangulations ask of cells: their vertices, and exact points and orientations."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.faces.incidence import Incidence


def vertices_of_face(cx: PolyhedralComplex, k: int, face: int) -> list[int]:
    """Vertex numbers of a k-face, ascending; from the face lattice."""
    return [int(v) for v in cx.record.vertices_of_face(k, face)]


def exact_points(cx: PolyhedralComplex, vertices: list[int]) -> list[tuple[int, ...]]:
    """Homogeneous integer parameters (d + 1 numbers, the last one positive) of some vertices."""
    points = [cx.record.exact.point(int(cx.record.vertex_ids[v])) for v in vertices]
    return [tuple(int(p) for p in point) for point in points]


def determinant_sign(rows: list[tuple[int, ...]]) -> int:
    """Sign of a square integer determinant: -1, 0 or 1, by elimination without fractions.

    >>> determinant_sign([(0, 2), (3, 1)])
    -1
    """
    matrix = [list(row) for row in rows]
    sign, previous = 1, 1
    while len(matrix) > 1:
        pivot = next((i for i, row in enumerate(matrix) if row[0]), None)
        if pivot is None:
            return 0
        if pivot:
            matrix[0], matrix[pivot] = matrix[pivot], matrix[0]
            sign = -sign
        top = matrix[0]
        matrix = [
            [(top[0] * a - row[0] * b) // previous for a, b in zip(row[1:], top[1:])]
            for row in matrix[1:]
        ]
        previous = top[0]
    last = matrix[0][0]
    return sign * ((last > 0) - (last < 0))


def orientations(points: list[tuple[int, ...]]) -> dict[tuple[int, ...], int]:
    """The exact sign of every d + 1 of the points, ascending; 0: on one hyperplane."""
    size = len(points[0])
    return {
        chosen: determinant_sign([points[i] for i in chosen])
        for chosen in combinations(range(len(points)), size)
    }


def vertices_of_faces(cx: PolyhedralComplex, k: int) -> Incidence:
    """The vertices of every k-face, ascending; from the face lattice."""
    owners, members = np.arange(len(cx.vertices)), np.arange(len(cx.vertices))
    num = len(cx.vertices)
    for level in range(1, k + 1):
        boundary = cx.boundary(level)
        starts = np.searchsorted(owners, np.arange(num + 1))
        sizes = np.diff(starts)[boundary.members]
        before = np.cumsum(sizes) - sizes
        rows = np.repeat(starts[boundary.members] - before, sizes) + np.arange(sizes.sum())
        codes = np.unique(np.repeat(boundary.owners, sizes) * len(cx.vertices) + members[rows])
        owners, members = np.divmod(codes, len(cx.vertices))
        num = len(boundary)
    return Incidence(np.searchsorted(owners, np.arange(num + 1)), members)
