"""The subdivision with compiled kernels, for the generic case.

The same steps as in subdivision.py, with a whole layer cut in one call.  The kernels come back for
more room, and for signs that only rational arithmetic can decide.  Where a hyperplane turns out to
pass through a vertex that was there before, ``DegenerateForKernels`` is raised and the caller
starts again with the NumPy twin, which knows all cases.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.geometry import kernels, reading_kernels
from linreg_lib.geometry.complex import PolyhedralComplex
from linreg_lib.geometry.domains import Domain
from linreg_lib.geometry.lattice import Growing
from linreg_lib.geometry.layer_signs import LayerSigns
from linreg_lib.geometry.patterns import packed_rows, unpacked
from linreg_lib.geometry.pool import PlainLattice, Pool
from linreg_lib.geometry.subdivision_state import DegenerateForKernels, SubdivisionState
from linreg_lib.networks import Network


class CompiledSubdivision(SubdivisionState):
    """The state between layers, with the lattice in the kernels' form."""

    def __init__(self, net: Network, domain: Domain, max_regions: int | None) -> None:
        super().__init__(net, domain, max_regions)
        self.pool = Pool(self.lattice)
        #: what ``hidden`` may be a view of
        self._last_values: Growing | None = None
        self._margin = np.array([np.inf, 0.0])

    @property
    def num_regions(self) -> int:
        return self.pool.num_cells

    def add_layer(self, layer: int, report: Callable[[int, int, int], None] | None) -> None:
        signs = self.layer_signs(layer)
        if self._last_values is not None:
            self._last_values.give_back()
        self._refuse_degenerate(signs)
        self._above = Growing(packed_rows(signs.signs > 0))
        self._below = Growing(packed_rows(signs.signs < 0))
        pool, num_columns = self.pool, signs.signs.shape[1]
        num_breakpoints = self.net.activations[layer].num_breakpoints
        cells = pool.faces_of_cells
        pool.faces[cells, kernels.ORIGIN] = np.arange(len(cells))
        pool.counts[kernels.HYPERPLANE] = pool.counts[kernels.PHASE] = 0
        entry_head = np.empty(num_columns, dtype=np.int32)
        state = self._state(signs, entry_head)
        while not kernels.find_crossings(state):
            pool.reserve_entries(len(pool.entries))
            state = self._state(signs, entry_head)
        stepwise = report is not None or self.max_regions is not None
        stops = range(num_breakpoints, num_columns + 1, num_breakpoints)
        for stop in stops if stepwise else [num_columns]:
            state = self._cut_until(stop, state, signs, layer, entry_head)
            self._sync(signs)
            pool.num_cells = len(pool.faces_of_cells) if stepwise else pool.num_cells
            self.check_limit(layer, stop // num_breakpoints - 1)
            if report is not None:
                report(layer, stop // num_breakpoints - 1, pool.num_cells)
        self._finish_layer(signs, state, num_breakpoints)

    def _cut_until(
        self,
        stop: int,
        state: kernels.State,
        signs: LayerSigns,
        layer: int,
        entry_head: np.ndarray,
    ) -> kernels.State:
        pool, breakpoints = self.pool, self.net.activations[layer].breakpoints
        while True:
            outcome = kernels.cut_layer(
                state, pool.dim, layer, stop, breakpoints, signs.error.value, signs.error.lipschitz
            )
            self._sync(signs)
            if outcome == kernels.DONE:
                return state
            if outcome == kernels.DOUBT:
                self._decide(signs)
            else:
                need = pool.counts
                pool.reserve_faces(int(need[kernels.NEED_FACES]))
                pool.reserve_nodes(int(need[kernels.NEED_NODES]))
                pool.reserve_entries(int(need[kernels.NEED_ENTRIES]))
                state = self._state(signs, entry_head, int(need[kernels.NEED_VERTICES]))

    def _decide(self, signs: LayerSigns) -> None:
        """Exact signs of the vertices in doubt; each must be on one hyperplane only, its own."""
        for vertex in self._doubts[: self.pool.counts[kernels.NUM_DOUBTS]]:
            signs.decide(int(vertex))
            row = signs.signs[vertex : vertex + 1]
            if np.count_nonzero(row == 0) != 1:
                raise DegenerateForKernels
            self._above.view[vertex], self._below.view[vertex] = (
                packed_rows(row > 0),
                packed_rows(row < 0),
            )

    def _refuse_degenerate(self, signs: LayerSigns) -> None:
        if (signs.signs == 0).any():
            raise DegenerateForKernels

    def _sync(self, signs: LayerSigns) -> None:
        """Tell the growing arrays how many rows the kernels have filled."""
        num = int(self.pool.counts[kernels.NUM_VERTICES])
        for rows in self._vertex_rows(signs):
            rows.size = num
        signs.num_vertices = num

    def _vertex_rows(self, signs: LayerSigns) -> list[Growing]:
        mine = [self.vertex_slack, self.births, self.zeros, self._above, self._below]
        return [self.lattice.points, signs.value_rows, *mine, signs.sign_rows]

    def _state(self, signs: LayerSigns, entry_head: np.ndarray, more: int = 0) -> kernels.State:
        pool = self.pool
        pool.counts[kernels.NUM_VERTICES] = self.lattice.points.size
        more = max(more, self.lattice.points.size, 64)
        points, values, slack, births, zeros, above, below, _ = (
            rows.room_for(more) for rows in self._vertex_rows(signs)
        )
        capacity = min(len(rows.room_for(more)) for rows in self._vertex_rows(signs))
        pool.counts[kernels.VERTEX_CAPACITY] = capacity
        pool.counts[kernels.FACE_CAPACITY] = pool.face_capacity
        self._doubts = np.empty(capacity, dtype=np.int32)
        return kernels.State(
            counts=pool.counts,
            points=points,
            values=values,
            above=above,
            below=below,
            vertex_slack=slack,
            births=births,
            zeros=zeros,
            faces=pool.faces,
            slack=pool.slack,
            slope=pool.slope,
            cut_list=pool.cut_list,
            nodes=pool.nodes,
            entries=pool.entries,
            entry_head=entry_head,
            doubts=self._doubts,
            margin=self._margin,
        )

    def _finish_layer(self, signs: LayerSigns, state: kernels.State, num_breakpoints: int) -> None:
        pool = self.pool
        cells = pool.faces_of_cells
        pool.num_cells = len(cells)
        origin = pool.faces[cells, kernels.ORIGIN]
        vertex_words, count = self._above.view, signs.signs.shape[1]
        signs.signs[:] = unpacked(vertex_words, count)
        signs.signs[:] -= unpacked(self._below.view, count).view(np.int8)
        words = np.empty((int(pool.counts[kernels.NUM_FACES]), vertex_words.shape[1]), np.uint64)
        reading_kernels.gather_bits(pool.faces, pool.nodes, pool.dim, vertex_words, words)
        above = unpacked(words[cells], count)
        if num_breakpoints > 1:
            above = above.reshape(len(above), -1, num_breakpoints).sum(axis=2, dtype=np.uint8)
        self.end_layer(signs, origin, above)
        self.certificate.num_float_signs += int(self._margin[1])
        self.certificate.smallest_margin = min(
            self.certificate.smallest_margin, float(self._margin[0])
        )
        self._margin[1] = 0.0
        self._last_values = signs.value_rows
        for rows in (signs.sign_rows, self._above, self._below):
            rows.give_back()

    def final_lattice(self) -> PlainLattice:
        return self.pool.plain()

    def finished(self, depth: int) -> PolyhedralComplex:
        """The complex; the working memory is left to the next subdivision."""
        complex_ = super().finished(depth)
        births, self.births = self.births, Growing(self.births.view)
        rows = [births, self.vertex_slack, self.zeros, self.lattice.points]
        for each in (*rows, *([] if self._last_values is None else [self._last_values])):
            each.give_back()
        self.pool.give_back()
        return complex_
