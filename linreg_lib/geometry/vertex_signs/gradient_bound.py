"""How steep a network really is on the cells so far, for deep networks.

The product of the layers' norms, which float_sign_bounds.py starts from, grows exponentially with
the depth while true gradients hardly do.  Where it has become useless, the gradients are computed
on every cell, with a bound of their rounding errors.  Of the last activation only the steepest
slope is used: then the cells suffice that there were before the last layer cut.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.networks import Network
from linreg_lib.networks.float_constants import SAFETY, SUM_FLOOR, UNIT

_CHUNK = 1 << 12


def measured_spread(
    net: Network,
    frame: np.ndarray,
    frame_error: np.ndarray,
    pieces: list[np.ndarray],
    homogeneous: bool,
    units: np.ndarray | None = None,
) -> float:
    """A bound of the norm of the last layer's gradients, each in its unit, on all cells.

    ``frame`` (n_1, m) is the first layer in coordinates, rounded by at most ``frame_error``;
    ``pieces[l]`` (cells, n_l) are the activations' pieces.  ``homogeneous``: the last of the m
    coordinates is the one that multiplies biases and offsets, and itself one of the values.
    """
    norms = [float(np.linalg.norm(weight, 2)) for weight in net.weights[: len(pieces)]]
    before = _without_repetitions(pieces[:-1])
    bound = 0.0
    for start in range(0, len(before[0]) if before else 1, _CHUNK):
        chunk = [each[start : start + _CHUNK] for each in before]
        rows = np.broadcast_to(frame.T, (len(chunk[0]) if chunk else 1, *frame.T.shape))
        error = _largest(frame_error[None])
        for layer in range(len(pieces)):
            weight, bias = net.weights[layer], net.biases[layer]
            if layer:
                size = _largest(rows) * _largest(weight[None])
                # One product of matrices is faster than a stack of small ones.
                flat = rows.reshape(-1, weight.shape[1]) @ weight.T
                rows = flat.reshape(*rows.shape[:2], len(weight))
                if homogeneous:
                    rows[:, -1] += bias
                    size += float(np.linalg.norm(bias))
                error = norms[layer] * error + (weight.shape[1] + 4) * UNIT * size + SUM_FLOOR
            activation = net.activations[layer]
            steepest = activation.steepest
            if layer == len(pieces) - 1:
                if units is not None:
                    units = np.where(weight.any(axis=1), units, np.inf)
                    rows, error = rows / units, error / float(units.min())
                bound = max(bound, _largest(rows) + 2 * error)
                break
            rows = rows * activation.slopes_on(chunk[layer])[:, None, :]
            size = _largest(rows)
            if homogeneous:
                offsets = activation.offsets_on(chunk[layer])
                rows[:, -1] += offsets
                size += _largest(offsets[:, None, :])
            error = steepest * error + 8 * UNIT * size + SUM_FLOOR
    bound *= SAFETY
    return bound if np.isfinite(bound) else np.inf


def _without_repetitions(pieces: list[np.ndarray]) -> list[np.ndarray]:
    """The rows of the layers together, without those equal to the one before."""
    if not pieces:
        return []
    new = np.zeros(len(pieces[0]), dtype=bool)
    new[:1] = True
    for each in pieces:
        new[1:] |= (each[1:] != each[:-1]).any(axis=1)
    return [each[new] for each in pieces]


def _largest(rows: np.ndarray) -> float:
    """The largest Frobenius norm of the matrices in a stack, safe from underflow of squares."""
    size = float(np.abs(rows).max(initial=0.0))
    if not 0 < size < np.inf:
        return size
    scaled = rows / size
    return size * float(np.sqrt(np.einsum("cij,cij->c", scaled, scaled).max()))
