"""The arrangement that a network's first layer draws."""

from __future__ import annotations

from fractions import Fraction

from linreg_lib.networks import Network
from linreg_lib.theory.arrangements.arrangement import Arrangement


def first_layer_hyperplanes(network: Network) -> Arrangement:
    """The hyperplanes on which the first hidden layer switches, exactly as its floats are stored.

    One hyperplane w.x = xi - b for each neuron and each breakpoint xi of the activation (ReLU:
    one, at 0). Neurons with zero weights switch nowhere and leave none.

    Raises:
        ValueError: there is no hidden layer.

    >>> net = Network.from_arrays([[[0.5, 0.0]], [[1.0]]], [[0.25], [0.0]], activation="hard_tanh")
    >>> first_layer_hyperplanes(net).rows                   # x/2 + 1/4 = -1 and = 1
    ((2, 0, -5), (2, 0, 3))
    """
    if not network.num_hidden:
        raise ValueError("the network has no hidden layer, so no hyperplanes")
    normals, offsets = [], []
    rows = zip(network.weights[0].tolist(), network.biases[0].tolist(), strict=True)
    for neuron, (weights, bias) in enumerate(rows):
        unit = network.activations[0].unit(neuron)
        breakpoints = [Fraction(xi) for xi in unit.breakpoints.tolist()]
        if any(weights):
            normals += [[Fraction(weight) for weight in weights]] * len(breakpoints)
            offsets += [xi - Fraction(bias) for xi in breakpoints]
    return Arrangement(normals, offsets, network.input_dim)
