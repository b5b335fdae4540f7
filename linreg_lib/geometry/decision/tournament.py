"""The largest output of a network as more layers of it: outputs in pairs, the larger goes on.

With ``max(a, b) = b + relu(a - b)`` each round of the tournament is one hidden layer, which cuts
where two winners of the round before are equal.  That makes n_out - 1 kinked hypersurfaces, instead
of one for each pair of outputs, and they do not meet in threes for no reason.  All weights of these
layers are 0, 1 and -1, so nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry.vertex_signs.support import Support
from linreg_lib.networks import Network, PiecewiseLinear, relu


@dataclass(frozen=True, kw_only=True)
class Match:
    """A neuron that compares two players: classes 0..n_out-1, then winners of earlier matches.

    Its pre-activation is player ``higher`` minus player ``lower``, whose classes have lower
    numbers.
    """

    support: Support
    lower: int
    higher: int


@dataclass(frozen=True, kw_only=True)
class Tournament:
    """``network``: the given one with more hidden layers, whose ``matches`` tell the top class."""

    network: Network
    num_classes: int
    matches: tuple[Match, ...]
    #: which no output may reach in absolute value, if any
    bound: float | None

    @property
    def columns(self) -> np.ndarray:
        """The columns of patterns that belong to the matches."""
        starts = np.cumsum([0, *self.network.hidden_widths])
        return np.array(
            [starts[match.support.layer] + match.support.neuron for match in self.matches]
        )

    def tops(self, above: np.ndarray, tied: np.ndarray) -> np.ndarray:
        """Which classes are largest, bool (n, num_classes).

        For each match (columns): whether ``higher`` exceeds ``lower``; whether they are equal,
        which counts first.
        """
        players = list(np.eye(self.num_classes, dtype=bool)[:, None])
        for column, match in enumerate(self.matches):
            higher, lower = players[match.higher], players[match.lower]
            is_above, is_tied = above[:, column, None], tied[:, column, None]
            players.append((higher & (is_above | is_tied)) | (lower & (~is_above | is_tied)))
        return np.array(np.broadcast_to(players[-1], (len(above), self.num_classes)))


def tournament(net: Network, bound: float | None) -> Tournament:
    """Continue a network of at least two outputs by the tournament of its outputs.

    ``bound``: a power of two that no output reaches in absolute value; a value t passes a layer as
    relu(t + bound) - bound.  Without one it passes as relu(t) - relu(-t), which cuts at 0, too.
    """
    num, identity = net.output_dim, np.eye(net.output_dim)
    weight, bias = net.weights[-1], net.biases[-1]
    # Differences of stored weights are no floats in general, so the outputs pass through first.
    if bound is None:
        first, values = relu(), np.concatenate([identity, -identity], axis=1)
        weight, bias = np.concatenate([weight, -weight]), np.concatenate([bias, -bias])
    else:
        first, values = PiecewiseLinear([-bound], [0.0, 1.0]), identity
    weights, biases = [*net.weights[:-1], weight], [*net.biases[:-1], bias]
    activations = [*net.activations, first]
    matches: list[Match] = []
    players, constant = list(range(num)), 0.0
    while len(players) > 1:
        step = _Round(values, constant, bound)
        for i in range(1, len(players), 2):
            neuron = step.add_match(i - 1, i)
            support = Support(layer=len(activations), neuron=neuron, breakpoint=0)
            matches.append(Match(support=support, lower=players[i - 1], higher=players[i]))
        if len(players) % 2:
            step.add_pass(len(players) - 1)
        winners = range(num + len(matches) - len(players) // 2, num + len(matches))
        players = [*winners, *players[len(players) - len(players) % 2 :]]
        weights.append(np.array(step.weights))
        biases.append(np.array(step.biases))
        activations.append(relu())
        values, constant = step.values(), step.constant
    weights.append(np.ones((1, len(biases[-1]))))
    biases.append(np.zeros(1))
    return Tournament(
        network=Network.from_arrays(weights, biases, activation=activations),
        num_classes=num,
        matches=tuple(matches),
        bound=bound,
    )


class _Round:
    """One hidden layer: the players' values as rows over the units before it, and after it."""

    def __init__(self, before: np.ndarray, constant: float, bound: float | None) -> None:
        self._before, self._constant, self._bound = before, constant, bound
        self.weights: list[np.ndarray] = []
        self.biases: list[float] = []
        self._after: list[dict[int, float]] = []
        #: what every player's value is larger by than its row says
        self.constant = -bound if bound is not None else 0.0

    def add_match(self, lower: int, higher: int) -> int:
        """The larger of two players, lower + relu(higher - lower); returns the unit's number."""
        unit = self._add(self._before[higher] - self._before[lower], 0.0)
        self.add_pass(lower)
        self._after[-1][unit] = 1.0
        return unit

    def add_pass(self, player: int) -> None:
        """A player with no opponent."""
        row = self._before[player]
        if self._bound is not None:
            self._after.append({self._add(row, self._constant + self._bound): 1.0})
        else:
            self._after.append({self._add(row, 0.0): 1.0, self._add(-row, 0.0): -1.0})

    def _add(self, row: np.ndarray, bias: float) -> int:
        self.weights.append(row)
        self.biases.append(bias)
        return len(self.weights) - 1

    def values(self) -> np.ndarray:
        """The winners' values as rows over this layer's units."""
        rows = np.zeros((len(self._after), len(self.weights)))
        for row, entries in zip(rows, self._after, strict=True):
            row[list(entries)] = list(entries.values())
        return rows
