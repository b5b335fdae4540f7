"""The arrangement that a network's first layer draws, and a box that shows all of its regions."""

from __future__ import annotations

import math
from fractions import Fraction

from linreg_lib.networks import Network
from linreg_lib.theory.arrangements.arrangement import Arrangement
from linreg_lib.theory.arrangements.flats import intersection_poset


def layer_arrangement(network: Network) -> Arrangement:
    """The hyperplanes on which the first hidden layer switches, exactly as its floats are stored.

    One hyperplane w.x = xi - b for each neuron and each breakpoint xi of the activation (ReLU:
    one, at 0). Neurons with zero weights switch nowhere and leave none. Raises ``ValueError`` if
    there is no hidden layer.

    >>> net = Network.from_arrays([[[0.5, 0.0]], [[1.0]]], [[0.25], [0.0]], activation="hard_tanh")
    >>> layer_arrangement(net).rows                         # x/2 + 1/4 = -1 and = 1
    ((2, 0, -5), (2, 0, 3))
    """
    if not network.num_hidden:
        raise ValueError("the network has no hidden layer, so no hyperplanes")
    breakpoints = [Fraction(float(xi)) for xi in network.activations[0].breakpoints]
    normals, offsets = [], []
    for weights, bias in zip(network.weights[0].tolist(), network.biases[0].tolist(), strict=True):
        if any(weights):
            normals += [[Fraction(weight) for weight in weights]] * len(breakpoints)
            offsets += [xi - Fraction(bias) for xi in breakpoints]
    return Arrangement(normals, offsets, network.input_dim)


def enclosing_half_width(arrangement: Arrangement) -> int:
    """A whole number B >= 1 such that the open cube (-B, B)^n meets every region.

    The closure of every region contains a flat of the smallest dimension, n - rank. B exceeds the
    coordinates of one point of each such flat (its free coordinates are set to 0), and next to
    that point lie points of the region. Where the normals span R^n those flats are the vertices,
    and the cube holds all of them, so that the bounded regions are inside it altogether.

    >>> enclosing_half_width(Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 3]))
    4
    """
    largest = Fraction(0)
    for flat in intersection_poset(arrangement).flats:
        if flat.codimension == arrangement.rank:
            largest = max([largest, *(abs(equation[-1]) for equation in flat.equations)])
    return math.floor(largest) + 1
