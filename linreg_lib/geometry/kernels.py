"""Compiled twins of cut.py and layer_signs.py for the generic case: all hyperplanes of one layer.

Faces of all dimensions share one numbering, boundaries are linked lists, and a hyperplane is looked
up only at the edges that it crosses, so that the work is proportional to what changes.  Loaded only
when numba is installed; everything here has a NumPy twin that gives the same complex.

A face ``f`` of dimension 1 has the vertices ``lead[f]`` and ``other[f]``; one of dimension k >= 2
has the list of boundary nodes that starts at ``lead[f]``, and one vertex ``other[f]``.  A node is
one incidence: ``node_face``, ``node_sub``, and the next nodes of the face's boundary and of the
subface's cofaces.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from linreg_lib.geometry.cut import TINY_LENGTH
from linreg_lib.geometry.layer_signs import WEIGHT_MARGIN

# Positions in State.counts
NUM_VERTICES, NUM_FACES, NUM_NODES, NUM_ENTRIES, HYPERPLANE, PHASE, STAMP, NUM_DOUBTS = range(8)
NEED_VERTICES, NEED_FACES, NEED_NODES, NEED_ENTRIES, VERTEX_CAPACITY = 8, 9, 10, 11, 12
LEVELS = 13  # LEVELS + k: where the cut k-faces begin in cut_list

DONE, GROW, DOUBT = 0, 1, 2


class State(NamedTuple):
    """The arrays that the kernels work on; see compiled.py for their sizes."""

    counts: np.ndarray
    points: np.ndarray
    values: np.ndarray
    signs: np.ndarray
    vertex_slack: np.ndarray
    births: np.ndarray
    zeros: np.ndarray
    dims: np.ndarray
    lead: np.ndarray
    other: np.ndarray
    up: np.ndarray
    slack: np.ndarray
    stamp: np.ndarray
    positive: np.ndarray
    section: np.ndarray
    slope: np.ndarray
    origin: np.ndarray
    cut_list: np.ndarray
    node_face: np.ndarray
    node_sub: np.ndarray
    node_next: np.ndarray
    node_up: np.ndarray
    entry_edge: np.ndarray
    entry_next: np.ndarray
    entry_head: np.ndarray
    doubts: np.ndarray
    margin: np.ndarray


@njit(cache=True)
def find_crossings(state: State) -> bool:
    """List the edges that each hyperplane crosses; False if there is no room for the lists."""
    counts, signs = state.counts, state.signs
    num_columns = signs.shape[1]
    state.entry_head[:] = -1
    counts[NUM_ENTRIES] = 0
    for edge in range(counts[NUM_FACES]):
        if state.dims[edge] == 1:
            if counts[NUM_ENTRIES] + num_columns > state.entry_edge.size:
                return False
            _add_crossings(state, edge, 0)
    return True


@njit(cache=True, inline="always")
def _add_crossings(state: State, edge: int, first: int) -> None:
    a, b = state.signs[state.lead[edge]], state.signs[state.other[edge]]
    for h in range(first, a.size):
        if a[h] * b[h] < 0:
            entry = state.counts[NUM_ENTRIES]
            state.entry_edge[entry] = edge
            state.entry_next[entry] = state.entry_head[h]
            state.entry_head[h] = entry
            state.counts[NUM_ENTRIES] = entry + 1


@njit(cache=True, inline="always")
def _add_node(state: State, face: int, sub: int) -> None:
    node = state.counts[NUM_NODES]
    state.counts[NUM_NODES] = node + 1
    state.node_face[node] = face
    state.node_sub[node] = sub
    state.node_next[node] = state.lead[face]
    state.lead[face] = node
    state.node_up[node] = state.up[sub]
    state.up[sub] = node


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
        edge = state.entry_edge[entry]
        if state.signs[state.lead[edge], h] * state.signs[state.other[edge], h] < 0:
            state.stamp[edge] = mark
            state.cut_list[end] = edge
            end += 1
        entry = state.entry_next[entry]
    num_nodes = 0
    for k in range(2, dim + 1):
        counts[LEVELS + k] = end
        for place in range(counts[LEVELS + k - 1], counts[LEVELS + k]):
            node = state.up[state.cut_list[place]]
            while node >= 0:
                face = state.node_face[node]
                num_nodes += 2
                if state.stamp[face] != mark:
                    state.stamp[face] = mark
                    state.cut_list[end] = face
                    end += 1
                    num_nodes += 2
                node = state.node_up[node]
    counts[LEVELS + dim + 1] = end
    num_edges = counts[LEVELS + 2] - counts[LEVELS + 1]
    num_sections = end - num_edges
    counts[NEED_VERTICES] = num_edges
    counts[NEED_FACES] = end + num_sections
    counts[NEED_NODES] = num_nodes
    polygons = counts[LEVELS + 3] - counts[LEVELS + 2] if dim >= 2 else 0
    counts[NEED_ENTRIES] = (num_edges + polygons) * (state.signs.shape[1] - h)


@njit(cache=True)
def _lacks_room(state: State) -> bool:
    counts = state.counts
    return (
        counts[NUM_VERTICES] + counts[NEED_VERTICES] > counts[VERTEX_CAPACITY]
        or counts[NUM_FACES] + counts[NEED_FACES] > state.lead.size
        or counts[NUM_NODES] + counts[NEED_NODES] > state.node_face.size
        or counts[NUM_ENTRIES] + counts[NEED_ENTRIES] > state.entry_edge.size
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
    counts, points, values, signs = state.counts, state.points, state.values, state.signs
    num_coordinates, num_neurons = points.shape[1], values.shape[1]
    num_breakpoints, num_columns = breakpoints.size, signs.shape[1]
    w_at = num_coordinates - 1
    counts[NUM_DOUBTS] = 0
    for place in range(counts[LEVELS + 1], counts[LEVELS + 2]):
        edge = state.cut_list[place]
        a, b = state.lead[edge], state.other[edge]
        new = counts[NUM_VERTICES]
        counts[NUM_VERTICES] = new + 1
        state.section[edge] = new
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
        for column in range(num_columns):
            total = signs[a, column] + signs[b, column]
            if total > 0:
                signs[new, column] = 1
            elif total < 0:
                signs[new, column] = -1
            elif signs[a, column] == 0 or column == h:
                signs[new, column] = 0
            else:
                unit = column // num_breakpoints
                gap = (
                    values[new, unit]
                    - breakpoints[column - unit * num_breakpoints] * points[new, w_at]
                )
                signs[new, column] = 1 if gap > 0 else -1
                if abs(gap) > value_error[unit] + lipschitz[unit] * slack:
                    margin = abs(gap) / max(lipschitz[unit], 1e-300)
                    if margin < state.margin[0]:
                        state.margin[0] = margin
                else:
                    doubtful = True
        state.margin[1] += num_columns
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
        state.positive[face] = new
        state.dims[new] = k
        state.slack[new] = state.slack[face]
        state.stamp[new] = 0
        state.up[new] = -1
        if k == dim:
            state.origin[new] = state.origin[face]
        if k == 1:
            counts[NUM_FACES] = new + 1
            vertex = state.section[face]
            a, b = state.lead[face], state.other[face]
            if state.signs[a, h] > 0:
                a, b = b, a
            state.lead[face], state.other[face] = a, vertex
            state.lead[new], state.other[new] = vertex, b
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
    state.section[face] = section
    state.dims[section] = k - 1
    state.stamp[section] = 0
    state.up[section] = -1
    state.lead[section] = -1
    state.lead[new] = -1
    slope, vertex, num_ends = 0.0, -1, 0
    node = state.lead[face]
    state.lead[face] = -1
    while node >= 0:
        after = state.node_next[node]
        sub = state.node_sub[node]
        owner = face
        if state.stamp[sub] == mark:
            _add_node(state, new, state.positive[sub])
            inner = state.section[sub]
            slope = max(slope, state.slope[sub])
            if k == 2:
                vertex = inner
                if num_ends == 0:
                    state.lead[section] = inner
                else:
                    state.other[section] = inner
                num_ends += 1
            else:
                _add_node(state, section, inner)
                vertex = state.other[inner]
        else:
            some = state.lead[sub] if k == 2 else state.other[sub]
            if state.signs[some, h] > 0:
                owner = new
        state.node_face[node] = owner
        state.node_next[node] = state.lead[owner]
        state.lead[owner] = node
        node = after
    state.other[face] = vertex
    state.other[new] = vertex
    if k > 2:
        state.other[section] = vertex
    state.slope[face] = slope
    state.slack[section] = _section_slack(state.slack[face], slope, value_error, lipschitz)
    _add_node(state, face, section)
    _add_node(state, new, section)
    if k == 2:
        _add_crossings(state, section, h + 1)
