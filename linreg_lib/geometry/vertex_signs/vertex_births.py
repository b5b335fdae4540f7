"""Exact points of vertices from those of the edges on which they were born, back to the corners."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd

import numpy as np

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.vertex_signs.crossings import Crossing
from linreg_lib.geometry.vertex_signs.exact_values import FEW, ExactValues
from linreg_lib.networks.dyadic import Dyadic
from linreg_lib.networks.exact_network import ExactNetwork


class BornPlaces:
    """Points of all vertices, kept once computed; ``values`` are the pre-activations there.

    The first vertices are the corners that the domain had before any cut.
    """

    def __init__(
        self,
        network: ExactNetwork,
        corners: dict[int, np.ndarray],
        crossing: Callable[[int], Crossing],
    ) -> None:
        self._points, self._crossing = corners, crossing
        self.values = ExactValues(network, self)

    def settled(self, crossing: Callable[[int], Crossing]) -> BornPlaces:
        """The same for a complex, which may live long: without the subdivision, and few values."""
        settled = BornPlaces(self.values.network, self._points, crossing)
        settled.values = ExactValues(self.values.network, settled, FEW)
        return settled

    def point(self, vertex: int) -> np.ndarray:
        """Homogeneous integer parameters (dim + 1,) of a vertex."""
        stack = [vertex]
        while stack:
            v = stack[-1]
            if v in self._points:
                stack.pop()
                continue
            crossing = self._crossing(v)
            missing = [end for end in crossing.ends if end not in self._points]
            if missing:
                stack.extend(missing)
                continue
            a, b = crossing.ends
            at_a = self.values.excess(a, crossing.support)
            at_b = self.values.excess(b, crossing.support)
            self._points[v] = reduced(self._points[a] * abs(at_b) + self._points[b] * abs(at_a))
            stack.pop()
        return self._points[vertex]


def exact_corners(domain: Domain, corners: np.ndarray) -> dict[int, np.ndarray]:
    """Homogeneous integer parameters of the corners (n, d + 1) that the lattice starts with."""
    exact = domain.exact_corners()
    if exact is not None:
        return dict(enumerate(exact))
    # A scale other than 1 belongs to a segment, whose parameter runs from 0 to 1.
    parameters = np.array(corners)
    parameters[:, :-1] /= domain.scales
    return {v: Dyadic.of(row).numerators for v, row in enumerate(parameters)}


def reduced(point: np.ndarray) -> np.ndarray:
    """The integers divided by their greatest common divisor."""
    divisor = 0
    for entry in point:
        divisor = gcd(divisor, int(entry))
    return point // divisor if divisor > 1 else point
