"""A network as flat arrays, with the norms that bound errors: what the kernels for cells read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linreg_lib.networks import Network
from linreg_lib.networks.float_constants import SAFETY
from linreg_lib.networks.mixed_activation import Activation

#: sizes between which neither products nor squares leave the range of float64
SMALLEST_SIZE, LARGEST_SIZE = 1e-100, 1e100


class NetworkTables(NamedTuple):
    """Units of all layers are numbered through.

    ``first[l]``: number of the first unit of layer l; ``start[l]``: where its weights begin in
    ``weights``, which are those of one input after the other. ``lengths``: of the units' rows, at
    least. ``norms[l]``: largest singular value and Frobenius norm of a layer's weights, length of
    its biases and steepest slope of its activation, all at least. ``is_rounded[l]``: whether
    activations round. Units have up to T breakpoints and T + 1 pieces.
    """

    first: np.ndarray
    start: np.ndarray
    weights: np.ndarray
    biases: np.ndarray
    lengths: np.ndarray
    norms: np.ndarray
    is_rounded: np.ndarray
    breakpoints: np.ndarray
    num_breakpoints: np.ndarray
    slopes: np.ndarray
    offsets: np.ndarray


def network_tables(net: Network) -> NetworkTables | None:
    """The tables of the hidden layers; None where sizes could leave the range of float64."""
    layers = list(zip(net.weights, net.biases, net.activations, strict=False))
    if not layers or not all(_is_ordinary(*layer) for layer in layers):
        return None
    widths = net.hidden_widths
    most = max(1, *(activation.num_breakpoints for activation in net.activations))
    num = sum(widths)
    tables = NetworkTables(
        first=np.cumsum([0, *widths]),
        start=np.cumsum([0, *(weight.size for weight, _, _ in layers)])[:-1],
        weights=np.concatenate([weight.T.ravel() for weight, _, _ in layers]),
        biases=np.concatenate([bias for _, bias, _ in layers]),
        lengths=np.concatenate([_lengths(weight) for weight, _, _ in layers]),
        norms=np.array([_norms(*layer) for layer in layers]),
        is_rounded=np.array([not activation.is_exact_in_floats for _, _, activation in layers]),
        breakpoints=np.full((num, most), np.inf),
        num_breakpoints=np.zeros(num, dtype=np.int64),
        slopes=np.zeros((num, most + 1)),
        offsets=np.zeros((num, most + 1)),
    )
    for layer, (_, bias, activation) in enumerate(layers):
        units = slice(tables.first[layer], tables.first[layer + 1])
        breakpoints = activation.breakpoint_table(len(bias))
        count = breakpoints.shape[1]
        tables.breakpoints[units, :count] = breakpoints
        tables.num_breakpoints[units] = np.isfinite(breakpoints).sum(axis=1)
        tables.slopes[units, : count + 1] = activation.slope_table(len(bias))
        tables.offsets[units, : count + 1] = activation.offset_table(len(bias))
    return tables


def is_homogeneous(net: Network) -> bool:
    """Whether all regions are cones with their apex at 0: no biases, and none in activations."""
    has_bias = any(bias.any() for bias in net.biases[:-1])
    return not has_bias and all(each.is_positively_homogeneous for each in net.activations)


def _lengths(weight: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(weight, axis=1) * SAFETY)


def _norms(weight: np.ndarray, bias: np.ndarray, activation: Activation) -> list[float]:
    frobenius = float(np.linalg.norm(weight))
    largest = min(float(np.linalg.norm(weight, 2)), frobenius)
    lengths = [largest, frobenius, float(np.linalg.norm(bias)), activation.steepest]
    return [each * SAFETY for each in lengths]


def _is_ordinary(weight: np.ndarray, bias: np.ndarray, activation: Activation) -> bool:
    tables = [weight, bias, activation.slope_table(len(bias))]
    tables += [activation.offset_table(len(bias)), activation.breakpoint_table(len(bias))]
    for table in tables:
        sizes = np.abs(table[np.isfinite(table) & (table != 0.0)])
        if not ((sizes > SMALLEST_SIZE) & (sizes < LARGEST_SIZE)).all():
            return False
    units = [activation.unit(i) for i in range(len(bias))]
    pairs = (zip(unit.exact_offsets, unit.offsets.tolist(), strict=True) for unit in set(units))
    return all(bool(exact) == bool(rounded) for unit in pairs for exact, rounded in unit)
