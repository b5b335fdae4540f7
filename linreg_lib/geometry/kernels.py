"""Compiled twins of cut.py and layer_signs.py for the generic case: all hyperplanes of one layer.

Faces of all dimensions share one numbering, boundaries are linked lists, and a hyperplane is looked
up only at the edges that it crosses, so that the work is proportional to what changes.  Loaded only
when numba is installed; everything here has a NumPy twin that gives the same complex.

A row of ``faces`` is one face, together in memory because together in use.  A face of dimension 1
has its vertices at LEAD and OTHER; one of dimension k >= 2 has the list of its boundary nodes that
starts at LEAD, and one vertex at OTHER; UP starts the list of nodes in which it is the subface.  A
row of ``nodes`` is one incidence: face, subface, the next nodes of the two lists.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from linreg_lib.geometry.cut import TINY_LENGTH
from linreg_lib.geometry.layer_signs import WEIGHT_MARGIN

ZERO, ONE = np.uint64(0), np.uint64(1)
#: multiplied with a power of two 2**i this has i, in a code of its own, in its six highest bits
DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
BIT_POSITION = np.empty(64, dtype=np.int64)
BIT_POSITION[[((1 << i) * int(DE_BRUIJN) % 2**64) >> 58 for i in range(64)]] = np.arange(64)

# Columns of State.faces and State.nodes
LEAD, OTHER, UP, MARK, POSITIVE, SECTION, DIM, ORIGIN = range(8)
FACE, SUB, NEXT, NEXT_UP = range(4)
# Positions in State.counts
NUM_VERTICES, NUM_FACES, NUM_NODES, NUM_ENTRIES, HYPERPLANE, PHASE, STAMP, NUM_DOUBTS = range(8)
NEED_VERTICES, NEED_FACES, NEED_NODES, NEED_ENTRIES = 8, 9, 10, 11
VERTEX_CAPACITY, FACE_CAPACITY = 12, 13
LEVELS = 14  # LEVELS + k: where the cut k-faces begin in cut_list

DONE, GROW, DOUBT = 0, 1, 2


class State(NamedTuple):
    """The arrays that the kernels work on; see compiled.py for their sizes."""

    counts: np.ndarray
    points: np.ndarray
    values: np.ndarray
    above: np.ndarray
    below: np.ndarray
    vertex_slack: np.ndarray
    births: np.ndarray
    zeros: np.ndarray
    faces: np.ndarray
    slack: np.ndarray
    slope: np.ndarray
    cut_list: np.ndarray
    nodes: np.ndarray
    entries: np.ndarray
    entry_head: np.ndarray
    doubts: np.ndarray
    margin: np.ndarray


@njit(cache=True)
def find_crossings(state: State) -> bool:
    """List the edges that each hyperplane crosses; False if there is no room for the lists."""
    counts, num_columns = state.counts, state.entry_head.size
    state.entry_head[:] = -1
    counts[NUM_ENTRIES] = 0
    for edge in range(counts[NUM_FACES]):
        if state.faces[edge, DIM] == 1:
            if counts[NUM_ENTRIES] + num_columns > state.entries.shape[0]:
                return False
            _add_crossings(state, edge, 0)
    return True


@njit(cache=True, inline="always")
def _add_crossings(state: State, edge: int, first: int) -> None:
    """Enter an edge in the lists of the hyperplanes from ``first`` on that it crosses."""
    a, b = state.faces[edge, LEAD], state.faces[edge, OTHER]
    for word in range(first >> 6, state.above.shape[1]):
        bits = _opposite(state, a, b, word)
        if word == first >> 6:
            bits &= ~((ONE << np.uint64(first & 63)) - ONE)
        while bits != ZERO:
            h = (word << 6) + _lowest(bits)
            bits &= bits - ONE
            entry = state.counts[NUM_ENTRIES]
            state.entries[entry, 0] = edge
            state.entries[entry, 1] = state.entry_head[h]
            state.entry_head[h] = entry
            state.counts[NUM_ENTRIES] = entry + 1


@njit(cache=True, inline="always")
def _opposite(state: State, a: int, b: int, word: int) -> np.uint64:
    """Bits of the hyperplanes that two vertices lie on opposite sides of."""
    return (state.above[a, word] & state.below[b, word]) | (
        state.below[a, word] & state.above[b, word]
    )


@njit(cache=True, inline="always")
def _lowest(bits: np.uint64) -> int:
    """Position of the lowest bit that is set."""
    return BIT_POSITION[((bits & (~bits + ONE)) * DE_BRUIJN) >> np.uint64(58)]


@njit(cache=True, inline="always")
def _is_above(state: State, vertex: int, h: int) -> bool:
    return (state.above[vertex, h >> 6] >> np.uint64(h & 63)) & ONE != ZERO


@njit(cache=True, inline="always")
def _add_node(state: State, face: int, sub: int) -> None:
    node = state.counts[NUM_NODES]
    state.counts[NUM_NODES] = node + 1
    state.nodes[node, FACE] = face
    state.nodes[node, SUB] = sub
    state.nodes[node, NEXT] = state.faces[face, LEAD]
    state.faces[face, LEAD] = node
    state.nodes[node, NEXT_UP] = state.faces[sub, UP]
    state.faces[sub, UP] = node


@njit(cache=True)
def cut_layer(
    state: State,
    dim: int,
    layer: int,
    stop: int,
    breakpoints: np.ndarray,
    value_error: np.ndarray,
    lipschitz: np.ndarray,
) -> int:
    """Cut by the hyperplanes from ``counts[HYPERPLANE]`` up to, not including, ``stop``.

    Returns DONE; or GROW where an array is too small (``counts[NEED_*]`` say how many more rows);
    or DOUBT where signs at the ``doubts`` must be decided exactly before the call is repeated.
    """
    counts = state.counts
    num_breakpoints = breakpoints.size
    while counts[HYPERPLANE] < stop:
        h = counts[HYPERPLANE]
        neuron, index = h // num_breakpoints, h % num_breakpoints
        if counts[PHASE] == 0:
            _collect(state, dim, h)
            if _lacks_room(state):
                return GROW
            if counts[LEVELS + 2] == counts[LEVELS + 1]:
                counts[HYPERPLANE] += 1
                continue
            _make_vertices(state, layer, neuron, index, h, breakpoints, value_error, lipschitz)
            counts[PHASE] = 1
            if counts[NUM_DOUBTS] > 0:
                return DOUBT
        for k in range(1, dim + 1):
            _split_level(state, k, h, value_error[neuron], lipschitz[neuron], dim)
        counts[PHASE] = 0
        counts[HYPERPLANE] += 1
    return DONE


@njit(cache=True)
def _collect(state: State, dim: int, h: int) -> None:
    """The faces that are cut, level by level, and how much room their parts need."""
    counts = state.counts
    counts[STAMP] += 1
    mark = counts[STAMP]
    end = 0
    counts[LEVELS + 1] = 0
    entry = state.entry_head[h]
    while entry >= 0:
        edge = state.entries[entry, 0]
        opposite = _opposite(state, state.faces[edge, LEAD], state.faces[edge, OTHER], h >> 6)
        if (opposite >> np.uint64(h & 63)) & ONE != ZERO:
            state.faces[edge, MARK] = mark
            state.cut_list[end] = edge
            end += 1
        entry = state.entries[entry, 1]
    num_nodes = 0
    for k in range(2, dim + 1):
        counts[LEVELS + k] = end
        for place in range(counts[LEVELS + k - 1], counts[LEVELS + k]):
            node = state.faces[state.cut_list[place], UP]
            while node >= 0:
                face = state.nodes[node, FACE]
                num_nodes += 2
                if state.faces[face, MARK] != mark:
                    state.faces[face, MARK] = mark
                    state.cut_list[end] = face
                    end += 1
                    num_nodes += 2
                node = state.nodes[node, NEXT_UP]
    counts[LEVELS + dim + 1] = end
    num_edges = counts[LEVELS + 2] - counts[LEVELS + 1]
    num_sections = end - num_edges
    counts[NEED_VERTICES] = num_edges
    counts[NEED_FACES] = end + num_sections
    counts[NEED_NODES] = num_nodes
    polygons = counts[LEVELS + 3] - counts[LEVELS + 2] if dim >= 2 else 0
    counts[NEED_ENTRIES] = (num_edges + polygons) * (state.entry_head.size - h)


@njit(cache=True)
def _lacks_room(state: State) -> bool:
    counts = state.counts
    return (
        counts[NUM_VERTICES] + counts[NEED_VERTICES] > counts[VERTEX_CAPACITY]
        or counts[NUM_FACES] + counts[NEED_FACES] > counts[FACE_CAPACITY]
        or counts[NUM_NODES] + counts[NEED_NODES] > state.nodes.shape[0]
        or counts[NUM_ENTRIES] + counts[NEED_ENTRIES] > state.entries.shape[0]
    )


@njit(cache=True)
def _make_vertices(
    state: State,
    layer: int,
    neuron: int,
    index: int,
    h: int,
    breakpoints: np.ndarray,
    value_error: np.ndarray,
    lipschitz: np.ndarray,
) -> None:
    counts, points, values = state.counts, state.points, state.values
    above, below = state.above, state.below
    num_coordinates, num_neurons = points.shape[1], values.shape[1]
    num_breakpoints = breakpoints.size
    w_at = num_coordinates - 1
    counts[NUM_DOUBTS] = 0
    for place in range(counts[LEVELS + 1], counts[LEVELS + 2]):
        edge = state.cut_list[place]
        a, b = state.faces[edge, LEAD], state.faces[edge, OTHER]
        new = counts[NUM_VERTICES]
        counts[NUM_VERTICES] = new + 1
        state.faces[edge, SECTION] = new
        at_a = values[a, neuron] - breakpoints[index] * points[a, w_at]
        at_b = values[b, neuron] - breakpoints[index] * points[b, w_at]
        change = at_a - at_b
        weight = at_a / change if change != 0 else 0.0
        doubtful = not (WEIGHT_MARGIN < weight < 1 - WEIGHT_MARGIN)
        if doubtful:
            weight = 0.5
        square = 0.0
        for i in range(num_coordinates):
            step = points[b, i] - points[a, i]
            square += step * step
            points[new, i] = points[a, i] + weight * step
        known = abs(change) * (1 - 1e-12)
        known -= 2 * (value_error[neuron] + lipschitz[neuron] * state.slack[edge])
        length = np.sqrt(square) * (1 + 1e-12) + TINY_LENGTH
        slope = known / length if known > 0 else 0.0
        state.slope[edge] = slope
        slack = _section_slack(state.slack[edge], slope, value_error[neuron], lipschitz[neuron])
        state.vertex_slack[new] = slack
        births = state.births[new]
        births[0], births[1], births[2], births[3], births[4] = a, b, layer, neuron, index
        for word in range(state.zeros.shape[1]):
            state.zeros[new, word] = state.zeros[a, word] & state.zeros[b, word]
        for i in range(num_neurons):
            values[new, i] = values[a, i] + weight * (values[b, i] - values[a, i])
        values[new, neuron] = breakpoints[index] * points[new, w_at]
        for word in range(above.shape[1]):
            # Only where the ends lie on opposite sides do numbers decide.
            bits = _opposite(state, a, b, word)
            high = (above[a, word] | above[b, word]) & ~bits
            low = (below[a, word] | below[b, word]) & ~bits
            if word == h >> 6:
                bits &= ~(ONE << np.uint64(h & 63))
            while bits != ZERO:
                column = (word << 6) + _lowest(bits)
                bits &= bits - ONE
                unit = column // num_breakpoints
                gap = (
                    values[new, unit]
                    - breakpoints[column - unit * num_breakpoints] * points[new, w_at]
                )
                if gap > 0:
                    high |= ONE << np.uint64(column & 63)
                else:
                    low |= ONE << np.uint64(column & 63)
                if abs(gap) > value_error[unit] + lipschitz[unit] * slack:
                    margin = abs(gap) / max(lipschitz[unit], 1e-300)
                    if margin < state.margin[0]:
                        state.margin[0] = margin
                else:
                    doubtful = True
                state.margin[1] += 1
            above[new, word], below[new, word] = high, low
        if doubtful:
            state.doubts[counts[NUM_DOUBTS]] = new
            counts[NUM_DOUBTS] += 1


@njit(cache=True, inline="always")
def _section_slack(slack: float, slope: float, value_error: float, lipschitz: float) -> float:
    if slope > 0:
        return slack + (value_error + lipschitz * slack) / slope
    return np.inf


@njit(cache=True)
def _split_level(
    state: State, k: int, h: int, value_error: float, lipschitz: float, dim: int
) -> None:
    counts, mark = state.counts, state.counts[STAMP]
    for place in range(counts[LEVELS + k], counts[LEVELS + k + 1]):
        face = state.cut_list[place]
        new = counts[NUM_FACES]
        state.faces[face, POSITIVE] = new
        state.faces[new, DIM] = k
        state.slack[new] = state.slack[face]
        state.faces[new, MARK] = 0
        state.faces[new, UP] = -1
        if k == dim:
            state.faces[new, ORIGIN] = state.faces[face, ORIGIN]
        if k == 1:
            counts[NUM_FACES] = new + 1
            vertex = state.faces[face, SECTION]
            a, b = state.faces[face, LEAD], state.faces[face, OTHER]
            if _is_above(state, a, h):
                a, b = b, a
            state.faces[face, LEAD], state.faces[face, OTHER] = a, vertex
            state.faces[new, LEAD], state.faces[new, OTHER] = vertex, b
            _add_crossings(state, new, h + 1)
        else:
            counts[NUM_FACES] = new + 2
            _split_face(state, k, h, face, new, new + 1, value_error, lipschitz, mark)


@njit(cache=True, inline="always")
def _split_face(
    state: State,
    k: int,
    h: int,
    face: int,
    new: int,
    section: int,
    value_error: float,
    lipschitz: float,
    mark: int,
) -> None:
    """Deal the boundary of ``face`` out to itself (negative side), ``new`` and the section."""
    state.faces[face, SECTION] = section
    state.faces[section, DIM] = k - 1
    state.faces[section, MARK] = 0
    state.faces[section, UP] = -1
    state.faces[section, LEAD] = -1
    state.faces[new, LEAD] = -1
    slope, vertex, num_ends = 0.0, -1, 0
    node = state.faces[face, LEAD]
    state.faces[face, LEAD] = -1
    while node >= 0:
        after = state.nodes[node, NEXT]
        sub = state.nodes[node, SUB]
        owner = face
        if state.faces[sub, MARK] == mark:
            _add_node(state, new, state.faces[sub, POSITIVE])
            inner = state.faces[sub, SECTION]
            slope = max(slope, state.slope[sub])
            if k == 2:
                vertex = inner
                if num_ends == 0:
                    state.faces[section, LEAD] = inner
                else:
                    state.faces[section, OTHER] = inner
                num_ends += 1
            else:
                _add_node(state, section, inner)
                vertex = state.faces[inner, OTHER]
        else:
            some = state.faces[sub, LEAD] if k == 2 else state.faces[sub, OTHER]
            if _is_above(state, some, h):
                owner = new
        state.nodes[node, FACE] = owner
        state.nodes[node, NEXT] = state.faces[owner, LEAD]
        state.faces[owner, LEAD] = node
        node = after
    state.faces[face, OTHER] = vertex
    state.faces[new, OTHER] = vertex
    if k > 2:
        state.faces[section, OTHER] = vertex
    state.slope[face] = slope
    state.slack[section] = _section_slack(state.slack[face], slope, value_error, lipschitz)
    _add_node(state, face, section)
    _add_node(state, new, section)
    if k == 2:
        _add_crossings(state, section, h + 1)
