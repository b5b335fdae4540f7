"""Signs of one layer at all vertices in float64, and which of them are in doubt: compiled.

Doubts go to extended_precision_signs.py, and what that leaves to vertex_signs/ties.py.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.kernels.jit import kernel


@kernel
def layer_bits(
    values: np.ndarray,
    breakpoints: np.ndarray,
    value_error: np.ndarray,
    lipschitz: np.ndarray,
    slack: np.ndarray,
    words: np.ndarray,
    first_word: int,
    closest: np.ndarray,
    doubts: np.ndarray,
) -> int:
    """Bits of the hyperplanes that each vertex lies above; how many vertices are in doubt.

    ``breakpoints`` (T, n).  ``closest`` (n * T,) notes the smallest certified |value - breakpoint|.
    Neurons without weights have a negative ``value_error``: their sign is never in doubt.
    """
    num_neurons, num_breakpoints = values.shape[1], breakpoints.shape[0]
    num_words = (num_neurons * num_breakpoints + 63) >> 6
    num_doubts = 0
    for v in range(values.shape[0]):
        for word in range(num_words):
            words[v, first_word + word] = 0
        near = not slack[v] < np.inf
        for index in range(num_breakpoints):
            close = False
            for j in range(num_neurons):
                bound = value_error[j] + lipschitz[j] * slack[v]
                close |= not abs(values[v, j] - breakpoints[index, j]) > bound
            near |= close
            if num_breakpoints == 1:
                for word in range(num_words):
                    bits = np.uint64(0)
                    for j in range(word << 6, min(num_neurons, (word + 1) << 6)):
                        bits |= np.uint64(values[v, j] > breakpoints[index, j]) << np.uint64(j & 63)
                    words[v, first_word + word] = bits
            else:
                for j in range(num_neurons):
                    column = j * num_breakpoints + index
                    bit = np.uint64(values[v, j] > breakpoints[index, j]) << np.uint64(column & 63)
                    words[v, first_word + (column >> 6)] |= bit
        if near:
            doubts[num_doubts] = v
            num_doubts += 1
            continue
        for index in range(num_breakpoints):
            for j in range(num_neurons):
                size = abs(values[v, j] - breakpoints[index, j])
                column = j * num_breakpoints + index
                closest[column] = min(closest[column], size)
    return num_doubts
