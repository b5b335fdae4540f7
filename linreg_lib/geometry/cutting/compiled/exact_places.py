"""Exact places of a skeleton's vertices, straight from the hyperplanes that meet there.

A vertex lies on d hyperplanes, and its bits tell a cell beside it on which all of them are affine:
d equations.  So no ancestors are needed, which would take all neurons of all layers for each.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from linreg_lib.geometry.cutting.compiled.skeleton import Columns, Skeleton
from linreg_lib.geometry.cutting.compiled.vertex_rows import VertexRows
from linreg_lib.geometry.faces.pattern_words import unpacked
from linreg_lib.geometry.vertex_signs.crossings import Crossing
from linreg_lib.geometry.vertex_signs.long_floats import rounded
from linreg_lib.geometry.vertex_signs.support import Support
from linreg_lib.geometry.vertex_signs.vertex_births import reduced
from linreg_lib.locked import Locked, kept_answer
from linreg_lib.networks.exact_network import ExactNetwork
from linreg_lib.networks.exact_rank import null_vector


class SkeletonPlaces(Locked):
    """Points of all vertices of a skeleton, kept once computed; ``start`` is the domain's one."""

    def __init__(
        self,
        network: ExactNetwork,
        corners: dict[int, np.ndarray],
        scales: np.ndarray,
        start: Skeleton,
        vertices: VertexRows,
        columns: Columns,
    ) -> None:
        self.network, self.scales = network, scales
        self._points = corners
        self._start, self._vertices, self._columns = start, vertices, columns

    def of_others(self, vertices: VertexRows) -> SkeletonPlaces:
        """The same for other vertices on the same hyperplanes, of which none is known yet."""
        others = SkeletonPlaces(self.network, {}, self.scales, self._start, vertices, self._columns)
        vars(others)["_walls"] = self._walls
        return others

    def point(self, vertex: int) -> np.ndarray:
        """Homogeneous integer parameters (dim + 1,) of a vertex."""
        found = self._points.get(vertex)
        if found is None:
            rows = [self._row(vertex, int(h)) for h in self._vertices.hyperplanes[vertex]]
            point = np.array(null_vector(rows), dtype=object)
            found = reduced(point if point[-1] > 0 else -point)
            self._points[vertex] = found
        return found

    def _row(self, vertex: int, hyperplane: int) -> list[int]:
        if hyperplane < self._start.num_walls:
            return self._walls[hyperplane]
        at = self._columns.support_of(hyperplane)
        pieces = [self.pieces(vertex, before) for before in range(at.layer)]
        return list(self.network.hyperplane(at.layer, at.neuron, at.breakpoint, pieces))

    def hyperplanes_of(self, vertex: int) -> list[Support]:
        """What the hyperplanes at a vertex belong to that are no walls."""
        hyperplanes = self._vertices.hyperplanes[vertex].tolist()
        return [self._columns.support_of(h) for h in hyperplanes if h >= self._start.num_walls]

    def wall_rows(self, vertex: int) -> list[np.ndarray]:
        """The equations of the walls at a vertex, rounded to longdouble (d + 1,)."""
        hyperplanes = self._vertices.hyperplanes[vertex].tolist()
        walls = [self._walls[h] for h in hyperplanes if h < self._start.num_walls]
        return [rounded([Fraction(x, max(map(abs, wall))) for x in wall]) for wall in walls]

    def wall_normals(self) -> np.ndarray:
        """Normals of all walls in coordinates (walls, d), the largest entry 1, rounded."""
        scales = [Fraction(float(scale)) for scale in self.scales]
        rows = []
        for _, row in sorted(self._walls.items()):
            normal = [Fraction(x) / scale for x, scale in zip(row, scales, strict=False)]
            largest = max(map(abs, normal))
            rows.append([float(x / largest) for x in normal])
        return np.array(rows)

    def fixed_parameters(self, vertex: int) -> list[tuple[int, np.longdouble]]:
        """Parameters that walls across an axis fix, with their values, rounded."""
        fixed = []
        for hyperplane in self._vertices.hyperplanes[vertex].tolist():
            if hyperplane >= self._start.num_walls:
                break
            *row, constant = self._walls[hyperplane]
            axes = [axis for axis, entry in enumerate(row) if entry]
            if len(axes) == 1:
                fixed.append((axes[0], rounded([Fraction(-constant, row[axes[0]])])[0]))
        return fixed

    @kept_answer
    def first_layer(self) -> np.ndarray:
        """[W | b] of the first layer in parameters, rounded to longdouble (n, d + 1).

        Infinite where float64 overflows.
        """
        matrix, shift = self.network.first_layer()
        try:
            rows = [rounded([Fraction(int(x), 1 << shift) for x in row]) for row in matrix]
        except OverflowError:
            return np.full(matrix.shape, np.inf, dtype=np.longdouble)
        return np.array(rows)

    def pieces(self, vertex: int, layer: int) -> np.ndarray:
        """The layer's pieces on the cell below all hyperplanes that meet at the vertex."""
        columns = self._columns
        first, end = columns.first_word[layer : layer + 2]
        width, num_breakpoints = columns.widths[layer], columns.num_breakpoints[layer]
        bits = unpacked(
            self._vertices.words[vertex : vertex + 1, first:end], width * num_breakpoints
        )
        return np.asarray(bits.reshape(width, num_breakpoints).sum(axis=1))

    @kept_answer
    def _walls(self) -> dict[int, list[int]]:
        """The walls' equations, each from a corner and its neighbours on the wall."""
        start = self._start
        walls: dict[int, list[int]] = {}
        for corner, names in enumerate(start.hyperplanes.tolist()):
            ends = start.neighbours[corner, 1::2] >> start.slot_bits
            for axis, wall in enumerate(names):
                if wall in walls:
                    continue
                on_wall = [corner, *np.delete(ends, axis).tolist()]
                walls[wall] = null_vector([list(self._points[v]) for v in on_wall])
        return walls


class SkeletonCrossings:
    """Each vertex was born by the last of its hyperplanes."""

    def __init__(self, vertices: VertexRows, columns: Columns) -> None:
        self._vertices, self._columns = vertices, columns

    def __call__(self, vertex: int) -> Crossing:
        a, b = (int(i) for i in self._vertices.births[vertex])
        if a < 0:
            raise AssertionError("a corner of the domain was not born on an edge")
        support = self._columns.support_of(int(self._vertices.hyperplanes[vertex, -1]))
        return Crossing(ends=(a, b), support=support)

    def table(self, num_vertices: int) -> np.ndarray:
        ends = self._vertices.births[:num_vertices]
        rows = np.full((num_vertices, 5), -1, dtype=np.int64)
        born = np.flatnonzero(ends[:, 0] >= 0)
        rows[born, :2] = ends[born]
        rows[born, 2:] = self._columns.supports_of(self._vertices.hyperplanes[born, -1])
        return rows
