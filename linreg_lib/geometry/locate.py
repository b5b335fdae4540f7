"""Which region a point lies in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.complex import PolyhedralComplex
from linreg_lib.networks.dyadic import Dyadic
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.float_constants import UNDERFLOW_FLOOR, UNIT

#: how far outside, as a share of its size, a projected point still counts as on the domain's end
_ROUNDING = 2.0**-40


def located(cx: PolyhedralComplex, points: npt.ArrayLike) -> np.ndarray:
    """See ``PolyhedralComplex.locate``."""
    inputs = exact_floats("points", points)
    if inputs.ndim == 0 or inputs.shape[-1] != cx.domain.input_dim:
        raise ValueError(
            f"points has shape {inputs.shape}; "
            f"the last axis must have {cx.domain.input_dim} entries"
        )
    flat = inputs.reshape(-1, cx.domain.input_dim)
    coordinates = cx.domain.project(flat)
    if cx.domain.exact_frame()[1] is not None:
        coordinates = _rounded_onto(cx, coordinates)
    found = np.full(len(flat), -1, dtype=np.int64)
    inside = np.flatnonzero(cx.domain.contains(coordinates))
    if len(inside):
        found[inside] = _by_pattern(cx, coordinates[inside])
    return found.reshape(inputs.shape[:-1])


def _rounded_onto(cx: PolyhedralComplex, coordinates: np.ndarray) -> np.ndarray:
    """Projected coordinates, those that rounding led off the domain's end brought back onto it."""
    if not cx.domain.is_bounded:
        return coordinates
    low, high = cx.vertices.min(axis=0), cx.vertices.max(axis=0)
    size = np.abs(low) + np.abs(high) + np.abs(cx.domain.origin).max()
    nearest = np.clip(coordinates, low, high)
    return np.where(np.abs(coordinates - nearest) <= _ROUNDING * size, nearest, coordinates)


def _by_pattern(cx: PolyhedralComplex, coordinates: np.ndarray) -> np.ndarray:
    low, high = _piece_ranges(cx, coordinates)
    found = np.full(len(coordinates), -1, dtype=np.int64)
    index = {row.tobytes(): i for i, row in enumerate(cx.patterns)}
    tied = (low != high).any(axis=1)
    for i in np.flatnonzero(~tied):
        found[i] = index[low[i].tobytes()]
    # On a boundary: the first of the regions whose closures hold the point.
    for i in np.flatnonzero(tied):
        compatible = ((cx.patterns >= low[i]) & (cx.patterns <= high[i])).all(axis=1)
        found[i] = int(compatible.argmax())
    return found


def _piece_ranges(cx: PolyhedralComplex, coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest piece of each unit at the points with exactly these coordinates."""
    num_units = cx.patterns.shape[1]
    if cx.domain.exact_frame()[1] is None:
        low, high = cx.network.piece_range(coordinates)
        return low[:, :num_units], high[:, :num_units]
    low = np.empty((len(coordinates), num_units), dtype=np.uint8)
    high = low.copy()
    doubtful = _certified_pieces(cx, coordinates, low)
    high[:] = low
    exact = _exact_pieces(cx)
    for i in np.flatnonzero(doubtful):
        low[i], high[i] = exact(coordinates[i])
    return low, high


def _certified_pieces(
    cx: PolyhedralComplex, coordinates: np.ndarray, low: np.ndarray
) -> np.ndarray:
    """Fill in the pieces that float64 certifies; returns which points are left in doubt."""
    from linreg_lib.networks.rounding import running_error_bound

    domain = cx.domain
    size = np.abs(coordinates) @ np.abs(domain.basis) + np.abs(domain.origin)
    error = (domain.dim + 6) * UNIT * size
    # Products, and a segment's direction, may have underflowed to 0; later weights may be large.
    directions = domain.exact_frame()[1]
    if directions is not None:
        moved = np.outer(coordinates.any(axis=1), np.not_equal(directions, 0).any(axis=0))
        error[moved] = np.maximum(error[moved], UNDERFLOW_FLOOR)
    layers = running_error_bound(cx.network, domain.embed(coordinates), error, cx.upto_layer)
    doubtful, column = np.zeros(len(coordinates), dtype=bool), 0
    for activation, layer in zip(cx.network.activations, layers, strict=False):
        stop = column + layer.values.shape[1]
        low[:, column:stop] = activation.num_breakpoints_below(layer.values)
        known = (layer.bound == 0.0) & np.isin(layer.values, activation.breakpoints)
        doubtful |= (layer.uncertain(activation) | known).any(axis=1)
        column = stop
    return doubtful


def _exact_pieces(cx: PolyhedralComplex) -> Callable[[np.ndarray], np.ndarray]:
    network, domain = cx._exact.network, cx.domain

    def pieces(coordinates: np.ndarray) -> np.ndarray:
        # Homogeneous integers of coordinates / scales: w carries the common denominator.
        numbers = Dyadic.from_floats(np.concatenate([coordinates, domain.scales, [1.0]])).numerators
        dim = domain.dim
        scale = numbers[dim] if dim == 1 else numbers[-1]
        values, w = numbers[:dim], scale
        ranges: list[np.ndarray] = [np.zeros((2, 0), dtype=np.uint8)]
        for layer in range(cx.upto_layer):
            z, w = network.pre_activation(layer, values, w)
            activation = network.activations[layer]
            excess = [activation.excess(z, w, m) for m in range(len(activation.breakpoints))]
            below = sum((e > 0).astype(np.uint8) for e in excess)
            upto = sum((e >= 0).astype(np.uint8) for e in excess)
            ranges.append(np.stack([below, upto]))
            values, w = network.hidden(layer, z, w)
        return np.concatenate(ranges, axis=1)

    return pieces
