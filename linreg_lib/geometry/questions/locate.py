"""Which region a point lies in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.networks.dyadic import homogeneous
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.float_constants import UNDERFLOW_FLOOR, UNIT
from linreg_lib.networks.pattern import piece_range_at

#: how far outside, as a share of its size, a projected point still counts as on the domain's end
_ROUNDING = 2.0**-40


def located(record: CutRecord, points: npt.ArrayLike) -> np.ndarray:
    """See ``PolyhedralComplex.locate``."""
    inputs = exact_floats("points", points)
    if inputs.ndim == 0 or inputs.shape[-1] != record.domain.input_dim:
        raise ValueError(
            f"points has shape {inputs.shape}; "
            f"the last axis must have {record.domain.input_dim} entries"
        )
    flat = inputs.reshape(-1, record.domain.input_dim)
    coordinates = record.domain.project(flat)
    if record.domain.exact_frame()[1] is not None:
        coordinates = rounded_onto(record, coordinates)
    found = np.full(len(flat), -1, dtype=np.int64)
    inside = np.flatnonzero(record.domain.contains(coordinates))
    if len(inside):
        found[inside] = _by_pattern(record, coordinates[inside])
    return found.reshape(inputs.shape[:-1])


def rounded_onto(record: CutRecord, coordinates: np.ndarray) -> np.ndarray:
    """Projected coordinates, those that rounding led off the domain's end brought back onto it."""
    if not record.domain.is_bounded:
        return coordinates
    low, high = record.domain.coordinate_bounds()
    # What rounding an input moves along an axis, whatever the other inputs are measured in.
    reach, basis = np.abs(low) + np.abs(high), np.abs(record.domain.basis)
    size = reach + (np.abs(record.domain.origin) + reach @ basis) @ basis.T
    nearest = np.clip(coordinates, low, high)
    return np.where(np.abs(coordinates - nearest) <= _ROUNDING * size, nearest, coordinates)


def _by_pattern(record: CutRecord, coordinates: np.ndarray) -> np.ndarray:
    low, high = piece_ranges(record, coordinates)
    found = np.full(len(coordinates), -1, dtype=np.int64)
    patterns, region_of = record.patterns, np.arange(record.num_regions)
    if record.network.max_units:  # of which the pieces at a point are those of a cell as it was cut
        patterns, region_of = record.cut_cells
    index = {row.tobytes(): i for row, i in zip(patterns, region_of, strict=True)}
    tied = (low != high).any(axis=1)
    for i in np.flatnonzero(~tied):
        found[i] = index[low[i].tobytes()]
    # On a boundary: the first of the regions whose closures hold the point.
    for i in np.flatnonzero(tied):
        compatible = ((patterns >= low[i]) & (patterns <= high[i])).all(axis=1)
        found[i] = int(region_of[compatible].min())
    return found


def piece_ranges(record: CutRecord, coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest piece of each unit at the points with exactly these coordinates."""
    domain = record.domain
    directions = domain.exact_frame()[1]
    if directions is None:
        return piece_range_at(record.network, coordinates, upto_layer=record.upto_layer)
    size = np.abs(coordinates) @ np.abs(domain.basis) + np.abs(domain.origin)
    error = (domain.dim + 6) * UNIT * size
    # Products, and a segment's direction, may have underflowed to 0; later weights may be large.
    moved = np.outer(coordinates.any(axis=1), np.not_equal(directions, 0).any(axis=0))
    error[moved] = np.maximum(error[moved], UNDERFLOW_FLOOR)

    def exactly(i: int) -> np.ndarray:
        point = _parameters(domain, coordinates[i])
        return record.exact.network.piece_range(point, record.upto_layer)

    return piece_range_at(
        record.network,
        domain.embed(coordinates),
        error=error,
        upto_layer=record.upto_layer,
        exactly=exactly,
    )


def _parameters(domain: Domain, coordinates: np.ndarray) -> np.ndarray:
    """Homogeneous integers (d + 1,) of coordinates / scales, counted from the domain's centre.

    w carries the common denominator.
    """
    numbers, dim = homogeneous(np.append(coordinates, domain.scales)), domain.dim
    if domain.centre.any():
        centre = homogeneous(domain.centre)
        numbers = np.append(numbers[:dim] * centre[-1] - centre[:-1] * numbers[-1], numbers[dim:])
        numbers[dim:] *= centre[-1]
    # Only a segment, of dimension 1, has a scale other than 1.
    return np.append(numbers[:dim], numbers[dim] if dim == 1 else numbers[-1])
