"""All small networks with entries from short lists: where smallest examples are searched."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.arguments import checked_counts
from linreg_lib.networks.named_activations import activation_named
from linreg_lib.networks.network import Network


def integer_networks(
    widths: Sequence[int],
    *,
    weights: Sequence[int] = (1, -1, 0),
    biases: Sequence[int] = (0, 1, -1),
    activation: str | PiecewiseLinear = "relu",
) -> Iterator[Network]:
    """Every network of widths ``[n_in, h_1, .., n_out]`` with entries from the two lists, once.

    The order is fixed: layer by layer, weights (row by row) before biases, the last entry moving
    fastest and each running through its list as given. Put the plainest entries first, and the
    first network with a property is a plain one.

    Raises ValueError if there are fewer than two widths, one below 1, or an empty list.

    >>> networks = list(integer_networks([1, 1, 1], weights=(1, -1), biases=(0,)))
    >>> len(networks), networks[1].weights[1].tolist()
    (4, [[-1.0]])
    """
    sizes = checked_counts("widths", widths, num_least=2)
    entries_of = {
        name: checked_counts(name, given, least=-(2**53), most=2**53)
        for name, given in (("weights", weights), ("biases", biases))
    }
    activation_named(activation)
    return _all_networks(sizes, entries_of["weights"], entries_of["biases"], activation)


def _all_networks(
    sizes: list[int],
    weights: list[int],
    biases: list[int],
    activation: str | PiecewiseLinear,
) -> Iterator[Network]:
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    choices = [
        choice for n_out, n_in in shapes for choice in [weights] * (n_out * n_in) + [biases] * n_out
    ]
    for entries in itertools.product(*choices):
        matrices, offsets, start = [], [], 0
        for n_out, n_in in shapes:
            middle = start + n_out * n_in
            matrices.append(np.array(entries[start:middle], dtype=float).reshape(n_out, n_in))
            start = middle + n_out
            offsets.append(np.array(entries[middle:start], dtype=float))
        yield Network.from_arrays(matrices, offsets, activation=activation)
