"""Where a lane's parameters, activations and gradients lie in one flat array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks import Network

ROWS = 4  # rows of a matrix are a multiple of this
BYTES = 64  # rows begin at multiples of this
_NUM_COLUMNS = 10  # step_kernels.py names them


class ParameterLayout:
    """Sizes and places for networks of the given layer widths, inputs and outputs included.

    Weights, then biases, fill the first ``num_parameters`` places; gradients and two moments follow
    in the same order, then activations.  What is beyond a layer's width stays zero.
    """

    def __init__(self, widths: Sequence[int], batch_size: int, dtype: str) -> None:
        self.widths, self.dtype = tuple(widths), np.dtype(dtype)
        self.length = BYTES // self.dtype.itemsize
        self.batch_row = _up(batch_size, self.length)
        pairs = list(zip(self.widths[:-1], self.widths[1:], strict=True))
        self.table = np.zeros((len(pairs), _NUM_COLUMNS), dtype=np.int64)
        place = 0
        for row, (num_in, num_out) in zip(self.table, pairs):
            row[:4] = num_in, num_out, place, _up(num_in, self.length)
            place += _up(num_out, ROWS) * row[3]
        for row in self.table:
            row[4] = place
            place += _up(row[1], self.length)
        self.num_parameters = int(place)
        place *= 4
        inputs, slopes = [], []
        for width in self.widths:
            block = _up(width, self.length) * self.batch_row
            inputs.append(place)
            slopes.append(place + block)
            place += 2 * block
        for number, row in enumerate(self.table):
            row[5], row[6] = inputs[number], place
            row[7:] = inputs[number + 1], slopes[number], slopes[number + 1]
            place += row[3] * self.batch_row
        self.size = int(place)

    def new_memory(self) -> NDArray[np.floating]:
        """Zeros; the first at a multiple of 64 bytes."""
        raw = np.zeros(self.size + self.length, dtype=self.dtype)
        skip = (-raw.ctypes.data) % BYTES // self.dtype.itemsize
        return raw[skip : skip + self.size]

    def packed(self, network: Network) -> NDArray[np.floating]:
        """The parameters in one array, rounded to the type."""
        flat = np.zeros(self.num_parameters, dtype=self.dtype)
        for (weight, bias), matrix, offset in zip(
            self._views(flat), network.weights, network.biases, strict=True
        ):
            weight[...] = matrix
            bias[...] = offset
        return flat

    def network(self, parameters: NDArray[np.floating], activation: str) -> Network:
        """The network of parameters as :meth:`packed` has them."""
        views = self._views(parameters)
        return Network.from_arrays(
            [weight.astype(np.float64) for weight, _ in views],
            [bias.astype(np.float64) for _, bias in views],
            activation=activation,
        )

    def _views(
        self, flat: NDArray[np.floating]
    ) -> list[tuple[NDArray[np.floating], NDArray[np.floating]]]:
        return [
            (flat[matrix].reshape(shape)[:, :num_in], flat[bias])
            for matrix, shape, num_in, bias in self.places
        ]

    @property
    def places(self) -> list[tuple[slice, tuple[int, int], int, slice]]:
        """Of each layer: places and padded shape of the weights, inputs, places of the biases."""
        return [
            (slice(at, at + out * row), (out, row), num_in, slice(bias, bias + out))
            for num_in, out, at, row, bias in self.table[:, :5].tolist()
        ]


def _up(number: int, unit: int) -> int:
    return -(-int(number) // unit) * unit
