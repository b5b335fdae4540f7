"""Where the vertices of a complex are, each with a bound that is found afterwards.

The float vertices that a subdivision leaves are interpolated from others.  Which hyperplanes meet
in one is known exactly.  On a cell beside it they are affine in the coordinates x, so the vertex
solves A x + c = 0.  A and c are computed backwards through the layers with a bound of their
rounding errors: gamma_n = n u bounds the relative error of a sum of n products, and norms carry
errors from layer to layer.  With an approximate inverse B of A, q a bound of ||I - B A|| and rho of
the residual at the float vertex, this lies within max(|B| rho) / (1 - q) of the true one.

A vertex that this cannot place (ties, numbers out of range, flat angles) is placed in rational
arithmetic and rounded once.  Coordinates are counted from the domain's ``centre``, so a small
window far from zero keeps its relative precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry.accurate_offset import accurate_offset
from linreg_lib.geometry.certificates import UNIT, spectral_bound
from linreg_lib.geometry.domains import Domain
from linreg_lib.geometry.exact_vertices import ExactVertices
from linreg_lib.networks import Network

#: vertices are placed within this share of the window's size
VERTEX_TOLERANCE = 2.0**-32
#: below the squares that underflow
_NORM_FLOOR = 2.0**-500
_FLOOR = 2.0**-960
_SAFETY = 1.0 + 1e-6
_CHUNK = 1 << 14


@dataclass(frozen=True, kw_only=True)
class VertexPlaces:
    """``points`` (n, d), coordinates minus ``centre``; ``off`` (n,) how far each is off at most.

    Points at infinity are 0, with ``off`` infinite.  ``size``: no finite point is farther from 0.
    """

    points: np.ndarray
    off: np.ndarray
    exact: ExactVertices
    ids: np.ndarray
    centre: np.ndarray

    @property
    def size(self) -> float:
        finite = self.points[np.isfinite(self.off)]
        return float(np.abs(finite).max(initial=0.0)) * self.points.shape[1] ** 0.5

    def exactly(self, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places of some vertices, rounded from exact ones, and how far off they are."""
        points = np.array([self._rounded(int(vertex)) for vertex in vertices])
        points = points.reshape(-1, self.points.shape[1])
        return points, 2 * UNIT * np.abs(points).sum(axis=1) + 2.0**-1070

    def _rounded(self, vertex: int) -> list[float]:
        found = []
        *point, w = self.exact.point(int(self.ids[vertex]))
        for p, scale in zip(point, self.exact._scales.tolist(), strict=True):
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
        return VertexPlaces(
            points=self.points[vertices],
            off=self.off[vertices],
            exact=self.exact,
            ids=self.ids[vertices],
            centre=self.centre,
        )


def vertex_places(
    *,
    net: Network,
    domain: Domain,
    points: np.ndarray,
    zeros: np.ndarray,
    zero_words: tuple[int, ...],
    patterns: np.ndarray,
    cells: np.ndarray,
    walls: tuple[np.ndarray, np.ndarray] | None,
    exact: ExactVertices,
    ids: np.ndarray,
) -> VertexPlaces:
    """Place the vertices with homogeneous float coordinates ``points`` (n, d + 1).

    ``zeros`` (n, words): on which breakpoints each lies; ``cells`` (n,): the row of ``patterns`` of
    a cell that each belongs to; ``walls``: which of the domain's facets (n, m) each lies on, and
    their rows (m, d + 1); None where coordinates tell.
    """
    finite = points[:, -1] > 0
    with np.errstate(all="ignore"):
        local = points[:, :-1] / np.where(finite, points[:, -1], 1.0)[:, None]
        rows = _Hyperplanes(net, domain)
        off = np.full(len(points), np.inf)
        for start in range(0, len(points), _CHUNK):
            part = slice(start, start + _CHUNK)
            on_wall = None if walls is None else (walls[0][part], walls[1])
            system = _systems(
                rows, domain, local[part], zeros[part], zero_words, patterns, cells[part], on_wall
            )
            off[part][system[0]] = _distances(*system[1:], local[part][system[0]])
        # The quotient of homogeneous coordinates is rounded.
        off = np.where(np.isfinite(off), off + 2 * UNIT * np.abs(local).sum(axis=1), np.inf)
        size = np.abs(local).max(axis=1)
        if domain.is_bounded:
            size = np.full(len(size), size.max(initial=0.0))
    local[~finite] = 0.0
    places = VertexPlaces(points=local, off=off, exact=exact, ids=ids, centre=domain.centre)
    doubtful = np.flatnonzero(finite & ~(off <= VERTEX_TOLERANCE * size))
    if len(doubtful):
        local[doubtful], off[doubtful] = places.exactly(doubtful)
    off[~finite] = np.inf
    for array in (local, off):
        array.setflags(write=False)
    return places


