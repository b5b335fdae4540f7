"""Cutting a complex that is kept as its vertices and edges alone: compiled, for the generic case.

In general position a vertex lies on exactly d hyperplanes (walls of the domain, neurons at
breakpoints) and is the end of at most 2 d edges: leave one of the d hyperplanes out, and the others
meet in a line through the vertex, with one half-edge on each side of the one left out.  So a vertex
is a row: its hyperplanes, in the order in which they came; for each of these *axes* the neighbours
on the negative and the positive side (*slots* 2 a and 2 a + 1; -1 outside the domain); the bits of
the hyperplanes that it lies strictly above.  Faces of higher dimension need not be stored: a k-face
at a vertex is a choice of k axes with a side for each, and skeleton_faces.py finds them all.

A hyperplane is looked up only at the edges that straddle it, which the bits' XOR tells
(straddling.py).  It makes a vertex on each (``_make_vertices``) and an edge through each 2-face
that it crosses, found by walking round that face from one new vertex to the other (``_connect``).

Signs are certified as certificates.py describes.  There a bound ``slack`` belongs to each face.  A
face is known here by the hyperplanes it lies on, h_1 < ... < h_m in the order of cutting, and each
is a section of the one before, so that its slack follows from slopes, one for each hyperplane:
T_0 is the bound for the domain's own faces, T_i = T_(i-1) + (value[h_i] + lipschitz[h_i] T_(i-1)) /
slope_i.  The slope of h_i must be a lower bound of that of its neuron along some edge of the face
that h_i cut, and a vertex remembers one for each of its hyperplanes: a new vertex that of the edge
which it cuts, and for the other hyperplanes that of either end of this edge.  These stay right for
all edges made from it later, since a face that contains a new edge and comes before h_i in the
chain also contains the edge at which the slope was found, as it was before h_i cut it.

Loaded only where numba is installed.  subdivision.py is the twin in NumPy.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.bits import lowest_bit
from linreg_lib.geometry.cut import TINY_LENGTH
from linreg_lib.geometry.jit import inlined, kernel
from linreg_lib.geometry.layer_signs import WEIGHT_MARGIN
from linreg_lib.geometry.skeleton_state import (
    BLOCK,
    BROKEN,
    CHUNK,
    DONE,
    DOUBT,
    FILL,
    FIRST_NEW,
    GROW,
    HEAD,
    HYPERPLANE,
    ITEMS,
    LEVEL,
    NEED_BLOCKS,
    NEED_VERTICES,
    NEXT,
    NUM_BLOCKS,
    NUM_DOUBTS,
    NUM_LEVELS,
    NUM_SIGNS,
    NUM_VERTICES,
    PHASE,
    TOTAL,
    Layer,
    State,
)
from linreg_lib.geometry.straddling import enter
from linreg_lib.geometry.vertex_rows import births_at, hyperplanes_at, neighbours_at, words_at

ZERO, ONE = np.uint64(0), np.uint64(1)
#: a neighbour not yet known
_OPEN = -2


@kernel
def cut_layer(axes: tuple[int, ...], state: State, layer: Layer, stop: int) -> int:
    """Cut by the hyperplanes from ``counts[HYPERPLANE]`` up to, not including, ``stop``.

    Returns DONE; or GROW where an array is too small (``counts[NEED_*]`` say how many rows there
    must be); or DOUBT where signs at the ``doubts`` must be decided exactly before the call is
    repeated; or BROKEN where the neighbours contradict each other, which must not happen.
    """
    counts, num_columns = state.counts, state.lists.shape[0]
    while counts[HYPERPLANE] < stop:
        h = counts[HYPERPLANE]
        if counts[PHASE] == 0:
            most = state.lists[h, TOTAL]
            new = most * len(axes) * (num_columns - h) // (BLOCK - ITEMS) + num_columns + 1
            counts[NEED_VERTICES] = counts[NUM_VERTICES] + most
            counts[NEED_BLOCKS] = counts[NUM_BLOCKS] + new
            if counts[NEED_VERTICES] > state.floats.shape[0]:
                return GROW
            if counts[NEED_BLOCKS] > state.blocks.shape[0]:
                return GROW
            counts[FIRST_NEW] = counts[NUM_VERTICES]
            _make_vertices(axes, state, layer, h)
            counts[PHASE] = 1
            if counts[NUM_DOUBTS] > 0:
                return DOUBT
        if counts[PHASE] == 1:
            if not _connect(axes, state, layer, h):
                return BROKEN
            counts[PHASE] = 2
            if counts[NUM_LEVELS] > 0:
                return LEVEL
        counts[PHASE] = 0
        counts[HYPERPLANE] += 1
    return DONE


@inlined
def _value(axes: tuple[int, ...], state: State, layer: Layer, v: int, neuron: int) -> float:
    """A neuron's pre-activation at a vertex."""
    if not layer.is_first:
        return state.values[v, neuron]
    value = layer.offset[neuron]
    for i in range(len(axes)):
        value += layer.frame[neuron, i] * state.floats[v, i]
    return value


