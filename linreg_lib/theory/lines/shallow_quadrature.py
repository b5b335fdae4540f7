"""Breakpoints of one hidden layer on an interval, any laws, by numerical integration."""

from __future__ import annotations

import math
from collections.abc import Callable

from linreg_lib.networks.arguments import checked_kind
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.laws import Law
from linreg_lib.theory.random_networks.init_law import InitLaw, hr19_bias_law


def shallow_rate(law: InitLaw, x: float) -> float:
    """Expected breakpoints per unit length at x by Theorem 3: n_1 sum_xi E|w| rho_z(w x - xi).

    One input, one hidden layer, independent weights and biases with densities. All neurons of a
    last hidden layer are good (their outgoing weights are not 0).

    Raises:
        ValueError: more than one input or hidden layer, or a law without a density.

    >>> from linreg_lib.networks.laws import Normal
    >>> law = InitLaw(widths=(1, 3, 1), init=Normal(1.0), biases=Normal(1.0))
    >>> round(shallow_rate(law, 0.0) * math.pi, 6)
    3.0
    """
    weight, bias, breakpoints = _shallow(law)
    x = exact_number("x", x)
    negated = hr19_bias_law(bias)
    total = 0.0
    for xi in breakpoints:

        def integrand(w: float, xi: float = xi) -> float:
            return abs(w) * float(weight.density(w)) * float(negated.density(w * x - xi))

        # The bias density may jump where w x - xi meets the ends of its support.
        kinks = [(end + xi) / x for end in negated.support if x and math.isfinite(end)]
        total += _integral(integrand, weight, [0.0, *kinks])
    return law.widths[1] * total


def shallow_expected_breakpoints(law: InitLaw, low: float, high: float) -> float:
    """Expected breakpoints in (low, high) without Theorem 3: the probability of a zero, directly.

    n_1 sum_xi P(w x + b = xi for some x in (low, high)); given w, the bias must lie between
    xi - w low and xi - w high. The ends must be finite.

    Raises:
        ValueError: as ``shallow_rate``, or ``low`` not below ``high``.

    >>> from linreg_lib.networks.laws import Normal
    >>> law = InitLaw(widths=(1, 4, 1), init=Normal(1.0), biases=Normal(1.0))
    >>> round(shallow_expected_breakpoints(law, -1.0, 1.0), 6)
    2.0
    """
    low, high = exact_number("low", low), exact_number("high", high)
    if not low < high:
        raise ValueError(f"low = {low} must be below high = {high}")
    weight, bias, breakpoints = _shallow(law)
    total = 0.0
    for xi in breakpoints:

        def integrand(w: float, xi: float = xi) -> float:
            ends = sorted((xi - w * low, xi - w * high))
            return float(weight.density(w)) * _mass(bias, ends[0], ends[1])

        ends = [end for end in bias.support if math.isfinite(end)]
        kinks = [(xi - end) / x for end in ends for x in (low, high) if x]
        total += _integral(integrand, weight, [0.0, *kinks])
    return law.widths[1] * total


def _shallow(law: InitLaw) -> tuple[Law, Law, list[float]]:
    checked_kind("law", law, InitLaw, "an InitLaw")
    if law.depth != 1 or law.input_dim != 1:
        raise ValueError(f"one input and one hidden layer are needed, got widths {law.widths}")
    bias = law.bias_law(0)
    bias.density(0.0)  # raises where there is none
    return law.weight_law(0), bias, law.activations[0].breakpoints.tolist()


def _mass(law: Law, low: float, high: float) -> float:
    """Probability that the law gives to (low, high), by quadrature of its density."""
    from scipy.integrate import quad

    low, high = max(low, law.support.low), min(high, law.support.high)
    if low >= high:
        return 0.0
    inside = sorted({p for p in (0.0, law.mean) if low < p < high})
    edges = [low, *inside, high]
    pieces = zip(edges[:-1], edges[1:], strict=True)
    return math.fsum(quad(lambda b: float(law.density(b)), a, c)[0] for a, c in pieces)


def _integral(f: Callable[[float], float], weight: Law, kinks: list[float]) -> float:
    """Integral of f over the weight's support, cut at the points where f may have a kink."""
    from scipy.integrate import quad

    low, high = weight.support
    edges = [low, *sorted({kink for kink in kinks if low < kink < high}), high]
    pieces = zip(edges[:-1], edges[1:], strict=True)
    return math.fsum(quad(f, a, b, limit=200)[0] for a, b in pieces)
