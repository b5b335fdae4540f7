"""Compiled loops that read the kernels' lattice: words of faces, boundaries in order."""

from __future__ import annotations

import numpy as np
from numba import njit

from linreg_lib.geometry.kernels import NUM_FACES, State


@njit(cache=True)
def gather_bits(state: State, words: np.ndarray, dim: int, vertex_words: np.ndarray) -> None:
    """Words of each face: those of its vertices, joined by or."""
    num_words = words.shape[1]
    for k in range(1, dim + 1):
        for face in range(state.counts[NUM_FACES]):
            if state.dims[face] != k:
                continue
            if k == 1:
                a, b = state.lead[face], state.other[face]
                for word in range(num_words):
                    words[face, word] = vertex_words[a, word] | vertex_words[b, word]
                continue
            for word in range(num_words):
                words[face, word] = 0
            node = state.lead[face]
            while node >= 0:
                sub = state.node_sub[node]
                for word in range(num_words):
                    words[face, word] |= words[sub, word]
                node = state.node_next[node]


@njit(cache=True)
def list_boundaries(
    lead: np.ndarray,
    node_sub: np.ndarray,
    node_next: np.ndarray,
    faces: np.ndarray,
    number: np.ndarray,
    members: np.ndarray,
) -> None:
    """Boundary faces of the given k-faces, one face after the other, in the new numbering."""
    at = 0
    for face in faces:
        node = lead[face]
        while node >= 0:
            members[at] = number[node_sub[node]]
            at += 1
            node = node_next[node]


@njit(cache=True)
def count_boundaries(
    lead: np.ndarray, node_next: np.ndarray, faces: np.ndarray, counts: np.ndarray
) -> None:
    """How many boundary faces each of the given faces has."""
    for i in range(faces.size):
        node, total = lead[faces[i]], 0
        while node >= 0:
            total += 1
            node = node_next[node]
        counts[i] = total
