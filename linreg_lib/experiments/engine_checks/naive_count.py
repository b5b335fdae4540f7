"""How not to count: cutting with plain floating point signs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry import Box
from linreg_lib.networks import Activation, Network
from linreg_lib.networks.arguments import checked_kind


def naive_count(net: Network, box: Box, dtype: npt.DTypeLike = np.float32) -> int:
    """Activation regions in a box as a program counts them that believes its signs.

    A cautionary twin of ``subdivide`` in dimension 1 and 2: every cell is a list of rounded
    vertices in order, with its rounded affine map; a neuron cuts a cell if its rounded values
    have both signs.  Nothing is certified, so the number may be too small (slivers are missed)
    and too large (a neuron is cut twice where it is zero but its rounded values are not).  It is
    here to be wrong; count with ``subdivide``.

    Args:
        net: network with 1 or 2 inputs.
        box: where to count.
        dtype: floating point type in which everything is computed, weights included.

    Raises:
        ValueError: in higher dimensions, or if the network has another number of inputs.

    41x - 1 and 1 - 41x have one breakpoint, which is no float; 41 times the float next to it is
    rounded to something other than 1, and the naive counter cuts there twice:

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[41], [-41]], [[1, 1]]], [[-1, 1], [0]])
    >>> box = lr.Box(0.0, 1.0, dim=1)
    >>> naive_count(net, box), lr.subdivide(net, box).num_regions
    (3, 2)
    """
    return len(naive_patterns(net, box, dtype))


def naive_patterns(net: Network, box: Box, dtype: npt.DTypeLike = np.float32) -> np.ndarray:
    """The patterns behind ``naive_count``, uint8 (count, num_hidden), each read off at the middle
    of its cell's vertices; some may not exist, some may occur twice, others may be missing.

    Parameters, ties and errors as in ``naive_count``.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_kind("box", box, Box, "a Box")
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"dtype must be a floating point type, got {np.dtype(dtype)}")
    if box.dim > 2 or net.input_dim != box.dim:
        raise ValueError(
            f"the naive counter takes nets and boxes of the same dimension 1 or 2, got a net with "
            f"{net.input_dim} inputs and a box of dimension {box.dim}"
        )
    low, high = box.low.astype(dtype), box.high.astype(dtype)
    corners = np.array([low, high])
    if box.dim == 2:
        corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]], dtype=dtype)
    identity = np.eye(box.dim, box.dim + 1, dtype=dtype)
    cells = [(corners, identity, np.zeros(0, dtype=np.uint8))]
    for layer, activation in enumerate(net.activations):
        rows = np.column_stack([net.weights[layer], net.biases[layer]]).astype(dtype)
        after = []
        for vertices, maps, pattern in cells:
            values = rows[:, :-1] @ maps
            values[:, -1] += rows[:, -1]
            parts = [vertices]
            for neuron, row in enumerate(values):
                for breakpoint in activation.unit(neuron).breakpoints.astype(dtype):
                    parts = [half for part in parts for half in _halves(part, row, breakpoint)]
            for part in parts:
                centre = part.mean(axis=0)
                piece = activation.piece(values[:, :-1] @ centre + values[:, -1])
                passed = _passed(activation, values, piece)
                after.append((part, passed, np.concatenate([pattern, piece])))
        cells = after
    return np.array([pattern for _, _, pattern in cells], dtype=np.uint8)


def _halves(vertices: np.ndarray, row: np.ndarray, breakpoint: np.floating) -> list[np.ndarray]:
    """The parts below and above, or the polygon itself if it has no two rounded signs."""
    excess = vertices @ row[:-1] + (row[-1] - breakpoint)
    if not excess.min() < 0 < excess.max():
        return [vertices]
    if vertices.shape[1] == 1:
        # A segment is no closed polygon: its one edge is walked once, both parts share the cut.
        (v, w), (a, b) = vertices, excess
        cut = v + a / (a - b) * (w - v)
        parts = [np.array([v, cut]), np.array([cut, w])]
        return parts if a < 0 else parts[::-1]
    follower, next_excess = np.roll(vertices, -1, axis=0), np.roll(excess, -1)
    halves = []
    for sign in (-1, 1):
        kept: list[np.ndarray] = []
        for v, w, a, b in zip(vertices, follower, excess, next_excess, strict=True):
            if sign * a >= 0:
                kept.append(v)
            if a * b < 0:
                kept.append(v + a / (a - b) * (w - v))
        halves.append(np.array(kept, dtype=vertices.dtype))
    return halves


def _passed(activation: Activation, values: np.ndarray, piece: np.ndarray) -> np.ndarray:
    """The maps behind the activation."""
    maps = activation.slopes_on(piece)[:, None] * values
    maps[:, -1] += activation.offsets_on(piece)
    return maps.astype(values.dtype)
