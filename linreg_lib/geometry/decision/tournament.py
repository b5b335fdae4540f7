"""The largest output of a network as more layers of it: a maximum, whose entries are the outputs.

Outputs play in pairs, the larger one goes on.  With ``max(a, b) = b + relu(a - b)`` each round is
one hidden layer, which cuts where two winners of the round before are equal; values that are needed
later are carried by identity units, which cut nothing.  That makes n_out - 1 kinked hypersurfaces,
instead of one for each pair of outputs, and they do not meet in threes for no reason.  All weights
of these layers are 0, 1 and -1, so nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.networks import Activation, Match, MaxUnit, Network, PiecewiseLinear, identity, relu
from linreg_lib.networks.max_units import match_columns


@dataclass(frozen=True, kw_only=True)
class Tournament:
    """``network``: the given one with more hidden layers, in which ``top`` finds the top class.

    The network itself has no ``max_units``: its complex is cut by all matches.
    """

    network: Network
    top: MaxUnit

    @property
    def columns(self) -> np.ndarray:
        """The columns of patterns that belong to the matches."""
        return match_columns(self.top, self.network.hidden_widths)


def tournament(net: Network) -> Tournament:
    """Continue a network of at least two outputs by the tournament of its outputs.

    In each match the class with the lower number is ``lower``, and so wins ties.
    """
    num = net.output_dim
    # Differences of stored weights are no floats in general, so the outputs pass through first.
    weights, biases = list(net.weights), list(net.biases)
    activations: list[Activation | list[PiecewiseLinear]] = [*net.activations, identity()]
    matches: list[Match] = []
    players, values = list(range(num)), np.eye(num)
    while len(players) > 1:
        rows: list[np.ndarray] = []
        kinds: list[PiecewiseLinear] = []
        after: list[list[int]] = []
        for i in range(0, len(players) - 1, 2):
            match = Match(
                layer=len(activations), neuron=len(rows), lower=players[i], higher=players[i + 1]
            )
            matches.append(match)
            after.append([len(rows), len(rows) + 1])
            rows += [values[i + 1] - values[i], values[i]]
            kinds += [relu(), identity()]
        if len(players) % 2:
            after.append([len(rows)])
            rows.append(values[-1])
            kinds.append(identity())
        first = num + len(matches) - len(players) // 2
        players = [*range(first, num + len(matches)), *players[len(players) - len(players) % 2 :]]
        weights.append(np.array(rows))
        biases.append(np.zeros(len(rows)))
        activations.append(kinds)
        values = np.zeros((len(after), len(rows)))
        for row, units in zip(values, after, strict=True):
            row[units] = 1.0
    weights.append(values)
    biases.append(np.zeros(1))
    return Tournament(
        network=Network.from_arrays(weights, biases, activations),
        top=MaxUnit(num_entries=num, matches=tuple(matches)),
    )
