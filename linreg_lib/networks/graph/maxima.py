"""Maxima of groups of values as units: in pairs, the larger goes on.

``max(a, b) = b + relu(a - b)``.  Contestants are compared by weights 1 and -1 alone, so a maximum
is that of the values as stored; values that come out of an affine map are units first, since the
difference of two rows of weights is no row of floats in general.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from linreg_lib.networks.graph.values import (
    Affine,
    Contest,
    Units,
    Value,
    affine,
    carried,
    selection,
)
from linreg_lib.networks.named_activations import relu


def maxima(players: Value, groups: NDArray[np.int64]) -> tuple[Value, Contest | None]:
    """The largest entry of each group: a row of indices into ``players``, -1 for none.

    Every group has an entry, and its entries come first.  Ties: the entry that comes first wins,
    a constant only where all that tie are constants.  The contest is None where all groups have one
    entry.

    >>> from linreg_lib.networks.graph.values import Inputs
    >>> value, contest = maxima(Inputs(size=3), np.array([[0, 1, 2]]))
    >>> value.size, [units.size for units in contest.rounds]
    (1, [1, 1])
    >>> contest.matches
    (((0, 0, 0, 1), (1, 0, 3, 2)),)
    """
    num_entries = tuple((groups >= 0).sum(axis=1).tolist())
    names = _order(players, groups)
    groups = np.take_along_axis(groups, names, axis=1)
    names = np.where(groups >= 0, names, -1)
    if max(num_entries, default=0) > 1 and not _is_compared_exactly(players):
        players = carried(players)
    next_name = np.array(num_entries)
    matches: list[list[tuple[int, int, int, int]]] = [[] for _ in groups]
    rounds: list[Units] = []
    value, places = players, groups
    while places.shape[1] > 1:
        if places.shape[1] % 2:
            none = np.full((len(places), 1), -1)
            places, names = np.append(places, none, axis=1), np.append(names, none, axis=1)
        lower, higher = places[:, ::2], places[:, 1::2]
        group, pair = np.nonzero(higher >= 0)
        differences = sparse.csr_array(
            selection(higher[group, pair], value.size) - selection(lower[group, pair], value.size)
        )
        played = Units(
            size=len(group),
            source=affine([(value, differences)], None, len(group)),
            activation=relu(),
        )
        winners = names[:, ::2].copy()
        for unit, (g, p) in enumerate(zip(group.tolist(), pair.tolist(), strict=True)):
            name = int(next_name[g])
            matches[g].append((len(rounds), unit, int(names[g, 2 * p]), int(names[g, 2 * p + 1])))
            winners[g, p] = name
            next_name[g] += 1
        rounds.append(played)
        alive = lower >= 0
        added = np.full(lower.shape, -1)
        added[group, pair] = np.arange(len(group))
        size = int(alive.sum())
        value = affine(
            [
                (value, selection(lower[alive], value.size)),
                (played, selection(added[alive], len(group))),
            ],
            None,
            size,
        )
        places = np.full(lower.shape, -1)
        places[alive] = np.arange(size)
        names = winners
    if not rounds:
        chosen = affine([(players, selection(groups[:, 0], players.size))], None, len(groups))
        return chosen, None
    contest = Contest(
        rounds=tuple(rounds),
        num_entries=num_entries,
        matches=tuple(tuple(each) for each in matches),
    )
    return value, contest


def _order(players: Value, groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """In which order the entries of each group play: constants last, the largest of them first.

    So ``lower`` is a constant only where ``higher`` is a smaller one: a padding by -1e30 would
    swallow what is added to it.
    """
    constants = _constants(players)[groups]
    late = np.where(groups >= 0, ~np.isnan(constants), 2)
    return np.lexsort((np.where(late == 1, -constants, 0.0), late), axis=1)


def _constants(value: Value) -> NDArray[np.float64]:
    """The values of entries that are constants, rounded; NaN for others."""
    found: dict[Value, NDArray[np.float64]] = {}
    waiting = [value]
    while waiting:
        each = waiting[-1]
        if not isinstance(each, Affine):
            found[each] = np.full(each.size, np.nan)
        elif missing := [part for part, _ in each.parts if part not in found]:
            waiting += missing
            continue
        else:
            found[each] = each.bias + sum(matrix @ found[part] for part, matrix in each.parts)
        waiting.pop()
    return found[value]


def _is_compared_exactly(value: Value) -> bool:
    """Whether entries are sums and differences of units, so that comparing them rounds nothing."""
    waiting, seen = [value], set()
    while waiting:
        each = waiting.pop()
        if each in seen or not isinstance(each, Affine):
            continue
        seen.add(each)
        if each.bias.any():
            return False
        for source, matrix in each.parts:
            if not (np.abs(matrix.data) == 1.0).all():
                return False
            waiting.append(source)
    return True