@kernel
def _make_vertices(axes: tuple[int, ...], state: State, layer: Layer, h: int) -> None:
    """A vertex on each edge that straddles the hyperplane ``h`` of the layer."""
    dim, num_slots = len(axes), 2 * len(axes)
    neighbours, cuts, gaps = neighbours_at(axes), state.cuts, state.gaps
    state.counts[NUM_DOUBTS] = state.counts[NUM_LEVELS] = 0
    word, bit = words_at(axes) + layer.first_word + (h >> 6), np.uint64(h & 63)
    neuron = h // layer.breakpoints.size
    breakpoint = layer.breakpoints[h - neuron * layer.breakpoints.size]
    num_cuts = 0
    block, fill = state.lists[h, HEAD], state.lists[h, FILL]
    while block >= 0:
        # First only look, so that the processor waits for many vertices at a time.
        for item in range(ITEMS, fill):
            code = state.blocks[block, item]
            a = code // num_slots
            b = state.ints[a, neighbours + code - a * num_slots]
            # An edge that was cut is still listed: what was named is the first part of it.
            if ((state.words[a, word] ^ state.words[b, word]) >> bit) & ONE == ZERO:
                continue
            cuts[num_cuts, 0] = code
            cuts[num_cuts, 1] = b
            gaps[num_cuts, 0] = _value(axes, state, layer, a, neuron) - breakpoint
            gaps[num_cuts, 1] = _value(axes, state, layer, b, neuron) - breakpoint
            square = 0.0
            for i in range(dim):
                step = state.floats[b, i] - state.floats[a, i]
                square += step * step
            gaps[num_cuts, 2] = square
            num_cuts += 1
        block, fill = state.blocks[block, NEXT], BLOCK
        if num_cuts > CHUNK - BLOCK or block < 0:
            for cut in range(num_cuts):
                a = cuts[cut, 0] // num_slots
                slot = cuts[cut, 0] - a * num_slots
                _make_vertex(axes, state, layer, h, a, slot, cuts[cut, 1], gaps[cut])
            num_cuts = 0


@inlined
def _make_vertex(
    axes: tuple[int, ...],
    state: State,
    layer: Layer,
    h: int,
    a: int,
    slot: int,
    b: int,
    gaps: np.ndarray,
) -> None:
    """Vertex, half-edges and bits; ``gaps`` are the values at ``a`` and ``b``, and their distance.

    The edge itself keeps its direction.
    """
    counts, floats, ints, dim = state.counts, state.floats, state.ints, len(axes)
    neighbours, hyperplanes, births = neighbours_at(axes), hyperplanes_at(axes), births_at(axes)
    slopes = dim + 1
    n = counts[NUM_VERTICES]
    counts[NUM_VERTICES] = n + 1
    at_a, at_b = gaps[0], gaps[1]
    weight = at_a / (at_a - at_b)
    squeezed = not (weight > WEIGHT_MARGIN and weight < 1 - WEIGHT_MARGIN)
    if squeezed:
        weight = 0.5
    for i in range(dim):
        step = floats[b, i] - floats[a, i]
        floats[n, i] = step * weight + floats[a, i]
    # The edge lies on all hyperplanes of its ends but one each: both lists are in order.
    back = 0
    while ints[b, neighbours + back] != a:
        back += 1
    out_a, out_b = slot >> 1, back >> 1
    slack = layer.wall_slack
    for i in range(dim - 1):
        j_a = i + (i >= out_a)
        j_b = i + (i >= out_b)
        hyperplane = ints[a, hyperplanes + j_a]
        slope = max(floats[a, slopes + j_a], floats[b, slopes + j_b])
        ints[n, hyperplanes + i] = hyperplane
        floats[n, slopes + i] = slope
        slack += (layer.value_error[hyperplane] + layer.lipschitz[hyperplane] * slack) / slope
        inside = hyperplane >= layer.num_walls
        ints[n, neighbours + 2 * i] = _OPEN if inside else -1
        ints[n, neighbours + 2 * i + 1] = _OPEN
    own = layer.base + h
    value, lipschitz = layer.value_error[own], layer.lipschitz[own]
    change = abs(at_a - at_b) * (1 - 1e-12) - 2 * (value + lipschitz * slack)
    slope = 0.0
    if change > 0:
        slope = change / (np.sqrt(gaps[2]) * (1 + 1e-12) + TINY_LENGTH)
    slack += (value + lipschitz * slack) / slope
    floats[n, dim] = slack
    floats[n, slopes + dim - 1] = slope
    ints[n, hyperplanes + dim - 1] = own
    ints[n, births] = a
    ints[n, births + 1] = b
    word = words_at(axes) + layer.first_word + (h >> 6)
    a_above = (state.words[a, word] >> np.uint64(h & 63)) & ONE != ZERO
    ints[n, neighbours + 2 * dim - 2 + a_above] = a
    ints[n, neighbours + 2 * dim - 1 - a_above] = b
    ints[a, neighbours + slot] = n
    ints[b, neighbours + back] = n
    is_up = (state.up[a] >> slot) & 1
    to_a = 2 * dim - 2 + a_above
    state.up[n] = (is_up << (4 * dim - 3 - to_a)) | ((1 - is_up) << to_a)
    if not layer.is_first:
        neuron = h // layer.breakpoints.size
        first = neuron + 1 if layer.is_last and layer.breakpoints.size == 1 else 0
        for i in range(first, state.values.shape[1]):
            step = state.values[b, i] - state.values[a, i]
            state.values[n, i] = step * weight + state.values[a, i]
        state.values[n, neuron] = layer.breakpoints[h - neuron * layer.breakpoints.size]
    if _decide_signs(axes, state, layer, h, a, b, n) or squeezed:
        state.doubts[counts[NUM_DOUBTS]] = n
        counts[NUM_DOUBTS] += 1


