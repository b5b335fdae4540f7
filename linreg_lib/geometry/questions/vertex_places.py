"""Where the vertices of a complex are, each with a bound that is found afterwards.

The float vertices that a subdivision leaves are interpolated from others.  Which hyperplanes meet
in one is known exactly.  On a cell beside it they are affine in the coordinates x, so the vertex
solves A x + c = 0.  A and c are computed backwards through the layers with a bound of their
rounding errors: gamma_n = n u bounds the relative error of a sum of n products, and norms carry
errors from layer to layer.  All this in units in which the vertices reach about as far along each
axis: the norms then say the same whatever the inputs are measured in.  With an approximate inverse
B of A, q a bound of ||I - B A|| and rho of the residual at the float vertex, this lies within
r = max(|B| rho) / (1 - q) of the true one; along axis i even within (|B| rho)_i + q_i r, with q_i
the sum of row i of |I - B A|.

A vertex that this cannot place (ties, numbers out of range, flat angles) is placed in rational
arithmetic and rounded once.  Coordinates are counted from the domain's ``centre``, so a small
window far from zero keeps its relative precision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from linreg_lib.geometry.domains.coordinate_units import coordinate_units
from linreg_lib.geometry.domains.polytope import Polytope
from linreg_lib.geometry.questions.affine_rows import AffineRows
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.walls_of_vertices import (
    is_across_axis,
    walls_at_corners,
    walls_of_vertices,
)
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.locked import Locked, kept_answer
from linreg_lib.networks.float_constants import (
    FACTOR_FLOOR,
    PLACE_FLOOR,
    ROW_FLOOR,
    SAFETY,
    SMALLEST,
    SQUARE_FLOOR,
    UNIT,
)

#: vertices are placed within this share of the window's size along each axis
VERTEX_TOLERANCE = 2.0**-32
_CHUNK = 1 << 14


@dataclass(frozen=True, kw_only=True, repr=False)
class VertexPlaces(Locked):
    """``points`` (n, d), coordinates minus ``centre``; ``off`` (n, d) how far off they are at most.

    Points at infinity are 0, with ``off`` infinite.  In ``units`` (d,), powers of two, the vertices
    reach about as far along each axis.  ``numbers`` are the vertices' rows in ``meets``, ``ids``
    their numbers in ``exact``.
    """

    points: np.ndarray
    off: np.ndarray
    units: np.ndarray
    meets: VertexHyperplanes
    numbers: np.ndarray
    exact: ExactVertices
    ids: np.ndarray
    centre: np.ndarray

    def tightened(self, vertices: np.ndarray) -> np.ndarray:
        """A smaller ``off`` of some vertices, for more work."""
        points = self.points[vertices]
        off = self.meets.distances(points, self.numbers[vertices], precise=True)
        return np.minimum(self.off[vertices], off)

    def exactly(self, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places of some vertices, rounded from exact ones, and how far off they are."""
        points = np.array([self._rounded(int(vertex)) for vertex in vertices])
        points = points.reshape(-1, self.points.shape[1])
        return points, 2 * UNIT * np.abs(points) + SMALLEST

    def _rounded(self, vertex: int) -> list[float]:
        found = []
        *point, w = self.exact.point(int(self.ids[vertex]))
        for p, scale in zip(point, self.exact.domain.scales.tolist(), strict=True):
            above, below = scale.as_integer_ratio()
            try:
                found.append(int(p) * above / (int(w) * below))
            except OverflowError as error:
                raise OverflowError(
                    "a vertex is too far away for float64; scale the weights or the domain"
                ) from error
        return found

    def of(self, vertices: np.ndarray) -> VertexPlaces:
        """Some of the vertices."""
        parts = {
            name: getattr(self, name)[vertices] for name in ("points", "off", "numbers", "ids")
        }
        return replace(self, **parts)


def lengths_in(units: np.ndarray, off: np.ndarray) -> np.ndarray:
    """How far ``points / units`` are off at most (n,), from how far points are along each axis."""
    return np.asarray(np.hypot.reduce(off / units, axis=1) * SAFETY + PLACE_FLOOR)


