"""The lattice as the compiled kernels keep it: one numbering and linked boundaries."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry import kernels, reading_kernels
from linreg_lib.geometry.lattice import Lattice


class Pool:
    """Faces of all dimensions; see kernels.py for the meaning of the columns."""

    def __init__(self, lattice: Lattice) -> None:
        self.dim = lattice.dim
        self.points = lattice.points
        starts = np.cumsum([0, *(lattice.num_faces[k] for k in range(1, lattice.dim + 1))])
        num = int(starts[-1])
        self.dims = np.zeros(num, dtype=np.int8)
        self.columns = {
            name: np.full(num, -1, dtype=np.int32)
            for name in ("lead", "other", "up", "positive", "section", "origin", "cut_list")
        }
        self.columns["stamp"] = np.zeros(num, dtype=np.int32)
        self.slack, self.slope = np.zeros(num), np.zeros(num)
        nodes: list[tuple[int, int]] = []
        for k in range(1, lattice.dim + 1):
            start = starts[k - 1]
            self.dims[start : starts[k]] = k
            if k == 1:
                for name, vertices in zip(("lead", "other"), lattice.ends, strict=True):
                    self.columns[name][: starts[1]] = vertices
                continue
            self.columns["other"][start : starts[k]] = lattice.some_vertex[k].view
            below = starts[k - 2]
            nodes += [(f + start, g + below) for f, g in zip(*lattice.pairs(k), strict=True)]
        self.nodes = np.full((4, max(len(nodes), 1)), -1, dtype=np.int32)
        lead, up = self.columns["lead"], self.columns["up"]
        for node, (face, sub) in enumerate(nodes):
            self.nodes[:, node] = face, sub, lead[face], up[sub]
            lead[face], up[sub] = node, node
        self.counts = np.zeros(kernels.LEVELS + 10, dtype=np.int64)
        self.counts[kernels.NUM_FACES] = num
        self.counts[kernels.NUM_NODES] = len(nodes)
        self.entries = np.zeros((2, 1024), dtype=np.int32)
        self.num_cells = int(lattice.num_faces[lattice.dim])

    def reserve_faces(self, more: int) -> None:
        num = self.counts[kernels.NUM_FACES]
        if num + more > len(self.dims):
            size = int(max(num + more, 2 * len(self.dims)))
            self.dims = _longer(self.dims, size)
            self.slack, self.slope = _longer(self.slack, size), _longer(self.slope, size)
            self.columns = {name: _longer(column, size) for name, column in self.columns.items()}

    def reserve_nodes(self, more: int) -> None:
        num = self.counts[kernels.NUM_NODES]
        if num + more > self.nodes.shape[1]:
            self.nodes = _longer(self.nodes, int(max(num + more, 2 * self.nodes.shape[1])))

    def reserve_entries(self, more: int) -> None:
        num = self.counts[kernels.NUM_ENTRIES]
        if num + more > self.entries.shape[1]:
            self.entries = _longer(self.entries, int(max(num + more, 2 * self.entries.shape[1])))

    @property
    def faces_of_cells(self) -> np.ndarray:
        """Numbers of the cells among all faces, in the order of their birth."""
        return np.flatnonzero(self.dims[: self.counts[kernels.NUM_FACES]] == self.dim)

    def plain(self) -> PlainLattice:
        """The same lattice with faces numbered dimension by dimension."""
        return PlainLattice(self)


class PlainLattice:
    """What finish.py reads: faces numbered within each dimension, boundaries as pairs."""

    def __init__(self, pool: Pool) -> None:
        self.dim, self.points = pool.dim, pool.points
        dims = pool.dims[: pool.counts[kernels.NUM_FACES]]
        number = np.empty(len(dims), dtype=np.int32)
        lead = pool.columns["lead"]
        self.num_faces = {0: pool.points.size}
        self._pairs = {}
        for k in range(1, pool.dim + 1):
            faces = np.flatnonzero(dims == k)
            number[faces] = np.arange(len(faces), dtype=np.int32)
            self.num_faces[k] = len(faces)
            if k == 1:
                self.ends = (pool.columns["lead"][faces], pool.columns["other"][faces])
                continue
            counts = np.empty(len(faces), dtype=np.int64)
            reading_kernels.count_boundaries(lead, pool.nodes[2], faces, counts)
            members = np.empty(counts.sum(), dtype=np.int32)
            reading_kernels.list_boundaries(
                lead, pool.nodes[1], pool.nodes[2], faces, number, members
            )
            self._pairs[k] = (np.repeat(np.arange(len(faces)), counts), members)

    @property
    def num_cells(self) -> int:
        return self.num_faces[self.dim]

    def pairs(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        return self._pairs[k]


def _longer(array: np.ndarray, size: int) -> np.ndarray:
    longer = np.zeros((*array.shape[:-1], size), dtype=array.dtype)
    longer[..., : array.shape[-1]] = array
    return longer
