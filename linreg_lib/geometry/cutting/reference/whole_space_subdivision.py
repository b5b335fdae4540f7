"""The subdivision of all of R^d, which starts from neurons of the first layer where it can."""

from __future__ import annotations

from linreg_lib.geometry.cutting.reference.numpy_subdivision import NumpySubdivision
from linreg_lib.geometry.domains.space import Space
from linreg_lib.networks import Network


class SpaceSubdivision(NumpySubdivision):
    """The reference on ``Space``: its domain is cut by some of the network's neurons already.

    They lie on faces of every cell's boundary, so they cut nothing more, and get their signs and
    supports like any hyperplane that meets old vertices.
    """

    def __init__(self, net: Network, domain: Space, max_regions: int | None) -> None:
        super().__init__(net, domain.starting_from(net), max_regions)
