"""How large a two-class network's outputs and gradients are at given points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks import Network


def margin_gradients(net: Network, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Length of the gradient of output 1 minus output 0 at each point, float (m,), ReLU networks.

    Where a unit is 0 its slope is 0, as torch has it.

    >>> net = Network.from_arrays([[[3.0, 4.0]], [[0.0], [2.0]]], [[0.0], [0.0, 0.0]])
    >>> margin_gradients(net, np.array([[1.0, 0.0], [-1.0, 0.0]])).tolist()
    [10.0, 0.0]
    """
    if net.output_dim != 2:
        raise ValueError(f"net has {net.output_dim} outputs; a margin is one of two outputs")
    is_on = np.split(net.pattern(points) != 0, np.cumsum(net.hidden_widths)[:-1], axis=1)
    rows = np.repeat((net.weights[-1][1:] - net.weights[-1][:1]), len(points), axis=0)
    for weight, on in zip(net.weights[-2::-1], is_on[::-1], strict=True):
        rows = (rows * on) @ weight
    return np.linalg.norm(rows, axis=1)


def layer_norms(net: Network) -> dict[str, float]:
    """Euclidean norms of weights and biases of each layer, the output layer's last.

    >>> layer_norms(Network.from_arrays([[[3.0, 4.0]], [[2.0]]], [[1.0], [-7.0]]))
    {'weights_1': 5.0, 'biases_1': 1.0, 'weights_2': 2.0, 'biases_2': 7.0}
    """
    norms = {}
    for number, (weight, bias) in enumerate(zip(net.weights, net.biases, strict=True), start=1):
        norms[f"weights_{number}"] = float(np.linalg.norm(weight))
        norms[f"biases_{number}"] = float(np.linalg.norm(bias))
    return norms
