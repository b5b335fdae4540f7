"""Cutting all faces by a layer's columns, one after the other: compiled.

Face by face this is what reference/split_faces.py does a whole neuron at once, and ties are what
they are there: a vertex with sign 0 is kept, and what is cut beside it is cut through it.  A face
that is cut keeps its number for the negative part; the positive part and the section get new ones.

Which faces a column cuts is known beforehand: each face has the bits of the columns above which,
and below which, it has vertices (``masks``), and waits in the list of each column with both bits
(face_lists.py).  A part of a face is cut by nothing that did not cut the face, so the negative part
need not be entered again.

Bounds of rounding are those of vertex_signs/float_sign_bounds.py, and one more: the vertices of a
section are at most FAR from their exact places, which lie in its hull, and whatever is born on it
later is a rounded convex combination of such; so its slack is at most FAR and that rounding
(``Layer.rounding``).  This holds for sections that run through old vertices alone, too.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.compiled_lattice.face_lists import (
    ONE,
    ZERO,
    enter,
    is_above,
    is_below,
    num_straddled,
)
from linreg_lib.geometry.cutting.compiled_lattice.lattice_state import (
    BLOCK,
    BROKEN,
    COLUMN,
    DIM,
    DONE,
    DOUBT,
    FAR,
    FILL,
    FIRST_CUT,
    GROW,
    HEAD,
    HEAD_BLOCK,
    ITEMS,
    MARK,
    NEED_BLOCKS,
    NEED_BOUND,
    NEED_CUTS,
    NEED_FACES,
    NEED_POOL,
    NEED_VERTICES,
    NEXT,
    NUM_BLOCKS,
    NUM_CELLS,
    NUM_DOUBTS,
    NUM_FACES,
    NUM_MARKS,
    NUM_POOL,
    NUM_SIGNS,
    NUM_STAMPS,
    NUM_VERTICES,
    ORIGIN,
    PHASE,
    POSITIVE,
    ROOM_FACES,
    ROOM_VERTICES,
    SECTION,
    SIZE,
    SLACK,
    SLOPE,
    STAMP,
    TOTAL,
    Layer,
    Number,
    State,
)
from linreg_lib.geometry.kernels.bits import lowest_bit
from linreg_lib.geometry.kernels.jit import kernel
from linreg_lib.geometry.vertex_signs.margins import TINY_LENGTH, WEIGHT_MARGIN
from linreg_lib.networks.float_constants import ROUNDED_DOWN, ROUNDED_UP

#: smaller slopes may have been rounded up by a lot
_FLAT = 2.0**-1000


@kernel
def cut_layer(state: State, layer: Layer, stop: int) -> int:
    """Cut by the columns from ``counts[COLUMN]`` up to, not including, ``stop``.

    Returns DONE; or GROW where an array is too small (``counts[NEED_*]`` say how long each must
    be); or DOUBT where the ``doubts`` must be decided before the call is repeated; or BROKEN where
    incidences contradict each other, which must not happen.
    """
    counts = state.counts
    while counts[COLUMN] < stop:
        column = counts[COLUMN]
        if counts[PHASE] == 0:
            if not _gather(state, column):
                return GROW
            counts[NUM_STAMPS] += 1
            counts[PHASE] = 1
            _make_vertices(state, layer, column)
            if counts[NUM_DOUBTS] > 0:
                return DOUBT
        end = counts[FIRST_CUT + 1]
        for place in range(counts[FIRST_CUT], end):
            _split_edge(state, np.int64(state.cuts[place]), column)
        for k in range(2, state.dim + 1):
            for place in range(counts[FIRST_CUT + k - 1], counts[FIRST_CUT + k]):
                if not _split_face(state, layer, k, np.int64(state.cuts[place]), column):
                    return BROKEN
        counts[NUM_CELLS] += counts[FIRST_CUT + state.dim] - counts[FIRST_CUT + state.dim - 1]
        counts[PHASE] = 0
        counts[COLUMN] += 1
    return DONE


@kernel
def _gather(state: State, column: int) -> bool:
    """The faces that the column cuts, in ``cuts``; False if some array lacks room for their parts.

    A k-face with m boundary faces makes two parts with m + 1 at most each, and a section with m.
    """
    counts, ints, lists, blocks = state.counts, state.ints, state.lists, state.blocks
    num_columns, masks, most = lists.shape[0] // state.dim, state.masks, 0
    for k in range(state.dim):
        most += lists[k * num_columns + column, TOTAL]
    counts[NEED_CUTS] = most
    if most > state.cuts.size:
        return False
    num, pool, entries, bound = 0, 0, 0, 0
    counts[FIRST_CUT] = 0
    for k in range(state.dim):
        at = k * num_columns + column
        block, fill = lists[at, HEAD_BLOCK], lists[at, FILL]
        while block >= 0:
            for item in range(ITEMS, fill):
                face = np.int64(blocks[block, item])
                if is_above(masks, face, column) and is_below(masks, face, column):
                    state.cuts[num] = face
                    num += 1
                    pool += 3 * ints[face, SIZE] + 2
                    entries += 2 * num_straddled(masks, face, column + 1)
                    bound = max(bound, ints[face, SIZE])
            block, fill = blocks[block, NEXT], BLOCK
        counts[FIRST_CUT + k + 1] = num
    counts[NEED_FACES] = counts[NUM_FACES] + 2 * num
    counts[NEED_VERTICES] = counts[NUM_VERTICES] + counts[FIRST_CUT + 1]
    counts[NEED_POOL] = counts[NUM_POOL] + pool
    counts[NEED_BLOCKS] = counts[NUM_BLOCKS] + entries // (BLOCK - ITEMS) + lists.shape[0] + 1
    counts[NEED_BOUND] = bound
    return (
        counts[NEED_FACES] <= counts[ROOM_FACES]
        and counts[NEED_VERTICES] <= counts[ROOM_VERTICES]
        and counts[NEED_POOL] <= state.pool.size
        and counts[NEED_BLOCKS] <= blocks.shape[0]
        and counts[NEED_BOUND] <= state.bound.size
    )


@kernel
def _make_vertices(state: State, layer: Layer, column: int) -> None:
    """A vertex on each edge that is cut, named in the edge's SECTION."""
    counts, ints, floats, points = state.counts, state.ints, state.floats, state.points
    masks, values, neuron, dim = state.masks, state.values, layer.neurons[column], state.dim
    breakpoint = layer.breakpoints[column]
    value, lipschitz = layer.value_error[neuron], layer.lipschitz[neuron]
    first_needed = neuron if layer.forgets else 0
    counts[NUM_DOUBTS] = 0
    for place in range(counts[FIRST_CUT], counts[FIRST_CUT + 1]):
        edge, v, name = np.int64(state.cuts[place]), counts[NUM_VERTICES], counts[NUM_FACES]
        low, high = (
            np.int64(state.pool[ints[edge, HEAD]]),
            np.int64(state.pool[ints[edge, HEAD] + 1]),
        )
        if is_above(masks, low, column):
            low, high = high, low
        a, b = ints[low, HEAD], ints[high, HEAD]
        at_a = values[a, neuron] - breakpoint * points[a, dim]
        change = at_a - (values[b, neuron] - breakpoint * points[b, dim])
        square = 0.0
        for i in range(dim + 1):
            step = points[b, i] - points[a, i]
            square += step * step
        # A certified lower bound of the slope, 0 where there is none.
        slack = floats[edge, SLACK]
        known = abs(change) * ROUNDED_DOWN - 2 * (value + lipschitz * slack)
        slope = known / (np.sqrt(square) * ROUNDED_UP + TINY_LENGTH)
        if not (known < np.inf and slope >= _FLAT):
            slope = 0.0
        floats[edge, SLOPE] = slope
        off = np.inf if slope == 0 else slack + (value + lipschitz * slack) / slope
        weight = at_a / change
        squeezed = not (weight > WEIGHT_MARGIN and weight < 1 - WEIGHT_MARGIN)
        if squeezed:
            weight = 0.5
        for i in range(dim + 1):
            points[v, i] = (points[b, i] - points[a, i]) * weight + points[a, i]
        for i in range(first_needed, values.shape[1]):
            values[v, i] = (values[b, i] - values[a, i]) * weight + values[a, i]
        values[v, neuron] = breakpoint * points[v, dim]
        for word in range(state.live.shape[1]):
            # Inputs are affine on an edge: 0 at both ends is 0 between them.
            state.live[v, word] = state.live[a, word] | state.live[b, word]
        for word in range(state.zeros.shape[1]):
            state.zeros[v, word] = state.zeros[a, word] & state.zeros[b, word]
        births = state.births
        births[v, 0], births[v, 1], births[v, 2] = a, b, layer.number
        births[v, 3], births[v, 4] = neuron, layer.indices[column]
        state.names[v] = name
        ints[name, DIM], ints[name, HEAD], ints[name, SIZE] = 0, v, 0
        ints[name, STAMP] = ints[name, MARK] = 0
        floats[name, SLACK] = floats[name, FAR] = off
        ints[edge, STAMP], ints[edge, SECTION] = counts[NUM_STAMPS], name
        counts[NUM_VERTICES] += 1
        counts[NUM_FACES] += 1
        if _sign_vertex(state, layer, column, low, high, name) or squeezed:
            state.doubts[counts[NUM_DOUBTS]] = v
            state.squeezed[counts[NUM_DOUBTS]] = squeezed
            counts[NUM_DOUBTS] += 1


