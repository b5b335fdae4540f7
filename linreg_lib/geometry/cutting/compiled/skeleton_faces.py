"""Counts, patterns and incidences of a complex that is given by its vertices and edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np

from linreg_lib.geometry.cutting.compiled import face_kernels
from linreg_lib.geometry.cutting.compiled.earlier_skeleton import earlier_skeleton
from linreg_lib.geometry.cutting.compiled.skeleton import Columns, Skeleton
from linreg_lib.geometry.cutting.compiled.upward import Upward
from linreg_lib.geometry.domains.coordinate_units import coordinate_units
from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.record.invariants import refuse_equal
from linreg_lib.locked import Locked, kept_answer, locked

_BYTES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
_EIGHTHS = _BYTES.view(np.uint64).ravel()
_REVERSED = np.packbits(_BYTES, axis=1).ravel()


class SkeletonFaces(Locked):
    """The faces of a skeleton that so many layers cut, found when asked for; ``up``: upward.py."""

    def __init__(
        self, skeleton: Skeleton, columns: Columns, num_layers: int, up: np.ndarray
    ) -> None:
        self._num_layers = num_layers
        self._skeleton = skeleton
        self._columns = columns
        self._up = locked(up)
        self._incidences: dict[int, Incidence] = {}
        self.dim = skeleton.dim

    @kept_answer
    def f_vector(self) -> tuple[int, ...]:
        """(f_0, ..., f_d): each face is counted at its source."""
        table = _faces_above(self.dim)
        counts = np.bincount(self._up, minlength=len(table)) @ table
        return tuple(int(count) for count in counts)

    # Faces --------------------------------------------------------------------------------------

    def sources(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Vertex and code of each k-face at its source, in the order of their numbers."""
        return self._sources(self._up, k)

    def _sources(self, up: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        num = self.f_vector[k]
        vertex, code = np.empty(num, dtype=np.int32), np.empty(num, dtype=np.int16)
        face_kernels.list_sources(up, _codes(self.dim, k), vertex, code)
        return vertex, code

    @kept_answer
    def _sorted_cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Words (cells, words) of the columns that each cell lies above, by source; their order."""
        skeleton, columns = self._skeleton, self._columns
        vertex, code = self.sources(self.dim)
        words = np.empty((len(vertex), skeleton.words.shape[1]), dtype=np.uint64)
        face_kernels.cell_words(
            vertex,
            code,
            skeleton.words,
            skeleton.hyperplanes,
            columns.word_of,
            columns.bit_of,
            words,
        )
        order = _order_by_bits(words)
        if face_kernels.has_equal_neighbours(words, order):
            refuse_equal("pattern")
        return words, order

    @property
    def zero_words(self) -> tuple[int, ...]:
        """How many words the zeros of each layer take."""
        return tuple(np.diff(self._columns.first_word[: self._num_layers + 1]).tolist())

    @kept_answer
    def points(self) -> np.ndarray:
        """Coordinates of the vertices with a last 1 (vertices, d + 1)."""
        points = self._skeleton.points
        return np.column_stack([points, np.ones(len(points))])

    @kept_answer
    def patterns(self) -> np.ndarray:
        """Pieces uint8 (cells, neurons), cells in lexicographic order."""
        return self._pieces(0)

    def pieces_after(self, num_layers: int, num_units: int) -> np.ndarray:
        """The columns of ``patterns`` of all layers but the first."""
        return self._pieces(num_layers)

    def starts_group(self, num_layers: int, num_units: int) -> np.ndarray:
        """Which cells differ from the one before on the first layers, bool."""
        words, order = self._sorted_cells
        starts = np.ones(len(order), dtype=bool)
        num_words = int(self._columns.first_word[num_layers])
        face_kernels.differ_from_the_one_before(words, order, num_words, starts)
        return starts

    def _pieces(self, first_layer: int) -> np.ndarray:
        columns, num_layers = self._columns, self._num_layers
        words, order = self._sorted_cells
        widths = columns.widths[first_layer:num_layers]
        # Rows are a multiple of eight bytes long, so that eight are written at a time.
        patterns = np.empty((len(order), -(-sum(widths) // 8)), dtype=np.uint64).view(np.uint8)
        start = 0
        for layer, width in enumerate(widths, start=first_layer):
            num_breakpoints = columns.num_breakpoints[layer]
            first, count = int(columns.first_word[layer]), width * num_breakpoints
            if num_breakpoints == 1 and start % 8 == 0:
                # What is written too much is overwritten by the next layer.
                eighths = patterns.view(np.uint64)[:, start // 8 : -(-(start + width) // 8)]
                face_kernels.unpack_rows(words, order, first, _EIGHTHS, eighths)
            else:
                eighths = np.empty((len(order), -(-count // 8)), dtype=np.uint64)
                face_kernels.unpack_rows(words, order, first, _EIGHTHS, eighths)
                above, pieces = eighths.view(np.uint8), patterns[:, start : start + width]
                pieces[...] = above[:, :count:num_breakpoints] if num_breakpoints else 0
                for later in range(1, num_breakpoints):
                    pieces += above[:, later:count:num_breakpoints]
            start += width
        return patterns[:, :start]

    @kept_answer
    def zeros(self) -> np.ndarray:
        """Words (vertices, words): the columns that each vertex lies on."""
        skeleton, columns = self._skeleton, self._columns
        num_words = int(columns.first_word[self._num_layers])
        zeros = np.repeat(columns.always_zero[None, :num_words], len(skeleton.points), axis=0)
        rows = np.arange(len(zeros))
        for hyperplane in skeleton.hyperplanes.T:
            cut = hyperplane >= skeleton.num_walls
            at = hyperplane[cut]
            zeros[rows[cut], columns.word_of[at]] |= columns.bit_of[at]
        return zeros

    @kept_answer
    def _rising(self) -> _Rising:
        return _Rising.of(self._skeleton, self._heights(), self._up)

    def _heights(self) -> np.ndarray:
        # In the units of the cut, those in which edges were found to lead upwards.
        points = self._skeleton.points
        rising = Upward.on(points).functional / coordinate_units(points)
        return np.asarray(points @ rising)

    def num_faces(self, k: int) -> int:
        """Number of k-faces."""
        return self.f_vector[k]

    def __getitem__(self, k: int) -> Incidence:
        """The boundary of each k-face, k >= 1: cells in order, other faces by source."""
        found = self._incidences.get(k)
        if found is None:
            found = self._incidences.setdefault(k, self._incidence(k))
        return found

    def after_layer(self, num_layers: int) -> tuple[SkeletonFaces, np.ndarray]:
        """The faces that the first layers left, and the vertices they have."""
        earlier, kept = earlier_skeleton(self._skeleton, self._columns, num_layers)
        # An edge's first part leads where the whole edge does.
        return SkeletonFaces(earlier, self._columns, num_layers, self._up[kept]), kept

    def _incidence(self, k: int) -> Incidence:
        rising, bits = self._rising, self._skeleton.slot_bits
        if k == 1 < self.dim:
            members = np.empty(2 * self.f_vector[1], dtype=np.int32)
            face_kernels.list_edges(rising.neighbours, bits, rising.up, rising.vertex, members)
            return Incidence(np.arange(0, len(members) + 1, 2, dtype=np.int64), members)
        codes = _codes(self.dim, k)
        place = np.full(4**self.dim, -1, dtype=np.int32)
        place[codes] = np.arange(len(codes))
        labels = np.empty((len(rising.up), len(codes)), dtype=np.int32)
        face_kernels.label_faces(rising.neighbours, bits, rising.up, codes, place, labels)
        if k == self.dim:
            labels = self._rank_of_cells()[labels]  # -1, where there is no face, stays
        vertex, code = self._sources(rising.up, k - 1)
        offsets = np.empty(self.f_vector[k] + 1, dtype=np.int64)
        num_slots = 2 * self.dim
        face_kernels.count_owners(vertex, code, num_slots, place, labels, offsets)
        np.cumsum(offsets, out=offsets)
        members = np.empty(offsets[-1], dtype=np.int32)
        begin = offsets[:-1].copy()
        face_kernels.list_members(vertex, code, num_slots, place, labels, begin, members)
        if k == 1:
            members = rising.vertex[members]
        return Incidence(offsets, members)

    def _rank_of_cells(self) -> np.ndarray:
        """The region that each cell is, cells by source from the lowest up; and -1 at the end."""
        _, order = self._sorted_cells
        region = np.empty(len(order), dtype=np.int32)
        region[order] = np.arange(len(order))
        # Here cells are numbered by source as the vertices are, there as the vertices rise.
        num_at = _faces_above(self.dim)[:, self.dim].astype(np.int32)
        here = np.append(0, np.cumsum(num_at[self._up]))
        rising = self._rising
        num = num_at[rising.up]
        there = np.repeat(np.append(0, np.cumsum(num)[:-1]), num)
        by_source = np.repeat(here[rising.vertex], num) + np.arange(len(order)) - there
        return np.append(region[by_source], np.int32(-1))


@dataclass(frozen=True, kw_only=True, repr=False)
class _Rising(Locked):
    """The vertices from the lowest up: then neighbours are near each other in memory, too."""

    vertex: np.ndarray
    neighbours: np.ndarray
    up: np.ndarray

    @classmethod
    def of(cls, skeleton: Skeleton, heights: np.ndarray, up: np.ndarray) -> _Rising:
        order = np.argsort(heights).astype(np.int32)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order), dtype=np.int32)
        neighbours = np.empty(skeleton.neighbours.shape, dtype=np.int32)
        new_up = np.empty_like(up)
        face_kernels.reorder(
            skeleton.neighbours, skeleton.slot_bits, up, order, rank, neighbours, new_up
        )
        return cls(vertex=order, neighbours=neighbours, up=new_up)


def num_sections(dim: int, up: np.ndarray) -> int:
    """How many cells were cut by the hyperplanes that made the vertices with these ``up``.

    Those are the hyperplanes' (d-1)-faces, each counted at its source.
    """
    num = 4 ** (dim - 1)
    return int(np.bincount(up & (num - 1), minlength=num) @ _faces_above(dim - 1)[:, dim - 1])


def _order_by_bits(words: np.ndarray) -> np.ndarray:
    """The order (rows,) of the rows as bit strings, lowest bit of the first word first."""
    num = len(words)
    order, other = np.arange(num, dtype=np.int32), np.empty(num, dtype=np.int32)
    keys, count = np.empty(num, dtype=np.uint8), np.empty(257, dtype=np.int64)
    in_other = face_kernels.sort_by_bits(words, _REVERSED, order, other, keys, count)
    return other if in_other else order


@cache
def _codes(dim: int, k: int) -> np.ndarray:
    """All codes of k-faces at a vertex, ascending."""
    codes = [
        sum(1 << (2 * axis + side) for axis, side in zip(axes, sides, strict=True))
        for axes in combinations(range(dim), k)
        for sides in product((0, 1), repeat=k)
    ]
    return np.array(sorted(codes), dtype=np.int64)


@cache
def _faces_above(dim: int) -> np.ndarray:
    """How many k-faces have a source whose upward half-edges are these, int (4**dim, dim + 1)."""
    above = np.arange(4**dim)
    table = np.zeros((4**dim, dim + 1), dtype=np.int64)
    for k in range(dim + 1):
        for code in _codes(dim, k):
            table[:, k] += (code & ~above) == 0
    return table
