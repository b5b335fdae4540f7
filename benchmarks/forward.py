"""The unit of time: the final vertices once through the hidden layers, float64 NumPy.

``in_place`` writes into arrays kept from the last pass, so that it is arithmetic alone: the fastest
way, and the one whose time repeats.  ``plain`` makes a new array for each step, as one would write
it; then the system's handing out of memory can cost several times the arithmetic.  The domain is
folded into the first layer beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

import linreg_lib as lr
from linreg_lib.networks import identity, relu


class FirstLayer(Protocol):
    """The first layer's pre-activations of some of the vertices."""

    num_vertices: int

    def plain(self, rows: slice) -> np.ndarray:
        """A new array (vertices, width)."""

    def into(self, rows: slice, out: np.ndarray) -> None:
        """The same into an array that is there."""


class OnDomain:
    """Vertices (n, d) in the domain's coordinates."""

    def __init__(self, net: lr.Network, domain: lr.Box | lr.Plane, vertices: np.ndarray) -> None:
        self.num_vertices = len(vertices)
        self._vertices = np.ascontiguousarray(vertices)
        self._weight = net.weights[0] @ domain.basis.T
        self._bias = net.biases[0] + net.weights[0] @ domain.origin

    def plain(self, rows: slice) -> np.ndarray:
        return self._vertices[rows] @ self._weight.T + self._bias

    def into(self, rows: slice, out: np.ndarray) -> None:
        np.matmul(self._vertices[rows], self._weight.T, out=out)
        out += self._bias


class OnLines:
    """Vertices of several segments: numbers of the segments (n,), places along them (n,)."""

    def __init__(
        self,
        net: lr.Network,
        segments: Sequence[lr.Segment],
        line: np.ndarray,
        place: np.ndarray,
    ) -> None:
        self.num_vertices = len(line)
        self._line, self._place = line, place[:, None]
        weight = net.weights[0]
        self._slopes = np.concatenate([each.basis for each in segments]) @ weight.T
        self._offsets = np.array([each.origin for each in segments]) @ weight.T + net.biases[0]
        self._spare = np.empty((len(line), len(weight)))

    def plain(self, rows: slice) -> np.ndarray:
        line = self._line[rows]
        return self._offsets[line] + self._place[rows] * self._slopes[line]

    def into(self, rows: slice, out: np.ndarray) -> None:
        line, offsets = self._line[rows], self._spare[: len(out)]
        np.take(self._slopes, line, axis=0, out=out, mode="clip")
        np.take(self._offsets, line, axis=0, out=offsets, mode="clip")
        out *= self._place[rows]
        out += offsets


def last_hidden(
    net: lr.Network, first: FirstLayer, rows: slice, num_relus: Sequence[int]
) -> np.ndarray:
    """Values of the last hidden layer (vertices, width), in the plain way.

    ``num_relus``: what ``relus`` found beforehand, so that a pass is arithmetic alone.
    """
    hidden = _activated(first.plain(rows), num_relus[0])
    for layer in range(1, net.depth):
        hidden = _activated(hidden @ net.weights[layer].T + net.biases[layer], num_relus[layer])
    return hidden


def relus(net: lr.Network) -> list[int]:
    """How many ReLUs each hidden layer begins with; all other units must be ``identity()``."""
    found = []
    for activation, width in zip(net.activations, net.hidden_widths, strict=True):
        units = [activation.unit(neuron) for neuron in range(width)]
        num = sum(unit == relu() for unit in units)
        if units != [relu()] * num + [identity()] * (width - num):
            raise ValueError("a pass is of layers of ReLUs, then units that hand values on")
        found.append(num)
    return found


def _activated(values: np.ndarray, num_relus: int) -> np.ndarray:
    if num_relus == values.shape[1]:
        return np.maximum(values, 0.0)
    np.maximum(values[:, :num_relus], 0.0, out=values[:, :num_relus])
    return values


class Passes:
    """One pass of each network's vertices; ``block``: so many vertices at a time."""

    def __init__(
        self, pairs: Sequence[tuple[lr.Network, FirstLayer]], block: int | None = None
    ) -> None:
        self._pairs, self._block = pairs, block
        self._num_relus = [relus(net) for net, _ in pairs]
        self._kept: dict[tuple[int, int], list[np.ndarray]] = {}
        self.num_vertices = sum(first.num_vertices for _, first in pairs)

    def plain(self) -> None:
        """All vertices, with new arrays."""
        for (net, first), num_relus in zip(self._pairs, self._num_relus, strict=True):
            for rows in self._blocks(first):
                last_hidden(net, first, rows, num_relus)

    def in_place(self) -> np.ndarray:
        """The same; returns what the last layer holds at the last vertices."""
        for number, (net, first) in enumerate(self._pairs):
            for rows in self._blocks(first):
                outs = self._outs(number, net, rows.stop - rows.start)
                first.into(rows, outs[0])
                for layer, out in enumerate(outs):
                    if layer:
                        np.matmul(outs[layer - 1], net.weights[layer].T, out=out)
                        out += net.biases[layer]
                    num = self._num_relus[number][layer]
                    np.maximum(out[:, :num], 0.0, out=out[:, :num])
        return outs[-1]

    def _blocks(self, first: FirstLayer) -> list[slice]:
        size, end = self._block or first.num_vertices, first.num_vertices
        return [slice(start, min(start + size, end)) for start in range(0, end, size)]

    def _outs(self, number: int, net: lr.Network, num_rows: int) -> list[np.ndarray]:
        key = number, num_rows
        if key not in self._kept:
            self._kept[key] = [np.empty((num_rows, width)) for width in net.hidden_widths]
        return self._kept[key]
