"""The lattice as the compiled kernels keep it: one numbering and linked boundaries."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry import kernels, reading_kernels
from linreg_lib.geometry.lattice import Lattice, roomy
from linreg_lib.geometry.spare_memory import give, take


class Pool:
    """Faces of all dimensions; see kernels.py for the meaning of the columns."""

    def __init__(self, lattice: Lattice) -> None:
        self.dim = lattice.dim
        self.points = lattice.points
        starts = np.cumsum([0, *(lattice.num_faces[k] for k in range(1, lattice.dim + 1))])
        num = int(starts[-1])
        self.faces = np.full((num, 8), -1, dtype=np.int32)
        self.faces[:, kernels.MARK] = 0
        self.slack, self.slope = np.zeros(num), np.zeros(num)
        nodes: list[tuple[int, int]] = []
        for k in range(1, lattice.dim + 1):
            start = starts[k - 1]
            rows = self.faces[start : starts[k]]
            rows[:, kernels.DIM] = k
            self.slack[start : starts[k]] = lattice.slack[k].view
            if k == 1:
                rows[:, kernels.LEAD], rows[:, kernels.OTHER] = lattice.ends
                continue
            rows[:, kernels.OTHER] = lattice.some_vertex[k].view
            below = starts[k - 2]
            nodes += [(f + start, g + below) for f, g in zip(*lattice.pairs(k), strict=True)]
        self.nodes = np.full((max(len(nodes), 1), 4), -1, dtype=np.int32)
        for node, (face, sub) in enumerate(nodes):
            self.nodes[node] = (
                face,
                sub,
                self.faces[face, kernels.LEAD],
                self.faces[sub, kernels.UP],
            )
            self.faces[face, kernels.LEAD] = self.faces[sub, kernels.UP] = node
        self.cut_list = np.empty(num, dtype=np.int32)
        self.entries = np.empty((1024, 2), dtype=np.int32)
        self.counts = np.zeros(kernels.LEVELS + 10, dtype=np.int64)
        self.counts[kernels.NUM_FACES] = num
        self.counts[kernels.NUM_NODES] = len(nodes)
        self.num_cells = int(lattice.num_faces[lattice.dim])

    def reserve_faces(self, more: int) -> None:
        """Room for more faces."""
        needed = int(self.counts[kernels.NUM_FACES]) + more
        self.faces, self.cut_list = _fitted(self.faces, needed), _fitted(self.cut_list, needed)
        self.slack, self.slope = _fitted(self.slack, needed), _fitted(self.slope, needed)

    @property
    def face_capacity(self) -> int:
        """How many faces there is room for: the arrays may differ in length."""
        return min(len(each) for each in (self.faces, self.cut_list, self.slack, self.slope))

    def reserve_nodes(self, more: int) -> None:
        """Room for more incidences."""
        needed = int(self.counts[kernels.NUM_NODES]) + more
        self.nodes = _fitted(self.nodes, needed)

    def reserve_entries(self, more: int) -> None:
        """Room for more crossings of edges and hyperplanes."""
        needed = int(self.counts[kernels.NUM_ENTRIES]) + more
        self.entries = _fitted(self.entries, needed)

    @property
    def dims(self) -> np.ndarray:
        """The dimension of each face."""
        return self.faces[: self.counts[kernels.NUM_FACES], kernels.DIM]

    @property
    def faces_of_cells(self) -> np.ndarray:
        """Numbers of the cells among all faces, in the order of their birth."""
        return np.flatnonzero(self.dims == self.dim)

    def give_back(self) -> None:
        """Leave the memory to the next subdivision."""
        for array in (self.faces, self.slack, self.slope, self.cut_list, self.nodes, self.entries):
            give(array)

    def plain(self) -> PlainLattice:
        """The same lattice with faces numbered dimension by dimension."""
        return PlainLattice(self)


class PlainLattice:
    """What finish.py reads: faces numbered within each dimension, boundaries as pairs."""

    def __init__(self, pool: Pool) -> None:
        self.dim, self.points = pool.dim, pool.points
        dims = pool.dims
        number = np.empty(len(dims), dtype=np.int32)
        self.num_faces = {0: pool.points.size}
        self._pairs = {}
        for k in range(1, pool.dim + 1):
            faces = np.flatnonzero(dims == k)
            number[faces] = np.arange(len(faces), dtype=np.int32)
            self.num_faces[k] = len(faces)
            if k == 1:
                rows = pool.faces[faces]
                self._ends = rows[:, kernels.LEAD], rows[:, kernels.OTHER]
                continue
            counts = np.empty(len(faces), dtype=np.int64)
            reading_kernels.count_boundaries(pool.faces, pool.nodes, faces, counts)
            members = np.empty(counts.sum(), dtype=np.int32)
            reading_kernels.list_boundaries(pool.faces, pool.nodes, faces, number, members)
            self._pairs[k] = (np.repeat(np.arange(len(faces)), counts), members)

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """First and second vertex of each edge."""
        return self._ends

    @property
    def num_cells(self) -> int:
        """Number of cells."""
        return self.num_faces[self.dim]

    def pairs(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Face and subface of each incidence between k-faces and (k-1)-faces, k >= 2."""
        return self._pairs[k]


def _fitted(array: np.ndarray, needed: int) -> np.ndarray:
    if needed <= len(array):
        return array
    taller = take(roomy(needed, array), needed, array.shape[1:], array.dtype)
    taller[: len(array)] = array
    return taller
