"""Where a large matrix has what few of its entries have."""

from __future__ import annotations

import numpy as np

_BLOCK = 1024


def below(values: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where |values| (m, n) are at most ``bound`` (n,), in blocks that stay in the cache."""
    rows, columns = [], []
    for start in range(0, len(values), _BLOCK):
        row, column = nonzero(np.abs(values[start : start + _BLOCK]) <= bound)
        rows.append(row + start)
        columns.append(column)
    return np.concatenate([*rows, []]).astype(int), np.concatenate([*columns, []]).astype(int)


def nonzero(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``np.nonzero`` of a contiguous matrix with few True entries, several times faster."""
    row, column = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return row, column
