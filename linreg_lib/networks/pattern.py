"""The activation pattern at points: certified in floats where possible, else exact."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.dyadic import homogeneous
from linreg_lib.networks.exact_network import ExactNetwork
from linreg_lib.networks.layers import Layers
from linreg_lib.networks.rounding import running_error_bound

_CHUNK = 1 << 14  # points at once, to bound the memory of intermediate arrays


def pattern_at(net: Layers, points: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The exact pattern at finite points (..., n_in), shape (..., num_hidden).

    At a breakpoint the lower piece. Points at which any unit is too close to a breakpoint for
    floating point to certify its piece are decided in exact arithmetic, which is slow: about 1e-8
    seconds per weight, bit of mantissa apart, and point.
    """
    return piece_range_at(net, points)[0]


def piece_range_at(
    net: Layers,
    points: NDArray[np.float64],
    *,
    error: NDArray[np.float64] | None = None,
    upto_layer: int | None = None,
    exactly: Callable[[int], NDArray[np.uint8]] | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Lowest and highest piece that each unit touches: they differ exactly at breakpoints.

    Where ``points`` are rounded, by at most ``error`` (same shape), ``exactly(i)`` gives the two
    rows (2, units) at the i-th of the points that are meant.
    """
    flat = points.reshape(-1, net.input_dim)
    depth = net.depth if upto_layer is None else upto_layer
    num_units = sum(net.hidden_widths[:depth])
    low = np.empty((len(flat), num_units), dtype=np.uint8)
    highest: dict[int, NDArray[np.uint8]] = {}
    for start in range(0, len(flat), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        off = None if error is None else error.reshape(flat.shape)[chunk]
        doubtful = _certify(net, flat[chunk], off, depth, low[chunk])
        for i in (start + np.flatnonzero(doubtful)).tolist():
            exactly = exactly or _exact_pieces(net, flat, depth)
            low[i], highest[i] = exactly(i)
    high = low.copy() if highest else low
    for i, pieces in highest.items():
        high[i] = pieces
    shape = (*points.shape[:-1], num_units)
    return low.reshape(shape), high.reshape(shape)


def _exact_pieces(
    net: Layers, points: NDArray[np.float64], depth: int
) -> Callable[[int], NDArray[np.uint8]]:
    exact = ExactNetwork(net)
    return lambda i: exact.piece_range(homogeneous(points[i]), depth)


def _certify(
    net: Layers,
    points: NDArray[np.float64],
    error: NDArray[np.float64] | None,
    depth: int,
    pieces: NDArray[np.uint8],
) -> NDArray[np.bool_]:
    """Fill in the pieces that floats certify; which points are left in doubt, or may be tied."""
    doubtful, column = np.zeros(len(points), dtype=bool), 0
    layers = running_error_bound(net, points, error, depth)
    for activation, layer in zip(net.activations, layers, strict=False):
        stop = column + layer.values.shape[1]
        pieces[:, column:stop] = activation.num_breakpoints_below(layer.values)
        unsure = layer.uncertain(activation)
        if (layer.bound == 0.0).any():  # known without error, so it may be exactly a breakpoint
            for breakpoints in activation.breakpoint_table(layer.values.shape[1]).T:
                unsure |= layer.values == breakpoints
        doubtful |= unsure.any(axis=1)
        column = stop
    return doubtful
