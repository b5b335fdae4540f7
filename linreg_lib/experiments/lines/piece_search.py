"""Searching small integer networks on a line for as many pieces as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from linreg_lib.geometry import count_along_lines
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import (
    checked_choice,
    checked_count,
    checked_counts,
    checked_limit,
    checked_rng,
)
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.short_repr import ShortRepr

_PATIENCE = 60  # networks tried from one starting point without gain before the next start


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PieceSearch(ShortRepr):
    """What a search found: the most pieces, and a network that has them."""

    widths: tuple[int, ...]
    num_networks: int
    most: int
    witness: Network


def search_pieces(
    widths: Sequence[int],
    *,
    num_networks: int,
    rng: np.random.Generator,
    of: Literal["activation", "linear"] = "activation",
    enough: int | None = None,
    largest: int = 3,
    half_length: float = 64.0,
) -> PieceSearch:
    """Hill climbing with restarts over ReLU networks R -> R with integer weights and biases.

    Entries run over ``-largest..largest``; pieces are counted exactly on
    ``(-half_length, half_length)``. A step changes one or two entries and is kept if no piece is
    lost. The search stops after ``num_networks`` networks, or as soon as ``enough`` pieces (a
    proved upper bound, say) are found. What it finds is a lower bound of the maximum. Raises
    ValueError if ``num_networks`` or ``largest`` is less than 1.

    >>> search_pieces([2], num_networks=200, rng=np.random.default_rng(0), enough=3).most
    3
    """
    widths = checked_counts("widths", widths)
    num_networks = checked_count("num_networks", num_networks)
    checked_rng("rng", rng)
    checked_choice("of", of, ("activation", "linear"))
    enough = checked_limit("enough", enough)
    largest = checked_count("largest", largest, most=2**53)
    half_length = exact_number("half_length", half_length)
    if not half_length > 0:
        raise ValueError(f"half_length is {half_length}; it must be positive")
    current = _random_entries(widths, largest, rng)
    witness = Network.from_arrays(current[0::2], current[1::2])
    score = most = _pieces(witness, half_length, of)
    tried, stalled = 1, 0
    while tried < num_networks and (enough is None or most < enough):
        restart = stalled >= _PATIENCE
        candidate = (
            _random_entries(widths, largest, rng) if restart else _changed(current, largest, rng)
        )
        net = Network.from_arrays(candidate[0::2], candidate[1::2])
        count = _pieces(net, half_length, of)
        tried += 1
        stalled = 0 if restart or count > score else stalled + 1
        if restart or count >= score:
            current, score = candidate, count
        if count > most:
            most, witness = count, net
    return PieceSearch(widths=tuple(widths), num_networks=tried, most=most, witness=witness)


def _pieces(net: Network, half_length: float, of: str) -> int:
    return int(count_along_lines(net, [[-half_length]], [[half_length]], of=of)[0])


def _random_entries(
    widths: Sequence[int], largest: int, rng: np.random.Generator
) -> list[np.ndarray]:
    sizes = [1, *widths, 1]
    entries = []
    for before, after in zip(sizes, sizes[1:], strict=False):
        entries.append(rng.integers(-largest, largest + 1, size=(after, before)).astype(float))
        entries.append(rng.integers(-largest, largest + 1, size=after).astype(float))
    return entries


def _changed(entries: list[np.ndarray], largest: int, rng: np.random.Generator) -> list[np.ndarray]:
    copies = [array.copy() for array in entries]
    for _ in range(rng.integers(1, 3)):
        array = copies[rng.integers(len(copies))].reshape(-1)
        array[rng.integers(array.size)] = rng.integers(-largest, largest + 1)
    return copies
