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

Signs are certified as vertex_signs/float_sign_bounds.py describes.  There a bound ``slack`` belongs
to each face.  A face is known here by the hyperplanes it lies on, h_1 < ... < h_m in the order of
cutting, and each is a section of the one before, so that its slack follows from slopes, one for
each hyperplane: T_0 is the bound for the domain's own faces, T_i = T_(i-1) + (value[h_i] +
lipschitz[h_i] T_(i-1)) / slope_i.  The slope of h_i must be a lower bound of that of its neuron
along some edge of the face that h_i cut, and a vertex remembers one for each of its hyperplanes (as
*flatness*, an upper bound of 1 / slope): a new vertex that of the edge which it cuts, and for the
other hyperplanes that of either end of this edge.  These stay right for all edges made from it
later: a slope is measured on an edge in the closure of the smallest face that held the vertex just
before h_i cut, and either end of an edge lies in the closure of every face that holds the edge.

Loaded only where numba is installed.  cutting/reference/subdivision.py is the twin in NumPy.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.compiled.corner_kernels import find_corner, steepness
from linreg_lib.geometry.cutting.compiled.kernel_state import (
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
from linreg_lib.geometry.cutting.compiled.straddling import enter
from linreg_lib.geometry.cutting.compiled.vertex_rows import (
    births_at,
    hyperplanes_at,
    neighbours_at,
    slot_bits,
    words_at,
)
from linreg_lib.geometry.kernels.bits import lowest_bit
from linreg_lib.geometry.kernels.jit import inlined, kernel, part
from linreg_lib.geometry.vertex_signs.margins import WEIGHT_MARGIN
from linreg_lib.networks.float_constants import ROUNDED_DOWN, ROUNDED_UP

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
def _value(
    axes: tuple[int, ...],
    layer: Layer,
    values: np.ndarray,
    floats: np.ndarray,
    v: int,
    neuron: int,
) -> float:
    """A neuron's pre-activation at a vertex."""
    if not layer.is_first:
        return values[v, neuron]
    value = layer.offset[neuron]
    for i in range(len(axes)):
        value += layer.frame[neuron, i] * floats[v, i]
    return value


@part
def _make_vertices(axes: tuple[int, ...], state: State, layer: Layer, h: int) -> None:
    """A vertex on each edge that straddles the hyperplane ``h`` of the layer."""
    dim, shift = len(axes), slot_bits(axes)
    slots = (1 << shift) - 1
    neighbours, start = neighbours_at(axes), words_at(axes) + layer.first_word
    floats, ints, words, values = state.floats, state.ints, state.words, state.values
    cuts, gaps, blocks = state.cuts, state.gaps, state.blocks
    state.counts[NUM_DOUBTS] = state.counts[NUM_LEVELS] = 0
    word, bit = start + (h >> 6), np.uint64(h & 63)
    neuron = h // layer.num_breakpoints
    breakpoint = layer.breakpoints[h]
    num_cuts = int(np.int64(0))  # a literal would have all that takes it compiled twice
    block, fill = state.lists[h, HEAD], state.lists[h, FILL]
    while block >= 0:
        # First only look, so that the processor waits for many vertices at a time.
        for item in range(ITEMS, fill):
            code = blocks[block, item]
            a = code >> shift
            other = ints[a, neighbours + (code & slots)]
            b = other >> shift
            # An edge that was cut is still listed: what was named is the first part of it.
            if ((words[a, word] ^ words[b, word]) >> bit) & ONE == ZERO:
                continue
            cuts[num_cuts, 0] = code
            cuts[num_cuts, 1] = other
            gaps[num_cuts, 0] = _value(axes, layer, values, floats, a, neuron) - breakpoint
            gaps[num_cuts, 1] = _value(axes, layer, values, floats, b, neuron) - breakpoint
            square = 0.0
            for i in range(dim):
                step = floats[b, i] - floats[a, i]
                square += step * step
            gaps[num_cuts, 2] = square
            num_cuts += 1
        block, fill = blocks[block, NEXT], BLOCK
        if num_cuts > CHUNK - BLOCK or block < 0:
            _make_chunk(axes, state, layer, h, neuron, breakpoint, num_cuts)
            num_cuts = int(np.int64(0))


@part
def _make_chunk(
    axes: tuple[int, ...],
    state: State,
    layer: Layer,
    h: int,
    neuron: int,
    breakpoint: float,
    num_cuts: int,
) -> None:
    """The vertices on the edges in ``cuts``: place, half-edges, bits.

    ``gaps`` are the values at the edge's ends, and its length squared.  An edge keeps its direction
    when it is cut.
    """
    counts, floats, ints, values = state.counts, state.floats, state.ints, state.values
    cuts, gaps, up, dim, shift = state.cuts, state.gaps, state.up, len(axes), slot_bits(axes)
    value_error, all_lipschitz = layer.value_error, layer.lipschitz
    neighbours, hyperplanes, births = neighbours_at(axes), hyperplanes_at(axes), births_at(axes)
    flatness, own = dim + 1, layer.base + h
    word, bit = words_at(axes) + layer.first_word + (h >> 6), np.uint64(h & 63)
    value = value_error[own]
    first_needed = neuron + 1 if layer.is_last and layer.num_breakpoints == 1 else 0
    slots, certify = (1 << shift) - 1, layer.certify
    n = counts[NUM_VERTICES]
    for cut in range(num_cuts):
        code, other = cuts[cut, 0], cuts[cut, 1]
        a, slot, b, back = code >> shift, code & slots, other >> shift, other & slots
        at_a, at_b = gaps[cut, 0], gaps[cut, 1]
        weight = at_a / (at_a - at_b)
        squeezed = not (weight > WEIGHT_MARGIN and weight < 1 - WEIGHT_MARGIN)
        if squeezed:
            weight = 0.5
        for i in range(dim):
            step = floats[b, i] - floats[a, i]
            floats[n, i] = step * weight + floats[a, i]
        # The edge lies on all hyperplanes of its ends but one each: both lists are in order.
        out_a, out_b = slot >> 1, back >> 1
        slack = layer.wall_slack
        for i in range(dim - 1):
            j_a = i + (i >= out_a)
            j_b = i + (i >= out_b)
            hyperplane = ints[a, hyperplanes + j_a]
            flat = min(floats[a, flatness + j_a], floats[b, flatness + j_b])
            ints[n, hyperplanes + i] = hyperplane
            floats[n, flatness + i] = flat
            if certify:
                slack += (value_error[hyperplane] + all_lipschitz[hyperplane] * slack) * flat
            closed = layer.closed[hyperplane]
            ints[n, neighbours + 2 * i] = -1 if closed == 1 else _OPEN
            ints[n, neighbours + 2 * i + 1] = -1 if closed == 2 else _OPEN
        flat = np.inf
        if certify:
            lipschitz = all_lipschitz[own]
            if not layer.is_first and not lipschitz * slack < value:
                # The gradient of a cell at the edge, rather than that of the steepest cell.
                factor = find_corner(
                    state.corner,
                    floats,
                    ints,
                    neighbours,
                    shift,
                    a,
                    slot,
                    counts[FIRST_NEW],
                    layer.more_length,
                )
                steep = steepness(state.corner, factor, values, a, neuron, value)
                lipschitz = min(lipschitz, steep)
            change = abs(at_a - at_b) * ROUNDED_DOWN - 2 * (value + lipschitz * slack)
            if change > 0:
                flat = (np.sqrt(gaps[cut, 2]) * ROUNDED_UP + layer.more_length) / change
            slack += (value + lipschitz * slack) * flat
        floats[n, dim] = np.nan if squeezed else slack
        floats[n, flatness + dim - 1] = flat
        ints[n, hyperplanes + dim - 1] = own
        ints[n, births] = a
        ints[n, births + 1] = b
        to_a = 2 * dim - 2 + int((state.words[a, word] >> bit) & ONE)
        to_b = 4 * dim - 3 - to_a
        ints[n, neighbours + to_a] = code
        ints[n, neighbours + to_b] = other
        ints[a, neighbours + slot] = (n << shift) | to_a
        ints[b, neighbours + back] = (n << shift) | to_b
        is_up = (up[a] >> slot) & 1
        up[n] = (is_up << to_b) | ((1 - is_up) << to_a)
        if not layer.is_first:
            for i in range(first_needed, values.shape[1]):
                step = values[b, i] - values[a, i]
                values[n, i] = step * weight + values[a, i]
            values[n, neuron] = breakpoint
        if _decide_signs(axes, state, layer, h, a, b, n, slack) or squeezed:
            state.doubts[counts[NUM_DOUBTS]] = n
            counts[NUM_DOUBTS] += 1
        n += 1
    counts[NUM_VERTICES] = n


@inlined
def _decide_signs(
    axes: tuple[int, ...],
    state: State,
    layer: Layer,
    h: int,
    a: int,
    b: int,
    n: int,
    slack: float,
) -> bool:
    """The bits of a new vertex between two old ones; whether any of them is in doubt."""
    words, doubtful = state.words, False
    start, current = words_at(axes), layer.first_word + (h >> 6)
    for word in range(start, start + current):
        # Hyperplanes that have cut: an end may lie on one, never beyond it.
        words[n, word] = words[a, word] | words[b, word]
    later = ~((ONE << np.uint64(h & 63)) | ((ONE << np.uint64(h & 63)) - ONE))
    end = layer.first_word + ((state.lists.shape[0] + 63) >> 6)
    for word in range(start + current, start + end):
        at_a, at_b = words[a, word], words[b, word]
        bits = at_a & at_b
        if word == start + current:
            bits |= (at_a | at_b) & ~later & ~(ONE << np.uint64(h & 63))
        else:
            later = ~ZERO
        differ = (at_a ^ at_b) & later
        while differ != ZERO:
            column = ((word - start - layer.first_word) << 6) + lowest_bit(differ)
            lowest = differ & (~differ + ONE)
            differ &= differ - ONE
            neuron = column
            if layer.num_breakpoints > 1:
                neuron = column // layer.num_breakpoints
            gap = _value(axes, layer, state.values, state.floats, n, neuron)
            gap -= layer.breakpoints[column]
            lipschitz = layer.lipschitz[layer.base + column]
            state.counts[NUM_SIGNS] += 1
            if not abs(gap) > layer.value_error[layer.base + column] + lipschitz * slack:
                doubtful |= layer.certify
            elif abs(gap) < state.margin[0] * lipschitz:
                state.margin[0] = abs(gap) / lipschitz
            if gap > 0:
                bits |= lowest
        words[n, word] = bits
    return doubtful


@part
def _connect(axes: tuple[int, ...], state: State, layer: Layer, h: int) -> bool:
    """The edges of the hyperplane ``h``, and where the later ones will cut the new edges."""
    counts, ints, floats, up, dim = state.counts, state.ints, state.floats, state.up, len(axes)
    neighbours, hyperplanes, births = neighbours_at(axes), hyperplanes_at(axes), births_at(axes)
    shift = slot_bits(axes)
    slots = (1 << shift) - 1
    functional, norm = layer.functional, layer.functional_norm
    first_new = counts[FIRST_NEW]
    for n in range(first_new, counts[NUM_VERTICES]):
        # The part towards the edge's first end is still in the lists under the old name.
        slot = 2 * dim - 2
        if ints[n, neighbours + slot] >> shift == ints[n, births]:
            slot += 1
        enter(axes, state, layer, n, slot, ints[n, neighbours + slot] >> shift, h + 1)
        for slot in range(2 * dim - 2):
            if ints[n, neighbours + slot] != _OPEN:
                continue
            # Round the 2-face beside hyperplane y of the vertex, on its side ``side``.
            y, side = ints[n, hyperplanes + (slot >> 1)], slot & 1
            code = ints[n, neighbours + 2 * dim - 2]
            while True:
                at, came = code >> shift, code & slots
                leave = -1
                for i in range(dim):
                    if ints[at, hyperplanes + i] == y:
                        leave = 2 * i + side
                y, side = ints[at, hyperplanes + (came >> 1)], came & 1
                if leave < 0:
                    return False
                code = ints[at, neighbours + leave]
                if code < 0:
                    return False
                if code >> shift >= first_new:
                    break
            at, there = code >> shift, -1
            for i in range(dim):
                if ints[at, hyperplanes + i] == y:
                    there = 2 * i + side
            if at == n or there < 0 or ints[at, neighbours + there] != _OPEN:
                return False
            ints[n, neighbours + slot] = (at << shift) | there
            ints[at, neighbours + there] = (n << shift) | slot
            rise = 0.0
            for i in range(dim):
                rise += functional[i] * (floats[at, i] - floats[n, i])
            if not abs(rise) > norm * (floats[at, dim] + floats[n, dim]) + layer.functional_error:
                state.levels[counts[NUM_LEVELS], 0] = (n << shift) | slot
                state.levels[counts[NUM_LEVELS], 1] = (at << shift) | there
                counts[NUM_LEVELS] += 1
            if rise > 0:
                up[n] |= 1 << slot
            else:
                up[at] |= 1 << there
            enter(axes, state, layer, n, slot, at, h + 1)
    return True
