"""All ways to arrange a number of neurons in layers, and what they mean for a whole line."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.laws import Normal
from linreg_lib.theory.random_networks.init_law import InitLaw
from linreg_lib.theory.sign_flips.whole_lines import whole_line_breakpoints


def layer_arrangements(num_neurons: int) -> Iterator[tuple[int, ...]]:
    """All 2^(N-1) sequences of hidden widths that add up to N = ``num_neurons``, shallow first.

    >>> list(layer_arrangements(3))
    [(3,), (1, 2), (2, 1), (1, 1, 1)]

    Raises ``ValueError`` for fewer than one neuron.
    """
    return _arrangements(checked_count("num_neurons", num_neurons))


def _arrangements(num_neurons: int) -> Iterator[tuple[int, ...]]:
    for depth in range(1, num_neurons + 1):
        for cuts in combinations(range(1, num_neurons), depth - 1):
            edges = (0, *cuts, num_neurons)
            yield tuple(b - a for a, b in zip(edges[:-1], edges[1:], strict=True))


def whole_line_regions(
    num_neurons: int, activation: str = "relu"
) -> dict[tuple[int, ...], Fraction]:
    """Expected linear regions of a whole line for each arrangement of the neurons, exact.

    For laws that sign flips leave unchanged; see ``whole_line_breakpoints``.

    >>> [str(mean) for mean in whole_line_regions(2).values()]
    ['3', '2']
    """
    laws = {
        hidden: InitLaw(widths=(1, *hidden, 1), biases=Normal(1.0), activation=activation)
        for hidden in layer_arrangements(num_neurons)
    }
    return {hidden: sum(whole_line_breakpoints(law), Fraction(1)) for hidden, law in laws.items()}
