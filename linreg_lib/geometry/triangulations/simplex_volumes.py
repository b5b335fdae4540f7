"""Volumes of full-dimensional simplices with bounds of their errors, refined where needed.

A determinant changes by at most ``prod(|a_i| + e_i) - prod |a_i|`` when its rows a_i change by
vectors of length e_i (Hadamard); elimination with partial pivoting adds rounding of this kind.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import numpy as np

from linreg_lib.geometry.questions.exact_volumes import determinant, rounded_volume
from linreg_lib.geometry.questions.vertex_places import VertexPlaces
from linreg_lib.networks.float_constants import (
    SAFETY,
    SMALLEST_NORMAL,
    SQUARE_FLOOR,
    UNDERFLOW_FLOOR,
    UNIT,
)

#: each volume is known up to this share of itself
SIMPLEX_TOLERANCE = 1e-7


def simplex_volumes(
    simplices: np.ndarray, vertices: np.ndarray, places: VertexPlaces | None
) -> np.ndarray:
    """d-volumes (n,) of simplices (n, d + 1); rows of ``places`` or, if None, of ``vertices``.

    Each has a relative error of at most ``SIMPLEX_TOLERANCE``.  OverflowError where one is no
    normal float64.
    """
    if places is None:
        points, off = vertices, np.zeros_like(vertices)
    else:
        points, off = places.points, np.array(places.off)
    volumes, is_sure = _float_volumes(points[simplices], off[simplices])
    if not is_sure.all() and places is not None:
        rest = np.flatnonzero(~is_sure)
        used = np.unique(simplices[rest])
        off[used] = places.tightened(used)
        volumes[rest], is_sure[rest] = _float_volumes(points[simplices[rest]], off[simplices[rest]])
    exact: dict[int, list[Fraction]] = {}

    def place(vertex: int) -> list[Fraction]:
        if vertex not in exact:
            if places is None:
                exact[vertex] = [Fraction(x) for x in vertices[vertex].tolist()]
            else:
                exact[vertex] = places.exact.coordinates(int(places.ids[vertex]))
        return exact[vertex]

    for row in np.flatnonzero(~is_sure).tolist():
        first, *others = (place(vertex) for vertex in simplices[row].tolist())
        sides = [[a - b for a, b in zip(other, first, strict=True)] for other in others]
        volume = abs(determinant(sides)) / factorial(len(sides))
        # Simplices that are given by hand may be flat.
        volumes[row] = rounded_volume(volume, f"the volume of simplex {row}") if volume else 0.0
    return volumes


def _float_volumes(corners: np.ndarray, off: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Volumes (n,) of simplices with ``corners`` (n, d + 1, d), and which are good enough.

    Each is measured in units in which it is about as long along each axis.
    """
    dim = corners.shape[2]
    with np.errstate(all="ignore"):
        sides = corners[:, 1:] - corners[:, :1]
        power = np.frexp(np.abs(sides).max(axis=1, initial=0.0))[1]
        sides = np.ldexp(sides, -power[:, None])
        change = np.ldexp(off[:, 1:] + off[:, :1], -power[:, None])
        change = np.hypot.reduce(change, axis=2) + SQUARE_FLOOR
        lengths = np.sqrt((sides**2).sum(axis=2))
        change += dim**2 * 2.0 ** (dim + 3) * UNIT * lengths
        determinants = np.abs(np.linalg.det(sides))
        # The product of the lengths by itself, with an allowance of Hadamard's kind on top.
        largest = np.prod(lengths, axis=1)
        error = largest * np.expm1(np.log1p(change / lengths).sum(axis=1)) * SAFETY
        volumes = np.ldexp(determinants / factorial(dim), power.sum(axis=1))
        is_sure = (error <= SIMPLEX_TOLERANCE / 2 * determinants) & (determinants > UNDERFLOW_FLOOR)
    return volumes, is_sure & (volumes >= SMALLEST_NORMAL) & np.isfinite(volumes)
