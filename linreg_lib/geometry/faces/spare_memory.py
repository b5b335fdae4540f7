"""Arrays of finished subdivisions, kept for the next one.

Fresh memory must be mapped and zeroed page by page, which can take longer than cutting a network.
Counting the same network over and over (during training, say) should not pay for it each time.

Memory is lent: an array from ``take`` and all its views refer to the loan, and memory comes back
when the last of them is gone, so that nothing that anybody looks at is ever used again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: no more than this is kept, and nothing larger than half of it
_KEPT_BYTES = 1 << 30
#: smaller arrays are not worth keeping
_LEAST_BYTES = 1 << 16
#: of one kind so many are kept, the largest
_MOST = 8


class _Spare:
    """Spare memory of all threads, by shape of the rows and type, the largest last.

    Lists are changed by single steps that no thread sees half done; whoever takes memory looks at
    what it got.
    """

    def __init__(self) -> None:
        self.arrays: dict[tuple[tuple[int, ...], str], list[np.ndarray]] = {}

    @property
    def num_bytes(self) -> int:
        return sum(array.nbytes for kept in list(self.arrays.values()) for array in kept)


_spare = _Spare()


class _Loan:
    """The owner of a lent array's memory, as far as NumPy knows."""

    __slots__ = ("__array_interface__", "_memory")

    def __init__(self, memory: np.ndarray) -> None:
        self._memory = memory
        self.__array_interface__: dict[str, Any] = memory.__array_interface__

    def __del__(self) -> None:
        _keep(self._memory)


def take(num_rows: int, at_least: int, row_shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array of ``num_rows`` rows, or a spare one of ``at_least`` so many; contents undefined."""
    memory = _largest_spare(at_least, row_shape, dtype)
    return _lent(memory, num_rows, row_shape, dtype)


def take_closely(num_rows: int, row_shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """The same for what will live long: with room for at most twice as many rows."""
    memory = None
    spare = _spare.arrays.get((row_shape, dtype.str), [])
    for at, each in enumerate(list(spare)):
        if num_rows <= len(each) <= 2 * num_rows:
            try:
                memory = spare.pop(at)
            except IndexError:
                pass
            break
    if memory is not None and not num_rows <= len(memory) <= 2 * num_rows:
        spare.append(memory)  # another one had moved there meanwhile
        memory = None
    return _lent(memory, num_rows, row_shape, dtype)


def _lent(
    memory: np.ndarray | None, num_rows: int, row_shape: tuple[int, ...], dtype: np.dtype
) -> np.ndarray:
    if memory is None:
        memory = np.empty((num_rows, *row_shape), dtype=dtype)
    if not _LEAST_BYTES <= memory.nbytes <= _KEPT_BYTES // 2:
        return memory
    return np.asarray(_Loan(memory))


def _largest_spare(at_least: int, row_shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray | None:
    spare = _spare.arrays.get((row_shape, dtype.str), [])
    # The list may change at any step: memory comes back whenever garbage is collected.
    try:
        memory = spare.pop()
    except IndexError:
        return None
    if len(memory) >= at_least:
        return memory
    spare.append(memory)
    return None


def _keep(memory: np.ndarray) -> None:
    try:
        arrays = _spare.arrays
        num_bytes = _spare.num_bytes
    except Exception:  # the interpreter shuts down
        return
    if num_bytes + memory.nbytes <= _KEPT_BYTES:
        spare = arrays.setdefault((memory.shape[1:], memory.dtype.str), [])
        spare.insert(sum(len(each) <= len(memory) for each in list(spare)), memory)
        del spare[:-_MOST]
