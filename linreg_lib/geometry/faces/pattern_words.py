"""The pieces of a layer's neurons on each cell, read off the signs at the cell's vertices."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from linreg_lib.geometry.faces.lattice import Lattice


def layer_pieces(
    lattice: Lattice, signs: np.ndarray, num_breakpoints: int, width: int
) -> np.ndarray:
    """Pieces uint8 (cells, n): how many breakpoints a neuron exceeds somewhere on a cell.

    ``signs`` (vertices, n * T) are exact, and no cell has both signs in a column any more.  So a
    neuron is above a breakpoint inside the cell iff it is so at one of its vertices; on a cell
    where it stays at the breakpoint the lower piece counts.
    """
    words = packed_rows(signs > 0)
    start, end = lattice.ends
    words = words[start] | words[end]
    for k in range(2, lattice.dim + 1):
        faces, subfaces = lattice.pairs(k)
        order, begin = grouped(faces, lattice.num_faces[k])
        words = np.bitwise_or.reduceat(words[subfaces[order]], begin, axis=0)
    above = unpacked(words, signs.shape[1])
    if num_breakpoints == 1:
        return above
    return above.reshape(len(above), width, num_breakpoints).sum(axis=2, dtype=np.uint8)


def packed_rows(rows: np.ndarray) -> np.ndarray:
    """The rows of a bool array (n, columns) as bits of uint64 words (n, words), lowest first."""
    packed = np.packbits(rows, axis=1, bitorder="little")
    padded = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)


def unpacked(words: np.ndarray, count: int) -> np.ndarray:
    """Bits (n, count) as uint8 of what ``packed_rows`` made."""
    return np.unpackbits(
        np.ascontiguousarray(words).view(np.uint8), axis=1, count=count, bitorder="little"
    )


def grouped(groups: np.ndarray, num: int) -> tuple[np.ndarray, np.ndarray]:
    """An order that sorts by group (stable), and where each of the groups 0..num-1 begins."""
    # Making a sparse matrix of rows is a counting sort, several times faster than argsort.
    rows = csr_array(
        (np.arange(len(groups)), (groups, np.arange(len(groups)))), shape=(num, len(groups))
    )
    return rows.data, rows.indptr[:-1]


def lexicographic_order(patterns: np.ndarray) -> np.ndarray:
    """The order that sorts the rows of a uint8 array lexicographically."""
    if patterns.shape[1] == 0 or len(patterns) < 2:
        return np.arange(len(patterns))
    if patterns.max(initial=0) <= 1:
        patterns = np.packbits(patterns, axis=1)
    padded = np.zeros((len(patterns), -(-patterns.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : patterns.shape[1]] = patterns
    words = padded.view(">u8").astype(np.uint64)
    return np.lexsort(words.T[::-1])
