"""Faces of all dimensions, read off the vertices and edges of a complex in general position.

A *code* has one bit for each half-edge of a vertex; a k-face at a vertex is a code with k bits, no
two of them of one axis.  Edges are oriented by a linear functional in general position, so that a
face has exactly one vertex from which all its edges lead upwards: its *source*, by which the face
is counted and numbered.  At any other vertex of the face some edge leads down, to a vertex where
the same face has another code; following such edges ends at the source.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.kernels.bits import lowest_bit
from linreg_lib.geometry.kernels.jit import inlined, kernel

ONE = np.uint64(1)


@kernel
def list_sources(up: np.ndarray, codes: np.ndarray, vertex: np.ndarray, code: np.ndarray) -> None:
    """Vertex and code of each face at its source, for the ``codes`` of one dimension."""
    at = 0
    for v in range(up.size):
        for each in codes:
            if each & ~up[v] == 0:
                vertex[at] = v
                code[at] = each
                at += 1


@kernel
def list_edges(
    neighbours: np.ndarray,
    slot_bits: int,
    up: np.ndarray,
    names: np.ndarray,
    members: np.ndarray,
) -> None:
    """Both ends of each edge by their names, edges by source."""
    at = 0
    for v in range(up.size):
        for slot in range(neighbours.shape[1]):
            if (up[v] >> slot) & 1:
                members[at] = names[v]
                members[at + 1] = names[neighbours[v, slot] >> slot_bits]
                at += 2


@kernel
def cell_words(
    vertex: np.ndarray,
    code: np.ndarray,
    words: np.ndarray,
    hyperplanes: np.ndarray,
    word_of: np.ndarray,
    bit_of: np.ndarray,
    out: np.ndarray,
) -> None:
    """Bits of the hyperplanes that each cell lies above, from its source."""
    for cell in range(vertex.size):
        v = vertex[cell]
        for word in range(words.shape[1]):
            out[cell, word] = words[v, word]
        for axis in range(hyperplanes.shape[1]):
            if (code[cell] >> (2 * axis + 1)) & 1:
                hyperplane = hyperplanes[v, axis]
                out[cell, word_of[hyperplane]] |= bit_of[hyperplane]


@kernel
def sort_by_bits(
    words: np.ndarray,
    reversed_bytes: np.ndarray,
    order: np.ndarray,
    other: np.ndarray,
    keys: np.ndarray,
    count: np.ndarray,
) -> bool:
    """Sort the rows as bit strings, lowest bit of the first word first.

    Their numbers, which ``order`` holds in any order, come out in ``order``, or if the answer is
    True in ``other``; ``keys`` (rows,) and ``count`` (257,) are room to work in.
    """
    num, in_other = words.shape[0], False
    for digit in range(8 * words.shape[1] - 1, -1, -1):
        word, shift = digit >> 3, np.uint64(8 * (digit & 7))
        for key in range(257):
            count[key] = 0
        for row in range(num):
            key = reversed_bytes[int((words[row, word] >> shift) & np.uint64(255))]
            keys[row] = key
            count[key + 1] += 1
        if num == 0 or count[keys[0] + 1] == num:
            continue
        for key in range(256):
            count[key + 1] += count[key]
        for at in range(num):
            row = order[at]
            other[count[keys[row]]] = row
            count[keys[row]] += 1
        order, other, in_other = other, order, not in_other
    return in_other


@kernel
def has_equal_neighbours(words: np.ndarray, order: np.ndarray) -> bool:
    """Whether two rows that follow each other in this order are the same."""
    for at in range(1, order.size):
        one, other, word = order[at - 1], order[at], 0
        while word < words.shape[1] and words[one, word] == words[other, word]:
            word += 1
        if word == words.shape[1]:
            return True
    return False


@kernel
def differ_from_the_one_before(
    words: np.ndarray, order: np.ndarray, num_words: int, differs: np.ndarray
) -> None:
    """Which rows, in this order, differ from the one before in the first words; not the first."""
    for at in range(1, order.size):
        one, other, word = order[at - 1], order[at], 0
        while word < num_words and words[one, word] == words[other, word]:
            word += 1
        differs[at] = word < num_words


@kernel
def unpack_rows(
    words: np.ndarray, order: np.ndarray, first_word: int, table: np.ndarray, out: np.ndarray
) -> None:
    """Bits from one layer's words, eight at a time as bytes of ``out``, the rows in this order.

    ``out`` (rows, eighths) are uint64, ``table`` the eight bytes of each byte's bits.
    """
    for row in range(order.size):
        source = order[row]
        for eighth in range(out.shape[1]):
            word = words[source, first_word + (eighth >> 3)]
            out[row, eighth] = table[int((word >> np.uint64(8 * (eighth & 7))) & np.uint64(255))]


@kernel
def reorder(
    neighbours: np.ndarray,
    slot_bits: int,
    up: np.ndarray,
    order: np.ndarray,
    rank: np.ndarray,
    new_neighbours: np.ndarray,
    new_up: np.ndarray,
) -> None:
    """The vertices in another order, of which ``rank`` is the inverse."""
    for i in range(order.size):
        v = order[i]
        new_up[i] = up[v]
        for slot in range(neighbours.shape[1]):
            code = neighbours[v, slot]
            if code >= 0:
                there = code & ((1 << slot_bits) - 1)
                code = (rank[code >> slot_bits] << slot_bits) | there
            new_neighbours[i, slot] = code


@inlined
def _step_down(
    neighbours: np.ndarray, slot_bits: int, up: np.ndarray, v: int, code: int
) -> tuple[int, int]:
    """Along some edge of a face that leads down: the vertex there, and the face's code at it."""
    slot = lowest_bit(np.uint64(code & ~up[v]))
    low = slot & ~1
    rest = (code & ((1 << low) - 1)) | ((code >> (low + 2)) << low)
    there = neighbours[v, slot] & ((1 << slot_bits) - 1)
    low = there & ~1
    code = (rest & ((1 << low) - 1)) | (1 << there) | ((rest >> low) << (low + 2))
    return neighbours[v, slot] >> slot_bits, code


