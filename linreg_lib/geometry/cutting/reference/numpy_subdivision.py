"""The subdivision in NumPy: the reference, which knows all cases, in any dimension.

One matrix product gives a layer's values at all vertices; each neuron then cuts the faces on both
of whose sides it has vertices (split_faces.py), and vertices born on the way get their values by
interpolation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.geometry.cutting.hand_out import (
    boundaries_of,
    handed_out,
    require_far_points,
)
from linreg_lib.geometry.cutting.reference.layer_signs import LayerSigns
from linreg_lib.geometry.cutting.reference.split_faces import (
    HyperplaneError,
    edge_slopes,
    split_faces,
)
from linreg_lib.geometry.cutting.subdivision_state import SubdivisionState
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.faces.lattice import Growing
from linreg_lib.geometry.faces.pattern_words import layer_pieces, packed_rows
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.vertex_signs.crossings import Crossing, StoredCrossings, crossing_of
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.geometry.vertex_signs.vertex_births import BornPlaces
from linreg_lib.networks import Network


class NumpySubdivision(SubdivisionState):
    """The reference: every case, one neuron at a time."""

    def __init__(self, net: Network, domain: Domain, max_regions: int | None) -> None:
        super().__init__(net, domain, max_regions)
        num = self.lattice.points.size
        #: on which edge each vertex was born, and by what: see vertex_signs/crossings.py
        self._crossings = Growing(np.full((num, 5), -1, dtype=np.int32))
        self._places = BornPlaces(self.exact_network, self.exact_corners, self._crossing)
        self.exact = ExactVertices(self._places.values, domain, self.scales)
        self._slack = Growing(self.corner_slack)
        self._hidden = np.zeros((num, 0))
        #: which neurons of the last layer are above no breakpoint anywhere
        self._flat = np.zeros(0, dtype=bool)
        self._pieces: list[np.ndarray] = []
        #: bits (vertices, words): which breakpoints of finished layers a vertex lies on exactly
        self._zeros = Growing(np.zeros((num, 0), dtype=np.uint64))
        self._zero_words: list[int] = []

    @property
    def num_regions(self) -> int:
        """Number of cells so far."""
        return self.lattice.num_cells

    @property
    def vertex_slack(self) -> np.ndarray:
        """How far each vertex may be rounded from its exact place (vertices,)."""
        return self._slack.view

    def cell_pieces(self) -> list[np.ndarray]:
        """Pieces (cells, n_l) of the layers that have cut."""
        return self._pieces

    def _crossing(self, vertex: int) -> Crossing:
        return crossing_of(self._crossings.view[vertex])

    def add_layer(self, layer: int, report: Callable[[int, int, int], None] | None) -> None:
        """Cut by all neurons of a hidden layer."""
        signs = self.layer_signs(layer)
        origin = Growing(np.arange(self.num_regions, dtype=np.int32))
        num_breakpoints = self.net.activations[layer].num_breakpoints
        for neuron in range(signs.values.shape[1]):
            for index in range(num_breakpoints):
                cells = self._cut(signs, neuron, index)
                if cells is not None:
                    origin.append(origin.view[cells])
            self.check_limit(layer, neuron)
            if report is not None:
                report(layer, neuron, self.num_regions)
        width = signs.values.shape[1]
        pieces = layer_pieces(self.lattice, signs.signs, num_breakpoints, width)
        self.end_layer(signs, origin.view, pieces)

    def _cut(self, state: LayerSigns, neuron: int, index: int) -> np.ndarray | None:
        lattice = self.lattice
        signs = state.signs_of(neuron, index)
        if signs is None:
            return None
        start, end = lattice.ends
        cut_edges = np.flatnonzero(signs[start] * signs[end] < 0)
        new = np.arange(lattice.points.size, lattice.points.size + len(cut_edges))
        error = HyperplaneError(
            value=float(state.error.value[neuron]),
            lipschitz=float(state.error.lipschitz[neuron]),
            place=self.errors.place,
        )
        slopes = np.zeros(0)
        if len(cut_edges):
            a, b = start[cut_edges], end[cut_edges]
            at_a, at_b = state.excess(neuron, index, a), state.excess(neuron, index, b)
            change = at_a - at_b
            slopes = edge_slopes(lattice, cut_edges, np.abs(change), error)
            slack = error.section_slack(lattice.slack[1].view[cut_edges], slopes)
            crossings = np.empty((len(a), 5), dtype=np.int32)
            crossings[:, 0], crossings[:, 1] = a, b
            crossings[:, 2:] = state.layer, neuron, index
            self._crossings.append(crossings)
            self._zeros.append(self._zeros.view[a] & self._zeros.view[b])
            weight = np.divide(at_a, change, out=np.zeros(len(a)), where=change != 0)
            state.add_vertices(a, b, neuron, index, weight, slack)
        signs = state.signs_of_all(neuron, index)
        cells = split_faces(lattice, signs, cut_edges, new, slopes, error)
        return cells if len(cells) else None

    def layer_signs(self, layer: int) -> LayerSigns:
        """Pre-activations and exact signs of a layer at all vertices so far."""
        if layer == 0:
            values, error = self.first_values()
        else:
            with np.errstate(over="ignore", invalid="ignore"):
                values = self._hidden @ self.net.weights[layer].T
                values += self.net.biases[layer] * self.lattice.points.view[:, -1:]
                error = self.errors.next_layer(layer, self._hidden, values, self._flat)
        return LayerSigns(
            layer=layer,
            net=self.net,
            lattice=self.lattice,
            values=values,
            error=error,
            slack=self._slack,
            exact=self.exact,
            certificate=self.certificate,
        )

    def end_layer(self, signs: LayerSigns, origin: np.ndarray, pieces: np.ndarray) -> None:
        """Keep what later layers need: ``origin`` (cells,) says which old cell each came from."""
        self._pieces = [old[origin] for old in self._pieces]
        self._pieces.append(pieces)
        here = packed_rows(signs.signs == 0)
        self._zeros = Growing(np.concatenate([self._zeros.view, here], axis=1))
        self._zero_words.append(here.shape[1])
        above = (signs.signs > 0).any(axis=0)
        self._flat = np.asarray(~above.reshape(signs.values.shape[1], -1).any(axis=1))
        self._hidden = signs.hidden()

    def record(self, depth: int) -> CutRecord:
        """What was cut by ``depth`` layers."""
        points = self.lattice.points.view
        require_far_points(points, self._crossings.view, self.domain)
        points[:, :-1] *= self.units
        faces, vertex_ids = handed_out(
            points,
            boundaries_of(self.lattice),
            self.domain,
            self._pieces,
            self._zeros.view,
            self._zero_words,
        )
        crossings = StoredCrossings(np.array(self._crossings.view))
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