@kernel
def _sign_vertex(
    state: State, layer: Layer, column: int, low: Number, high: Number, name: Number
) -> bool:
    """The masks of a new vertex between two old ones; whether there are doubts, and which."""
    masks, counts = state.masks, state.counts
    v, doubt = state.ints[name, HEAD], counts[NUM_DOUBTS]
    slack, w, doubtful = state.floats[name, FAR], state.points[v, state.dim], False
    for word in range(masks.shape[2]):
        above = masks[low, 0, word] | masks[high, 0, word]
        below = masks[low, 1, word] | masks[high, 1, word]
        # Only where the ends lie on opposite sides do numbers decide.
        differ = above & below
        above &= ~differ
        below &= ~differ
        doubts = ZERO
        if word == column >> 6:
            differ &= ~(ONE << np.uint64(column & 63))
        while differ != ZERO:
            lowest = differ & (~differ + ONE)
            other = (word << 6) + lowest_bit(differ)
            differ &= differ - ONE
            neuron = layer.neurons[other]
            gap = state.values[v, neuron] - layer.breakpoints[other] * w
            lipschitz = layer.lipschitz[neuron]
            counts[NUM_SIGNS] += 1
            if not abs(gap) > layer.value_error[neuron] + lipschitz * slack:
                doubts |= lowest
            elif gap > 0:
                above |= lowest
            else:
                below |= lowest
            if doubts & lowest == ZERO and abs(gap) < state.margin[0] * lipschitz:
                state.margin[0] = abs(gap) / lipschitz
        masks[name, 0, word], masks[name, 1, word] = above, below
        state.doubt_bits[doubt, word] = doubts
        doubtful |= doubts != ZERO
    return doubtful


