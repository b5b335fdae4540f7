"""The face lattice while it is being cut: growing arrays, no geometry beyond rounded vertices.

Faces of dimension k are numbered; ``pairs(k)`` lists which (k-1)-faces bound which k-faces
(k >= 2), ``ends`` the two vertices of each 1-face.  A face that is cut keeps its number for the
negative side; the positive side and the section between them get new numbers at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations, product

import numpy as np

from linreg_lib.geometry.faces.spare_memory import take
from linreg_lib.locked import locked

#: up to this size room is taken generously: copying costs more than memory nobody touched
_GENEROUS_BYTES = 1 << 25


def roomy(needed: int, array: np.ndarray) -> int:
    """How many rows to allocate for an array that must hold ``needed`` rows."""
    row = max(array.itemsize * int(np.prod(array.shape[1:])), 1)
    return max(needed, min(16 * needed, _GENEROUS_BYTES // row), 2 * len(array))


class Growing:
    """An array that grows along its first axis, doubling its storage."""

    __slots__ = ("_data", "size")

    def __init__(self, initial: np.ndarray) -> None:
        self._data = np.array(initial)
        self.size = len(initial)

    @property
    def view(self) -> np.ndarray:
        return self._data[: self.size]

    def room_for(self, more: int) -> np.ndarray:
        """The whole storage, with place for so many more rows behind those in use."""
        if self.size + more > len(self._data):
            needed, data = self.size + more, self._data
            longer = take(roomy(needed, data), needed, data.shape[1:], data.dtype)
            longer[: self.size] = self.view
            self._data = longer
        return self._data

    def append(self, rows: np.ndarray) -> None:
        self.room_for(len(rows))[self.size : self.size + len(rows)] = rows
        self.size += len(rows)


class Lattice:
    """A polyhedral complex of dimension ``dim`` under construction.

    ``points`` (n, dim + 1) are homogeneous rounded coordinates, last entry 1 (0 for a direction).
    ``slack[k]`` bounds, for each k-face, how far a rounded vertex of it may lie off its exact
    affine hull (see vertex_signs/float_sign_bounds.py); ``some_vertex[k]`` names one vertex of each
    k-face.
    """

    def __init__(self, points: np.ndarray, edges: np.ndarray, pairs: dict[int, np.ndarray]) -> None:
        self.dim = points.shape[1] - 1
        self.points = Growing(points.astype(np.float64))
        self._ends = tuple(Growing(column.astype(np.intp)) for column in edges.T)
        self._pairs = {
            k: (Growing(rows[:, 0].astype(np.intp)), Growing(rows[:, 1].astype(np.intp)))
            for k, rows in pairs.items()
        }
        self.num_faces = {0: len(points), 1: len(edges)}
        self.slack = {1: Growing(np.zeros(len(edges)))}
        self.some_vertex: dict[int, Growing] = {}
        lowest = self._ends[0].view
        for k in range(2, self.dim + 1):
            faces, subfaces = self.pairs(k)
            self.num_faces[k] = int(faces.max()) + 1
            self.slack[k] = Growing(np.zeros(self.num_faces[k]))
            vertex = np.zeros(self.num_faces[k], dtype=np.intp)
            vertex[faces] = lowest[subfaces]
            self.some_vertex[k] = Growing(vertex)
            lowest = vertex
        #: for each k-face its place among the faces being cut, -1 for the others
        self.cut_place = {
            k: Growing(np.full(self.num_faces[k], -1, dtype=np.intp))
            for k in range(1, self.dim + 1)
        }

    @property
    def num_cells(self) -> int:
        return self.num_faces[self.dim]

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """First and second vertex of each edge."""
        return self._ends[0].view, self._ends[1].view

    def add_ends(self, first: np.ndarray, second: np.ndarray) -> None:
        self._ends[0].append(first)
        self._ends[1].append(second)

    def pairs(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Face and subface of each incidence between k-faces and (k-1)-faces, k >= 2."""
        faces, subfaces = self._pairs[k]
        return faces.view, subfaces.view

    def add_pairs(self, k: int, faces: np.ndarray, subfaces: np.ndarray) -> None:
        self._pairs[k][0].append(faces)
        self._pairs[k][1].append(subfaces)

    def add_faces(
        self, k: int, slack: np.ndarray, some_vertex: np.ndarray | None = None
    ) -> np.ndarray:
        """Numbers of new k-faces (k >= 1); their incidences are added separately."""
        numbers = np.arange(self.num_faces[k], self.num_faces[k] + len(slack), dtype=np.intp)
        self.num_faces[k] += len(slack)
        self.slack[k].append(slack)
        self.cut_place[k].append(np.full(len(slack), -1, dtype=np.intp))
        if k >= 2:
            assert some_vertex is not None
            self.some_vertex[k].append(some_vertex)
        return numbers


