"""Running bounds on the rounding error of a forward pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.float_constants import SQUARE_FLOOR, UNIT
from linreg_lib.networks.layers import Layers
from linreg_lib.networks.mixed_activation import Activation

_INFLATION = 1.0 + 2.0**-20  # covers the rounding of the bounds themselves


@dataclass(frozen=True, kw_only=True, eq=False)
class BoundedPreActivations:
    """Pre-activations of one hidden layer with a bound on their errors.

    ``values`` and ``bound`` have shape (..., n_l); ``|values - exact| <= bound`` entrywise.
    A bound of 0 means that the value is exact; after an overflow the bound is inf or NaN and
    certifies nothing.
    """

    values: NDArray[np.float64]
    bound: NDArray[np.float64]

    def uncertain(self, activation: Activation) -> NDArray[np.bool_]:
        """Where the bound does not certify on which piece the exact pre-activation lies."""
        certain = np.ones(self.values.shape, dtype=bool)
        with np.errstate(invalid="ignore", over="ignore"):
            for breakpoints in activation.breakpoint_table(self.values.shape[-1]).T:
                certain &= np.abs(self.values - breakpoints) * (1 - 4 * UNIT) > self.bound
        return np.asarray(~(certain | (self.bound == 0.0)))


def running_error_bound(
    net: Layers,
    points: NDArray[np.float64],
    input_error: NDArray[np.float64] | None = None,
    upto_layer: int | None = None,
) -> list[BoundedPreActivations]:
    """Pre-activations of the hidden layers at ``points`` (..., n_in), with error bounds.

    The bound compares with the pre-activations, in real arithmetic, of any point that differs from
    the given one by at most ``input_error`` in each coordinate (default: the given point itself).
    It holds for any order of summation, with or without fused multiply-add: it follows
    ``|fl(W h + b) - (W h + b)| <= (n + 2) u (|W| |h| + |b|)`` from layer to layer, where an
    activation multiplies errors by the slope of its piece, or by its largest slope where the piece
    is not certain.

    >>> from linreg_lib.networks.network import Network
    >>> net = Network.from_arrays([[[3.0]], [[1.0]]], [[-1.0], [0.0]])
    >>> layer = running_error_bound(net, np.array([1 / 3]))[0]
    >>> float(layer.values[0]), float(layer.bound[0]) < 1e-15, layer.uncertain(net.activations[0])
    (0.0, True, array([ True]))
    """
    hidden = exact_floats("points", points, finite=False)
    if hidden.ndim == 0 or hidden.shape[-1] != net.input_dim:
        raise ValueError(
            f"points has shape {hidden.shape}; its last axis must have {net.input_dim} entries"
        )
    error = np.zeros_like(hidden)
    if input_error is not None:
        error = np.abs(exact_floats("input_error", input_error, finite=False)) + 0.0 * hidden
    layers = []
    depth = net.depth
    if upto_layer is not None:
        depth = checked_count("upto_layer", upto_layer, least=0, most=net.depth)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for layer in range(depth):
            weight, bias = net.weights[layer], net.biases[layer]
            unit = (weight.shape[1] + 2) * UNIT
            spread = error + unit * np.abs(hidden)
            spread = np.where(
                (hidden != 0.0) | (error != 0.0), np.maximum(spread, SQUARE_FLOOR), spread
            )
            magnitude = np.abs(weight)
            magnitude = np.where(magnitude > 0.0, np.maximum(magnitude, SQUARE_FLOOR), 0.0)
            bound = spread @ magnitude.T
            # Where it is 0 every product is 0, so the value is the bias itself, unrounded.
            bound = np.where(bound == 0.0, 0.0, (bound + unit * np.abs(bias)) * _INFLATION)
            values = hidden @ weight.T + bias
            bound = np.where(np.isfinite(values), bound, np.inf)
            bounded = BoundedPreActivations(values=values, bound=bound)
            layers.append(bounded)
            if layer + 1 < depth:
                hidden, error = _activate(net.activations[layer], bounded)
    return layers


def _activate(
    activation: Activation, before: BoundedPreActivations
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values, bound = before.values, before.bound
    piece = activation.num_breakpoints_below(values)
    slope = np.abs(activation.slopes_on(piece))
    lipschitz = np.where(before.uncertain(activation), activation.steepest, slope)
    # Conditions look at the factors: their product may underflow to 0, or be NaN (then it stays).
    error = np.where(
        (lipschitz != 0.0) & (bound != 0.0), np.maximum(lipschitz * bound, SQUARE_FLOOR), 0.0
    )
    if not activation.is_exact_in_floats:
        offset = np.abs(activation.offsets_on(piece))
        has_offset = activation.has_offset_on(piece)
        rounding = 4 * UNIT * (slope * np.abs(values) + offset) + SQUARE_FLOOR
        error = error + np.where(((slope != 0.0) & (values != 0.0)) | has_offset, rounding, 0.0)
    return activation(values), error
