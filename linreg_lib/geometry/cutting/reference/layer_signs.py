"""One layer's pre-activations and their exact signs at all vertices, while the layer cuts."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.faces.lattice import Growing, Lattice
from linreg_lib.geometry.vertex_signs.certificate import SignRecord
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.geometry.vertex_signs.float_sign_bounds import LayerError
from linreg_lib.geometry.vertex_signs.margins import WEIGHT_MARGIN
from linreg_lib.networks import Network, relu
from linreg_lib.networks.float_constants import PLACE_FLOOR, UNIT

RELU = relu()


def _times(breakpoints: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Breakpoints (n,) times the last coordinates (vertices, 1): inf stays inf where that is 0."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(breakpoints), np.inf, breakpoints * w)


class LayerSigns:
    """Values (vertices, n) and signs (vertices, n * T) of a layer; rows grow with the vertices.

    Column ``neuron * T + index`` of the signs belongs to one breakpoint of one neuron.  Signs are
    exact: those that float64 does not certify are decided rationally, and the vertex concerned is
    rounded anew from its exact position.  Signs are kept a second time, transposed, since cutting
    reads them neuron by neuron and new vertices are made vertex by vertex.
    """

    def __init__(
        self,
        *,
        layer: int,
        net: Network,
        lattice: Lattice,
        values: np.ndarray,
        error: LayerError,
        slack: Growing,
        exact: ExactVertices,
        certificate: SignRecord,
    ) -> None:
        self.layer = layer
        self.error = error
        self._activation = net.activations[layer]
        #: (n, T), inf where a neuron has fewer than T
        self._breakpoints = self._activation.breakpoint_table(values.shape[1])
        self._num_breakpoints = self._activation.num_breakpoints
        self._lattice = lattice
        self._slack = slack
        self._exact = exact
        self._certificate = certificate
        self.num_vertices = len(values)
        self.value_rows = Growing(values)
        self._constant = ~net.weights[layer].any(axis=1)
        self._bias = net.biases[layer]
        num_columns = values.shape[1] * self._num_breakpoints
        self.sign_rows = Growing(np.empty((self.num_vertices, num_columns), dtype=np.int8))
        self._first_signs()
        self._by_column = np.zeros((num_columns, 0), dtype=np.int8)

    @property
    def values(self) -> np.ndarray:
        return self.value_rows.view

    @property
    def signs(self) -> np.ndarray:
        return self.sign_rows.view

    def _first_signs(self) -> None:
        slack = self._slack.view
        doubtful = ~np.isfinite(slack)
        farthest = float(np.where(doubtful, 0.0, slack).max(initial=0.0))
        w = self._lattice.points.view[:, -1:]
        for index, breakpoints in enumerate(self._breakpoints.T):
            excess = self.values
            if breakpoints.any():
                excess = excess - _times(breakpoints, w)
            signs = (excess > 0).view(np.int8)
            signs -= (excess < 0).view(np.int8)
            self.signs[:, index :: self._num_breakpoints] = signs
            size = np.abs(excess)
            far = self.error.value + self.error.lipschitz * farthest
            near = size <= far
            near[:, self._constant] = False
            if near.any():
                row, column = np.nonzero(near)
                with np.errstate(invalid="ignore"):
                    bound = self.error.value[column] + self.error.lipschitz[column] * slack[row]
                doubtful[row[~(size[row, column] > bound)]] = True
            self._certificate.see_margins(size, self.error.lipschitz, near)
            self._certificate.num_float_signs += size.size
        for vertex in np.flatnonzero(doubtful):
            self.decide(int(vertex))
        self._settle_constant(0)

    def _settle_constant(self, start: int) -> None:
        """Neurons without weights: their sign is that of bias minus breakpoint, everywhere."""
        for neuron in np.flatnonzero(self._constant):
            finite = self._lattice.points.view[start : self.num_vertices, -1] > 0
            for index, breakpoint in enumerate(self._breakpoints[neuron]):
                sign = np.sign(self._bias[neuron] - breakpoint)
                column = neuron * self._num_breakpoints + index
                self.signs[start:, column] = np.where(finite, sign, 0)

    def decide(self, vertex: int) -> None:
        """Exact signs of all neurons at one vertex, which is rounded anew."""
        exact = self._exact.signs(vertex, self.layer, self._num_breakpoints)
        self.signs[vertex] = exact.reshape(-1)
        point, values = self._exact.rounded(vertex, self.layer)
        self._lattice.points.view[vertex] = point
        self.values[vertex] = values
        self._slack.view[vertex] = 4 * UNIT * float(np.abs(point).sum()) + PLACE_FLOOR
        self._certificate.num_exact_vertices += 1

    def _update_columns(self, start: int) -> None:
        if self.num_vertices > self._by_column.shape[1]:
            wider = np.empty((len(self._by_column), 2 * self.num_vertices), dtype=np.int8)
            wider[:, :start] = self._by_column[:, :start]
            self._by_column = wider
        self._by_column[:, start : self.num_vertices] = self.signs[start:].T

    def signs_of_all(self, neuron: int, index: int) -> np.ndarray:
        """Signs (vertices,) for one breakpoint of one neuron."""
        if not self._by_column.shape[1]:
            self._update_columns(0)
        return self._by_column[neuron * self._num_breakpoints + index, : self.num_vertices]

    def signs_of(self, neuron: int, index: int) -> np.ndarray | None:
        """The same, or None if no two vertices lie on opposite sides."""
        signs = self.signs_of_all(neuron, index)
        return signs if signs.min() < 0 < signs.max() else None

    def excess(self, neuron: int, index: int, vertices: np.ndarray) -> np.ndarray:
        """Pre-activation minus breakpoint at some vertices."""
        excess = self.values[vertices, neuron]
        breakpoint = self._breakpoints[neuron, index]
        if breakpoint:
            excess -= breakpoint * self._lattice.points.view[vertices, -1]
        return excess

    def add_vertices(
        self,
        a: np.ndarray,
        b: np.ndarray,
        neuron: int,
        index: int,
        weight: np.ndarray,
        slack: np.ndarray,
    ) -> None:
        """Vertices ``a + weight (b - a)``, where a neuron crosses a breakpoint on edges (a, b)."""
        start, points = self.num_vertices, self._lattice.points
        squeezed = ~((weight > WEIGHT_MARGIN) & (weight < 1 - WEIGHT_MARGIN))
        weight = np.where(squeezed, 0.5, weight)[:, None]
        positions = points.view[b]
        positions -= points.view[a]
        positions *= weight
        positions += points.view[a]
        points.append(positions)
        self._slack.append(slack)
        at_a, values = self.values[a], self.values[b]
        values -= at_a
        values *= weight
        values += at_a
        signs_a, signs_b = self.signs[a], self.signs[b]
        signs = np.sign(signs_a + signs_b)
        # Only where the ends lie on opposite sides do numbers decide.
        signs_a *= signs_b
        place, column = np.nonzero(signs_a < 0)
        own = neuron * self._num_breakpoints + index
        others = column != own
        place, column = place[others], column[others]
        units, which = np.divmod(column, self._num_breakpoints)
        gap = values[place, units]
        gap -= self._breakpoints[units, which] * positions[place, -1]
        signs[place, column] = np.sign(gap)
        with np.errstate(invalid="ignore"):
            bound = self.error.value[units] + self.error.lipschitz[units] * slack[place]
        size = np.abs(gap)
        near = ~(size > bound)
        self._certificate.num_float_signs += len(gap)
        self._certificate.see_gaps(size, self.error.lipschitz[units], near)
        values[:, neuron] = self._breakpoints[neuron, index] * positions[:, -1]
        signs[:, own] = 0
        self.num_vertices = start + len(a)
        self.value_rows.append(values)
        self.sign_rows.append(signs)
        if near.any() or squeezed.any():
            for vertex in np.union1d(place[near], np.flatnonzero(squeezed)):
                self.decide(start + int(vertex))
        if self._constant.any():
            self._settle_constant(start)
        self._update_columns(start)

    def hidden(self) -> np.ndarray:
        """Values after the activation (vertices, n)."""
        activation, num_breakpoints = self._activation, self._num_breakpoints
        above = self.signs > 0
        if activation == RELU:
            # In place: fresh memory costs more than the product, and the layer is done.
            hidden = self.values
            hidden *= above
            return hidden
        piece = above.reshape(*self.values.shape, num_breakpoints).sum(axis=2)
        w = self._lattice.points.view[:, -1:]
        return activation.slopes_on(piece) * self.values + activation.offsets_on(piece) * w
