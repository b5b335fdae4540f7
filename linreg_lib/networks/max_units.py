"""Which units compare the entries of a maximum, so that only its largest entry matters.

A network is made of units of one variable.  A maximum of k entries is a tournament of k - 1 ReLU
units in it, its matches: ``max(a, b) = b + relu(a - b)``.  Each match switches where its two
contestants are equal; but a match between contestants that both lose later says nothing about the
maximum.  A ``MaxUnit`` names the matches, so that patterns and complexes can leave these out: the
maximum then cuts where its largest entry changes, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.arguments import checked_count, checked_kind, checked_list
from linreg_lib.networks.mixed_activation import Activation
from linreg_lib.networks.unit_names import unit_name


@dataclass(frozen=True, kw_only=True)
class Match:
    """A ReLU unit whose pre-activation is contestant ``higher`` minus contestant ``lower``.

    ``layer`` (of the hidden layers) and ``neuron`` count from 0.  Contestants are the entries
    0..k-1 of the maximum, then the winners k, k+1, ... of its matches in their order.
    On piece 1 ``higher`` wins, else ``lower``, which so wins ties.
    """

    layer: int
    neuron: int
    lower: int
    higher: int

    def __post_init__(self) -> None:
        for name in ("layer", "neuron", "lower", "higher"):
            object.__setattr__(self, name, checked_count(name, getattr(self, name), least=0))


@dataclass(frozen=True, kw_only=True)
class MaxUnit:
    """The maximum of ``num_entries`` values: its matches in order, the final one last.

    Each contestant but the winner of the final match plays exactly once.  *Patterns*: a match whose
    result does not matter, as its winner loses a later match, is on piece 0.  So two points of a
    layer's cell have the same pattern iff the same entry is largest.

    Raises:
        ValueError: if the matches make no tournament of the entries.

    >>> final = Match(layer=1, neuron=0, lower=3, higher=2)
    >>> MaxUnit(num_entries=3, matches=(Match(layer=0, neuron=0, lower=0, higher=1), final))
    MaxUnit(3 entries, final match at neuron 1 of hidden layer 2)
    """

    num_entries: int
    matches: tuple[Match, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "num_entries", checked_count("num_entries", self.num_entries))
        matches = tuple(checked_list("matches", self.matches, "Match objects"))
        for i, match in enumerate(matches):
            checked_kind(f"matches[{i}]", match, Match, "a Match")
        object.__setattr__(self, "matches", matches)
        if self.num_entries < 2 or len(self.matches) != self.num_entries - 1:
            raise ValueError(
                f"num_entries is {self.num_entries}, which needs {self.num_entries - 1} matches, "
                f"at least one; got {len(self.matches)}"
            )
        played: set[int] = set()
        for i, match in enumerate(self.matches):
            for contestant in (match.lower, match.higher):
                if not 0 <= contestant < self.num_entries + i or contestant in played:
                    raise ValueError(
                        f"matches[{i}]: contestant {contestant} must be an entry or the winner of "
                        "an earlier match, and play once"
                    )
                played.add(contestant)

    def __repr__(self) -> str:
        final = self.matches[-1]
        return (
            f"MaxUnit({self.num_entries} entries, final match at "
            f"{unit_name(final.layer, final.neuron).partition(' (')[0]})"
        )

    def winners(self, above: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The winning entry (n,) for results (n, matches): whether ``higher`` exceeds ``lower``."""
        players = list(np.broadcast_to(np.arange(self.num_entries)[:, None], (self.num_entries, 1)))
        for column, match in enumerate(self.matches):
            players.append(np.where(above[:, column], players[match.higher], players[match.lower]))
        return np.asarray(np.broadcast_to(players[-1], len(above)), dtype=np.int64)

    def largest(self, above: NDArray[np.bool_], tied: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which entries are largest, bool (n, num_entries).

        For each match (columns): whether ``higher`` exceeds ``lower``; whether they are equal,
        which counts first.
        """
        players = list(np.eye(self.num_entries, dtype=bool)[:, None])
        for column, match in enumerate(self.matches):
            higher, lower = players[match.higher], players[match.lower]
            is_above, is_tied = above[:, column, None], tied[:, column, None]
            players.append((higher & (is_above | is_tied)) | (lower & (~is_above | is_tied)))
        return np.array(np.broadcast_to(players[-1], (len(above), self.num_entries)))

    def matters(self, above: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which matches decide the maximum, bool (n, matches): the final and its winner's."""
        matters = np.zeros(above.shape, dtype=bool)
        matters[:, -1] = True
        for column in reversed(range(len(self.matches))):
            match = self.matches[column]
            for contestant, wins in (
                (match.higher, above[:, column]),
                (match.lower, ~above[:, column]),
            ):
                if contestant >= self.num_entries:
                    matters[:, contestant - self.num_entries] = matters[:, column] & wins
        return matters


def match_columns(unit: MaxUnit, widths: Sequence[int]) -> NDArray[np.int64]:
    """The columns of patterns that belong to the matches of a max unit; ``widths`` of layers."""
    starts = np.cumsum([0, *widths])
    return np.array([starts[match.layer] + match.neuron for match in unit.matches])


def settled_pattern(
    pattern: NDArray[np.uint8], max_units: Sequence[MaxUnit], widths: Sequence[int]
) -> NDArray[np.uint8]:
    """Patterns (..., units) with the matches that do not matter on piece 0.

    Patterns of the first layers alone may leave matches out: then a max unit whose final match is
    missing is left as it is.
    """
    if not max_units:
        return pattern
    rows = pattern.reshape(-1, pattern.shape[-1])
    changed = None
    for unit in max_units:
        if unit.matches[-1].layer >= len(widths):
            continue
        columns = match_columns(unit, widths)
        above = rows[:, columns] > 0
        lost = above & ~unit.matters(above)
        if lost.any():
            changed = rows.copy() if changed is None else changed
            changed[:, columns] = np.where(lost, 0, rows[:, columns])
    return pattern if changed is None else changed.reshape(pattern.shape)


def permuted_max_units(
    max_units: Sequence[MaxUnit], layer: int, order: NDArray[Any]
) -> tuple[MaxUnit, ...]:
    """The same where unit ``i`` of a layer is what was unit ``order[i]``."""
    place = np.argsort(order)
    return tuple(
        MaxUnit(
            num_entries=unit.num_entries,
            matches=tuple(
                Match(
                    layer=match.layer,
                    neuron=int(place[match.neuron]) if match.layer == layer else match.neuron,
                    lower=match.lower,
                    higher=match.higher,
                )
                for match in unit.matches
            ),
        )
        for unit in max_units
    )


def check_max_units(
    max_units: Sequence[Any], activations: Sequence[Activation], widths: Sequence[int]
) -> None:
    """TypeError or ValueError unless these are max units of ReLU units, each unit in one match."""
    taken: set[tuple[int, int]] = set()
    for i, unit in enumerate(max_units):
        if not isinstance(unit, MaxUnit):
            raise TypeError(f"max_units[{i}] must be a MaxUnit, got {type(unit).__name__}")
        for j, match in enumerate(unit.matches):
            name, place = f"max_units[{i}].matches[{j}]", (match.layer, match.neuron)
            if not 0 <= match.layer < len(widths) or not 0 <= match.neuron < widths[match.layer]:
                raise ValueError(
                    f"{name} is unit {match.neuron} of layer {match.layer}, which the network lacks"
                )
            if place in taken:
                raise ValueError(f"{name}: {unit_name(*place)} is a match already")
            taken.add(place)
            activation = activations[match.layer].unit(match.neuron)
            if activation.breakpoints.tolist() != [0.0] or activation.slopes.tolist() != [0.0, 1.0]:
                raise ValueError(f"{name}: {unit_name(*place)} is no ReLU unit")
