"""A skeleton as two halves, which two threads can cut at once, and the whole again.

A hyperplane of the first layer that has cut is straight, and no later one cuts it away: both of its
sides are polytopes, cut into cells as the whole is, and later layers cut them independently.  The
vertices on the hyperplane belong to both halves, where its other side is outside.  Both halves find
the same vertices there, as signs are exact; they are told to be the same by the hyperplanes that
they lie on and the bits of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linreg_lib.errors import BrokenInvariantError
from linreg_lib.geometry.cutting.compiled import half_kernels
from linreg_lib.geometry.cutting.compiled.skeleton import Columns
from linreg_lib.geometry.cutting.compiled.vertex_rows import VertexRows, bits_of_slots

#: a half smaller than this share of the vertices is not worth a thread
_LEAST_SHARE = 0.1
#: about so many vertices are looked at to find where to halve
_NUM_SEEN = 2048
#: odd factors that mix the words of a vertex into one
_MIX = np.random.default_rng(7).integers(1 << 62, size=256, dtype=np.uint64) * np.uint64(2) + 1


@dataclass(frozen=True, kw_only=True)
class Half:
    """The vertices on one side of a hyperplane, and on it.

    ``old`` are their numbers in the whole, in order; later vertices follow.  ``side`` is 1 above
    the hyperplane, 0 below.
    """

    hyperplane: int
    side: int
    old: np.ndarray
    rows: VertexRows
    up: np.ndarray


def halving_hyperplane(
    rows: VertexRows, columns: Columns, pieces: Callable[[np.ndarray], np.ndarray]
) -> int | None:
    """Of the first layer's hyperplanes the one that leaves the later ones most to do on each side.

    ``pieces`` gives those of the next layer at coordinates.  What there is to do is estimated from
    some vertices and an edge of each.  None, if no hyperplane leaves enough on both sides.
    """
    first, end = (int(at) for at in columns.base[:2])
    vertices = np.arange(0, rows.size, 1 + rows.size // _NUM_SEEN)
    codes = rows.neighbours[vertices]
    there = codes.max(axis=1) >> bits_of_slots((0,) * rows.dim)
    is_other = pieces(rows.points[vertices]) != pieces(rows.points[there])
    work = 1.0 + np.count_nonzero(is_other, axis=1)
    words = rows.words[vertices]
    above = np.array(
        [work @ (words[:, columns.word_of[h]] & columns.bit_of[h] != 0) for h in range(first, end)]
    )
    at = rows.hyperplanes[vertices]
    total = np.repeat(work, rows.dim)
    own = np.bincount(at.ravel(), total, minlength=end)[first:end]
    smaller = np.minimum(above, work.sum() - above - own)
    if not smaller.size or smaller.max() < _LEAST_SHARE * work.sum():
        return None
    return first + int(smaller.argmax())


def split(rows: VertexRows, up: np.ndarray, columns: Columns, hyperplane: int) -> tuple[Half, Half]:
    """The half below the hyperplane and the one above."""
    is_above = rows.words[:, columns.word_of[hyperplane]] & columns.bit_of[hyperplane] != 0
    lies_on = (rows.hyperplanes == hyperplane).any(axis=1)
    below = _half(rows, up, hyperplane, 0, np.flatnonzero(~is_above))
    return below, _half(rows, up, hyperplane, 1, np.flatnonzero(is_above | lies_on))


def _half(rows: VertexRows, up: np.ndarray, hyperplane: int, side: int, old: np.ndarray) -> Half:
    number = np.full(rows.size, -1, dtype=np.int32)
    number[old] = np.arange(len(old), dtype=np.int32)
    half, up = rows.chosen(old), up[old]
    shift = bits_of_slots((0,) * rows.dim)
    codes = half.neighbours
    renamed = (number[codes >> shift] << shift) | (codes & ((1 << shift) - 1))
    codes[:] = np.where(codes >= 0, renamed, codes)
    vertex, axis = np.nonzero(half.hyperplanes == hyperplane)
    outside = 2 * axis + 1 - side
    codes[vertex, outside] = -1
    up[vertex] &= ~(1 << outside).astype(up.dtype)
    return Half(hyperplane=hyperplane, side=side, old=old, rows=half, up=up)


class Whole:
    """Where the vertices of two halves, each with its ``up``, go in the whole.

    First those that were there before, then the lower half's and then the upper half's new ones,
    without those on the hyperplane, which the lower half has.
    """

    def __init__(self, num_old: int, below: Half, above: Half, num_words: int) -> None:
        self.halves = (below, above)
        num_lower, num_upper = below.rows.size, above.rows.size
        lower = np.arange(num_old - len(below.old), num_old - len(below.old) + num_lower)
        lower[: len(below.old)] = below.old
        end = num_old + num_lower - len(below.old)
        on_lower, on_upper = _new_on(below), _new_on(above)
        upper, is_own = np.empty(num_upper, dtype=np.int64), np.ones(num_upper, dtype=bool)
        upper[: len(above.old)] = above.old
        is_own[: len(above.old)] = False
        is_own[on_upper] = False
        num_own = int(np.count_nonzero(is_own))
        upper[is_own] = np.arange(end, end + num_own)
        on_lower = on_lower[_order(below.rows, on_lower, num_words)]
        on_upper = on_upper[_order(above.rows, on_upper, num_words)]
        if not _are_same(below.rows, on_lower, above.rows, on_upper, num_words):
            raise BrokenInvariantError(
                "two threads disagree on the vertices between them; this is a fault of "
                "linreg_lib: please report the network and the domain, and use num_threads=1"
            )
        upper[on_upper] = lower[on_lower]
        self.size = end + num_own
        self.numbers = (lower, upper)

    def fill(self, which: int, rows: VertexRows, up: np.ndarray, half_up: np.ndarray) -> None:
        """Write one half into the rows of the whole, which have ``size``; both may at once."""
        half, numbers = self.halves[which], self.numbers[which].astype(np.int32)
        half_kernels.fill_rows(
            half.rows.all_words[: half.rows.size],
            half.rows.all_ints[: half.rows.size],
            half_up,
            numbers,
            len(half.old),
            rows.dim,
            bits_of_slots((0,) * rows.dim),
            half.hyperplane,
            half.side,
            rows.all_words[: rows.size],
            rows.all_ints[: rows.size],
            up,
        )

    def add_leaving(self, up: np.ndarray, upper_up: np.ndarray) -> None:
        """Afterwards: which edges lead upwards from the hyperplane into the upper half."""
        above, numbers = self.halves[1], self.numbers[1]
        vertex, axis = np.nonzero(above.rows.hyperplanes == above.hyperplane)
        up[numbers[vertex]] |= upper_up[vertex] & (1 << (2 * axis + 1)).astype(up.dtype)


def _new_on(half: Half) -> np.ndarray:
    """The new vertices on the hyperplane."""
    on = (half.rows.hyperplanes[len(half.old) :] == half.hyperplane).any(axis=1)
    return len(half.old) + np.flatnonzero(on)


def _keys(rows: VertexRows, chosen: np.ndarray, num_words: int) -> list[np.ndarray]:
    """What tells vertices apart, whichever half found them: one array a column."""
    hyperplanes, words = rows.hyperplanes[chosen], rows.words[chosen, :num_words]
    return [*hyperplanes.T.astype(np.uint64), *words.T]


def _are_same(
    lower: VertexRows, at_lower: np.ndarray, upper: VertexRows, at_upper: np.ndarray, num_words: int
) -> bool:
    """Whether the chosen vertices of both have the same keys, one by one."""
    if len(at_lower) != len(at_upper):
        return False
    keys = _keys(lower, at_lower, num_words), _keys(upper, at_upper, num_words)
    return all(np.array_equal(here, there) for here, there in zip(*keys, strict=True))


def _order(rows: VertexRows, chosen: np.ndarray, num_words: int) -> np.ndarray:
    """The chosen vertices in an order that depends on their keys alone."""
    keys, mixed = _keys(rows, chosen, num_words), np.zeros(len(chosen), dtype=np.uint64)
    for number, key in enumerate(keys):
        mixed = (mixed ^ (key + _MIX[number % 256])) * _MIX[(number + 128) % 256]
        mixed ^= mixed >> np.uint64(29)
    order = np.argsort(mixed)
    in_order = mixed[order]
    if (in_order[1:] == in_order[:-1]).any():
        return np.lexsort(keys)
    return order
