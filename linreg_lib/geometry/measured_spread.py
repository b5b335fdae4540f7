"""How steep a network really is on the cells so far, for deep networks.

The product of the layers' norms, which certificates.py starts from, grows exponentially with the
depth while true gradients hardly do.  Where it has become useless, the gradients are computed on
every cell, with a bound of their rounding errors.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.networks import Network

_CHUNK = 1 << 12
_UNIT = 2.0**-53


def measured_spread(
    net: Network,
    frame: np.ndarray,
    frame_error: np.ndarray,
    pieces: list[np.ndarray],
    homogeneous: bool,
) -> float:
    """A bound of how much the last hidden layer's values change per unit of length, on all cells.

    ``frame`` (n_1, m) is the first layer in coordinates, rounded by at most ``frame_error``;
    ``pieces[l]`` (cells, n_l) are the activations' pieces.  ``homogeneous``: the last of the m
    coordinates is the one that multiplies biases and offsets, and itself one of the values.
    """
    norms = [float(np.linalg.norm(weight, 2)) for weight in net.weights[: len(pieces)]]
    bound = 0.0
    for start in range(0, len(pieces[0]), _CHUNK):
        chunk = [each[start : start + _CHUNK] for each in pieces]
        rows = np.broadcast_to(frame.T, (len(chunk[0]), *frame.T.shape))
        error = float(np.linalg.norm(frame_error))
        for layer, piece in enumerate(chunk):
            weight, bias = net.weights[layer], net.biases[layer]
            if layer:
                size = _largest(rows) * float(np.linalg.norm(weight))
                rows = rows @ weight.T
                if homogeneous:
                    rows[:, -1] += bias
                    size += float(np.linalg.norm(bias))
                error = norms[layer] * error + (weight.shape[1] + 4) * _UNIT * size
            activation = net.activations[layer]
            rows = rows * activation.slopes[piece][:, None, :]
            size = _largest(rows)
            if homogeneous:
                offsets = activation.offsets[piece]
                rows[:, -1] += offsets
                size += _largest(offsets[:, None, :])
            error = float(np.abs(activation.slopes).max()) * error + 8 * _UNIT * size
        bound = max(bound, _largest(rows) + 2 * error)
    bound = bound * (1 + 1e-6) + (1.0 if homogeneous else 0.0)
    return bound if np.isfinite(bound) else np.inf


def _largest(rows: np.ndarray) -> float:
    """The largest Frobenius norm of the matrices in a stack."""
    return float(np.sqrt(np.einsum("cij,cij->c", rows, rows).max()))
