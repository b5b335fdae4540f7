"""Across which facets the affine map changes, exactly."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.questions.affine_maps import jacobians
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.networks import Network
from linreg_lib.networks.float_constants import FACTOR_FLOOR, UNDERFLOW_FLOOR, UNIT


def jumping_facets(record: CutRecord) -> np.ndarray:
    """Which facets separate regions with different affine maps, bool.

    Continuity makes the maps equal as soon as their matrices are.  Three steps, each exact: the
    rounded matrices differ by more than their error bound; or no switching neuron has an open path
    to the output; or else the maps are compared in rational arithmetic.
    """
    net, domain, walls = record.network, record.domain, record.facet_is_wall
    patterns, upto_layer = record.patterns, record.upto_layer
    jumps = np.zeros(len(walls), dtype=bool)
    inner = np.flatnonzero(~walls)
    with np.errstate(over="ignore", invalid="ignore"):  # what is no number differs from none
        maps = jacobians(net, domain.basis, domain.origin, patterns, upto_layer)
    maps = maps[:, :, :-1]
    # Entries of a segment's direction may underflow, too.
    directions = np.abs(domain.basis).T + FACTOR_FLOOR
    with np.errstate(over="ignore", invalid="ignore"):
        error = matrix_error(net, np.abs(net.weights[0]) @ directions, upto_layer)
    pairs = record.facet_cells[inner]
    differ = np.zeros(len(pairs), dtype=bool)
    for output in range(maps.shape[1]):
        with np.errstate(over="ignore", invalid="ignore"):
            gap = np.abs(maps[pairs[:, 0], output] - maps[pairs[:, 1], output])
            differ |= (gap > 2 * error[output]).any(axis=1)

    exact: dict[int, np.ndarray] = {}

    def exact_matrix(cell: int) -> np.ndarray:
        if cell not in exact:
            exact[cell] = record.exact.network.affine_map(patterns[cell], upto_layer)[:, :-1]
        return exact[cell]

    rest = np.flatnonzero(~differ)
    rest = rest[has_open_path(net, patterns, pairs[rest], upto_layer)]
    for place in rest:
        first, second = (exact_matrix(int(cell)) for cell in pairs[place])
        differ[place] = bool((first != second).any())
    jumps[inner] = differ
    return jumps


def matrix_error(net: Network, size: np.ndarray, upto_layer: int) -> np.ndarray:
    """A bound of the rounding error of an entry of a region's matrix, (n_out, ...).

    ``size`` (n_1, ...) bounds the sums of absolute products behind the first layer's matrix.
    Products that underflow lose up to 2**-1075 each, which later weights may scale up: 2**-53 times
    ``FACTOR_FLOOR`` is more than that.
    """
    count, size = net.input_dim + 2, size + FACTOR_FLOOR
    for layer in range(upto_layer):
        size = size * net.activations[layer].steepest + FACTOR_FLOOR
        count += 2
        if layer == upto_layer - 1 and upto_layer < net.depth:
            break
        size = np.abs(net.weights[layer + 1]) @ size + FACTOR_FLOOR
        count += net.weights[layer + 1].shape[1] + 2
    return 2 * count * UNIT * size + UNDERFLOW_FLOOR


def has_open_path(
    net: Network, patterns: np.ndarray, pairs: np.ndarray, upto_layer: int
) -> np.ndarray:
    """Whether a neuron on different pieces can influence the output in one of the two regions."""
    if not len(pairs):
        return np.zeros(0, dtype=bool)
    switches = patterns[pairs[:, 0]] != patterns[pairs[:, 1]]
    matters = np.zeros(len(pairs), dtype=bool)
    for side in (0, 1):
        reach = _reaches_output(net, patterns[pairs[:, side]], upto_layer)
        matters |= (switches & reach).any(axis=1)
    return matters


def _reaches_output(net: Network, patterns: np.ndarray, upto_layer: int) -> np.ndarray:
    """Whether a change of each unit's post-activation reaches the output, bool like patterns."""
    reach = np.zeros(patterns.shape, dtype=bool)
    stop = patterns.shape[1]
    beyond: np.ndarray | None = None
    for layer in range(upto_layer - 1, -1, -1):
        width = net.hidden_widths[layer]
        start = stop - width
        if beyond is None:
            if upto_layer < net.depth:
                here = np.ones((len(patterns), width), dtype=bool)
            else:
                here = np.broadcast_to((net.weights[-1] != 0).any(axis=0), (len(patterns), width))
        else:
            here = (beyond.astype(np.float32) @ (net.weights[layer + 1] != 0)) > 0
        reach[:, start:stop] = here
        beyond = here & (net.activations[layer].slopes_on(patterns[:, start:stop]) != 0)
        stop = start
    return reach
