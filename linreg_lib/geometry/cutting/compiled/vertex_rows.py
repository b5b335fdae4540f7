"""What is known about a vertex of a skeleton, side by side in memory.

A row of 8-byte places holds, in this order: the neighbours (2 d), hyperplanes (d) and the two ends
of the edge on which the vertex was born (by the last of its hyperplanes) as int32; coordinates (d),
slack, flatness (d) as float64; the words.  Rows begin at cache lines, and up to dimension 5 the
first one is all that a walk round a face looks at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linreg_lib.geometry.faces.lattice import roomy
from linreg_lib.geometry.faces.spare_memory import take, take_closely
from linreg_lib.geometry.kernels.jit import inlined

_LINE = 8
#: rows more than are used: one to begin at a cache line, one for views that begin within a row
_MORE = 2
_FLOAT = np.dtype(np.float64)


def neighbours_column(axes: tuple[int, ...]) -> int:
    """Column of the first neighbour among the int32."""
    return 0 * len(axes)


def hyperplanes_column(axes: tuple[int, ...]) -> int:
    """Column of the first hyperplane among the int32."""
    return 2 * len(axes)


def births_column(axes: tuple[int, ...]) -> int:
    """Column of the first end of the edge on which a vertex was born among the int32."""
    return 3 * len(axes)


def points_column(axes: tuple[int, ...]) -> int:
    """Column of the first coordinate among the float64; slack and flatness follow."""
    return (3 * len(axes) + 3) // 2


def words_column(axes: tuple[int, ...]) -> int:
    """Column of the first word."""
    return (3 * len(axes) + 3) // 2 + 2 * len(axes) + 1


def bits_of_slots(axes: tuple[int, ...]) -> int:
    """How many bits a slot takes: a half-edge is named (vertex << bits) | slot."""
    return 1 + (len(axes) > 1) + (len(axes) > 2) + (len(axes) > 4)


#: the same, for kernels
neighbours_at = inlined(neighbours_column)
hyperplanes_at = inlined(hyperplanes_column)
births_at = inlined(births_column)
words_at = inlined(words_column)
slot_bits = inlined(bits_of_slots)


class VertexRows:
    """Growing rows of vertices, with views of their parts."""

    def __init__(self, dim: int, num_words: int) -> None:
        self.dim = dim
        self._axes = (0,) * dim
        self._num_words = num_words
        width = words_column(self._axes) + num_words
        self._width = -(-width // _LINE) * _LINE
        self._storage = np.empty((_MORE, self._width))
        self._rows = self._storage[:0]
        self._skip = 0
        self.size = 0

    @property
    def capacity(self) -> int:
        """How many rows there is room for."""
        return len(self._rows)

    def reserve(self, num: int) -> None:
        """Room for so many rows in all."""
        if num <= self.capacity:
            return
        needed = num + _MORE
        self._move(take(roomy(needed, self._storage), needed, (self._width,), _FLOAT))

    def _move(self, storage: np.ndarray) -> None:
        """Go to other memory, and there to the beginning of a cache line."""
        flat = storage.reshape(-1)
        skip = (-flat.ctypes.data // 8) % _LINE
        rows = flat[skip : skip + (len(storage) - _MORE) * self._width].reshape(-1, self._width)
        rows[: self.size] = self._rows[: self.size]
        self._storage, self._rows, self._skip = storage, rows, skip

    def chosen(self, vertices: np.ndarray) -> VertexRows:
        """A copy of some rows, by their numbers."""
        rows = VertexRows(self.dim, self._num_words)
        rows.reserve(len(vertices))
        rows.size = len(vertices)
        rows._rows[: rows.size] = self._rows[vertices]
        return rows

    def compact(self) -> None:
        """Give storage up that is mostly unused; less is not worth a copy in fresh memory."""
        if 4 * self.size < self.capacity:
            self._move(take_closely(self.size + _MORE, (self._width,), _FLOAT))

    def __getstate__(self) -> dict[str, Any]:
        # The rows in use; cache lines no longer matter, since nothing is cut any more.
        storage = np.zeros((self.size + _MORE, self._width))
        storage[: self.size] = self._rows[: self.size]
        return {**vars(self), "_storage": storage, "_rows": storage[: self.size], "_skip": 0}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._rows = self._storage[: self.size]

    # All rows there is room for, as the kernels want them -----------------------------------------

    @property
    def all_floats(self) -> np.ndarray:
        """From the coordinates on: a view that begins there, so that they are column 0."""
        start, num = self._skip + points_column(self._axes), self._rows.size
        return self._storage.reshape(-1)[start : start + num].reshape(self._rows.shape)

    @property
    def all_ints(self) -> np.ndarray:
        return self._rows.view(np.int32)

    @property
    def all_words(self) -> np.ndarray:
        return self._rows.view(np.uint64)

    # Parts of the rows in use ---------------------------------------------------------------------

    @property
    def points(self) -> np.ndarray:
        """Coordinates (vertices, d)."""
        return self._floats(0, self.dim)

    @property
    def slack(self) -> np.ndarray:
        """How far each vertex may be from its exact place (vertices,)."""
        return self._floats(self.dim, 1)[:, 0]

    @property
    def flatness(self) -> np.ndarray:
        """Upper bounds of 1 / slope (vertices, d), see cutting_kernels.py."""
        return self._floats(self.dim + 1, self.dim)

    def _floats(self, start: int, width: int) -> np.ndarray:
        return self.all_floats[: self.size, start : start + width]

    def _ints(self, start: int, width: int) -> np.ndarray:
        return self.all_ints[: self.size, start : start + width]

    @property
    def neighbours(self) -> np.ndarray:
        """The half-edges at the other ends (vertices, 2 d)."""
        return self._ints(neighbours_column(self._axes), 2 * self.dim)

    @property
    def hyperplanes(self) -> np.ndarray:
        """Hyperplanes (vertices, d)."""
        return self._ints(hyperplanes_column(self._axes), self.dim)

    @property
    def births(self) -> np.ndarray:
        """The ends of the edge on which each vertex was born (vertices, 2); -1 for corners."""
        return self._ints(births_column(self._axes), 2)

    @property
    def words(self) -> np.ndarray:
        """Bits of the hyperplanes that a vertex lies above (vertices, words)."""
        start = words_column(self._axes)
        return self.all_words[: self.size, start : start + self._num_words]
