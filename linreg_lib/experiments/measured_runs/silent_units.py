"""Units that never switch on, or never off: on a domain, exactly, or at given points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linreg_lib.geometry import PolyhedralComplex
from linreg_lib.networks import Network


def silent_units(cx: PolyhedralComplex) -> NDArray[np.int64]:
    """Number of ReLU units of each hidden layer that are 0 on the whole domain, int (depth,).

    Exact: a unit is 0 on the domain if it is off in every region.

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]]], [[0.0, -2.0], [0.0]])
    >>> silent_units(lr.subdivide(net, lr.Box(-1, 1, dim=1))).tolist()
    [1]
    """
    return _of_layers(cx.network, (cx.patterns == 0).all(axis=0))


def always_active_units(cx: PolyhedralComplex) -> NDArray[np.int64]:
    """Number of units of each hidden layer that are on in every region, int (depth,)."""
    return _of_layers(cx.network, (cx.patterns == 1).all(axis=0))


def silent_at_points(net: Network, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of ReLU units of each hidden layer that are 0 at all points (m, n_in), int (depth,).

    >>> net = Network.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]]], [[0.0, -2.0], [0.0]])
    >>> silent_at_points(net, np.array([[0.5], [1.5]])).tolist()
    [1]
    """
    return _of_layers(net, (net.pattern(points) == 0).all(axis=0))


def _of_layers(net: Network, is_so: NDArray[np.bool_]) -> NDArray[np.int64]:
    ends = np.cumsum(net.hidden_widths)[:-1]
    return np.array([int(part.sum()) for part in np.split(is_so, ends)])
