"""All ways to arrange a number of neurons in layers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from linreg_lib.networks.arguments import checked_count


def layer_arrangements(num_neurons: int) -> Iterator[tuple[int, ...]]:
    """All 2^(N-1) sequences of hidden widths that add up to N = ``num_neurons``, shallow first.

    An arrangement is here a way to put neurons in layers; those of hyperplanes have their own room.

    Raises:
        ValueError: fewer than one neuron.

    >>> list(layer_arrangements(3))
    [(3,), (1, 2), (2, 1), (1, 1, 1)]
    """
    return _arrangements(checked_count("num_neurons", num_neurons))


def _arrangements(num_neurons: int) -> Iterator[tuple[int, ...]]:
    for depth in range(1, num_neurons + 1):
        for cuts in combinations(range(1, num_neurons), depth - 1):
            edges = (0, *cuts, num_neurons)
            yield tuple(b - a for a, b in zip(edges[:-1], edges[1:], strict=True))
