"""Closed forms for breakpoints on a line: normal weights and biases, shallow or infinitely wide."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.networks import relu
from linreg_lib.networks.arguments import checked_kind
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.networks.laws import Normal
from linreg_lib.theory.lines.line_piece import LinePiece
from linreg_lib.theory.random_networks.init_law import InitLaw


def crossing_scale(line: LinePiece, weight_sd: float, bias_sd: float) -> tuple[float, float]:
    """Centre and scale of the Cauchy law of the zero of w.x + b on the whole line, in arc length.

    w has independent normal entries of standard deviation ``weight_sd``, b is normal with
    ``bias_sd``. On the line p + t u the scale is ``sqrt(|p'|^2 + (bias_sd / weight_sd)^2)``, p'
    being the point nearest to the origin.

    Raises:
        ValueError: ``weight_sd`` not positive, or ``bias_sd`` negative.

    >>> crossing_scale(LinePiece.whole([2.0, 3.0], [1.0, 0.0]), weight_sd=1.0, bias_sd=4.0)
    (-2.0, 5.0)
    """
    checked_kind("line", line, LinePiece, "a LinePiece")
    weight_sd, bias_sd = exact_number("weight_sd", weight_sd), exact_number("bias_sd", bias_sd)
    if not (weight_sd > 0.0 and bias_sd >= 0.0):
        raise ValueError(f"need weight_sd > 0 and bias_sd >= 0, got {weight_sd} and {bias_sd}")
    centre = -float(line.point @ line.direction)
    distance = float(np.linalg.norm(line.at(centre)))
    return centre, math.hypot(distance, bias_sd / weight_sd)


def crossing_probability(line: LinePiece, weight_sd: float, bias_sd: float) -> float:
    """Probability that w.x + b = 0 on the line piece: an angle divided by pi.

    It is the angle between (weight_sd x, bias_sd) at the two ends of the piece; on a whole line it
    is pi and the probability 1, whatever the two standard deviations.

    Raises:
        ValueError: as ``crossing_scale``, or a line through the origin with ``bias_sd`` 0.

    >>> crossing_probability(LinePiece.interval(-1.0, 1.0), weight_sd=1.0, bias_sd=1.0)
    0.5
    >>> crossing_probability(LinePiece.whole([5.0, 5.0], [1.0, 0.0]), 1.0, 1e-3)
    1.0
    """
    centre, scale = _density(line, weight_sd, bias_sd)
    low = math.atan2(line.low - centre, scale)
    high = math.atan2(line.high - centre, scale)
    return (high - low) / math.pi


def crossing_rate(
    line: LinePiece, positions: ArrayLike, weight_sd: float, bias_sd: float
) -> NDArray[np.float64]:
    """Density of the zero at arc length positions: scale / (pi (scale^2 + (t - centre)^2)).

    Raises:
        ValueError: as ``crossing_probability``.

    >>> float(crossing_rate(LinePiece.interval(-1, 1), 0.0, 1.0, 1.0) * math.pi)
    1.0
    """
    centre, scale = _density(line, weight_sd, bias_sd)
    offsets = exact_floats("positions", positions) - centre
    return np.asarray(scale / (math.pi * (scale**2 + offsets**2)))


def _density(line: LinePiece, weight_sd: float, bias_sd: float) -> tuple[float, float]:
    """Centre and scale; an error where the zero is at the origin for certain."""
    centre, scale = crossing_scale(line, weight_sd, bias_sd)
    if scale == 0.0:
        raise ValueError("the line passes through the origin and the bias is 0: no density")
    return centre, scale


def wide_limit_breakpoints(law: InitLaw, line: LinePiece) -> tuple[float, ...]:
    """Expected breakpoints on the line piece by hidden layer, per neuron, for infinite width.

    He weights, normal biases of mean 0 and ReLU. In the limit the pre-activation of layer l and
    its derivative are normal with ``E z^2 = c |x|^2 + S_l^2``, ``E z z' = c x.u`` and
    ``E z'^2 = c``, where c = 2 / n_in and S_l^2 is the sum of the bias variances up to l, so that
    layer l crosses zero like a neuron of the first layer with bias variance S_l^2. Exact for the
    first layer of any width. On a whole line every entry is 1.

    Raises:
        ValueError: other weights, biases or activations, or a line in another dimension.

    >>> law = InitLaw(widths=(1, 8, 8, 1), biases=Normal(1.0))
    >>> [round(value, 3) for value in wide_limit_breakpoints(law, LinePiece.interval(-1, 1))]
    [0.608, 0.5]
    >>> wide_limit_breakpoints(law, LinePiece.whole(0.0, 1.0))
    (1.0, 1.0)
    """
    weight_sd, sds = _normal_he(law, line)
    return tuple(crossing_probability(line, weight_sd, sd) for sd in sds)


def wide_limit_rates(law: InitLaw, line: LinePiece, positions: ArrayLike) -> NDArray[np.float64]:
    """Breakpoints per neuron and unit length, shape (K, L), in the limit of infinite width."""
    weight_sd, sds = _normal_he(law, line)
    places = np.atleast_1d(exact_floats("positions", positions))
    return np.stack([crossing_rate(line, places, weight_sd, sd) for sd in sds], axis=-1)


def _normal_he(law: InitLaw, line: LinePiece) -> tuple[float, list[float]]:
    """Weight sd of the first layer; root of the summed bias variances up to each layer."""
    checked_kind("law", law, InitLaw, "an InitLaw")
    checked_kind("line", line, LinePiece, "a LinePiece")
    if line.dim != law.input_dim:
        raise ValueError(f"the line lies in R^{line.dim}, the networks take R^{law.input_dim}")
    if law.init != "he" or any(each != relu() for each in law.activations):
        raise ValueError("the closed form is for ReLU networks with He normal weights")
    variances = []
    for layer in range(law.depth):
        bias = law.bias_law(layer)
        if not isinstance(bias, Normal) or bias.mean != 0.0:
            raise ValueError(f"biases of hidden layer {layer + 1} must be Normal(sd), got {bias!r}")
        variances.append(bias.variance)
    return math.sqrt(2.0 / law.input_dim), np.sqrt(np.cumsum(variances)).tolist()