def vertex_places(record: CutRecord) -> VertexPlaces:
    """Place the vertices of a record."""
    points = record.points
    finite, domain = record.is_finite, record.domain
    with np.errstate(all="ignore"):
        local = points[:, :-1] / np.where(finite, points[:, -1], 1.0)[:, None]
    local[~finite] = 0.0
    units = np.ones(domain.dim)
    if len(local):
        units = coordinate_units(np.where(np.isfinite(local), local, 0.0))
    meets = VertexHyperplanes(record, _walls_of_vertices(record, units), units)
    numbers = np.arange(len(points))
    off = meets.distances(local, numbers, precise=False)
    with np.errstate(all="ignore"):
        # The window's size along each axis, wherever it is; each vertex' own where there is none.
        size = np.ptp(local, axis=0) if domain.is_bounded else np.abs(local).max(axis=1)[:, None]
        allowed = np.broadcast_to(np.where(size < np.inf, VERTEX_TOLERANCE * size, -1.0), off.shape)
        # Where the quotient overflows, the exact one is no float either, or barely: it will tell.
        doubtful = np.flatnonzero(finite & ~(off <= allowed).all(axis=1))
    off[~finite] = np.inf
    places = VertexPlaces(
        points=local.copy(),
        off=off.copy(),
        units=units,
        meets=meets,
        numbers=numbers,
        exact=record.exact,
        ids=record.vertex_ids,
        centre=domain.centre,
    )
    if len(doubtful):
        off[doubtful] = places.tightened(doubtful)
        doubtful = doubtful[~(off[doubtful] <= allowed[doubtful]).all(axis=1)]
        local[doubtful], off[doubtful] = places.exactly(doubtful)
    return replace(places, points=local, off=off)


