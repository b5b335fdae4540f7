"""The network's affine map on each region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.locked import Locked
from linreg_lib.networks import Network


@dataclass(frozen=True, kw_only=True, repr=False)
class AffineMaps(Locked):
    """On region r the network is ``matrices[r] @ u + offsets[r]``, u the domain's coordinates.

    ``matrices`` (num_regions, n_out, d), ``offsets`` (num_regions, n_out), float64, rounded.  For a
    complex cut up to an inner layer these are that layer's outputs after the activation; before all
    hidden layers, the inputs.
    """

    matrices: np.ndarray
    offsets: np.ndarray


def affine_maps_of(record: CutRecord) -> AffineMaps:
    """Forward accumulation through the layers, all regions at once."""
    domain = record.domain
    if record.upto_layer == 0 < record.network.depth:
        matrices, offsets = domain.basis.T[None], domain.origin[None]
        return AffineMaps(matrices=matrices, offsets=offsets)
    rows = jacobians(
        record.network, domain.basis, domain.origin, record.patterns, record.upto_layer
    )
    return AffineMaps(matrices=rows[:, :, :-1], offsets=rows[:, :, -1])


def jacobians(
    net: Network, basis: np.ndarray, origin: np.ndarray, patterns: np.ndarray, upto_layer: int
) -> np.ndarray:
    """``[A | c]`` (regions, n_out, d + 1) of the network on each pattern."""
    frame = np.concatenate([basis, origin[None]])
    rows = np.broadcast_to(
        frame @ net.weights[0].T, (len(patterns), len(frame), len(net.biases[0]))
    ).copy()
    rows[:, -1] += net.biases[0]
    start = 0
    for layer in range(upto_layer):
        activation, width = net.activations[layer], net.hidden_widths[layer]
        piece = patterns[:, start : start + width]
        start += width
        rows *= activation.slopes_on(piece)[:, None, :]
        rows[:, -1] += activation.offsets_on(piece)
        if layer == upto_layer - 1 and upto_layer < net.depth:
            break
        rows = rows @ net.weights[layer + 1].T
        rows[:, -1] += net.biases[layer + 1]
    return rows.transpose(0, 2, 1)
