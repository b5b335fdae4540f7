"""The subdivision of all of R^d, which starts from neurons of the first layer where it can."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.reference.subdivision import NumpySubdivision
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.domains.space import Space
from linreg_lib.geometry.signs.exact_vertices import ExactVertices
from linreg_lib.networks import Network


class SpaceSubdivision(NumpySubdivision):
    """The reference on ``Space``: its domain is cut by some of the network's neurons already.

    They lie on faces of every cell's boundary, so they cut nothing more, and get their signs and
    supports like any hyperplane that meets old vertices.
    """

    def __init__(self, net: Network, domain: Domain, max_regions: int | None) -> None:
        assert isinstance(domain, Space)
        own = domain.starting_from(net)
        super().__init__(net, own, max_regions)
        self.exact = _SpaceVertices(self.exact, own)


class _SpaceVertices(ExactVertices):
    """Vertices that are rounded to the length that the cones' corners give them."""

    def __init__(self, plain: ExactVertices, space: Space) -> None:
        super().__init__(
            plain.network, np.zeros((0, 1)), plain._births, plain._scales, bounded=False
        )
        self._points = plain._points
        self._space = space

    def rounded(self, vertex: int, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """As for any domain; a combination of the corners as float vertices are one."""
        point = self.point(vertex)
        size = self._space.size_of(point)
        above, below = size.numerator, size.denominator
        z, _ = self.pre_activation(vertex, layer)
        divisor = above << self.network.total_shift(layer)
        return (
            np.array([int(p) * below / above for p in point]),
            np.array([int(value) * below / divisor for value in z]),
        )
