"""The "constant" C of HR19 Theorem 1 and QW23 Eq. 27, E[#breakpoints] = C |I| T #neurons.

It is no constant: here is what it depends on.
"""

from __future__ import annotations

import math
from dataclasses import replace

from linreg_lib.networks.laws import Constant, Exponential, Laplace, Law, Normal, Uniform
from linreg_lib.theory.lines.gaussian_crossings import crossing_rate
from linreg_lib.theory.lines.line_piece import LinePiece
from linreg_lib.theory.random_networks.init_law import InitLaw


def shallow_constant(x: float, bias_sd: float, weight_sd: float = math.sqrt(2.0)) -> float:
    """C for one hidden layer and a vanishing interval at x: g / (pi (g^2 + x^2)), g = sd ratio.

    It is of the order of 1/sd at the origin and of sd elsewhere. The default weight is He's for
    one input.

    >>> round(shallow_constant(0.0, 1e-3)), round(shallow_constant(1.0, 1e-3), 6)
    (450, 0.000225)
    """
    line = LinePiece.interval(-math.inf, math.inf)
    return float(crossing_rate(line, x, weight_sd, bias_sd))


def depth_factor(depth: int, x: float, bias_sd: float, weight_sd: float = math.sqrt(2.0)) -> float:
    """C of ``depth`` equal, infinitely wide layers over C of one layer with as many neurons.

    For a vanishing interval at x, one input, He weights and the same bias law in every layer. If
    only the number of neurons mattered it would be 1.

    Raises:
        ValueError: a depth below 1.

    >>> round(depth_factor(2, 0.0, 1.0), 4), round(depth_factor(2, 1e6, 1.0), 4)
    (0.8536, 1.2071)
    """
    if depth < 1:
        raise ValueError(f"depth must be >= 1, got {depth}")
    layers = [
        shallow_constant(x, bias_sd * math.sqrt(layer), weight_sd) for layer in range(1, depth + 1)
    ]
    return math.fsum(layers) / depth / shallow_constant(x, bias_sd, weight_sd)


def with_scaled_biases(law: InitLaw, factor: float) -> InitLaw:
    """The law with the hidden biases multiplied by ``factor`` > 0.

    For positively homogeneous activations such a network at ``factor * x`` has the pattern of the
    original at x: E[#breakpoints] on ``factor * I`` is that of ``law`` on I. A formula
    proportional to |I| with a constant that the laws do not enter contradicts this.

    Raises:
        ValueError: ``factor`` not positive, another activation, or a law that has no rule.

    >>> from linreg_lib.networks.laws import Normal
    >>> with_scaled_biases(InitLaw(widths=(1, 2, 1), biases=Normal(1.0)), 3.0).biases[0]
    Normal(sd=3.0, mean=0.0)
    """
    if not factor > 0.0:
        raise ValueError(f"factor must be positive, got {factor}")
    if not all(activation.is_positively_homogeneous for activation in law.activations):
        raise ValueError("scaling needs positively homogeneous activations, such as ReLU")
    scaled: list[str | float | Law] = [
        _scaled(law.bias_law(layer), factor) for layer in range(law.depth)
    ]
    # The output's bias moves no breakpoint.
    return replace(law, biases=(*scaled, 0.0))


def _scaled(law: Law, factor: float) -> Law:
    if isinstance(law, Normal):
        return Normal(law.sd * factor, law.mean * factor)
    if isinstance(law, Uniform):
        return Uniform(law.low * factor, law.high * factor)
    if isinstance(law, Laplace):
        return Laplace(law.scale * factor)
    if isinstance(law, Exponential):
        return Exponential(law.scale * factor, law.sign)
    if isinstance(law, Constant):
        return Constant(law.value * factor)
    raise ValueError(f"no rule to scale the law {law!r}")


def unit_constant_bias_sd(length: float, weight_sd: float = math.sqrt(2.0)) -> float:
    """The bias sd for which QW23 Eq. 27 holds exactly on (-length/2, length/2), shallow net.

    (2/pi) arctan(length / (2 g)) = length has a solution g only for 0 < length < 1, as a neuron
    has at most one breakpoint.

    Raises:
        ValueError: a length outside (0, 1).

    >>> sd = unit_constant_bias_sd(0.5)
    >>> from linreg_lib.theory.lines.gaussian_crossings import crossing_probability
    >>> round(crossing_probability(LinePiece.interval(-0.25, 0.25), math.sqrt(2.0), sd), 12)
    0.5
    """
    if not 0.0 < length < 1.0:
        raise ValueError(f"a solution needs 0 < length < 1, got {length}")
    return weight_sd * length / (2.0 * math.tan(math.pi * length / 2.0))
