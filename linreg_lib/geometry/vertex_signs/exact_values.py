"""Exact pre-activations at vertices whose exact points are known."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from linreg_lib.geometry.vertex_signs.support import Support
from linreg_lib.networks.exact_network import ExactNetwork

#: values (vertex, layer) that a complex keeps; a subdivision keeps all
FEW = 1 << 10
_ALL = 1 << 62


class ExactPlaces(Protocol):
    """Whatever knows the exact point of each vertex."""

    def point(self, vertex: int) -> np.ndarray:
        """Homogeneous integer parameters (dim + 1,) of a vertex."""


class ExactValues:
    """Pre-activations of ``network`` at the vertices, computed once, ``most`` of them kept."""

    def __init__(self, network: ExactNetwork, places: ExactPlaces, most: int = _ALL) -> None:
        self.network, self.places = network, places
        self._most = most
        self._values: dict[tuple[int, int], tuple[np.ndarray, int]] = {}
        self._hidden: dict[tuple[int, int], tuple[np.ndarray, int]] = {}

    def pre_activation(self, vertex: int, layer: int) -> tuple[np.ndarray, int]:
        """Homogeneous integer pre-activations ``(z, w)`` of a layer at a vertex."""
        key = (vertex, layer)
        found = self._values.get(key)
        if found is None:
            found = self.network.pre_activation(layer, *self._inputs(vertex, layer))
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

    def _inputs(self, vertex: int, layer: int) -> tuple[np.ndarray, int]:
        if layer:
            return self._hidden_values(vertex, layer - 1)
        point = self.places.point(vertex)
        return point[:-1], point[-1]

    def _some(self, vertex: int, layer: int, neurons: np.ndarray) -> tuple[np.ndarray, int]:
        """The pre-activations of some of a layer's neurons, which are not kept."""
        found = self._values.get((vertex, layer))
        if found is not None:
            return found[0][neurons], found[1]
        return self.network.pre_activation(layer, *self._inputs(vertex, layer), neurons)

    def excess(self, vertex: int, support: Support) -> int:
        """A positive multiple of pre-activation minus breakpoint: an integer, exactly signed.

        The multiple depends on the vertex' homogeneous coordinates and the layer alone.
        """
        layer, found = support.layer, self._values.get((vertex, support.layer))
        if found is not None:
            z, w = int(found[0][support.neuron]), found[1]
        else:
            inputs = self._inputs(vertex, layer)
            z, w = self.network.one_pre_activation(layer, support.neuron, *inputs)
        activation = self.network.activations[layer]
        return activation.excess_of(support.neuron, z, int(w), support.breakpoint)

    def signs_of(
        self, vertex: int, layer: int, neurons: np.ndarray, indices: np.ndarray
    ) -> np.ndarray:
        """Exact signs (m,) int8 of some neurons (m,) against one of their breakpoints each."""
        z, w = self._some(vertex, layer, neurons)
        excess_of, w = self.network.activations[layer].excess_of, int(w)
        columns = zip(neurons.tolist(), z.tolist(), indices.tolist(), strict=True)
        excesses = [excess_of(neuron, value, w, index) for neuron, value, index in columns]
        return np.array([(e > 0) - (e < 0) for e in excesses], dtype=np.int8)