@kernel
def _new_face(
    counts: np.ndarray, ints: np.ndarray, floats: np.ndarray, masks: np.ndarray, like: Number
) -> int:
    """The next number, for a part of a face that has the same dimension."""
    face = counts[NUM_FACES]
    counts[NUM_FACES] = face + 1
    ints[face, DIM], ints[face, ORIGIN] = ints[like, DIM], ints[like, ORIGIN]
    ints[face, STAMP] = ints[face, MARK] = 0
    floats[face, SLACK] = floats[like, SLACK]
    _forget(masks, floats, face)
    return face


@kernel
def _forget(masks: np.ndarray, floats: np.ndarray, face: Number) -> None:
    """What a face had: its boundary is another one now."""
    for word in range(masks.shape[2]):
        masks[face, 0, word] = masks[face, 1, word] = ZERO
    floats[face, FAR] = 0.0


@kernel
def _see(masks: np.ndarray, floats: np.ndarray, face: Number, part: Number) -> None:
    """Of what a face has, what comes from a face on its boundary."""
    for word in range(masks.shape[2]):
        masks[face, 0, word] |= masks[part, 0, word]
        masks[face, 1, word] |= masks[part, 1, word]
    floats[face, FAR] = max(floats[face, FAR], floats[part, FAR])


@kernel
def _split_edge(state: State, edge: Number, column: int) -> None:
    counts, ints, pool, masks = state.counts, state.ints, state.pool, state.masks
    floats = state.floats
    head, top, middle = ints[edge, HEAD], counts[NUM_POOL], ints[edge, SECTION]
    low, high = np.int64(pool[head]), np.int64(pool[head + 1])
    if is_above(masks, low, column):
        low, high = high, low
    positive = _new_face(counts, ints, floats, masks, edge)
    ints[positive, HEAD], ints[positive, SIZE] = top, 2
    pool[top], pool[top + 1], pool[head], pool[head + 1] = middle, high, low, middle
    counts[NUM_POOL] = top + 2
    ints[edge, POSITIVE] = positive
    _forget(masks, floats, edge)
    for place in range(2):
        _see(masks, floats, edge, np.int64(pool[head + place]))
        _see(masks, floats, positive, np.int64(pool[top + place]))
    enter(counts, masks, state.lists, state.blocks, positive, np.int64(0), column + 1)


