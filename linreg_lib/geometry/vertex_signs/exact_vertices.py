"""Vertices in exact arithmetic, on demand: points, pre-activations, and both correctly rounded.

Where a vertex is, is found in one of two ways: from the edge on which it was born
(vertex_births.py), or from the hyperplanes that meet there (cutting/compiled/exact_places.py).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.vertex_signs.exact_values import FEW, ExactPlaces, ExactValues
from linreg_lib.geometry.vertex_signs.ties import exact_signs
from linreg_lib.networks.exact_network import ExactNetwork


class ExactVertices:
    """Exact positions and pre-activations of the vertices of a complex."""

    def __init__(
        self, values: ExactValues, domain: Domain, scales: np.ndarray | None = None
    ) -> None:
        self.values, self.domain = values, domain
        #: coordinates = parameters * scales
        self.scales = domain.scales if scales is None else scales

    @property
    def network(self) -> ExactNetwork:
        """The network whose pre-activations these are."""
        return self.values.network

    @property
    def places(self) -> ExactPlaces:
        """What knows the points."""
        return self.values.places

    @classmethod
    def settled(cls, network: ExactNetwork, places: ExactPlaces, domain: Domain) -> ExactVertices:
        """For a complex, which may live long: few values are kept."""
        return cls(ExactValues(network, places, FEW), domain)

    def point(self, vertex: int) -> np.ndarray:
        """Homogeneous integer parameters (dim + 1,) of a vertex."""
        return self.places.point(vertex)

    def coordinates(self, vertex: int) -> list[Fraction]:
        """Coordinates of a vertex in a bounded domain, as the lattice's rounded ones are."""
        *point, w = self.point(vertex)
        scaled = zip(self.scales, point, strict=True)
        return [Fraction(float(scale)) * Fraction(int(p), int(w)) for scale, p in scaled]

    def signs(self, vertex: int, layer: int, num_breakpoints: int) -> np.ndarray:
        """Exact signs (neurons, breakpoints) of pre-activation minus breakpoint, int8 (ties.py)."""
        return exact_signs(self.values, vertex, layer, num_breakpoints)

    def rounded(self, vertex: int, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Homogeneous float coordinates and pre-activations of a layer, each correctly rounded.

        Normalised as the float vertices are: see ``Domain.homogeneous_size``.
        """
        point = self.point(vertex)
        size = self.domain.homogeneous_size(point)
        above, below = size.numerator, size.denominator
        coordinates = np.array([int(p) * below / above for p in point])
        coordinates[:-1] *= self.scales
        z, _ = self.values.pre_activation(vertex, layer)
        divisor = above << self.network.total_shift(layer)
        return coordinates, np.array([int(value) * below / divisor for value in z])
