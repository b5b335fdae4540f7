"""The activation pattern at points: certified in floats where possible, else exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.dyadic import ExactForward
from linreg_lib.networks.rounding import running_error_bound

if TYPE_CHECKING:
    from linreg_lib.networks.network import Network

_CHUNK = 1 << 14  # points at once, to bound the memory of intermediate arrays


def pattern_at(net: Network, points: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The exact pattern at finite points (..., n_in), shape (..., num_hidden).

    At a breakpoint the lower piece. Points at which any unit is too close to a breakpoint for
    floating point to certify its piece are decided in exact arithmetic, which is slow: about 1e-8
    seconds per weight, bit of mantissa apart, and point.
    """
    return piece_range_at(net, points)[0]


def piece_range_at(
    net: Network, points: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Lowest and highest piece that each unit touches: they differ exactly at breakpoints."""
    flat = points.reshape(-1, net.input_dim)
    low = np.empty((len(flat), net.num_hidden), dtype=np.uint8)
    highest: dict[int, NDArray[np.uint8]] = {}
    exact: ExactForward | None = None
    for start in range(0, len(flat), _CHUNK):
        chunk = flat[start : start + _CHUNK]
        pieces = low[start : start + _CHUNK]
        doubtful = np.zeros(len(chunk), dtype=bool)
        column = 0
        for activation, layer in zip(net.activations, running_error_bound(net, chunk), strict=True):
            stop = column + layer.values.shape[1]
            pieces[:, column:stop] = activation.num_breakpoints_below(layer.values)
            unsure = layer.uncertain(activation)
            if (layer.bound == 0.0).any():  # known without error, so it may be exactly a breakpoint
                unsure |= np.isin(layer.values, activation.breakpoints)
            doubtful |= unsure.any(axis=1)
            column = stop
        for row in np.flatnonzero(doubtful):
            exact = exact or ExactForward(net)
            low[start + row], highest[start + int(row)] = exact.piece_range(chunk[row])
    high = low.copy() if highest else low
    for place, pieces in highest.items():
        high[place] = pieces
    shape = (*points.shape[:-1], net.num_hidden)
    return low.reshape(shape), high.reshape(shape)
