"""Signs of a layer at all vertices, and what they say of all other faces: compiled.

A sign is taken from the float value if its bound certifies it (vertex_signs/float_sign_bounds.py).
Next to that, where no input that is not exactly 0 has a weight, the value is exactly the bias: so
zeros that the network's structure makes (what is dead stays dead, the origin of a network without
biases) need no arithmetic.  All other signs are in doubt: doubtful_signs.py decides them.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.compiled_lattice.face_lists import ONE, ZERO, enter, num_straddled
from linreg_lib.geometry.cutting.compiled_lattice.lattice_state import (
    BLOCK,
    COLUMN,
    DIM,
    DONE,
    FAR,
    FILL,
    GROW,
    HEAD,
    HEAD_BLOCK,
    ITEMS,
    NEED_BLOCKS,
    NUM_BLOCKS,
    NUM_DOUBTS,
    NUM_FACES,
    NUM_SIGNS,
    NUM_VERTICES,
    PHASE,
    SIZE,
    TOTAL,
    Layer,
    State,
)
from linreg_lib.geometry.kernels.jit import kernel


@kernel
def sign_vertices(state: State, layer: Layer) -> None:
    """Masks of all vertices, and the ``doubts``."""
    counts, masks, values, live = state.counts, state.masks, state.values, state.live
    num_doubts, dim, num_words = 0, state.dim, state.masks.shape[2]
    neurons, breakpoints = layer.neurons, layer.breakpoints
    for v in range(counts[NUM_VERTICES]):
        name = state.names[v]
        slack, w = state.floats[name, FAR], state.points[v, dim]
        for word in range(num_words):
            masks[name, 0, word] = masks[name, 1, word] = ZERO
            state.doubt_bits[num_doubts, word] = ZERO
        in_doubt = False
        for column in range(neurons.size):
            neuron, bit = neurons[column], ONE << np.uint64(column & 63)
            gap = values[v, neuron] - breakpoints[column] * w
            lipschitz = layer.lipschitz[neuron]
            if abs(gap) > layer.value_error[neuron] + lipschitz * slack:
                if abs(gap) < state.margin[0] * lipschitz:
                    state.margin[0] = abs(gap) / lipschitz
                masks[name, 0 if gap > 0 else 1, column >> 6] |= bit
                continue
            depends = ZERO
            for word in range(live.shape[1]):
                depends |= live[v, word] & layer.supports[column, word]
            if depends != ZERO:
                state.doubt_bits[num_doubts, column >> 6] |= bit
                in_doubt = True
            elif w > 0 and layer.bias_signs[column] != 0:
                masks[name, 0 if layer.bias_signs[column] > 0 else 1, column >> 6] |= bit
        if in_doubt:
            state.doubts[num_doubts] = v
            state.squeezed[num_doubts] = False
            num_doubts += 1
    counts[NUM_DOUBTS] = num_doubts
    counts[NUM_SIGNS] += counts[NUM_VERTICES] * neurons.size


@kernel
def list_faces(state: State) -> int:
    """Masks of all other faces, and the lists of those to cut; GROW if there is no room."""
    counts, ints, masks, floats = state.counts, state.ints, state.masks, state.floats
    first = np.int64(0)
    needed, num_columns = state.lists.shape[0], state.lists.shape[0] // state.dim
    for k in range(1, state.dim + 1):
        for face in range(counts[NUM_FACES]):
            if ints[face, DIM] != k:
                continue
            for word in range(masks.shape[2]):
                masks[face, 0, word] = masks[face, 1, word] = ZERO
            far = 0.0
            for place in range(ints[face, HEAD], ints[face, HEAD] + ints[face, SIZE]):
                part = state.pool[place]
                far = max(far, floats[part, FAR])
                for word in range(masks.shape[2]):
                    masks[face, 0, word] |= masks[part, 0, word]
                    masks[face, 1, word] |= masks[part, 1, word]
            floats[face, FAR] = far
            needed += num_straddled(masks, face, first) // (BLOCK - ITEMS) + 1
    counts[NEED_BLOCKS] = needed
    if needed > state.blocks.shape[0]:
        return GROW
    state.lists[:, HEAD_BLOCK] = -1
    state.lists[:, FILL] = BLOCK
    state.lists[:, TOTAL] = 0
    counts[NUM_BLOCKS] = counts[COLUMN] = counts[PHASE] = 0
    for face in range(counts[NUM_FACES]):
        if ints[face, DIM] > 0:
            before = np.int64(ints[face, DIM] - 1) * num_columns
            enter(counts, masks, state.lists, state.blocks, face, before, first)
    return DONE
