"""Arrangements as networks with one hidden layer, and back; how large a box shows every region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from linreg_lib.networks import Network
from linreg_lib.theory.arrangement import Arrangement, EquationRow
from linreg_lib.theory.flats import intersection_poset

_LARGEST_EXACT = 2**53


def hyperplane_network(rows: Sequence[EquationRow]) -> Network:
    """One hidden ReLU layer whose neurons switch on the listed hyperplanes a.x = b.

    ``rows`` are integers (a_1, ..., a_n, b), for instance ``Arrangement.rows``; neuron i is
    ReLU(a.x - b) and the output is the sum of all neurons. A hyperplane that is listed twice
    becomes two neurons. Raises ``ValueError`` for an empty list and for integers beyond 2^53,
    which a float64 weight might round.

    >>> net = hyperplane_network([(1, 0, 2), (1, 1, 0)])    # x = 2 and x + y = 0
    >>> net.pattern([[3.0, 0.0], [0.0, 1.0]]).tolist()
    [[1, 1], [0, 1]]
    """
    if not rows:
        raise ValueError("no hyperplanes: a hidden layer needs at least one neuron")
    for index, row in enumerate(rows):
        if max(map(abs, row)) > _LARGEST_EXACT:
            raise ValueError(
                f"hyperplane {index} has an entry beyond 2^53: no exact float64 weight"
            )
    weights = [[float(entry) for entry in row[:-1]] for row in rows]
    return Network.from_arrays([weights, [[1.0] * len(rows)]], [[-float(r[-1]) for r in rows], [0]])


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
