"""Which of many rows of bits are the same, numbered in the order in which they are first seen."""

from __future__ import annotations

import numpy as np

_MULTIPLIER = 0x9E3779B97F4A7C15


def numbered(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (m,) int64 of the rows of ``keys`` (m, k) uint8, and where each is first, (r,).

    >>> numbered(np.array([[7, 0], [5, 1], [7, 0]], dtype=np.uint8))
    (array([0, 1, 0]), array([0, 1]))
    """
    num, size = keys.shape
    words = np.zeros((num, max(1, -(-size // 8))), dtype=np.uint64)
    words.view(np.uint8)[:, :size] = keys
    marks = _marks(words)
    order = np.argsort(marks, kind="stable")
    begins = np.ones(num, dtype=bool)
    begins[1:] = marks[order[1:]] != marks[order[:-1]]
    within = np.flatnonzero(~begins)
    if (words[order[within]] != words[order[within - 1]]).any():  # one mark for two keys
        order = np.lexsort(words.T)
        begins[1:] = (words[order[1:]] != words[order[:-1]]).any(axis=1)
    firsts = order[begins]
    rank = np.empty(len(firsts), dtype=np.int64)
    rank[np.argsort(firsts)] = np.arange(len(firsts))
    numbers = np.empty(num, dtype=np.int64)
    numbers[order] = rank[np.cumsum(begins) - 1]
    return numbers, np.sort(firsts)


def _marks(words: np.ndarray) -> np.ndarray:
    """A number for each row that is another one for most others."""
    marks = np.zeros(len(words), dtype=np.uint64)
    for column in words.T:
        marks = (marks ^ column) * np.uint64(_MULTIPLIER)
        marks ^= marks >> np.uint64(29)
    return marks
