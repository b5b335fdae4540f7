"""Bounded convex polytopes as domains, given by halfspaces or by vertices."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.arithmetic.double_description import (
    Vector,
    coprime,
    dot,
    extreme_rays,
)
from linreg_lib.geometry.domains.domain import InputDomain, checked_points, far_centre
from linreg_lib.geometry.faces.lattice import Lattice, polytope_lattice
from linreg_lib.locked import locked
from linreg_lib.networks.dyadic import Dyadic, homogeneous
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.exact_rank import integer_rank
from linreg_lib.networks.float_constants import UNDERFLOW_FLOOR, UNIT


class Polytope(InputDomain):
    """A bounded convex polytope with interior in R^d, d <= 6; coordinates are the inputs.

    Either ``halfspaces = (A, b)``, the points with ``A x <= b`` (``A`` (m, d), ``b`` (m,)), or
    ``vertices`` (m, d), their convex hull.  Numbers count as stored: corners are rational, and the
    faces are exact.  Redundant halfspaces, repeated points and points that are no corners are
    allowed.  ``corners`` (n, d) are the corners, rounded where halfspaces gave them.  Meant for up
    to some hundred corners.

    Raises ``ValueError`` if the polytope is empty, unbounded or has no interior, or entries are not
    finite; ``OverflowError`` if a corner is no float64; ``WorkLimitError`` if it is too large.

    >>> triangle = Polytope(halfspaces=([[-1, 0], [0, -1], [3, 3]], [0, 0, 1]))
    >>> triangle.num_facets, triangle.corners.round(3).tolist()
    (3, [[0.0, 0.0], [0.0, 0.333], [0.333, 0.0]])
    """

    is_axis_parallel = False

    def __init__(
        self,
        *,
        halfspaces: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
        vertices: npt.ArrayLike | None = None,
    ) -> None:
        if halfspaces is not None and vertices is None:
            corners, facets, rows = _from_halfspaces(*_checked_halfspaces(halfspaces))
            self._is_rounded = True
        elif vertices is not None and halfspaces is None:
            corners, facets, rows = _from_vertices(checked_rows("vertices", vertices))
            self._is_rounded = False
        else:
            raise ValueError("give either halfspaces=(A, b) or vertices, and not both")
        self._exact_corners, self._facets, self._rows = corners, facets, rows
        super().__init__(len(corners[0]) - 1)
        self.corners = _rounded(corners)

    def __repr__(self) -> str:
        counts = f"{len(self.corners)} corners, {self.num_facets} facets"
        return f"{type(self).__name__}({counts} in R^{self.dim})"

    def _content(self) -> Hashable:
        return tuple(sorted(self._exact_corners))

    @property
    def num_facets(self) -> int:
        """Number of faces of dimension d - 1."""
        return len(self._facets)

    def contains(self, coordinates: npt.ArrayLike) -> np.ndarray:
        """Which points (..., d) lie in the closed polytope, exactly: bool ``(...)``."""
        points = checked_points("coordinates", coordinates, self.dim)
        flat = points.reshape(-1, self.dim)
        rows = np.array([_floats(row) for row in self._rows])
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is decided exactly
            value = flat @ rows[:, :-1].T + rows[:, -1]
            size = np.abs(flat) @ np.abs(rows[:, :-1]).T + np.abs(rows[:, -1])
            error = 4 * (self.dim + 4) * UNIT * size
            error += UNDERFLOW_FLOOR * (1.0 + np.abs(flat).sum(axis=1, keepdims=True))
        inside = (value >= 0).all(axis=1)
        for i in np.flatnonzero(~((value > error).all(axis=1) | (value < -error).any(axis=1))):
            inside[i] = np.isfinite(flat[i]).all() and self._holds(_homogeneous(flat[i]))
        return np.asarray(inside.reshape(points.shape[:-1]))

    def _holds(self, point: Vector) -> bool:
        return all(dot(row, point) >= 0 for row in self._rows)

    def exact_corners(self) -> np.ndarray | None:
        if not (self._is_rounded or self.centre.any()):
            return None
        corners = np.empty((len(self._exact_corners), self.dim + 1), dtype=object)
        corners[:] = self._lattice_corners()
        return corners

    @property
    def centre(self) -> np.ndarray:
        return locked(far_centre(self.corners.min(axis=0), self.corners.max(axis=0)))

    def _lattice_corners(self) -> list[Vector]:
        """Exact corners, counted from ``centre``."""
        return [moved_point(corner, self.centre) for corner in self._exact_corners]

    def lattice_rows(self) -> tuple[np.ndarray, np.ndarray]:
        """Which corners lie on each facet (corners, m); its row in the lattice's coordinates.

        A row (m, d + 1) vanishes there; it has largest slope 1, each entry rounded once.
        """
        meets = [[facet >> i & 1 for facet in self._facets] for i in range(len(self.corners))]
        centre, rows = [Fraction(float(c)) for c in self.centre], []
        for row in self._rows:
            moved = row[-1] + sum(a * c for a, c in zip(row, centre, strict=False))
            largest = max(abs(a) for a in row[:-1])
            rows.append([*(a / largest for a in row[:-1]), _quotient(moved, largest)])
        return np.array(meets, dtype=bool), np.array(rows)

    def initial_lattice(self) -> Lattice:
        corners = self.corners
        if self.centre.any():
            corners = _rounded(self._lattice_corners())
        points = np.column_stack([corners, np.ones(len(corners))])
        return polytope_lattice(points, self._facets)


def checked_rows(name: str, values: npt.ArrayLike) -> np.ndarray:
    array = exact_floats(name, values)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"{name} must be a matrix with rows of R^d, got shape {array.shape}")
    if array.shape[1] > 6:
        raise ValueError(f"{name} are in R^{array.shape[1]}; dimension at most 6 is supported")
    return array


def _checked_halfspaces(
    halfspaces: tuple[npt.ArrayLike, npt.ArrayLike],
) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(halfspaces, Sequence) or len(halfspaces) != 2:
        raise ValueError("halfspaces must be a pair (A, b) that stands for A x <= b")
    normals = checked_rows("halfspaces[0]", halfspaces[0])
    limits = exact_floats("halfspaces[1]", halfspaces[1])
    if limits.shape != (len(normals),):
        raise ValueError(
            f"halfspaces[1] has shape {limits.shape}; it must be ({len(normals)},), "
            "one number for each row of halfspaces[0]"
        )
    return normals, limits


def _quotient(numerator: Fraction | int, divisor: int) -> float:
    try:
        return float(Fraction(numerator) / divisor)
    except OverflowError:
        return np.inf


def moved_point(point: Vector, centre: np.ndarray) -> Vector:
    """Coprime integers of a homogeneous point, counted from ``centre``."""
    *start, one = homogeneous(centre).tolist()
    *place, w = point
    return coprime([p * one - c * w for p, c in zip(place, start, strict=True)] + [w * one])


def _homogeneous(point: np.ndarray) -> Vector:
    """Coprime integers proportional to (point, 1)."""
    return coprime(homogeneous(point).tolist())


_Description = tuple[list[Vector], list[int], list[Vector]]


def _from_halfspaces(normals: np.ndarray, limits: np.ndarray) -> _Description:
    """Corners; facets as bits over the corners; each facet's row (-a, b) as coprime integers."""
    dim = normals.shape[1]
    both = np.column_stack([0.0 - normals, limits])
    given = [coprime(Dyadic.of(row).numerators.tolist()) for row in both]
    rows = [(*[0] * dim, 1), *dict.fromkeys(row for row in given if any(row))]
    rays = extreme_rays(rows)
    if rays is None:
        raise ValueError(
            "the polytope is unbounded (or empty): with every point x it contains a whole line, "
            "since the rows of A do not span the space; use Space for all of R^d"
        )
    corners = sorted(ray for ray in rays if ray[-1] > 0)
    if not corners:
        raise ValueError("the polytope is empty: no x satisfies A x <= b")
    rays_out = [ray for ray in rays if ray[-1] == 0]
    if rays_out:
        raise ValueError(
            f"the polytope is unbounded: it contains a ray in direction {list(rays_out[0][:-1])}"
        )
    if integer_rank(corners) <= dim:
        raise ValueError("the polytope has no interior: its corners lie on one hyperplane")
    facets: dict[int, Vector] = {}
    for i, row in enumerate(rows[1:], start=1):
        on_it = [place for place, corner in enumerate(corners) if rays[corner] >> i & 1]
        if on_it and integer_rank([corners[place] for place in on_it]) == dim:
            facets.setdefault(sum(1 << place for place in on_it), row)
    return corners, list(facets), list(facets.values())


def _from_vertices(points: np.ndarray) -> _Description:
    """The same from points: facets are the extreme rays of the cone of valid inequalities."""
    rows = list(dict.fromkeys(_homogeneous(point) for point in points))
    rays = extreme_rays(rows)
    if rays is None:
        raise ValueError("the polytope has no interior: the vertices lie on one hyperplane")
    corners = []
    for i, point in enumerate(rows):
        meet = (1 << len(rows)) - 1
        for tight in rays.values():
            if tight >> i & 1:
                meet &= tight
        if meet == 1 << i:
            corners.append((i, point))
    facets = {
        sum(1 << new for new, (old, _) in enumerate(corners) if tight >> old & 1): row
        for row, tight in rays.items()
    }
    return [point for _, point in corners], list(facets), list(facets.values())


def _rounded(corners: list[Vector]) -> np.ndarray:
    try:
        return np.array([[p / corner[-1] for p in corner[:-1]] for corner in corners])
    except OverflowError as error:
        raise OverflowError("a corner of the polytope is too large for float64") from error


def _floats(row: Vector) -> list[float]:
    """The row divided by its largest entry, each number correctly rounded."""
    largest = max(abs(entry) for entry in row)
    return [entry / largest for entry in row]
