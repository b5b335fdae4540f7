"""Which region a point lies in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.complex import PolyhedralComplex

_CHUNK = 4096


def located(cx: PolyhedralComplex, points: npt.ArrayLike) -> np.ndarray:
    """See ``PolyhedralComplex.locate``."""
    inputs = np.asarray(points, dtype=np.float64)
    if inputs.ndim == 0 or inputs.shape[-1] != cx.domain.input_dim:
        raise ValueError(
            f"points has shape {inputs.shape}; "
            f"its last axis must have {cx.domain.input_dim} entries"
        )
    if not np.isfinite(inputs).all():
        raise ValueError("points has entries that are not finite")
    flat = inputs.reshape(-1, cx.domain.input_dim)
    coordinates = cx.domain.project(flat)
    if cx.domain.dim < cx.domain.input_dim:
        flat = cx.domain.embed(coordinates)
    found = np.full(len(flat), -1, dtype=np.int64)
    inside = np.flatnonzero(cx.domain.contains(coordinates))
    if cx.num_regions and len(inside):
        found[inside] = _by_pattern(cx, flat[inside])
    return found.reshape(inputs.shape[:-1])


def _by_pattern(cx: PolyhedralComplex, inputs: np.ndarray) -> np.ndarray:
    low, high = cx.network.piece_range(inputs)
    num_units = cx.patterns.shape[1]
    low, high = low[:, :num_units], high[:, :num_units]
    found = np.full(len(inputs), -1, dtype=np.int64)
    index = {row.tobytes(): i for i, row in enumerate(cx.patterns)}
    tied = (low != high).any(axis=1)
    for i in np.flatnonzero(~tied):
        found[i] = index.get(low[i].tobytes(), -1)
    # On a boundary, or rounded off the domain's plane: the closures that hold the point.
    for i in np.flatnonzero(found < 0):
        compatible = ((cx.patterns >= low[i]) & (cx.patterns <= high[i])).all(axis=1)
        hits = np.flatnonzero(compatible)
        found[i] = hits[0] if len(hits) else _nearest(cx, low[i])
    return found


def _nearest(cx: PolyhedralComplex, pattern: np.ndarray) -> int:
    """The region with the fewest different pieces: for points that rounding moved."""
    return int((cx.patterns != pattern).sum(axis=1).argmin())
