"""Which faces have vertices on both sides of each column: lists in linked blocks, compiled."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.compiled_lattice.lattice_state import (
    BLOCK,
    FILL,
    HEAD_BLOCK,
    ITEMS,
    NEXT,
    NUM_BLOCKS,
    TOTAL,
    Number,
)
from linreg_lib.geometry.kernels.bits import lowest_bit, num_bits
from linreg_lib.geometry.kernels.jit import kernel

ZERO, ONE = np.uint64(0), np.uint64(1)


@kernel
def is_above(masks: np.ndarray, face: Number, column: int) -> bool:
    """Whether a face has vertices above a column."""
    return (masks[face, 0, column >> 6] >> np.uint64(column & 63)) & ONE != ZERO


@kernel
def is_below(masks: np.ndarray, face: Number, column: int) -> bool:
    """Whether a face has vertices below a column."""
    return (masks[face, 1, column >> 6] >> np.uint64(column & 63)) & ONE != ZERO


@kernel
def num_straddled(masks: np.ndarray, face: Number, first: Number) -> int:
    """How many columns from ``first`` on a face has vertices on both sides of."""
    total = 0
    for word in range(first >> 6, masks.shape[2]):
        bits = masks[face, 0, word] & masks[face, 1, word]
        if word == first >> 6:
            bits &= ~((ONE << np.uint64(first & 63)) - ONE)
        total += num_bits(bits)
    return total


@kernel
def enter(
    counts: np.ndarray,
    masks: np.ndarray,
    lists: np.ndarray,
    blocks: np.ndarray,
    face: Number,
    before: Number,
    first: Number,
) -> None:
    """Enter a face in the lists of the columns from ``first`` on that it has on both sides.

    ``before`` lists are those of smaller dimensions.
    """
    for word in range(first >> 6, masks.shape[2]):
        bits = masks[face, 0, word] & masks[face, 1, word]
        if word == first >> 6:
            bits &= ~((ONE << np.uint64(first & 63)) - ONE)
        while bits != ZERO:
            at = before + (word << 6) + lowest_bit(bits)
            bits &= bits - ONE
            if lists[at, FILL] == BLOCK:
                block = counts[NUM_BLOCKS]
                counts[NUM_BLOCKS] = block + 1
                blocks[block, NEXT] = lists[at, HEAD_BLOCK]
                lists[at, HEAD_BLOCK] = block
                lists[at, FILL] = ITEMS
            blocks[lists[at, HEAD_BLOCK], lists[at, FILL]] = face
            lists[at, FILL] += 1
            lists[at, TOTAL] += 1
