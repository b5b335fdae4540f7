"""The subdivision with compiled kernels, for the generic case: vertices and edges alone.

A whole layer is cut in one call.  The kernels come back for more room, and for signs that only
rational arithmetic can decide.  Where a hyperplane turns out to pass through a vertex that was
there before, ``NotInGeneralPosition`` is raised and the caller starts again with the way that knows
all cases (cutting/compiled_lattice/).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.errors import BrokenInvariantError, WorkLimitError
from linreg_lib.geometry.cutting.compiled import cutting_kernels as skeleton_kernels
from linreg_lib.geometry.cutting.compiled import kernel_state as skeleton_state
from linreg_lib.geometry.cutting.compiled import layer_signs, straddling
from linreg_lib.geometry.cutting.compiled.certified_vertices import CertifiedVertices
from linreg_lib.geometry.cutting.compiled.certifying_kernels import Bounds
from linreg_lib.geometry.cutting.compiled.corner_kernels import new_corner
from linreg_lib.geometry.cutting.compiled.exact_places import SkeletonCrossings, SkeletonPlaces
from linreg_lib.geometry.cutting.compiled.extended_precision_signs import Refined, RefinedVertices
from linreg_lib.geometry.cutting.compiled.layer_values import SkeletonValues, by_piece
from linreg_lib.geometry.cutting.compiled.skeleton import Skeleton, columns_of, initial_skeleton
from linreg_lib.geometry.cutting.compiled.skeleton_faces import SkeletonFaces, num_sections
from linreg_lib.geometry.cutting.compiled.upward import Upward
from linreg_lib.geometry.cutting.compiled.vertex_rows import VertexRows, bits_of_slots
from linreg_lib.geometry.cutting.subdivision_state import NotInGeneralPosition
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.faces.lattice import Growing
from linreg_lib.geometry.faces.spare_memory import take
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.vertex_signs.exact_values import ExactValues
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.geometry.vertex_signs.float_sign_bounds import LayerError
from linreg_lib.geometry.vertex_signs.margins import TINY_LENGTH
from linreg_lib.locked import kept_answer
from linreg_lib.networks import Network
from linreg_lib.networks.float_constants import PLACE_FLOOR, UNIT


class SkeletonSubdivision(SkeletonValues):
    """The state between layers: vertices with their neighbours, histories and values."""

    def __init__(self, net: Network, domain: Domain, max_regions: int | None) -> None:
        super().__init__(net, domain, max_regions)
        if not domain.is_bounded:
            raise NotInGeneralPosition
        start = initial_skeleton(self.lattice)
        if start is None:
            raise NotInGeneralPosition
        self._num_walls = start.num_walls
        self._columns = columns_of(net, start.num_walls)
        #: where each layer's words and hyperplanes begin
        self._first_word, self._base = self._columns.first_word, self._columns.base
        rows = VertexRows(start.dim, int(self._first_word[-1]))
        rows.reserve(len(start.points))
        rows.size = len(start.points)
        rows.points[:] = start.points
        rows.slack[:] = self.corner_slack
        rows.flatness[:] = 0.0
        rows.hyperplanes[:] = start.hyperplanes
        rows.neighbours[:] = start.neighbours
        rows.births[:] = -1
        self._closed = np.zeros(self._base[-1], dtype=np.uint8)
        self._closed[: start.num_walls] = 1
        self._stand_on(
            rows,
            SkeletonPlaces(
                self.exact_network, self.exact_corners, self.scales, start, rows, self._columns
            ),
        )
        self.certificate.compiled, self.certificate.certified = True, self.certify
        self._upward = Upward.on(start.points)
        up = self._upward.of_corners(start, rows.slack, self.exact)
        self._up = Growing(up)
        self._value_error = np.zeros(self._base[-1])
        self._lipschitz = np.zeros(self._base[-1])
        self._num_regions = 1
        #: of the layers so far
        self._value_bounds: list[np.ndarray] = []
        self._num_done = 0
        self._axes = (0,) * start.dim

    def _stand_on(self, rows: VertexRows, places: SkeletonPlaces) -> None:
        """Vertices to cut, and what belongs to them alone."""
        self._vertices, self._places = rows, places
        values = ExactValues(self.exact_network, places)
        self.exact = ExactVertices(values, self.domain, self.scales)
        self._refined = RefinedVertices(places)
        self._values = np.empty(0)
        self._width = 0
        self._blocks = np.empty((1024, skeleton_state.BLOCK), dtype=np.int32)
        self._counts = np.zeros(10, dtype=np.int64)
        self._margin = np.array([np.inf])

    def _wants_slopes(self, dim: int) -> bool:
        # Those of a vertex' last hyperplane are a cell's own (corner_kernels.py).
        return dim > 2

    @property
    def num_regions(self) -> int:
        """Number of cells after the last neuron that was reported."""
        return self._num_regions

    @property
    def vertex_slack(self) -> np.ndarray:
        """How far each vertex may be rounded from its exact place (vertices,)."""
        return self._vertices.slack

    # Layers -------------------------------------------------------------------------------------

    def add_layer(self, layer: int, report: Callable[[int, int, int], None] | None) -> None:
        error = self._pre_activate(layer)
        activation, width = self.net.activations[layer], len(self.net.biases[layer])
        num_breakpoints = activation.num_breakpoints
        breakpoints = activation.breakpoint_table(width).flatten()
        self._constant = np.asarray(~self.net.weights[layer].any(axis=1))
        self._value_bounds = [*self._value_bounds[:layer], error.value]
        own = slice(self._base[layer], self._base[layer + 1])
        self._value_error[own] = np.repeat(error.value, num_breakpoints)
        self._lipschitz[own] = np.repeat(error.lipschitz, num_breakpoints)
        self._first_bits(layer, error)
        if layer == 0:
            # From now on the coordinates give them.
            self._values, self._width = np.empty(0), 0
        # The first layer's values are those at the coordinates.
        place = 2 * self.errors.place if layer else 0.0
        about = skeleton_state.Layer(
            base=int(self._base[layer]),
            first_word=int(self._first_word[layer]),
            closed=self._closed,
            breakpoints=breakpoints,
            num_breakpoints=num_breakpoints,
            is_first=layer == 0,
            frame=self._folded[0],
            offset=self._folded[1],
            is_last=layer == self.net.depth - 1,
            value_error=self._value_error,
            lipschitz=self._lipschitz,
            wall_slack=float(self.lattice.slack[1].view.max()) if self.certify else 0.0,
            more_length=place + TINY_LENGTH,
            certify=self.certify,
            functional=self._upward.functional,
            functional_norm=self._upward.norm,
            functional_error=self._upward.error + self._upward.norm * place,
        )
        num_columns = own.stop - own.start
        self._lists = np.empty((num_columns, 3), dtype=np.int32)
        state = self._state()
        while straddling.find_crossings(self._axes, state, about) == skeleton_state.GROW:
            self._reserve_blocks(2 * int(self._counts[skeleton_state.NEED_BLOCKS]))
            state = self._state()
        # Room for about twice the vertices on old edges; untouched memory costs nothing.
        num_crossings = int(self._lists[:, skeleton_state.TOTAL].sum())
        if self._vertices.size + num_crossings > len(state.floats):
            state = self._state(self._vertices.size + 2 * num_crossings)
        stepwise = report is not None or self.max_regions is not None
        step = num_breakpoints if stepwise else num_columns
        for stop in range(step, num_columns + 1, step) if num_columns else ():
            first = self._vertices.size
            state = self._cut_until(stop, state, about, layer)
            if not stepwise:
                continue
            self._num_regions += num_sections(self._vertices.dim, self._up.view[first:])
            neuron = stop // step - 1
            self.check_limit(layer, neuron)
            if report is not None:
                report(layer, neuron, self._num_regions)
        if report is not None and not num_columns:  # a layer that only carries values
            for neuron in range(width):
                report(layer, neuron, self._num_regions)
        self.certificate.num_float_signs += int(self._counts[skeleton_state.NUM_SIGNS])
        self._counts[skeleton_state.NUM_SIGNS] = 0
        self.certificate.smallest_margin = min(
            self.certificate.smallest_margin, float(self._margin[0])
        )
        self._num_done = layer + 1

    def _first_bits(self, layer: int, error: LayerError) -> None:
        """Exact signs of the layer at all vertices; none may be zero."""
        activation = self.net.activations[layer]
        values, num = self._rows(), self._vertices.size
        closest = np.full(values.shape[1] * activation.num_breakpoints, np.inf)
        doubts = np.empty(num, dtype=np.int32)
        num_doubts = layer_signs.layer_bits(
            values,
            by_piece(activation.breakpoint_table(values.shape[1])),
            np.where(self._constant, -1.0, error.value),
            np.where(self._constant, 0.0, error.lipschitz),
            self._vertices.slack,
            self._vertices.words,
            self._first_word[layer],
            closest,
            doubts,
        )
        self._decide_all(doubts[:num_doubts], layer)
        certificate = self.certificate
        certificate.num_float_signs += values.size * activation.num_breakpoints
        lipschitz = np.repeat(error.lipschitz, activation.num_breakpoints)
        certificate.see_margins(closest[None], lipschitz, ~np.isfinite(closest[None]))

    def _decide_all(self, vertices: np.ndarray, layer: int) -> None:
        """Exact signs of a layer at vertices in doubt."""
        if not len(vertices):
            return
        left = self._certified.undecided(
            vertices,
            layer,
            self._vertices,
            self._rows() if layer else np.empty((0, 0)),
            Bounds(
                value=self._value_error,
                lipschitz=self._lipschitz,
                place=self.errors.place if layer else 0.0,
                constant=self._constant,
            ),
            self._margin,
        )
        for vertex in left.tolist():
            self._decide(vertex, layer)

    @kept_answer
    def _certified(self) -> CertifiedVertices:
        frame, size = self._frame()
        error = (self.net.input_dim + self.domain.dim + 12) * UNIT * size
        off = 0.0
        if not self.domain.is_axis_parallel:
            off = float(self.lattice.slack[1].view.max()) + self.errors.place
        return CertifiedVertices(
            self.net, (frame, error), self.offset, self._places, self._columns, off
        )

    def _decide(self, vertex: int, layer: int) -> None:
        """Exact signs of a vertex, which is rounded anew; zero only where it is known to lie."""
        refined = self._refined.at(vertex, layer, self._constant, self._value_bounds)
        if refined is None:
            refined = self._exactly(vertex, layer)
        else:
            self.certificate.num_refined_vertices += 1
        self._vertices.points[vertex] = refined.coordinates
        if self._width:
            self._rows()[vertex] = refined.values
        above = np.zeros(64 * -(-refined.signs.size // 64), dtype=np.uint8)
        above[: refined.signs.size] = refined.signs.reshape(-1) > 0
        bits = np.packbits(above, bitorder="little").view(np.uint64)
        first = self._first_word[layer]
        self._vertices.words[vertex, first : first + len(bits)] = bits
        self._vertices.slack[vertex] = refined.slack

    def _exactly(self, vertex: int, layer: int) -> Refined:
        num_breakpoints = self.net.activations[layer].num_breakpoints
        signs = self.exact.signs(vertex, layer, num_breakpoints)
        num_own = np.count_nonzero(self._vertices.hyperplanes[vertex] >= self._base[layer])
        if np.count_nonzero(signs[~self._constant] == 0) != num_own:
            raise NotInGeneralPosition
        point, values = self.exact.rounded(vertex, layer)
        self.certificate.num_exact_vertices += 1
        slack = 4 * UNIT * float(np.abs(point).sum()) + PLACE_FLOOR
        return Refined(signs=signs, coordinates=point[:-1], values=values, slack=slack)

    def _cut_until(
        self, stop: int, state: skeleton_state.State, about: skeleton_state.Layer, layer: int
    ) -> skeleton_state.State:
        while True:
            outcome = skeleton_kernels.cut_layer(self._axes, state, about, stop)
            self._vertices.size = int(self._counts[skeleton_state.NUM_VERTICES])
            self._up.size = self._vertices.size
            if outcome == skeleton_state.DONE:
                return state
            if outcome == skeleton_state.DOUBT:
                self._decide_all(self._doubts[: self._counts[skeleton_state.NUM_DOUBTS]], layer)
            elif outcome == skeleton_state.LEVEL:
                self._direct(state.levels[: self._counts[skeleton_state.NUM_LEVELS]])
            elif outcome == skeleton_state.GROW:
                self._reserve_blocks(int(self._counts[skeleton_state.NEED_BLOCKS]))
                state = self._state(int(self._counts[skeleton_state.NEED_VERTICES]))
            else:
                raise BrokenInvariantError(
                    "neighbours contradict each other; this is a fault of linreg_lib: please "
                    "report the network and the domain"
                )

    def _direct(self, edges: np.ndarray) -> None:
        """Which way edges lead that are too level for float64."""
        up, shift = self._up.view, bits_of_slots(self._axes)
        slots = (1 << shift) - 1
        ends = np.unique(edges >> shift)
        off = dict(zip(ends.tolist(), self._certified.distances(ends, self._vertices).tolist()))
        heights = self._vertices.points[ends] @ self._upward.functional
        height = dict(zip(ends.tolist(), heights.tolist()))
        for first, second in edges.tolist():
            v, w = first >> shift, second >> shift
            slot, back = first & slots, second & slots
            rise = height[w] - height[v]
            if abs(rise) > self._upward.norm * (off[v] + off[w]) + self._upward.error:
                is_up = rise > 0
            else:
                is_up = self._leads_up(v, w)
            up[v] = int(up[v]) & ~(1 << slot) | is_up << slot
            up[w] = int(up[w]) & ~(1 << back) | (not is_up) << back

    def _leads_up(self, v: int, w: int) -> bool:
        """Whether an edge leads upwards, in extended precision or exactly."""
        refined = self._refined.places_of(v, w)
        found = None if refined is None else self._upward.seen_to_lead_up(*refined)
        return self._upward.leads_up(self.exact, v, w) if found is None else found

    # The complex --------------------------------------------------------------------------------

    def _skeleton(self, num_layers: int) -> Skeleton:
        num_words = int(self._first_word[num_layers])
        return Skeleton.on(self._vertices, self._num_walls, num_words)

    def _faces(self, num_layers: int) -> SkeletonFaces:
        """All faces, the first layers having cut."""
        skeleton = self._skeleton(num_layers)
        return SkeletonFaces(skeleton, self._columns, num_layers, self._up.view)

    def cell_pieces(self) -> list[np.ndarray]:
        """Pieces (cells, n_l) of the layers that have cut, in the order of the patterns."""
        num_layers = self._num_done
        widths = self._columns.widths[:num_layers]
        return np.split(self._faces(num_layers).patterns, np.cumsum(widths)[:-1], axis=1)

    def record(self, depth: int) -> CutRecord:
        """What was cut; the working memory is left to the next subdivision."""
        self._vertices.compact()
        self._vertices.points[:] *= self.units
        faces = self._faces(depth)
        self._give_values()
        self._blocks = np.empty((0, skeleton_state.BLOCK), dtype=np.int32)
        vertices = self._vertices
        # The record alone owns them from now on, and leaves them behind when it goes (the error
        # model refers to this state, which would outlive its use).
        del self._vertices, self._refined, self.errors
        return CutRecord(
            network=self.net,
            domain=self.domain,
            upto_layer=depth,
            faces=faces,
            vertex_ids=np.arange(vertices.size),
            exact=ExactVertices.settled(self.exact_network, self._places, self.domain),
            crossings=SkeletonCrossings(vertices, self._columns),
            certificate=self.sealed_certificate(),
        )

    # Memory -------------------------------------------------------------------------------------

    def _state(self, num_needed: int = 0) -> skeleton_state.State:
        vertices, width = self._vertices, self._width
        num = vertices.size
        if max(num_needed, 2 * num) >> (31 - bits_of_slots(self._axes)):
            raise WorkLimitError(
                f"{num} vertices are too many for 32-bit numbers; shrink the domain, stop at an "
                "earlier layer with upto_layer, or use compiled=False"
            )
        self._counts[skeleton_state.NUM_VERTICES] = num
        more = max(num_needed - num, num, 64)
        vertices.reserve(num + more)
        if len(self._values) < (num + more) * width:
            longer = take((num + more) * width, (num + more) * width, (), self._values.dtype)
            longer[: num * width] = self._values[: num * width]
            self._give_values()
            self._values = longer
        up = self._up.room_for(more)
        # In the first layer no values are kept.
        capacity = min(vertices.capacity, len(up))
        if width:
            capacity = min(capacity, len(self._values) // width)
        self._doubts = np.empty(capacity, dtype=np.int32)
        return skeleton_state.State(
            counts=self._counts,
            floats=vertices.all_floats[:capacity],
            ints=vertices.all_ints,
            words=vertices.all_words,
            up=up,
            values=self._values[: capacity * width].reshape(capacity, width),
            blocks=self._blocks,
            lists=self._lists,
            cuts=np.empty((skeleton_state.CHUNK, 2), dtype=np.int32),
            gaps=np.empty((skeleton_state.CHUNK, 3)),
            doubts=self._doubts,
            levels=np.empty((capacity * vertices.dim, 2), dtype=np.int32),
            margin=self._margin,
            corner=new_corner(vertices.dim),
        )

    def _reserve_blocks(self, needed: int) -> None:
        if needed > len(self._blocks):
            longer = take(2 * needed, needed, self._blocks.shape[1:], self._blocks.dtype)
            longer[: len(self._blocks)] = self._blocks
            self._blocks = longer
