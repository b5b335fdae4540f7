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
            if layer == 0:
                point = self.places.point(vertex)
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

    def excess(self, vertex: int, support: Support) -> int:
        """A positive multiple of pre-activation minus breakpoint: an integer, exactly signed.

        The multiple depends on the vertex' homogeneous coordinates and the layer alone.
        """
        z, w = self.pre_activation(vertex, support.layer)
        activation, neuron = self.network.activations[support.layer], support.neuron
        return activation.excess_of(neuron, int(z[neuron]), int(w), support.breakpoint)
