"""Compiled loops that read the kernels' lattice: words of faces, boundaries in order."""

from __future__ import annotations

import numpy as np
from numba import njit

from linreg_lib.geometry.kernels import DIM, LEAD, NEXT, OTHER, SUB


@njit(cache=True)
def gather_bits(
    faces: np.ndarray, nodes: np.ndarray, dim: int, vertex_words: np.ndarray, words: np.ndarray
) -> None:
    """Words of each face: those of its vertices, joined by or."""
    num_words = words.shape[1]
    for k in range(1, dim + 1):
        for face in range(words.shape[0]):
            if faces[face, DIM] != k:
                continue
            if k == 1:
                a, b = faces[face, LEAD], faces[face, OTHER]
                for word in range(num_words):
                    words[face, word] = vertex_words[a, word] | vertex_words[b, word]
                continue
            for word in range(num_words):
                words[face, word] = 0
            node = faces[face, LEAD]
            while node >= 0:
                sub = nodes[node, SUB]
                for word in range(num_words):
                    words[face, word] |= words[sub, word]
                node = nodes[node, NEXT]


@njit(cache=True)
def list_boundaries(
    faces: np.ndarray,
    nodes: np.ndarray,
    chosen: np.ndarray,
    number: np.ndarray,
    members: np.ndarray,
) -> None:
    """Boundary faces of the chosen faces, one face after the other, in the new numbering."""
    at = 0
    for face in chosen:
        node = faces[face, LEAD]
        while node >= 0:
            members[at] = number[nodes[node, SUB]]
            at += 1
            node = nodes[node, NEXT]


@njit(cache=True)
def count_boundaries(
    faces: np.ndarray, nodes: np.ndarray, chosen: np.ndarray, counts: np.ndarray
) -> None:
    """How many boundary faces each of the chosen faces has."""
    for i in range(chosen.size):
        node, total = faces[chosen[i], LEAD], 0
        while node >= 0:
            total += 1
            node = nodes[node, NEXT]
        counts[i] = total
