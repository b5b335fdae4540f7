"""Which edges straddle each of a layer's hyperplanes: compiled."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.compiled.kernel_state import (
    BLOCK,
    DONE,
    FILL,
    GROW,
    HEAD,
    HYPERPLANE,
    ITEMS,
    NEED_BLOCKS,
    NEXT,
    NUM_BLOCKS,
    NUM_VERTICES,
    PHASE,
    TOTAL,
    Layer,
    State,
)
from linreg_lib.geometry.cutting.compiled.vertex_rows import neighbours_at, slot_bits, words_at
from linreg_lib.geometry.kernels.bits import lowest_bit
from linreg_lib.geometry.kernels.jit import inlined, kernel

ZERO, ONE = np.uint64(0), np.uint64(1)


@kernel
def find_crossings(axes: tuple[int, ...], state: State, layer: Layer) -> int:
    """List the half-edges that straddle each hyperplane; GROW if there is no room for the lists."""
    counts, ints, shift = state.counts, state.ints, slot_bits(axes)
    neighbours = neighbours_at(axes)
    state.lists[:, HEAD] = -1
    state.lists[:, FILL] = BLOCK
    state.lists[:, TOTAL] = 0
    counts[NUM_BLOCKS] = counts[HYPERPLANE] = counts[PHASE] = 0
    most = len(axes) * state.lists.shape[0]
    first = int(np.int64(0))  # as a literal it would be another type, and ``enter`` compiled twice
    for v in range(counts[NUM_VERTICES]):
        if counts[NUM_BLOCKS] + most > state.blocks.shape[0]:
            counts[NEED_BLOCKS] = counts[NUM_BLOCKS] + most
            return GROW
        for slot in range(2 * len(axes)):
            w = ints[v, neighbours + slot] >> shift
            if w > v:
                enter(axes, state, layer, v, slot, w, first)
    return DONE


@inlined
def enter(
    axes: tuple[int, ...], state: State, layer: Layer, v: int, slot: int, w: int, first: int
) -> None:
    """Enter an edge in the lists of the hyperplanes from ``first`` on that it straddles."""
    lists, blocks, words, shift = state.lists, state.blocks, state.words, slot_bits(axes)
    for word in range(first >> 6, (lists.shape[0] + 63) >> 6):
        at = words_at(axes) + layer.first_word + word
        bits = words[v, at] ^ words[w, at]
        if word == first >> 6:
            bits &= ~((ONE << np.uint64(first & 63)) - ONE)
        while bits != ZERO:
            h = (word << 6) + lowest_bit(bits)
            bits &= bits - ONE
            if lists[h, FILL] == BLOCK:
                block = state.counts[NUM_BLOCKS]
                state.counts[NUM_BLOCKS] = block + 1
                blocks[block, NEXT] = lists[h, HEAD]
                lists[h, HEAD] = block
                lists[h, FILL] = ITEMS
            blocks[lists[h, HEAD], lists[h, FILL]] = (v << shift) | slot
            lists[h, FILL] += 1
            lists[h, TOTAL] += 1
