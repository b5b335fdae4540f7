"""Exact probabilities that a neuron still reaches the output, for symmetric ReLU networks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from linreg_lib.networks.arguments import checked_counts, checked_index


def probability_good(hidden_widths: Sequence[int], layer: int) -> Fraction:
    """Probability that a neuron of hidden layer ``layer`` (0-based) is good: prod (1 - 2^-n_j).

    The product runs over the later hidden layers j. ReLU, weights without zeros, weights and
    biases of each later layer jointly symmetric about 0, pre-activations without atoms: given the
    layers before it, the signs of a layer are then independent fair coins, whatever happened
    before, so that goodness is also independent of z(x), of z'(x) and of z sitting at its
    breakpoint. Expected breakpoints of B_N are therefore this number times those of activation
    regions, layer by layer.

    >>> probability_good((4, 2, 1), 0), probability_good((4, 2, 1), 2)
    (Fraction(3, 8), Fraction(1, 1))

    Source: HR19, proof of Corollary 7 (Eq. 31), made exact.
    """
    widths = _widths(hidden_widths)
    layer = checked_index("layer", layer, len(widths), "hidden layers")
    result = Fraction(1)
    for width in widths[layer + 1 :]:
        result *= 1 - Fraction(1, 2**width)
    return result


def hr19_goodness_bound(hidden_widths: Sequence[int]) -> Fraction:
    """The lower bound 1 - sum_j 2^-n_j of HR19 Eq. 31, over all hidden layers; may be negative.

    >>> hr19_goodness_bound((4, 2, 1))
    Fraction(3, 16)
    """
    return 1 - sum((Fraction(1, 2**width) for width in _widths(hidden_widths)), Fraction(0))


def _widths(hidden_widths: Sequence[int]) -> list[int]:
    return checked_counts("hidden_widths", hidden_widths)