class _Hyperplanes:
    """Rows of a network's neurons, affine in local coordinates on given cells."""

    def __init__(self, net: Network, domain: Domain) -> None:
        self.net = net
        weight, basis = net.weights[0], domain.basis
        #: the first layer in coordinates, and how far each entry may be off
        self.frame = weight @ basis.T
        unit = (net.input_dim + 12) * UNIT
        self.frame_error = unit * (np.abs(weight) @ np.abs(basis).T) + _FLOOR
        if (basis == np.eye(*basis.shape)).all() and basis.shape[0] == basis.shape[1]:
            self.frame_error[:] = 0.0
        origin = domain.origin + domain.centre @ basis
        self.offset, self.offset_error = accurate_offset(weight, net.biases[0], origin)
        self.first_unit = np.cumsum([0, *net.hidden_widths])
        self._norms = [
            (spectral_bound(matrix), spectral_bound(np.abs(matrix)), _norm(vector[None])[0])
            for matrix, vector in (self._layer(layer) for layer in range(net.depth))
        ]

    def _layer(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        if layer:
            return self.net.weights[layer], self.net.biases[layer]
        return self.frame, self.offset

    def rows(
        self, layer: int, neurons: np.ndarray, levels: np.ndarray, patterns: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Rows (m, d) and constants (m,) of ``neuron - level``, and bounds of both errors (m,).

        ``patterns`` (m, units) of the cells on which they are meant.
        """
        matrix, vector = self._layer(layer)
        row, constant = matrix[neurons], vector[neurons] - levels
        row_error = np.zeros(len(row))
        error = UNIT * np.abs(constant)
        if not layer:
            return (
                row,
                constant,
                _norm(self.frame_error)[neurons],
                error + self.offset_error[neurons],
            )
        for before in reversed(range(layer)):
            units = slice(self.first_unit[before], self.first_unit[before + 1])
            activation, pieces = self.net.activations[before], patterns[:, units]
            num = pieces.shape[1] + 4
            matrix, vector = self._layer(before)
            if activation.offsets.any():
                size, offsets = _norm(row), activation.offsets[pieces]
                largest = float(np.abs(activation.offsets).max()) * num**0.5
                constant += np.einsum("ij,ij->i", row, offsets)
                error += largest * (row_error + (num + 1) * UNIT * size)
                error += UNIT * np.abs(constant)
            row = row * activation.slopes[pieces]
            size = _norm(row)
            row_error = row_error * float(np.abs(activation.slopes).max())
            if not np.isin(activation.slopes, (0.0, 1.0)).all():
                row_error += UNIT * size
            norm, absolute_norm, vector_norm = self._norms[before]
            constant += row @ vector
            error += vector_norm * (row_error + num * UNIT * size) + UNIT * np.abs(constant)
            row_error = norm * row_error + num * UNIT * absolute_norm * size + _FLOOR
            if before == 0:
                row_error += size * _norm(self.frame_error.ravel()[None])[0]
                error += size * _norm(self.offset_error[None])[0]
            row = row @ matrix
        return row, constant, row_error * _SAFETY, error * _SAFETY + _FLOOR


def _systems(
    hyperplanes: _Hyperplanes,
    domain: Domain,
    points: np.ndarray,
    zeros: np.ndarray,
    zero_words: tuple[int, ...],
    patterns: np.ndarray,
    cells: np.ndarray,
    walls: tuple[np.ndarray, np.ndarray] | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vertices on exactly d hyperplanes: their numbers, rows, constants and both errors."""
    num, dim = points.shape
    vertex, word, bit = _set_bits(zeros, dim + 1)
    if walls is None:
        wall_vertex, wall, wall_rows, wall_constants = _axis_walls(domain, points)
    else:
        wall_vertex, wall = np.nonzero(walls[0])
        wall_rows, wall_constants = walls[1][:, :-1][wall], walls[1][wall, -1]
    counts = np.bincount(vertex, minlength=num) + np.bincount(wall_vertex, minlength=num)
    fits = counts == dim
    chosen = np.flatnonzero(fits)
    place = np.cumsum(fits) - 1
    kept = fits[wall_vertex]
    wall_vertex, wall_rows = place[wall_vertex[kept]], wall_rows[kept]
    # Entries of polytopes' rows are rounded once.
    wall_rows_error = UNIT * np.abs(wall_rows).sum(axis=1)
    wall_error = UNIT * np.abs(wall_constants[kept])
    vertices, rows, constants = [wall_vertex], [wall_rows], [wall_constants[kept]]
    row_errors, errors = [wall_rows_error], [wall_error]
    kept = fits[vertex]
    vertex, word, bit = place[vertex[kept]], word[kept], bit[kept]
    first_word = np.cumsum([0, *zero_words])
    for layer in range(len(zero_words)):
        here = np.flatnonzero((word >= first_word[layer]) & (word < first_word[layer + 1]))
        breakpoints = hyperplanes.net.activations[layer].breakpoints
        column = 64 * (word[here] - first_word[layer]) + bit[here]
        neurons, index = np.divmod(column, len(breakpoints))
        own = patterns[cells[chosen[vertex[here]]]]
        found = hyperplanes.rows(layer, neurons, breakpoints[index], own)
        vertices.append(vertex[here])
        for each, values in zip((rows, constants, row_errors, errors), found, strict=True):
            each.append(values)
    order = np.argsort(np.concatenate(vertices), kind="stable")
    shape = (len(chosen), dim)
    return (
        chosen,
        np.concatenate(rows)[order].reshape(*shape, dim),
        np.concatenate(constants)[order].reshape(shape),
        np.concatenate(row_errors)[order].reshape(shape),
        np.concatenate(errors)[order].reshape(shape),
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


def _axis_walls(
    domain: Domain, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vertices on walls across an axis, which float coordinates keep, and the walls' rows."""
    if not domain.is_bounded:
        none = np.zeros(0, dtype=np.int64)
        return none, none, np.zeros((0, points.shape[1])), np.zeros(0)
    low, high = domain._lattice_bounds()
    vertex, axis = np.nonzero((points == low) | (points == high))
    return vertex, axis, np.eye(points.shape[1])[axis], -points[vertex, axis]


def _distances(
    rows: np.ndarray,
    constants: np.ndarray,
    row_errors: np.ndarray,
    errors: np.ndarray,
    points: np.ndarray,
) -> np.ndarray:
    """How far ``points`` (m, d) are at most from solving ``rows x + constants = 0``; maybe inf."""
    num, dim = points.shape
    powers = -np.frexp(np.abs(rows).max(axis=2, initial=0.0))[1]
    rows = np.ldexp(rows, powers[:, :, None])
    constants, row_errors, errors = (np.ldexp(x, powers) for x in (constants, row_errors, errors))
    gamma = (dim + 4) * UNIT
    size = np.sqrt(np.einsum("ij,ij->i", points, points)) + _NORM_FLOOR
    residual = np.abs(np.einsum("vij,vj->vi", rows, points) + constants)
    rounding = np.einsum("vij,vj->vi", np.abs(rows), np.abs(points)) + np.abs(constants)
    residual += row_errors * size[:, None] + errors + gamma * rounding + _FLOOR
    inverse = _inverses(rows)
    spread = np.abs(inverse)
    defect = np.abs(np.eye(dim) - inverse @ rows).sum(axis=2)
    defect += np.einsum("vij,vj->vi", spread, row_errors) * dim**0.5
    defect += gamma * np.einsum("vij,vjk->vi", spread, np.abs(rows)) + gamma
    contraction = defect.max(axis=1) * _SAFETY
    off = np.einsum("vij,vj->vi", spread, residual).max(axis=1) * dim**0.5
    off = off / (1.0 - contraction) * _SAFETY
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


def _norm(rows: np.ndarray) -> np.ndarray:
    """At least the Euclidean lengths of the rows; squares may underflow."""
    return np.sqrt(np.einsum("ij,ij->i", rows, rows)) * _SAFETY + _NORM_FLOOR
