"""The exact sign of a vertex against each breakpoint of a layer: 0 is a tie, which stays one.

A vertex with sign 0 lies on the neuron's hyperplane, so no edge that ends there is cut
(cutting/reference/split_faces.py); the compiled cut gives up where this happens by chance.  A face
all of whose vertices tie lies on the hyperplane, and a cell that does so is on the lower piece
(faces/pattern_words.py), as a point is (networks/pattern.py).
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.vertex_signs.exact_values import ExactValues


def exact_signs(values: ExactValues, vertex: int, layer: int, num_breakpoints: int) -> np.ndarray:
    """Signs (neurons, breakpoints) of pre-activation minus breakpoint: -1, 0 or 1, int8."""
    z, w = values.pre_activation(vertex, layer)
    activation = values.network.activations[layer]
    signs = np.empty((len(z), num_breakpoints), dtype=np.int8)
    for index in range(num_breakpoints):
        signs[:, index] = [(e > 0) - (e < 0) for e in activation.excess(z, w, index)]
    return signs
