"""How many pieces a ReLU network can cut a line into: bounds from the widths alone.

A piece of the line is live at layer l if the outputs of layer l are not constant on it. Only live
pieces can be cut by later layers. A layer of one neuron leaves at most one live part of each live
piece, since the neuron is off on one side of its zero. And a sum of two ReLUs of affine functions
cannot zigzag, so behind a layer of two neurons a neuron has at most two zeros on each piece that
was live before that layer. Behind a layer of one neuron it is zero only where what went into that
one takes one value, so it has no more zeros than that one can have. ``live_piece_bound`` is the
recursion that these four facts give.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from linreg_lib.networks.arguments import checked_count, checked_counts
from linreg_lib.short_repr import ShortRepr

GROWTH_RATE = math.sqrt((1.0 + math.sqrt(17.0)) / 2.0)
"""rho = 1.6005, with rho^4 = rho^2 + 4: N neurons in layers make fewer than 2 rho^N pieces."""


@dataclass(frozen=True, kw_only=True, repr=False)
class BestArrangement(ShortRepr):
    """The largest ``live_piece_bound`` over all ways to put neurons in layers, and one such way."""

    bound: int
    widths: tuple[int, ...]


def product_bound(widths: Sequence[int]) -> int:
    """Product of ``n_l + 1``: each neuron cuts each piece at most once.

    Attained where every width is at least 3 (Serra et al., 2018), not for widths 1 and 2.
    Source: Raghu et al. (2017), Theorem 1, for one input; referred to in HR19, Section 2.1.

    >>> product_bound([2, 1]), product_bound([1, 1, 1])
    (6, 8)
    """
    return math.prod(n + 1 for n in checked_counts("widths", widths, num_least=0))


def most_zeros(width: int) -> int:
    """Most zeros on a line of ``c + sum_i a_i relu(affine_i)`` with ``width`` terms.

    Zeros inside the pieces on which the sum vanishes are not counted. One term: 1; two terms: 2,
    because three zeros need slopes of alternating sign and two ReLUs cannot give them; from three
    terms on, one zero a piece.

    >>> [most_zeros(n) for n in (1, 2, 3, 4)]
    [1, 2, 4, 5]
    """
    width = checked_count("width", width)
    return width if width < 3 else width + 1


def live_piece_bound(widths: Sequence[int]) -> int:
    """Upper bound of the number of activation pieces on a line, from the hidden widths.

    Never above ``product_bound``. Sharp for every arrangement of at most four neurons.

    >>> live_piece_bound([2, 1]), live_piece_bound([2, 1, 1]), live_piece_bound([3, 3])
    (5, 7, 16)
    """
    state = _State(total=1, live=1, cuttable=1)
    for width in checked_counts("widths", widths, num_least=0):
        state = state.after(width)
    return state.total


def best_arrangement(num_neurons: int) -> BestArrangement:
    """The largest ``live_piece_bound`` over all arrangements of ``num_neurons`` neurons.

    Arrangements whose total, live and cuttable pieces are all matched by another one are dropped
    on the way, so the time grows slowly with ``num_neurons``.

    >>> best_arrangement(3)
    BestArrangement(bound=5, widths=(2, 1))
    """
    num_neurons = checked_count("num_neurons", num_neurons, least=0)
    fronts: list[dict[_State, tuple[int, ...]]] = [{_State(total=1, live=1, cuttable=1): ()}]
    for size in range(1, num_neurons + 1):
        reached: dict[_State, tuple[int, ...]] = {}
        for width in range(1, size + 1):
            for state, widths in fronts[size - width].items():
                reached.setdefault(state.after(width), (*widths, width))
        fronts.append(_undominated(reached))
    state = max(fronts[-1], key=lambda each: each.total)
    return BestArrangement(bound=state.total, widths=fronts[-1][state])


def fewest_neurons(num_pieces: int) -> int:
    """No layered ReLU network with fewer neurons than this has ``num_pieces`` pieces on a line.

    >>> fewest_neurons(4), fewest_neurons(64)
    (3, 9)
    """
    num_pieces = checked_count("num_pieces", num_pieces)
    num_neurons = 0
    while best_arrangement(num_neurons).bound < num_pieces:
        num_neurons += 1
    return num_neurons


@dataclass(frozen=True, kw_only=True, order=True)
class _State:
    """Bounds after some layers: all pieces, live pieces, zeros that a neuron of the next has."""

    total: int
    live: int
    cuttable: int

    def after(self, width: int) -> _State:
        new = width * self.cuttable
        live = self.live if width == 1 else self.live + new
        return _State(
            total=self.total + new,
            live=live,
            cuttable=min(live, self.cuttable if width == 1 else most_zeros(width) * self.live),
        )

    def covers(self, other: _State) -> bool:
        return (
            self.total >= other.total
            and self.live >= other.live
            and self.cuttable >= other.cuttable
        )


def _undominated(states: dict[_State, tuple[int, ...]]) -> dict[_State, tuple[int, ...]]:
    kept: dict[_State, tuple[int, ...]] = {}
    for state in sorted(states, reverse=True):
        if not any(other.covers(state) for other in kept):
            kept[state] = states[state]
    return kept
