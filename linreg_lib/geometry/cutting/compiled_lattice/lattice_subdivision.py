"""The subdivision in compiled kernels with all faces: every case, a whole layer in one call.

The kernels come back for more room, and for signs that only rational arithmetic can decide.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.errors import BrokenInvariantError
from linreg_lib.geometry.cutting.compiled_lattice import cut_kernels, sign_kernels
from linreg_lib.geometry.cutting.compiled_lattice import lattice_state as at
from linreg_lib.geometry.cutting.compiled_lattice.doubtful_signs import DoubtfulSigns
from linreg_lib.geometry.cutting.compiled_lattice.lattice_arrays import LatticeArrays
from linreg_lib.geometry.cutting.compiled_lattice.layer_columns import (
    Columns,
    columns_of,
    vanishing,
)
from linreg_lib.geometry.cutting.hand_out import handed_out, require_far_points
from linreg_lib.geometry.cutting.subdivision_state import SubdivisionState
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.domains.space import Space
from linreg_lib.geometry.faces.pattern_words import packed_rows, unpacked
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.vertex_signs.crossings import Crossing, StoredCrossings, crossing_of
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.geometry.vertex_signs.float_sign_bounds import LayerError
from linreg_lib.geometry.vertex_signs.vertex_births import BornPlaces
from linreg_lib.networks import Network, relu

_RELU = relu()


class LatticeSubdivision(SubdivisionState):
    """The state between layers: all faces, and the values at the vertices."""

    values_at_coordinates = True

    def __init__(self, net: Network, domain: Domain, max_regions: int | None) -> None:
        if isinstance(domain, Space):
            domain = domain.starting_from(net)
        super().__init__(net, domain, max_regions)
        self._arrays = LatticeArrays(self.lattice, self.corner_slack)
        self._places = BornPlaces(self.exact_network, self.exact_corners, self._crossing)
        self.exact = ExactVertices(self._places.values, domain, self.scales)
        self.certificate.compiled = True
        #: after the last layer's activation, and the bits of what is not exactly 0 there
        self._hidden = np.zeros((self._arrays.num_vertices, 0))
        #: which of the last layer's neurons are above no breakpoint at any vertex (n,)
        self._flat = np.zeros(0, dtype=bool)
        self._live = np.ones((self._arrays.num_vertices, 1), dtype=np.uint64)
        self._pieces: list[np.ndarray] = []
        self._zero_words: list[int] = []

    @property
    def num_regions(self) -> int:
        """Number of cells so far."""
        return self._arrays.num_cells

    @property
    def vertex_slack(self) -> np.ndarray:
        """How far each vertex may be rounded from its exact place (vertices,)."""
        return self._arrays.floats[self._arrays.vertex_names, at.FAR]

    def cell_pieces(self) -> list[np.ndarray]:
        """Pieces (cells, n_l) of the layers that have cut."""
        return self._pieces

    def _crossing(self, vertex: int) -> Crossing:
        return crossing_of(self._arrays.births[vertex])

    # Layers -------------------------------------------------------------------------------------

    def add_layer(self, layer: int, report: Callable[[int, int, int], None] | None) -> None:
        """Cut by all neurons of a hidden layer."""
        arrays, columns = self._arrays, columns_of(self.net, layer)
        values, error = self._values(layer)
        arrays.start_layer(values, self._live, len(columns.neurons))
        about = self._about(layer, columns, error)
        doubts = DoubtfulSigns(arrays, self.exact, layer, columns)
        state = arrays.state()
        sign_kernels.sign_vertices(state, about)
        self.certificate.num_exact_vertices += doubts.decide()
        while sign_kernels.list_faces(state) == at.GROW:
            arrays.grow_blocks()
            state = arrays.state()
        width = len(self.net.biases[layer])
        stops = np.searchsorted(columns.neurons, np.arange(width), side="right")
        if report is None and self.max_regions is None:
            stops = stops[-1:]
        for neuron, stop in enumerate(stops.tolist()):
            state = self._cut_until(stop, state, about, doubts)
            if self.max_regions is not None:
                self.check_limit(layer, neuron)
            if report is not None:
                report(layer, neuron, self.num_regions)
        self.certificate.num_float_signs += int(arrays.counts[at.NUM_SIGNS])
        arrays.counts[at.NUM_SIGNS] = 0
        self.certificate.smallest_margin = float(arrays.margin[0])
        self._end_layer(layer, columns)

    def _values(self, layer: int) -> tuple[np.ndarray, LayerError]:
        """Pre-activations of a layer at all vertices so far, and their bounds."""
        if layer == 0:
            return self.first_values()
        points = self._arrays.points[: self._arrays.num_vertices]
        with np.errstate(over="ignore", invalid="ignore"):
            values = self._hidden @ self.net.weights[layer].T
            if self.domain.is_bounded:
                values += self.net.biases[layer]
            else:
                values += self.net.biases[layer] * points[:, -1:]
            return values, self.errors.next_layer(layer, self._hidden, values, self._flat)

    def _about(self, layer: int, columns: Columns, error: LayerError) -> at.Layer:
        has_weight = self.net.weights[layer] != 0
        if layer == 0:
            has_weight = has_weight.any(axis=1, keepdims=True)
        bias = self.net.biases[layer][columns.neurons]
        above, below = bias > columns.breakpoints, bias < columns.breakpoints
        return at.Layer(
            number=layer,
            neurons=columns.neurons,
            indices=columns.indices,
            breakpoints=columns.breakpoints,
            bias_signs=above.astype(np.int8) - below.astype(np.int8),
            supports=packed_rows(has_weight)[columns.neurons],
            value_error=error.value,
            lipschitz=error.lipschitz,
            rounding=self.rounding_on_hulls,
            forgets=layer == self.net.depth - 1,
        )

    def _cut_until(
        self, stop: int, state: at.State, about: at.Layer, doubts: DoubtfulSigns
    ) -> at.State:
        while True:
            outcome = cut_kernels.cut_layer(state, about, stop)
            if outcome == at.DONE:
                return state
            if outcome == at.GROW:
                state = self._arrays.grow()
            elif outcome == at.DOUBT:
                self.certificate.num_exact_vertices += doubts.decide()
            else:
                raise BrokenInvariantError(
                    "incidences contradict each other; this is a fault of linreg_lib: please "
                    "report the network and the domain"
                )

    def _end_layer(self, layer: int, columns: Columns) -> None:
        """Keep what later layers need."""
        arrays, activation = self._arrays, self.net.activations[layer]
        num, count = activation.num_breakpoints, len(columns.neurons)
        width = len(self.net.biases[layer])
        cells = arrays.cells
        origin = arrays.ints[cells, at.ORIGIN]
        sides = arrays.masks[cells]
        over, _ = columns.spread(unpacked(sides[:, 0], count), unpacked(sides[:, 1], count))
        if num != 1:
            over = over.reshape(len(over), width, num).sum(axis=2, dtype=np.uint8)
        self._pieces = [*(old[origin] for old in self._pieces), over]
        sides = arrays.masks[arrays.vertex_names]
        above, below = columns.spread(unpacked(sides[:, 0], count), unpacked(sides[:, 1], count))
        is_zero = (above | below) == 0
        words = packed_rows(is_zero)
        self._zero_words.append(words.shape[1])
        arrays.zeros = np.concatenate([arrays.zeros[: arrays.num_vertices], words], axis=1)
        if layer == self.net.depth - 1:
            return
        self._flat = np.asarray(~above.reshape(len(above), width, num).any(axis=(0, 2)))
        values = arrays.values[: arrays.num_vertices]
        if activation == _RELU:
            self._hidden, self._live = values * above, packed_rows(above)
            return
        w = arrays.points[: arrays.num_vertices, -1:]
        is_zero, above = (each.reshape(len(each), width, num) for each in (is_zero, above))
        for index, breakpoints in enumerate(activation.breakpoint_table(width).T):
            values = np.where(is_zero[:, :, index], np.nan_to_num(breakpoints) * w, values)
        piece = above.sum(axis=2)
        hidden = activation.slopes_on(piece) * values + activation.offsets_on(piece) * w
        on_pieces, at_breakpoints = vanishing(activation, width)
        nothing = (is_zero & at_breakpoints).any(axis=2)
        nothing |= on_pieces[np.arange(width), piece] | self._carried_zeros(layer)
        self._hidden, self._live = np.where(nothing, 0.0, hidden), packed_rows(~nothing)

    def _carried_zeros(self, layer: int) -> np.ndarray:
        """Where neurons that cut nothing carry a 0, since all their inputs are 0: (vertices, n)."""
        activation, biases = self.net.activations[layer], self.net.biases[layer]
        found = np.zeros((self._arrays.num_vertices, len(biases)), dtype=bool)
        if layer == 0:
            return found
        live = self._arrays.live[: self._arrays.num_vertices]
        for neuron in np.flatnonzero(biases == 0).tolist():
            unit = activation.unit(neuron)
            if unit.num_breakpoints == 0 and not any(unit.exact_offsets):
                support = packed_rows(self.net.weights[layer][neuron : neuron + 1] != 0)
                found[:, neuron] = ~(live & support).any(axis=1)
        return found

    # The complex --------------------------------------------------------------------------------

    def record(self, depth: int) -> CutRecord:
        """What was cut by ``depth`` layers."""
        arrays = self._arrays
        points, births = arrays.points[: arrays.num_vertices], arrays.births[: arrays.num_vertices]
        require_far_points(points, births, self.domain)
        points[:, :-1] *= self.units
        faces, vertex_ids = handed_out(
            points,
            arrays.boundaries(),
            self.domain,
            self._pieces,
            arrays.zeros[: arrays.num_vertices],
            self._zero_words,
        )
        crossings = StoredCrossings(births.copy())
        places = self._places.settled(crossings)
        return CutRecord(
            network=self.net,
            domain=self.domain,
            upto_layer=depth,
            faces=faces,
            vertex_ids=vertex_ids,
            exact=ExactVertices(places.values, self.domain),
            crossings=crossings,
            certificate=self.sealed_certificate(),
        )