@kernel
def label_faces(
    neighbours: np.ndarray,
    slot_bits: int,
    up: np.ndarray,
    codes: np.ndarray,
    place: np.ndarray,
    labels: np.ndarray,
) -> None:
    """Number of each face at all its vertices, (vertices, codes); -1 where there is none.

    ``place`` is the inverse of ``codes``.  Faces are numbered by source, then by code.
    """
    num_slots, number = neighbours.shape[1], 0
    for v in range(labels.shape[0]):
        exists = 0
        for slot in range(num_slots):
            exists |= int(neighbours[v, slot] >= 0) << slot
        for i in range(codes.size):
            code = codes[i]
            if code & ~exists:
                labels[v, i] = -1
            elif code & ~up[v]:
                labels[v, i] = -2
            else:
                labels[v, i] = number
                number += 1
    for first in range(labels.shape[0]):
        for i in range(codes.size):
            if labels[first, i] != -2:
                continue
            # Vertices that rise in their order have all lower ones labelled before them.
            v, code = _step_down(neighbours, slot_bits, up, first, codes[i])
            if labels[v, place[code]] >= 0:
                labels[first, i] = labels[v, place[code]]
                continue
            v, code = first, codes[i]
            while labels[v, place[code]] == -2:
                v, code = _step_down(neighbours, slot_bits, up, v, code)
            label = labels[v, place[code]]
            v, code = first, codes[i]
            while labels[v, place[code]] == -2:
                labels[v, place[code]] = label
                v, code = _step_down(neighbours, slot_bits, up, v, code)


@kernel
def count_owners(
    vertex: np.ndarray,
    code: np.ndarray,
    num_slots: int,
    place: np.ndarray,
    labels: np.ndarray,
    offsets: np.ndarray,
) -> None:
    """``offsets[f + 1]``: how many of the faces (given by their sources) bound face f."""
    offsets[:] = 0
    for face in range(vertex.size):
        for slot in range(num_slots):
            if (code[face] >> (slot & ~1)) & 3 == 0:
                owner = labels[vertex[face], place[code[face] | (1 << slot)]]
                if owner >= 0:
                    offsets[owner + 1] += 1


@kernel
def list_members(
    vertex: np.ndarray,
    code: np.ndarray,
    num_slots: int,
    place: np.ndarray,
    labels: np.ndarray,
    begin: np.ndarray,
    members: np.ndarray,
) -> None:
    """Enter the faces (given by their sources) as members of those they bound, in order."""
    for face in range(vertex.size):
        for slot in range(num_slots):
            if (code[face] >> (slot & ~1)) & 3 == 0:
                owner = labels[vertex[face], place[code[face] | (1 << slot)]]
                if owner >= 0:
                    members[begin[owner]] = face
                    begin[owner] += 1
