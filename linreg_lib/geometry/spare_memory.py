"""Arrays of finished subdivisions, kept for the next one.

Fresh memory must be mapped and zeroed page by page, which can take longer than cutting a network.
Counting the same network over and over (during training, say) should not pay for it each time.
"""

from __future__ import annotations

import threading

import numpy as np

#: no more than this is kept, and nothing larger than half of it
_KEPT_BYTES = 1 << 29
#: of one kind so many are kept, the largest
_MOST = 8


class _Spare(threading.local):
    def __init__(self) -> None:
        self.arrays: dict[tuple[tuple[int, ...], str], list[np.ndarray]] = {}
        self.num_bytes = 0


_spare = _Spare()


def take(num_rows: int, at_least: int, row_shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array of ``num_rows`` rows, or a spare one of ``at_least`` so many; contents undefined."""
    spare = _spare.arrays.get((row_shape, dtype.str), [])
    largest = max(range(len(spare)), key=lambda i: len(spare[i]), default=-1)
    if largest >= 0 and len(spare[largest]) >= at_least:
        array = spare.pop(largest)
        _spare.num_bytes -= array.nbytes
        return array
    return np.empty((num_rows, *row_shape), dtype=dtype)


def give(array: np.ndarray) -> None:
    """Keep an array that nobody refers to any more."""
    if array.base is not None or not 0 < array.nbytes <= _KEPT_BYTES // 2:
        return
    if _spare.num_bytes + array.nbytes <= _KEPT_BYTES:
        spare = _spare.arrays.setdefault((array.shape[1:], array.dtype.str), [])
        spare.append(array)
        _spare.num_bytes += array.nbytes
        if len(spare) > _MOST:
            smallest = min(range(len(spare)), key=lambda i: len(spare[i]))
            _spare.num_bytes -= spare.pop(smallest).nbytes
