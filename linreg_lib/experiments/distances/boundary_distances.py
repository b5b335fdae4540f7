"""How far many points are from the nearest switch of a neuron, and whether the output sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.geometry.domains.arithmetic.scaled_lengths import row_lengths
from linreg_lib.locked import Locked
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind
from linreg_lib.networks.exact_floats import exact_floats

#: float64 numbers of one block of gradients: it stays near the processor
_BLOCK = 100_000


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NearestSwitches(Locked):
    """For each point: the nearest switch of a hidden neuron, in which layer, and whether it shows.

    Attributes:
        distances: (m,) in the units of the input; inf where no neuron ever switches
        layers: (m,) the hidden layer of that neuron, counted from 0; -1 where there is none
        is_seen: (m,) whether each later layer has, at the point, a neuron of slope other than 0
    """

    distances: NDArray[np.float64]
    layers: NDArray[np.int64]
    is_seen: NDArray[np.bool_]


def nearest_switches(net: Network, points: ArrayLike) -> NearestSwitches:
    """``min |z(x) - xi| / |grad z(x)|`` over hidden neurons z, breakpoints xi; ``points`` (m, n).

    This is the distance to the boundary of the activation region, whatever the network. Where
    ``is_seen`` holds, it is that to B_N too, the set where the gradient of the output jumps, for
    all weights and biases but a null set; elsewhere B_N is farther away.
    A neuron that is constant around x counts for nothing; a neuron at its breakpoint gives 0.

    Float64: a distance is off by about 1e-15 times the pre-activations that it is made from, over
    the gradient's length, so those much below 1e-12 have few digits. Gradients are taken in the at
    most n_1 orthonormal coordinates of the first layer's rows (W_1 = R^T Q^T).

    Raises:
        ValueError: points of another shape, not finite, or a network that takes maxima.

    x = 3 and x = 1/4 before relu(relu(x) - 1): at 1/4 the nearest switch is at 0, unseen.

    >>> net = Network.from_arrays([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [-1.0], [0.0]])
    >>> found = nearest_switches(net, [[3.0], [0.25]])
    >>> found.distances.tolist(), found.layers.tolist(), found.is_seen.tolist()
    ([2.0, 0.25], [1, 0], [True, False])

    Source: HR19, Section 2.2.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    inputs = exact_floats("points", points)
    if inputs.ndim != 2 or inputs.shape[1] != net.input_dim:
        raise ValueError(f"points has shape {inputs.shape}; it must be (m, {net.input_dim})")
    if net.max_units:
        raise ValueError("net takes maxima (net.max_units), which switch elsewhere, too")
    rows = first_layer_rows(net)
    widest = max(net.hidden_widths, default=1)
    size = max(1, _BLOCK // (widest * max(rows.shape[1], 1)))
    found = [_of_block(net, rows, inputs[i : i + size]) for i in range(0, len(inputs), size)]
    if not found:
        found = [(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool))]
    distances, layers, is_seen = (np.concatenate(part) for part in zip(*found, strict=True))
    return NearestSwitches(distances=distances, layers=layers, is_seen=is_seen)


def first_layer_rows(net: Network) -> NDArray[np.float64]:
    """The first layer's rows in orthonormal coordinates of their span: (n_1, at most n_1).

    All lengths of their combinations stay, up to rounding of the largest.

    >>> net = Network.from_arrays([[[3.0, 0.0, 4.0]], [[1.0]]], [[0.0], [0.0]])
    >>> np.abs(first_layer_rows(net)).round(12).tolist()
    [[5.0]]
    """
    weight = net.weights[0]
    if weight.shape[0] >= weight.shape[1]:
        return weight
    return np.ascontiguousarray(np.linalg.qr(weight.T).R.T)


def _of_block(
    net: Network, rows: NDArray[np.float64], inputs: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    num, dim = len(inputs), rows.shape[1]
    best, where = np.full(num, np.inf), np.full(num, -1)
    is_seen = np.zeros(num, dtype=bool)
    values = inputs
    gradients = np.empty((0, 0, 0))  # of the values, (neurons, points, coordinates)
    for layer, activation in enumerate(net.activations):
        weight = net.weights[layer]
        before = values @ weight.T + net.biases[layer]
        if layer:  # one product for all points
            flat = weight @ gradients.reshape(len(gradients), num * dim)
            gradients = flat.reshape(len(weight), num, dim)
            lengths = row_lengths(gradients.reshape(-1, dim)).reshape(len(weight), num).T
        else:
            gradients = np.broadcast_to(rows[:, None], (len(weight), num, dim))
            lengths = np.broadcast_to(row_lengths(rows), before.shape)
        slopes = activation.slopes_on(activation.piece(before))
        is_seen &= (slopes != 0).any(axis=1)
        nearest = _ratios(before, lengths, activation.breakpoint_table(len(weight)))
        nearer = nearest < best
        best[nearer], where[nearer], is_seen[nearer] = nearest[nearer], layer, True
        values = activation(before)
        if layer + 1 < net.depth:
            gradients = gradients * slopes.T[:, :, None]
    return best, where, is_seen


def _ratios(
    before: NDArray[np.float64], lengths: NDArray[np.float64], breakpoints: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The least ``|z - xi| / |grad z|`` of each point; constant neurons and missing xi: inf."""
    least = np.full(before.shape, np.inf)
    for column in breakpoints.T:  # a neuron that has fewer has inf
        np.minimum(least, np.abs(before - column), out=least)
    ratios = np.full(before.shape, np.inf)
    np.divide(least, lengths, out=ratios, where=lengths > 0)
    return np.asarray(ratios.min(axis=1, initial=np.inf))
