"""A network in plain Fractions, one sum after the other: slow, and nothing in it can round."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from linreg_lib.networks import Network, PiecewiseLinear


def exact_value(activation: PiecewiseLinear, t: Fraction) -> Fraction:
    """phi(t), walking along the graph from the first breakpoint; anchored at value_at."""
    x0, y0 = (Fraction(number) for number in activation._value_at)
    return y0 + _integral(activation, t) - _integral(activation, x0)


def _integral(activation: PiecewiseLinear, t: Fraction) -> Fraction:
    """The integral of phi' from the first breakpoint to t."""
    corners = [Fraction(b) for b in activation.breakpoints.tolist()]
    slopes = [Fraction(s) for s in activation.slopes.tolist()]
    if t <= corners[0]:
        return slopes[0] * (t - corners[0])
    total = Fraction(0)
    ends = [*corners[1:], None]
    for start, end, slope in zip(corners, ends, slopes[1:], strict=True):
        stop = t if end is None or t < end else end
        if stop > start:
            total += slope * (stop - start)
    return total


def exact_pre_activations(net: Network, point: np.ndarray) -> list[list[Fraction]]:
    """Exact pre-activations, a list per hidden layer."""
    values = [Fraction(x) for x in point.tolist()]
    layers = []
    for weight, bias, activation in zip(net.weights, net.biases, net.activations, strict=False):
        before = [
            Fraction(b) + sum((Fraction(w) * h for w, h in zip(row, values, strict=True)))
            for row, b in zip(weight.tolist(), bias.tolist(), strict=True)
        ]
        layers.append(before)
        values = [exact_value(activation, z) for z in before]
    return layers


def exact_pattern(net: Network, point: np.ndarray) -> list[int]:
    """Number of breakpoints strictly below each exact pre-activation."""
    return [
        sum(Fraction(b) < z for b in activation.breakpoints.tolist())
        for activation, layer in zip(
            net.activations, exact_pre_activations(net, point), strict=True
        )
        for z in layer
    ]
