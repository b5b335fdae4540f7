"""Small complexes of both dimensions that a canvas shows."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry import Box, PolyhedralComplex, subdivide
from linreg_lib.networks import Network, Normal


def random_complex(dim: int, hidden: tuple[int, ...] = (7, 5), seed: int = 4) -> PolyhedralComplex:
    rng = np.random.default_rng(seed)
    net = Network.random([dim, *hidden, 2], init="he", biases=Normal(0.3), rng=rng)
    return subdivide(net, Box(-1.0, 1.0, dim=dim))
