"""How far the units are from their breakpoints at one input: no more than a rounding off.

Differences of pre-activations and breakpoints cancel near a boundary, and far from zero.  So a pass
carries a bound of its errors along, by the usual count of roundings; where the bound is too large a
pass in extended precision follows, and then one in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from linreg_lib.errors import DegenerateError
from linreg_lib.geometry.vertex_signs.long_floats import rounded
from linreg_lib.networks import Network
from linreg_lib.networks.dyadic import homogeneous
from linreg_lib.networks.exact_network import ExactNetwork
from linreg_lib.networks.float_constants import LONG_SAFETY, LONG_SPACING, UNDERFLOW_FLOOR, UNIT
from linreg_lib.networks.rounding import running_error_bound

#: relative error of a gap, at most
GAP_TOLERANCE = 2.0**-30
#: the same for networks that are too large for whole numbers: a tenth of what facets are told by
_LARGE_TOLERANCE = 2.0**-23
#: so many products of whole numbers take about a second
_MOST_EXACT = 1 << 21


def breakpoint_gaps(net: Network, point: np.ndarray, pieces: list[np.ndarray]) -> list[np.ndarray]:
    """Pre-activation minus breakpoint, (n_l, T) for each hidden layer.

    ``pieces[l]`` (n_l,) are the units' pieces at ``point``.  Entries beside a unit's piece are
    within ``GAP_TOLERANCE`` of themselves (2**-23 for very large networks), with the right sign;
    others may be worse.

    Raises:
        DegenerateError: a gap is too small for extended precision, and the network too large for
            whole numbers.
    """
    is_large = sum(weight.size for weight in net.weights) > _MOST_EXACT
    found = _accepted(_float_gaps(net, point), pieces, GAP_TOLERANCE)
    if found is None:
        tolerance = _LARGE_TOLERANCE if is_large else GAP_TOLERANCE
        found = _accepted(_long_gaps(net, point, pieces), pieces, tolerance)
    if found is not None:
        return found
    if is_large:
        raise DegenerateError(
            "x is too close to the boundary of a neuron for extended precision, and the network "
            "too large for exact arithmetic; move x"
        )
    return list(_exact_gaps(net, point))


def _accepted(
    layers: Iterable[tuple[np.ndarray, np.ndarray]], pieces: list[np.ndarray], tolerance: float
) -> list[np.ndarray] | None:
    """The gaps (n, T) of all layers, if their bounds (n,) are within the tolerance of them."""
    found = []
    for piece, (gaps, error) in zip(pieces, layers, strict=True):
        unit, index = _beside(piece, (gaps > -np.inf).sum(axis=1))
        if not (error[unit] <= tolerance / 2 * np.abs(gaps[unit, index])).all():
            return None
        found.append(gaps.astype(np.float64))
    return found


def _beside(piece: np.ndarray, num_breakpoints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Units and breakpoints that bound the piece on which each unit is."""
    below, above = np.flatnonzero(piece > 0), np.flatnonzero(piece < num_breakpoints)
    index = np.concatenate([piece[below] - 1, piece[above]]).astype(np.int64)
    return np.concatenate([below, above]), index


def _float_gaps(net: Network, point: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for activation, before in zip(net.activations, running_error_bound(net, point), strict=True):
        gaps = before.values[:, None] - activation.breakpoint_table(len(before.values))
        yield gaps, before.bound + 2 * UNIT * _largest(gaps)


def _long_gaps(
    net: Network, point: np.ndarray, pieces: list[np.ndarray]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    unit, dtype = LONG_SPACING, np.longdouble
    values: np.ndarray = point.astype(dtype)
    error = np.zeros(len(point))
    for layer, activation in enumerate(net.activations):
        weight, bias = net.weights[layer], net.biases[layer]
        absolute, num = np.abs(weight), weight.shape[1] + 4
        before = weight.astype(dtype) @ values + bias
        size = absolute @ np.abs(values).astype(np.float64) + np.abs(bias)
        error = absolute @ (error + num * unit * np.abs(values).astype(np.float64))
        error = (error + 4 * unit * size) * LONG_SAFETY + UNDERFLOW_FLOOR
        gaps = before[:, None] - activation.breakpoint_table(len(before)).astype(dtype)
        yield gaps, error + unit * _largest(gaps).astype(np.float64)
        slopes = activation.slopes_on(pieces[layer])
        units = enumerate(pieces[layer].tolist())
        exact = [activation.unit(i).exact_offsets[piece] for i, piece in units]
        offsets = rounded(exact).astype(dtype)
        values = slopes * before + offsets
        size = np.abs(slopes) * np.abs(before).astype(np.float64)
        size += np.abs(offsets).astype(np.float64)
        error = np.abs(slopes) * error + 4 * unit * size + UNDERFLOW_FLOOR


def _exact_gaps(net: Network, point: np.ndarray) -> Iterator[np.ndarray]:
    layers = ExactNetwork(net).layers(homogeneous(point))
    for activation, (z, below) in zip(net.activations, layers, strict=True):
        table = activation.breakpoint_table(len(z))
        gaps = np.full(table.shape, -np.inf)
        for neuron, index in np.argwhere(np.isfinite(table)).tolist():
            level = Fraction(float(table[neuron, index]))
            gaps[neuron, index] = float(Fraction(int(z[neuron]), int(below)) - level)
        yield gaps


def _largest(gaps: np.ndarray) -> np.ndarray:
    """The largest finite |gap| of each unit (n,): there is none to a breakpoint that it lacks."""
    return np.asarray(np.where(np.isfinite(gaps), np.abs(gaps), 0.0).max(axis=1, initial=0.0))
