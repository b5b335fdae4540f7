"""Many segments through all layers with the compiled kernels, in blocks that stay in the cache.

A layer takes one matrix product, for the vertices so far; line_kernels.py does the rest.  In the
last layer crossings are certified and counted, and nothing is interpolated.

The bounds of vertex_signs/float_sign_bounds.py want the largest value in each column.  Here the
sizes of the layer before and of the weights bound it, so that the values are looked at only once.
"""

from __future__ import annotations

import copy

import numpy as np

from linreg_lib.geometry.lines.line_kernels import (
    Crossings,
    Layer,
    Vertices,
    find_crossings,
    read_signs,
    write_vertices,
)
from linreg_lib.geometry.lines.place_error import PLACE_ERROR
from linreg_lib.geometry.vertex_signs.float_sign_bounds import ErrorModel, LayerError
from linreg_lib.networks import Network
from linreg_lib.networks.float_constants import SAFETY

#: how many segments go through the first layer together
_CHUNK_LINES = 1024
#: how many numbers the values of a block's vertices should be
_BLOCK_NUMBERS = 1 << 19


class CompiledLines:
    """Pieces of each segment: ``counts`` (m,), right where ``doubtful`` (m,) is False.

    Raises OverflowError where a bound of the pre-activations overflows float64; they may be
    smaller themselves.
    """

    def __init__(self, net: Network, starts: np.ndarray, ends: np.ndarray) -> None:
        self.net = net
        self.counts = np.zeros(len(starts), dtype=np.int64)
        self.doubtful = np.zeros(len(starts), dtype=bool)
        self._sizes = [np.abs(weight) for weight in net.weights[1:-1]]
        self._constant = [~weight.any(axis=1) for weight in net.weights[:-1]]
        self._rows_per_line = 2 + sum(net.hidden_widths[:-1])
        self._products = self._hidden = np.empty(0)
        for begin in range(0, len(starts), _CHUNK_LINES):
            chunk = slice(begin, begin + _CHUNK_LINES)
            self._cut_chunk(starts[chunk], ends[chunk], begin)

    def _cut_chunk(self, starts: np.ndarray, ends: np.ndarray, offset: int) -> None:
        """The segments from number ``offset`` on."""
        inputs = np.stack([starts, ends], axis=1).reshape(2 * len(starts), -1)
        errors = ErrorModel(self.net)
        with np.errstate(over="ignore", invalid="ignore"):
            values = inputs @ self.net.weights[0].T + self.net.biases[0]
            first_error = errors.first_layer(np.abs(inputs), 1, values)
        begin = 0
        while begin < len(starts):
            num_rows = _BLOCK_NUMBERS // max(self.net.hidden_widths)
            stop = min(begin + max(num_rows // self._rows_per_line, 1), len(starts))
            lines = slice(offset + begin, offset + stop)
            self._cut_block(lines, values[2 * begin : 2 * stop], copy.copy(errors), first_error)
            begin = stop

    def _cut_block(
        self, lines: slice, products: np.ndarray, errors: ErrorModel, error: LayerError
    ) -> None:
        net, num = self.net, lines.stop - lines.start
        bias = np.zeros(products.shape[1])  # the first layer's values have theirs already
        vertices = Vertices(
            first=np.arange(0, 2 * num + 1, 2),
            place=np.tile([0.0, 1.0], num),
            slack=np.zeros(2 * num),
        )
        hidden, size = np.empty((0, 0)), np.empty(0)
        for layer in range(net.depth):
            if layer:
                products = self._multiply(hidden, layer)
                bias = net.biases[layer]
                with np.errstate(over="ignore", invalid="ignore"):
                    largest = self._sizes[layer - 1] @ size + np.abs(bias)
                    largest *= SAFETY  # more than the rounding of any sum with these terms
                    error = errors.layer_after(layer, size, largest)
            what = self._layer(layer, bias, error)
            doubtful, new, found = _find(what, products, vertices)
            self.doubtful[lines] |= doubtful
            num_rows = int(new.first[-1])
            if layer == net.depth - 1 or not num_rows:
                break
            width = products.shape[1]
            self._hidden = _with_room(self._hidden, num_rows * width)
            hidden = self._hidden[: num_rows * width].reshape(num_rows, width)
            size = np.zeros(width)
            write_vertices(what, products, vertices, found, new, hidden, size, PLACE_ERROR)
            vertices = new
            if layer == net.depth - 2:
                self._rows_per_line = max(num_rows // num, 2)
        self.counts[lines] = np.diff(new.first) - 1

    def _multiply(self, hidden: np.ndarray, layer: int) -> np.ndarray:
        weight, num_rows = self.net.weights[layer], len(hidden)
        self._products = _with_room(self._products, num_rows * len(weight))
        out = self._products[: num_rows * len(weight)].reshape(num_rows, len(weight))
        with np.errstate(over="ignore", invalid="ignore"):
            return np.matmul(hidden, weight.T, out=out)

    def _layer(self, layer: int, bias: np.ndarray, error: LayerError) -> Layer:
        activation = self.net.activations[layer].unit(0)
        same = self._constant[layer] | (error.value == 0)
        return Layer(
            bias=bias,
            breakpoints=activation.breakpoints,
            slopes=activation.slopes,
            offsets=activation.offsets,
            value=np.where(same, -1.0, error.value),
        )


def _find(
    layer: Layer, products: np.ndarray, old: Vertices
) -> tuple[np.ndarray, Vertices, Crossings]:
    """Segments in doubt, room for the new vertices of the others, and their crossings."""
    num_rows, width = products.shape
    signs = np.empty((num_rows, len(layer.breakpoints), (width + 63) // 64), dtype=np.uint64)
    doubtful, num = read_signs(layer, products, old, PLACE_ERROR, signs)
    found = Crossings(
        vertex=np.empty(num + 1, dtype=np.int64),
        weight=np.empty(num),
        share=np.empty(num),
        column=np.empty(num, dtype=np.int64),
    )
    first = np.zeros_like(old.first)
    num = find_crossings(layer, products, old, signs, doubtful, found, first)
    found.vertex[num] = -1  # the end
    new = Vertices(first=first, place=np.empty(first[-1]), slack=np.empty(first[-1]))
    return doubtful, new, found


def _with_room(array: np.ndarray, num: int) -> np.ndarray:
    """An array of at least ``num`` numbers; contents undefined."""
    return array if array.size >= num else np.empty(num + num // 2)