def cube_lattice(low: np.ndarray, high: np.ndarray) -> Lattice:
    """The face lattice of a box: 3^d faces, one for each choice of low, high or all per axis."""
    is_high, edges, incidence = _cube_faces(len(low))
    points = np.column_stack([np.where(is_high, high, low), np.ones(len(is_high))])
    return Lattice(points, edges, incidence)


@cache
def _cube_faces(dim: int) -> tuple[np.ndarray, np.ndarray, dict[int, np.ndarray]]:
    """For each corner and axis whether it is the high side; edges; pairs of faces from k = 2 on."""
    numbers: list[dict[tuple[int, ...], int]] = [{} for _ in range(dim + 1)]
    for face in product((0, 1, 2), repeat=dim):
        level = numbers[face.count(2)]
        level[face] = len(level)
    incidence = {}
    for k in range(1, dim + 1):
        rows = [
            (number, numbers[k - 1][(*face[:i], side, *face[i + 1 :])])
            for face, number in numbers[k].items()
            for i in range(dim)
            if face[i] == 2
            for side in (0, 1)
        ]
        incidence[k] = np.array(rows)
    edges = incidence.pop(1)[:, 1].reshape(-1, 2)
    is_high = np.array(list(numbers[0]), dtype=bool)
    return locked((is_high, edges, incidence))


def line_lattice() -> Lattice:
    """A whole line as two rays from an artificial vertex 1 at coordinate 0."""
    points = np.array([[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    return Lattice(points, np.array([[0, 1], [1, 2]]), {})


def simplicial_lattice(points: np.ndarray, cells: Sequence[tuple[int, ...]]) -> Lattice:
    """The complex of simplices ``cells``, each d + 1 increasing numbers of ``points``."""
    dim = points.shape[1] - 1
    level, incidence = dict.fromkeys(cells), {}
    for k in range(dim, 0, -1):
        below: dict[tuple[int, ...], int] = {}
        rows = [
            (face, below.setdefault(sub, len(below)))
            for face, simplex in enumerate(level)
            for sub in combinations(simplex, k)
        ]
        incidence[k] = np.array(rows)
        if k == 1:
            edges = np.array(list(level))
        level = dict.fromkeys(below)
    del incidence[1]
    return Lattice(points, edges, incidence)


def polytope_lattice(points: np.ndarray, facets: Iterable[int]) -> Lattice:
    """The face lattice of a polytope from its facets, given as bits over its corners ``points``.

    Faces are intersections of facets; the boundary faces of a face are the largest of its proper
    intersections with facets.
    """
    facets = list(facets)
    dim = points.shape[1] - 1
    level, incidence = [(1 << len(points)) - 1], {}
    for k in range(dim, 0, -1):
        below: dict[int, int] = {}
        rows = []
        for number, face in enumerate(level):
            meets = sorted({face & facet for facet in facets} - {face, 0})
            largest = [m for m in meets if not any(m & o == m != o for o in meets)]
            if k == 1:
                rows.append([corner.bit_length() - 1 for corner in largest])
            else:
                rows += [[number, below.setdefault(m, len(below))] for m in largest]
        incidence[k] = np.array(rows)
        level = list(below)
    edges = incidence.pop(1)
    return Lattice(points, edges, incidence)
