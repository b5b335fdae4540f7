"""A network given by its hidden layers, where the output does not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from linreg_lib.networks.arguments import checked_list
from linreg_lib.networks.network import LayerActivations, Network


def summed_network(
    *layers: tuple[ArrayLike, ArrayLike], activation: LayerActivations = "relu"
) -> Network:
    """A network with these hidden layers, whose one output adds up the units of the last one.

    ``layers`` are pairs (weights (n_out, n_in), biases (n_out,)); ``activation`` as for
    ``Network.from_arrays``.  For questions about regions, which no output layer changes.

    Raises:
        TypeError, ValueError: without layers, for what is no pair, and as ``Network.from_arrays``.

    ``relu(x) + relu(-x)``:

    >>> summed_network(([[1], [-1]], [0, 0]))([-3.0]).tolist()
    [3.0]
    """
    if not layers:
        raise ValueError("no layers: give at least one pair (weights, biases)")
    weights: list[Any] = []
    biases: list[Any] = []
    for i, layer in enumerate(layers):
        pair = checked_list(f"layers[{i}]", layer, "weights and biases")
        if len(pair) != 2:
            raise ValueError(
                f"layers[{i}] must be a pair (weights, biases), got {len(pair)} entries"
            )
        weights.append(pair[0])
        biases.append(pair[1])
    num = len(checked_list(f"layers[{len(layers) - 1}][1]", biases[-1], "biases"))
    output = np.ones((1, num))
    return Network.from_arrays([*weights, output], [*biases, [0.0]], activation)