def _walls_of_vertices(
    record: CutRecord, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """For polytopes: which facet each vertex lies on (n, m), and the facets' rows (m, d + 1)."""
    domain = record.domain
    if not isinstance(domain, Polytope):
        return None
    corners, rows = domain.lattice_rows()
    return walls_of_vertices(record, corners), rows * np.append(units, 1.0)


@dataclass(frozen=True, repr=False)
class VertexHyperplanes(Locked):
    """Which hyperplanes meet in each vertex.

    ``walls``: which of the domain's facets (n, m) each lies on, and their rows (m, d + 1) in the
    lattice's coordinates / ``units``; None where float coordinates tell.
    """

    record: CutRecord
    walls: tuple[np.ndarray, np.ndarray] | None
    units: np.ndarray

    @kept_answer
    def cells(self) -> np.ndarray:
        """A cell that each vertex belongs to."""
        return self.record.some_cell(0)

    @kept_answer
    def walls_across_axes(self) -> tuple[np.ndarray, np.ndarray]:
        """On which of the domain's facets across an axis each vertex lies, and these axes (m,).

        Bool (n, m); exact.
        """
        if not self.record.domain.is_bounded or self.record.dim == 1:
            return np.zeros((len(self.record.points), 0), dtype=bool), np.zeros(0, dtype=np.int64)
        corners = walls_at_corners(self.record.domain)
        wall, axis = np.nonzero(is_across_axis(self.record.domain, corners))
        return walls_of_vertices(self.record, corners)[:, wall], axis

    def distances(self, points: np.ndarray, vertices: np.ndarray, precise: bool) -> np.ndarray:
        """How far ``points`` (m, d) are at most off some ``vertices`` (m,) along each axis (m, d).

        Infinite: unknown.
        """
        off = np.full(points.shape, np.inf)
        with np.errstate(all="ignore"):
            hyperplanes = self._precise_rows if precise else self._rows(False)
            for start in range(0, len(points), _CHUNK):
                part = slice(start, start + _CHUNK)
                here = points[part]
                chosen, *systems = self._systems(hyperplanes, here, vertices[part])
                found = _distances(here[chosen] / self.units, *systems)
                off[part][chosen] = found * self.units + SMALLEST
        return off

    @kept_answer
    def _precise_rows(self) -> AffineRows:
        return self._rows(True)

    def _rows(self, precise: bool) -> AffineRows:
        return AffineRows(self.record.network, self.record.domain, self.units, precise)

    def _systems(
        self, hyperplanes: AffineRows, points: np.ndarray, numbers: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """Points on exactly d hyperplanes: which, rows, constants, and errors of both."""
        num, dim = points.shape
        vertex, word, bit = _set_bits(self.record.faces.zeros[numbers], dim + 1)
        wall_vertex, wall_rows = self._walls(points, numbers)
        counts = np.bincount(vertex, minlength=num) + np.bincount(wall_vertex, minlength=num)
        fits = counts == dim
        chosen = np.flatnonzero(fits)
        place = np.cumsum(fits) - 1
        kept = fits[wall_vertex]
        vertices, wall_rows = [place[wall_vertex[kept]]], wall_rows[kept]
        # A polytope's rows are rounded once; walls across an axis are exact.
        unit = 0.0 if self.walls is None else UNIT
        floor = FACTOR_FLOOR * self.units.sum()
        parts = [
            (
                wall_rows[:, :-1],
                wall_rows[:, -1],
                unit * (np.abs(wall_rows[:, :-1]).sum(axis=1) + floor),
                unit * np.abs(wall_rows[:, -1]),
            )
        ]
        kept = fits[vertex]
        vertex, word, bit = place[vertex[kept]], word[kept], bit[kept]
        patterns, zero_words = self.record.patterns, self.record.faces.zero_words
        first_word, cells = np.cumsum([0, *zero_words]), self.cells[numbers[chosen]]
        for layer in range(len(zero_words)):
            here = np.flatnonzero((word >= first_word[layer]) & (word < first_word[layer + 1]))
            network = self.record.network
            activation, width = network.activations[layer], network.hidden_widths[layer]
            neurons, index = np.divmod(
                64 * (word[here] - first_word[layer]) + bit[here], activation.num_breakpoints
            )
            breakpoints = activation.breakpoint_table(width)
            own = patterns[cells[vertex[here]]] if layer else patterns[:0]
            vertices.append(vertex[here])
            parts.append(hyperplanes.of(layer, neurons, breakpoints[neurons, index], own))
        order = np.argsort(np.concatenate(vertices), kind="stable")
        shape = (len(chosen), dim)
        rows, *others = (np.concatenate(each)[order] for each in zip(*parts, strict=True))
        return chosen, rows.reshape(*shape, dim), *(each.reshape(shape) for each in others)

    def _walls(self, points: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Vertices that lie on walls, and the walls' rows (d + 1)."""
        dim = points.shape[1]
        if self.walls is not None:
            vertex, wall = np.nonzero(self.walls[0][numbers])
            return vertex, self.walls[1][wall]
        if not self.record.domain.is_bounded:
            return np.zeros(0, dtype=np.int64), np.zeros((0, dim + 1))
        # Rounding keeps vertices on walls across an axis exactly.
        low, high = self.record.domain.lattice_bounds()
        vertex, axis = np.nonzero((points == low) | (points == high))
        return vertex, np.column_stack(
            [np.eye(dim)[axis], -points[vertex, axis] / self.units[axis]]
        )


def _set_bits(words: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, column and place of set bits, at most so many of one word."""
    row, column = np.nonzero(words)
    left = words[row, column]
    found = []
    for _ in range(most):
        lowest = left & (~left + np.uint64(1))
        place = np.frexp(lowest.astype(np.float64))[1] - 1
        found.append((row, column, place))
        left = left ^ lowest
        more = np.flatnonzero(left)
        row, column, left = row[more], column[more], left[more]
    rows, columns, places = (np.concatenate(each) for each in zip(*found, strict=True))
    return rows, columns, places


def _distances(
    points: np.ndarray,
    rows: np.ndarray,
    constants: np.ndarray,
    row_errors: np.ndarray,
    errors: np.ndarray,
) -> np.ndarray:
    """How far ``points`` (m, d) are at most off the solutions of ``rows x + constants = 0``.

    Along each axis (m, d), maybe inf.
    """
    num, dim = points.shape
    powers = -np.frexp(np.abs(rows).max(axis=2, initial=0.0))[1]
    rows = np.ldexp(rows, powers[:, :, None])
    constants, row_errors, errors = (np.ldexp(x, powers) for x in (constants, row_errors, errors))
    gamma = (dim + 4) * UNIT
    size = np.sqrt(np.einsum("ij,ij->i", points, points)) + SQUARE_FLOOR
    residual = np.abs(np.einsum("vij,vj->vi", rows, points) + constants)
    rounding = np.einsum("vij,vj->vi", np.abs(rows), np.abs(points)) + np.abs(constants)
    residual += row_errors * size[:, None] + errors + gamma * rounding + ROW_FLOOR
    inverse = _inverses(rows)
    spread = np.abs(inverse)
    defect = np.abs(np.eye(dim) - inverse @ rows).sum(axis=2)
    defect += np.einsum("vij,vj->vi", spread, row_errors) * dim**0.5
    defect += gamma * np.einsum("vij,vjk->vi", spread, np.abs(rows)) + gamma
    contraction = defect.max(axis=1, keepdims=True) * SAFETY
    step = np.einsum("vij,vj->vi", spread, residual)
    off = (step + defect * step.max(axis=1, keepdims=True) / (1.0 - contraction)) * SAFETY
    return np.where((contraction < 0.5) & np.isfinite(off), off, np.inf)


def _inverses(rows: np.ndarray) -> np.ndarray:
    """Approximate inverses of small matrices; anything where there is none."""
    dim = rows.shape[1]
    if dim == 1:
        return 1.0 / rows
    if dim == 2:
        (a, b), (c, d) = rows.transpose(1, 2, 0)
        return np.array([[d, -b], [-c, a]]).transpose(2, 0, 1) / (a * d - b * c)[:, None, None]
    if dim == 3:
        a, b, c = rows.transpose(1, 0, 2)
        columns = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=2)
        return columns / np.einsum("ij,ij->i", a, columns[:, :, 0])[:, None, None]
    try:
        return np.linalg.inv(rows)
    except np.linalg.LinAlgError:
        found = np.full(rows.shape, np.nan)
        for place, each in enumerate(rows):
            if np.linalg.matrix_rank(each) == dim:
                found[place] = np.linalg.inv(each)
        return found
