"""Which values a layer must carry on for later ones: as few entries as possible.

A minimum cut. Later layers need values that are affine in what is ready now; along every path from
what is ready to what needs it, one value must be carried, as a whole or, where it also depends on
later units, the part of it that is ready (a sum waiting for its other summand). Each value costs as
many units as it has entries that are needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from linreg_lib.networks.graph.values import Value

#: what stands for a value now: an affine map of other values
Parts = Sequence[tuple[Value, sparse.csr_array]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Carrier:
    """The entries ``rows`` of ``value`` are carried: their parts that are ready."""

    value: Value
    rows: NDArray[np.int64]


def carriers(
    needed: Iterable[Value], ready: Iterable[Value], parts_of: Mapping[Value, Parts]
) -> list[Carrier]:
    """What to carry so that the values ``needed`` can be had later; ``ready`` ones are known.

    Values that are neither ready nor in ``parts_of`` are made by later units.
    """
    is_ready = set(ready)
    order = _below(needed, is_ready, parts_of)
    touched = _touched(order, is_ready, parts_of)
    wanted = _wanted(order, set(needed), is_ready, parts_of)
    rows = {each: np.flatnonzero(touched[each] & wanted[each]) for each in order}
    order = [each for each in order if len(rows[each])]
    if not order:
        return []
    place = {each: i for i, each in enumerate(order)}
    num, limit = len(order), sum(len(rows[each]) for each in order) + 1
    source, sink = 2 * num, 2 * num + 1
    edges = [(2 * place[each], 2 * place[each] + 1, len(rows[each])) for each in order]
    edges += [(source, 2 * place[each], limit) for each in order if each in is_ready]
    edges += [(2 * place[each] + 1, sink, limit) for each in set(needed) if each in place]
    for value in order:
        if value not in is_ready:
            before = {part for part, _ in parts_of[value] if part in place}
            edges += [(2 * place[part] + 1, 2 * place[value], limit) for part in before]
    return [
        Carrier(value=each, rows=rows[each])
        for each, cut in zip(order, _cut(edges, num, source, sink), strict=True)
        if cut
    ]


def _cut(edges: list[tuple[int, int, int]], num: int, source: int, sink: int) -> NDArray[np.bool_]:
    """Which of the values a minimum cut next to the source removes."""
    tails, heads, capacities = np.array(edges).T
    shape = (sink + 1, sink + 1)
    capacity = sparse.csr_array((capacities.astype(np.int32), (tails, heads)), shape=shape)
    flow = csgraph.maximum_flow(capacity, source, sink).flow
    left = sparse.csr_array(capacity - flow)
    left.eliminate_zeros()
    reached = np.zeros(sink + 1, dtype=bool)
    reached[csgraph.breadth_first_order(left, source, return_predecessors=False)] = True
    return reached[0 : 2 * num : 2] & ~reached[1 : 2 * num : 2]


def _below(
    needed: Iterable[Value], ready: set[Value], parts_of: Mapping[Value, Parts]
) -> list[Value]:
    """What the needed values are made of, down to what is ready, each after its parts."""
    found: dict[Value, None] = {}
    waiting = [(each, False) for each in needed]
    while waiting:
        value, is_done = waiting.pop()
        if value in found:
            continue
        if is_done or value in ready or value not in parts_of:
            found[value] = None
            continue
        waiting.append((value, True))
        waiting += [(part, False) for part, _ in parts_of[value] if part not in found]
    return list(found)


def _touched(
    order: list[Value], ready: set[Value], parts_of: Mapping[Value, Parts]
) -> dict[Value, NDArray[np.bool_]]:
    """Which entries depend on what is ready."""
    touched: dict[Value, NDArray[np.bool_]] = {}
    for value in order:
        mask = np.full(value.size, value in ready)
        if value not in ready:
            for part, matrix in parts_of.get(value, ()):
                mask = mask | (_pattern(matrix) @ touched[part].astype(np.float64) > 0)
        touched[value] = mask
    return touched


def _wanted(
    order: list[Value], needed: set[Value], ready: set[Value], parts_of: Mapping[Value, Parts]
) -> dict[Value, NDArray[np.bool_]]:
    """Which entries are asked for."""
    wanted = {value: np.full(value.size, value in needed) for value in order}
    for value in reversed(order):
        if value not in ready:
            for part, matrix in parts_of.get(value, ()):
                asked = _pattern(matrix).T @ wanted[value].astype(np.float64) > 0
                wanted[part] = wanted[part] | asked
    return wanted


def _pattern(matrix: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(
        ((matrix.data != 0).astype(np.float64), matrix.indices, matrix.indptr), shape=matrix.shape
    )
