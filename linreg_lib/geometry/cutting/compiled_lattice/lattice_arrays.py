"""The arrays of a lattice while it is cut, and their growth."""

from __future__ import annotations

import numpy as np

from linreg_lib.errors import WorkLimitError
from linreg_lib.geometry.cutting.compiled_lattice import lattice_state as at
from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.faces.lattice import Lattice, roomy
from linreg_lib.geometry.faces.pattern_words import grouped
from linreg_lib.geometry.faces.spare_memory import take

_MOST = (1 << 31) - 1
_FEW = 256
_OF_FACES = ("ints", "floats", "masks")
_OF_VERTICES = ("points", "values", "live", "zeros", "births", "names")


def _longer(array: np.ndarray, used: int, needed: int) -> np.ndarray:
    """An array with room for ``needed`` rows, the first ``used`` of them copied."""
    if needed <= len(array):
        return array
    longer = take(roomy(needed, array), needed, array.shape[1:], array.dtype)
    longer[:used] = array[:used]
    return longer


class LatticeArrays:
    """Faces with their boundaries, and what the layer that cuts knows of them."""

    def __init__(self, lattice: Lattice, corner_slack: np.ndarray) -> None:
        self.dim, num = lattice.dim, lattice.points.size
        self.counts = np.zeros(at.COUNTS, dtype=np.int64)
        boundaries = [np.zeros(0, dtype=np.intp), np.stack(lattice.ends, axis=1).ravel()]
        sizes = [np.zeros(num, dtype=np.intp), np.full(lattice.num_faces[1], 2)]
        slack = [corner_slack, lattice.slack[1].view]
        for k in range(2, self.dim + 1):
            faces, subfaces = lattice.pairs(k)
            boundaries.append(subfaces[grouped(faces, lattice.num_faces[k])[0]])
            sizes.append(np.bincount(faces, minlength=lattice.num_faces[k]))
            slack.append(lattice.slack[k].view)
        first = np.cumsum([0, *map(len, sizes)])
        pool = [part + first[k - 1] for k, part in enumerate(boundaries) if k]
        self.pool = np.concatenate(pool).astype(np.int32)
        size = np.concatenate(sizes)
        self.ints = np.zeros((len(size), at.INTS), dtype=np.int32)
        self.ints[:, at.DIM] = np.repeat(np.arange(self.dim + 1), np.diff(first))
        self.ints[:, at.HEAD] = np.cumsum(size) - size
        self.ints[:num, at.HEAD] = np.arange(num)
        self.ints[:, at.SIZE] = size
        self.floats = np.zeros((len(size), at.FLOATS))
        self.floats[:, at.SLACK] = np.concatenate(slack)
        self.floats[:num, at.FAR] = corner_slack
        self.points = lattice.points.view.copy()
        self.births = np.full((num, 5), -1, dtype=np.int32)
        self.names = np.arange(num, dtype=np.int32)
        self.zeros = np.zeros((num, 0), dtype=np.uint64)
        self.counts[at.NUM_FACES], self.counts[at.NUM_VERTICES] = len(size), num
        self.counts[at.NUM_POOL], self.counts[at.NUM_CELLS] = len(self.pool), first[-1] - first[-2]
        self.blocks = np.empty((0, at.BLOCK), dtype=np.int32)
        self.cuts = np.empty(256, dtype=np.int32)
        self.bound = np.empty(64, dtype=np.int32)
        self.margin = np.array([np.inf])

    @property
    def num_vertices(self) -> int:
        """Vertices so far."""
        return int(self.counts[at.NUM_VERTICES])

    @property
    def num_faces(self) -> int:
        """Faces of all dimensions so far."""
        return int(self.counts[at.NUM_FACES])

    @property
    def num_cells(self) -> int:
        """Cells so far."""
        return int(self.counts[at.NUM_CELLS])

    @property
    def vertex_names(self) -> np.ndarray:
        """The vertices' numbers as faces."""
        return self.names[: self.num_vertices]

    @property
    def cells(self) -> np.ndarray:
        """The cells' numbers as faces."""
        return np.flatnonzero(self.ints[: self.num_faces, at.DIM] == self.dim)

    def start_layer(self, values: np.ndarray, live: np.ndarray, num_columns: int) -> None:
        """Room for what the layer knows; ``values`` and ``live`` (vertices, ...) are its own."""
        counts, num = self.counts, self.num_vertices
        self.values, self.live = values, live
        # Most layers make as many vertices and faces as there were before, and a few.
        for name in _OF_VERTICES:
            setattr(self, name, _longer(getattr(self, name), num, 2 * num + _FEW))
        room = 2 * self.num_faces + 4 * _FEW
        self.ints, self.floats = (
            _longer(each, self.num_faces, room) for each in (self.ints, self.floats)
        )
        words = -(-num_columns // 64)
        self.masks = take(room, room, (2, words), np.dtype(np.uint64))
        used = int(counts[at.NUM_POOL])
        self.pool = _longer(self.pool, used, 2 * used + 16 * _FEW)
        self.blocks = _longer(self.blocks, 0, self.dim * num_columns + _FEW)
        self.lists = np.empty((self.dim * num_columns, 3), dtype=np.int32)
        cells = self.cells
        self.ints[cells, at.ORIGIN] = np.arange(len(cells))

    def state(self) -> at.State:
        """The arrays as they are now, for the kernels."""
        num = min(len(getattr(self, name)) for name in _OF_VERTICES)
        self.counts[at.ROOM_VERTICES] = num
        self.counts[at.ROOM_FACES] = min(len(getattr(self, name)) for name in _OF_FACES)
        self.doubts = np.empty(num, dtype=np.int32)
        self.doubt_bits = np.empty((num, self.masks.shape[2]), dtype=np.uint64)
        self.squeezed = np.empty(num, dtype=np.bool_)
        return at.State(
            dim=self.dim,
            counts=self.counts,
            ints=self.ints,
            floats=self.floats,
            masks=self.masks,
            pool=self.pool,
            points=self.points,
            values=self.values,
            live=self.live,
            zeros=self.zeros,
            births=self.births,
            names=self.names,
            blocks=self.blocks,
            lists=self.lists,
            cuts=self.cuts,
            bound=self.bound,
            doubts=self.doubts,
            doubt_bits=self.doubt_bits,
            squeezed=self.squeezed,
            margin=self.margin,
        )

    def grow(self) -> at.State:
        """Room for what the kernels asked for, and more."""
        counts = self.counts
        self.grow_blocks()
        self.cuts = _longer(self.cuts, 0, int(counts[at.NEED_CUTS]))
        self.bound = _longer(self.bound, 0, int(counts[at.NEED_BOUND]))
        needed = int(counts[at.NEED_FACES])
        if max(needed, int(counts[at.NEED_POOL])) > _MOST:
            raise WorkLimitError(
                f"{self.num_faces} faces are too many for 32-bit numbers; shrink the domain, stop "
                "at an earlier layer with upto_layer, or use compiled=False"
            )
        for name in _OF_FACES:
            setattr(self, name, _longer(getattr(self, name), self.num_faces, needed))
        needed = int(counts[at.NEED_VERTICES])
        for name in _OF_VERTICES:
            setattr(self, name, _longer(getattr(self, name), self.num_vertices, needed))
        used, needed = int(counts[at.NUM_POOL]), int(counts[at.NEED_POOL])
        self.pool = _longer(self.pool, used, needed)
        return self.state()

    def grow_blocks(self) -> None:
        """Room for the lists."""
        used, needed = int(self.counts[at.NUM_BLOCKS]), int(self.counts[at.NEED_BLOCKS])
        self.blocks = _longer(self.blocks, used, needed)

    def boundaries(self) -> dict[int, Incidence]:
        """Which (k-1)-faces bound each k-face, both numbered in the order in which they came."""
        ints = self.ints[: self.num_faces]
        rank = np.empty(len(ints), dtype=np.int64)
        found = {}
        for k in range(self.dim + 1):
            faces = np.flatnonzero(ints[:, at.DIM] == k)
            if k:
                sizes = ints[faces, at.SIZE].astype(np.int64)
                offsets = np.concatenate([[0], np.cumsum(sizes)])
                places = np.repeat(ints[faces, at.HEAD] - offsets[:-1], sizes)
                places += np.arange(offsets[-1])
                found[k] = Incidence(offsets, rank[self.pool[places]])
            rank[faces] = np.arange(len(faces))
        return found