@inlined
def _decide_signs(
    axes: tuple[int, ...], state: State, layer: Layer, h: int, a: int, b: int, n: int
) -> bool:
    """The bits of a new vertex between two old ones; whether any of them is in doubt."""
    words, doubtful, slack = state.words, False, state.floats[n, len(axes)]
    start = words_at(axes)
    num_breakpoints, num_columns = layer.breakpoints.size, state.lists.shape[0]
    for word in range(layer.first_word + ((num_columns + 63) >> 6)):
        at_a, at_b = words[a, start + word], words[b, start + word]
        here = word - layer.first_word
        if here < h >> 6:
            # Hyperplanes that have cut: an end may lie on one, never beyond it.
            words[n, start + word] = at_a | at_b
            continue
        later = ~ZERO
        if here == h >> 6:
            later = ~((ONE << np.uint64(h & 63)) | ((ONE << np.uint64(h & 63)) - ONE))
        bits = (at_a | at_b) & ~later
        if here == h >> 6:
            bits &= ~(ONE << np.uint64(h & 63))
        bits |= at_a & at_b & later
        differ = (at_a ^ at_b) & later
        while differ != ZERO:
            column = (here << 6) + lowest_bit(differ)
            lowest = differ & (~differ + ONE)
            differ &= differ - ONE
            neuron = column // num_breakpoints
            gap = _value(axes, state, layer, n, neuron)
            gap -= layer.breakpoints[column - neuron * num_breakpoints]
            own = layer.base + column
            bound = layer.value_error[own] + layer.lipschitz[own] * slack
            state.counts[NUM_SIGNS] += 1
            if not abs(gap) > bound:
                doubtful = True
            else:
                state.margin[0] = min(state.margin[0], abs(gap) / max(layer.lipschitz[own], 1e-300))
            if gap > 0:
                bits |= lowest
        words[n, start + word] = bits
    return doubtful


@kernel
def _connect(axes: tuple[int, ...], state: State, layer: Layer, h: int) -> bool:
    """The edges of the hyperplane ``h``, and where the later ones will cut the new edges."""
    counts, ints, dim = state.counts, state.ints, len(axes)
    neighbours, hyperplanes, births = neighbours_at(axes), hyperplanes_at(axes), births_at(axes)
    first_new = counts[FIRST_NEW]
    for n in range(first_new, counts[NUM_VERTICES]):
        # The part towards the edge's first end is still in the lists under the old name.
        slot = 2 * dim - 2
        if ints[n, neighbours + slot] == ints[n, births]:
            slot += 1
        enter(axes, state, layer, n, slot, ints[n, neighbours + slot], h + 1)
        for slot in range(2 * dim - 2):
            if ints[n, neighbours + slot] != _OPEN:
                continue
            # Round the 2-face beside hyperplane y of the vertex, on its side ``side``.
            y, side = ints[n, hyperplanes + (slot >> 1)], slot & 1
            before, at = n, ints[n, neighbours + 2 * dim - 2]
            while True:
                came = leave = -1
                for i in range(dim):
                    if ints[at, neighbours + 2 * i] == before:
                        came = 2 * i
                    elif ints[at, neighbours + 2 * i + 1] == before:
                        came = 2 * i + 1
                    elif ints[at, hyperplanes + i] == y:
                        leave = 2 * i + side
                if came < 0 or leave < 0 or ints[at, neighbours + leave] < 0:
                    return False
                y, side = ints[at, hyperplanes + (came >> 1)], came & 1
                before, at = at, ints[at, neighbours + leave]
                if at >= first_new:
                    break
            there = 0
            while there < dim and ints[at, hyperplanes + there] != y:
                there += 1
            there = 2 * there + side
            if at == n or there >= 2 * dim or ints[at, neighbours + there] != _OPEN:
                return False
            ints[n, neighbours + slot] = at
            ints[at, neighbours + there] = n
            rise = 0.0
            for i in range(dim):
                rise += layer.functional[i] * (state.floats[at, i] - state.floats[n, i])
            slack = state.floats[at, dim] + state.floats[n, dim]
            if not abs(rise) > layer.functional_norm * slack + layer.functional_error:
                state.levels[counts[NUM_LEVELS], 0] = n * 2 * dim + slot
                state.levels[counts[NUM_LEVELS], 1] = at * 2 * dim + there
                counts[NUM_LEVELS] += 1
            if rise > 0:
                state.up[n] |= 1 << slot
            else:
                state.up[at] |= 1 << there
            enter(axes, state, layer, n, slot, at, h + 1)
    return True
