"""Vertices in exact arithmetic, on demand.

A vertex is born where a neuron crosses a breakpoint on an edge, so its exact position follows from
those of the edge's two ends; the corners of the domain are given.  Positions are homogeneous
integer vectors, kept once computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np

from linreg_lib.networks.dyadic import Dyadic
from linreg_lib.networks.exact_network import ExactNetwork

#: values (vertex, layer) that a complex keeps
_FEW = 1 << 10


@dataclass(frozen=True, kw_only=True)
class Birth:
    """The edge's ends and the neuron and breakpoint that cut it there."""

    ends: tuple[int, int]
    layer: int
    neuron: int
    breakpoint: int


class RecordedBirths:
    """The births of all vertices as one table (vertices, 5): ends, layer, neuron, breakpoint."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = np.array(table)

    def __call__(self, vertex: int) -> Birth:
        a, b, layer, neuron, index = self.table[vertex].tolist()
        return Birth(ends=(a, b), layer=layer, neuron=neuron, breakpoint=index)


class ExactVertices:
    """Exact positions and pre-activations of the vertices of a complex.

    The first vertices are the domain's corners, with homogeneous coordinates ``corners``: floats,
    or integers (dtype object) where the floats of the lattice are rounded;
    ``births(v)`` gives the ``Birth`` of any other; ``scales`` are the domain's.
    """

    def __init__(
        self,
        network: ExactNetwork,
        corners: np.ndarray,
        births: Callable[[int], Birth],
        scales: np.ndarray,
        bounded: bool,
    ) -> None:
        self.network = network
        self._bounded = bounded
        #: so many values are kept
        self._most = 1 << 62
        self._births = births
        self._scales = scales
        self._points: dict[int, np.ndarray] = {}
        self._values: dict[tuple[int, int], tuple[np.ndarray, int]] = {}
        self._hidden: dict[tuple[int, int], tuple[np.ndarray, int]] = {}
        for v, corner in enumerate(corners):
            if corners.dtype == object:
                self._points[v] = corner
                continue
            # A scale other than 1 belongs to a segment, whose parameter runs from 0 to 1.
            parameters = corner.copy()
            parameters[:-1] /= scales
            self._points[v] = Dyadic.of(parameters).numerators

    def settled(self, births: Callable[[int], Birth] | None = None) -> ExactVertices:
        """Itself for a complex, which may live long: without the subdivision, and few values."""
        self._births = births or self._births
        self._values, self._hidden, self._most = {}, {}, _FEW
        return self

    def point(self, vertex: int) -> np.ndarray:
        """Homogeneous integer parameters (dim + 1,) of a vertex."""
        stack = [vertex]
        while stack:
            v = stack[-1]
            if v in self._points:
                stack.pop()
                continue
            birth = self._births(v)
            missing = [end for end in birth.ends if end not in self._points]
            if missing:
                stack.extend(missing)
                continue
            a, b = birth.ends
            at_a = self.excess(a, birth.layer, birth.neuron, birth.breakpoint)
            at_b = self.excess(b, birth.layer, birth.neuron, birth.breakpoint)
            self._points[v] = reduced(self._points[a] * abs(at_b) + self._points[b] * abs(at_a))
            stack.pop()
        return self._points[vertex]

    def coordinates(self, vertex: int) -> list[Fraction]:
        """Coordinates of a vertex in a bounded domain, as the lattice's rounded ones are."""
        *point, w = self.point(vertex)
        scaled = zip(self._scales, point, strict=True)
        return [Fraction(float(scale)) * Fraction(int(p), int(w)) for scale, p in scaled]

    def pre_activation(self, vertex: int, layer: int) -> tuple[np.ndarray, int]:
        """Homogeneous integer pre-activations ``(z, w)`` of a layer at a vertex."""
        key = (vertex, layer)
        found = self._values.get(key)
        if found is None:
            if layer == 0:
                point = self.point(vertex)
                values, w = point[:-1], point[-1]
            else:
                values, w = self._hidden_values(vertex, layer - 1)
            found = self.network.pre_activation(layer, values, w)
            if len(self._values) >= self._most:  # others may be reading the old one
                self._values = {}
            self._values[key] = found
        return found

    def _hidden_values(self, vertex: int, layer: int) -> tuple[np.ndarray, int]:
        key = (vertex, layer)
        found = self._hidden.get(key)
        if found is None:
            z, w = self.pre_activation(vertex, layer)
            found = self.network.hidden(layer, z, w)
            if len(self._hidden) >= self._most:
                self._hidden = {}
            self._hidden[key] = found
        return found

    def excess(self, vertex: int, layer: int, neuron: int, breakpoint: int) -> int:
        """A positive multiple of pre-activation minus breakpoint: an integer, exactly signed.

        The multiple depends on the vertex' homogeneous coordinates and the layer alone.
        """
        z, w = self.pre_activation(vertex, layer)
        activation = self.network.activations[layer]
        return int(activation.excess(z[neuron : neuron + 1], w, breakpoint)[0])

    def signs(self, vertex: int, layer: int, num_breakpoints: int) -> np.ndarray:
        """Exact signs (neurons, breakpoints) of pre-activation minus breakpoint, int8."""
        z, w = self.pre_activation(vertex, layer)
        activation = self.network.activations[layer]
        columns = [activation.excess(z, w, m) for m in range(num_breakpoints)]
        return np.array([[(e > 0) - (e < 0) for e in column] for column in columns], np.int8).T

    def rounded(self, vertex: int, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Homogeneous float coordinates and pre-activations of a layer, each correctly rounded.

        Normalised as the float vertices are: w = 1 in bounded domains, sum |p| + w = 1 otherwise.
        """
        point = self.point(vertex)
        total = int(point[-1]) if self._bounded else int(sum(abs(p) for p in point))
        coordinates = np.array([int(p) / total for p in point])
        coordinates[:-1] *= self._scales
        z, _ = self.pre_activation(vertex, layer)
        divisor = total << self.network.total_shift(layer)
        return coordinates, np.array([int(value) / divisor for value in z])


def reduced(point: np.ndarray) -> np.ndarray:
    """The integers divided by their greatest common divisor."""
    divisor = 0
    for entry in point:
        divisor = gcd(divisor, int(entry))
    return point // divisor if divisor > 1 else point