@kernel
def _split_face(state: State, layer: Layer, k: int, face: Number, column: int) -> bool:
    """Split a k-face, k >= 2, whose boundary is split already; False if this cannot be."""
    counts, ints, floats, pool = state.counts, state.ints, state.floats, state.pool
    masks, bound, stamp = state.masks, state.bound, counts[NUM_STAMPS]
    head, size, top = ints[face, HEAD], ints[face, SIZE], counts[NUM_POOL]
    counts[NUM_MARKS] += 1
    mark = counts[NUM_MARKS]
    positive = _new_face(counts, ints, floats, masks, face)
    section = _new_face(counts, ints, floats, masks, face)
    ints[section, DIM] = k - 1
    _forget(masks, floats, face)
    num_low, num_bound, slope = 0, 0, 0.0
    for place in range(head, head + size):
        part = np.int64(pool[place])
        if ints[part, STAMP] == stamp:
            pool[head + num_low] = part
            num_low += 1
            _see(masks, floats, face, part)
            pool[top] = ints[part, POSITIVE]
            _see(masks, floats, positive, np.int64(pool[top]))
            top += 1
            bound[num_bound] = ints[part, SECTION]
            num_bound += 1
            slope = max(slope, floats[part, SLOPE])
            continue
        if is_above(masks, part, column):
            pool[top] = part
            top += 1
            _see(masks, floats, positive, part)
        elif is_below(masks, part, column):
            pool[head + num_low] = part
            num_low += 1
            _see(masks, floats, face, part)
        else:
            return False
        # What lies in the hyperplane on the boundary of what is not cut, once each.
        for inner in range(ints[part, HEAD], ints[part, HEAD] + ints[part, SIZE]):
            old = np.int64(pool[inner])
            if is_above(masks, old, column) or is_below(masks, old, column):
                continue
            if ints[old, MARK] != mark:
                ints[old, MARK] = mark
                if num_bound == size:
                    return False
                bound[num_bound] = old
                num_bound += 1
    if num_bound < k or (k == 2 and num_bound != 2):
        return False
    pool[top] = section
    top += 1
    ints[positive, HEAD], ints[positive, SIZE] = counts[NUM_POOL], top - counts[NUM_POOL]
    if num_low == size:  # no room for the section where the boundary was
        for place in range(num_low):
            pool[top + place] = pool[head + place]
        head, top = top, top + num_low + 1
        ints[face, HEAD] = head
    pool[head + num_low] = section
    ints[face, SIZE] = num_low + 1
    ints[section, HEAD], ints[section, SIZE] = top, num_bound
    for place in range(num_bound):
        pool[top + place] = bound[place]
        _see(masks, floats, section, np.int64(bound[place]))
    counts[NUM_POOL] = top + num_bound
    slack = floats[face, SLACK]
    value = layer.value_error[layer.neurons[column]]
    lipschitz = layer.lipschitz[layer.neurons[column]]
    off = np.inf if slope == 0 else slack + (value + lipschitz * slack) / slope
    floats[section, SLACK] = min(off, floats[section, FAR] + layer.rounding)
    floats[face, SLOPE] = slope
    ints[face, STAMP], ints[face, POSITIVE], ints[face, SECTION] = stamp, positive, section
    before = (k - 1) * (state.lists.shape[0] // state.dim)
    after = before - state.lists.shape[0] // state.dim
    enter(counts, masks, state.lists, state.blocks, positive, before, column + 1)
    enter(counts, masks, state.lists, state.blocks, section, after, column + 1)
    return True
