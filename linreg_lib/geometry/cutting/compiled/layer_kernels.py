"""Compiled passes over one layer's values at all vertices: biases, activations."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.kernels.jit import kernel

ONE = np.uint64(1)


@kernel
def add_bias(values: np.ndarray, bias: np.ndarray, largest: np.ndarray) -> bool:
    """Add the bias to all rows and note the largest |value| (n,); False if one is not finite."""
    overflow = False
    largest[:] = 0.0
    for v in range(values.shape[0]):
        for j in range(values.shape[1]):
            value = values[v, j] + bias[j]
            values[v, j] = value
            size = abs(value)
            overflow |= not size < np.inf
            largest[j] = max(largest[j], size)
    return not overflow


@kernel
def evaluate(points: np.ndarray, frame: np.ndarray, offset: np.ndarray, values: np.ndarray) -> None:
    """Affine functions of the coordinates, ``frame`` (d, n), at all vertices."""
    for v in range(points.shape[0]):
        for j in range(offset.size):
            values[v, j] = offset[j]
        for i in range(frame.shape[0]):
            x = points[v, i]
            for j in range(offset.size):
                values[v, j] += frame[i, j] * x


@kernel
def apply_activation(
    values: np.ndarray,
    words: np.ndarray,
    first_word: int,
    num_breakpoints: int,
    slopes: np.ndarray,
    offsets: np.ndarray,
    largest: np.ndarray,
) -> None:
    """The activation, in place, with pieces by the exact bits; the largest |result| (n,).

    ``slopes`` and ``offsets`` are (T + 1, n).
    """
    num_neurons = values.shape[1]
    largest[:] = 0.0
    for v in range(values.shape[0]):
        if num_breakpoints == 1:
            for word in range((num_neurons + 63) >> 6):
                bits = words[v, first_word + word]
                for j in range(word << 6, min(num_neurons, (word + 1) << 6)):
                    above = (bits >> np.uint64(j & 63)) & ONE != np.uint64(0)
                    slope = slopes[1, j] if above else slopes[0, j]
                    offset = offsets[1, j] if above else offsets[0, j]
                    values[v, j] = slope * values[v, j] + offset
        else:
            for j in range(num_neurons):
                piece = 0
                for column in range(j * num_breakpoints, (j + 1) * num_breakpoints):
                    bits = words[v, first_word + (column >> 6)]
                    piece += int((bits >> np.uint64(column & 63)) & ONE)
                values[v, j] = slopes[piece, j] * values[v, j] + offsets[piece, j]
        for j in range(num_neurons):
            largest[j] = max(largest[j], abs(values[v, j]))
