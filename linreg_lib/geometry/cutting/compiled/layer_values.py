"""A layer's values at all vertices of a skeleton, between two cuts."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.compiled import layer_kernels
from linreg_lib.geometry.cutting.compiled.skeleton import Columns
from linreg_lib.geometry.cutting.compiled.vertex_rows import VertexRows
from linreg_lib.geometry.cutting.subdivision_state import SubdivisionState
from linreg_lib.geometry.faces.pattern_words import unpacked
from linreg_lib.geometry.faces.spare_memory import take
from linreg_lib.geometry.vertex_signs.float_sign_bounds import LayerError


def by_piece(table: np.ndarray) -> np.ndarray:
    """A table of units as kernels read it: a piece, or a breakpoint, after the other.

    Always a copy: read-only arrays are a type of their own, for which kernels compile anew.
    """
    return np.array(table.T, order="C")


class SkeletonValues(SubdivisionState):
    """Vertices of a skeleton with the values of the layer that cuts: rows of flat storage.

    In the first layer there are none but at the corners: coordinates give them.
    """

    #: a subclass without bounds, whose counts nobody should trust, shows what they cost
    certify = True

    _vertices: VertexRows
    _columns: Columns
    #: flat storage of the rows of values, and the number of columns in use
    _values: np.ndarray
    _width: int
    #: the first layer in the domain's coordinates (n, d), (n,)
    _folded: tuple[np.ndarray, np.ndarray]

    def _rows(self) -> np.ndarray:
        """The values of all vertices so far (vertices, width)."""
        num = self._vertices.size
        return self._values[: num * self._width].reshape(num, self._width)

    def _pre_activate(self, layer: int) -> LayerError:
        weight, bias = self.net.weights[layer], self.net.biases[layer]
        num, width = self._vertices.size, len(bias)
        largest = np.empty(width)
        if layer == 0:
            z, error = self.first_values()
            self._folded = self.net.weights[0] @ self.basis.T, self.offset[0]
            self._values, self._width = z.ravel(), width
            return error
        if layer == 1:
            self._evaluate_first()
        before, size = self._rows(), np.empty(self._width)
        activation = self.net.activations[layer - 1]
        layer_kernels.apply_activation(
            before,
            self._vertices.words,
            self._columns.first_word[layer - 1],
            activation.num_breakpoints,
            by_piece(activation.slope_table(self._width)),
            by_piece(activation.offset_table(self._width)),
            size,
        )
        storage = take(2 * num * width, num * width, (), np.dtype(np.float64))
        values = storage[: num * width].reshape(num, width)
        with np.errstate(over="ignore", invalid="ignore"):
            np.matmul(before, weight.T, out=values)
            if not layer_kernels.add_bias(values, bias, largest):
                largest[:] = np.inf
            error = self._bounds_after(layer, size, largest, self._is_flat(layer - 1))
        self._give_values()
        self._values, self._width = storage, width
        return error

    def _is_flat(self, layer: int) -> np.ndarray:
        """Which neurons are above no breakpoint at any vertex (n,)."""
        first, end = self._columns.first_word[layer : layer + 2]
        if not self._columns.num_breakpoints[layer]:
            return np.ones(self._columns.widths[layer], dtype=bool)
        above = np.bitwise_or.reduce(self._vertices.words[:, first:end], axis=0)
        width, num_breakpoints = self._columns.widths[layer], self._columns.num_breakpoints[layer]
        bits = unpacked(above[None], width * num_breakpoints)
        return np.asarray(~bits.reshape(width, num_breakpoints).any(axis=1))

    def _bounds_after(
        self, layer: int, size: np.ndarray, largest: np.ndarray, flat: np.ndarray
    ) -> LayerError:
        if self.certify:
            return self.errors.layer_after(layer, size, largest, flat)
        none = np.zeros(len(largest))
        return LayerError(value=none, largest=largest, lipschitz=none)

    def _evaluate_first(self) -> None:
        """Values of the first layer, which cuts without them."""
        num, (frame, offset) = self._vertices.size, self._folded
        storage = take(2 * num * len(offset), num * len(offset), (), np.dtype(np.float64))
        values = storage[: num * len(offset)].reshape(num, -1)
        transposed = np.ascontiguousarray(frame.T)
        layer_kernels.evaluate(self._vertices.points, transposed, offset, values)
        self._give_values()
        self._values, self._width = storage, len(offset)
        # At its own breakpoint a neuron's value must be exact, lest one slope is taken for another;
        # but for ReLU, where the bits make it 0.
        activation = self.net.activations[0]
        breakpoints = activation.breakpoint_table(len(offset))
        if activation.num_breakpoints == 1 and not activation.slope_table(len(offset))[:, 0].any():
            return
        for hyperplane in self._vertices.hyperplanes.T:
            rows = np.flatnonzero(hyperplane >= int(self._columns.base[0]))
            neuron, index = np.divmod(
                hyperplane[rows] - int(self._columns.base[0]), activation.num_breakpoints
            )
            values[rows, neuron] = breakpoints[neuron, index]

    def _give_values(self) -> None:
        self._values = np.empty(0)
