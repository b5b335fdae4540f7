"""Windows that slide over images: where each of their taps lies, for convolution and pooling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

#: before and after, on one axis
Padding: TypeAlias = tuple[int, int]


def taps(
    size: int, kernel: int, stride: int, padding: Padding, dilation: int, ceil_mode: bool = False
) -> NDArray[np.int64]:
    """Index of each tap of each window along one axis, (windows, kernel), -1 in the padding.

    ``ceil_mode``: a last window may reach beyond the end, if it begins inside.

    >>> taps(4, 2, 2, (1, 1), 1).tolist()
    [[-1, 0], [1, 2], [3, -1]]
    """
    room = size + sum(padding) - dilation * (kernel - 1) - 1
    num = room // stride + 1
    if ceil_mode:
        num = -(-room // stride) + 1
        if (num - 1) * stride >= size + padding[0]:
            num -= 1
    starts = np.arange(max(num, 0), dtype=np.int64)[:, None] * stride - padding[0]
    index = starts + dilation * np.arange(kernel, dtype=np.int64)
    return np.where((index >= 0) & (index < size), index, -1)


def adaptive_taps(size: int, num: int) -> NDArray[np.int64]:
    """The same for ``num`` windows that share an axis out, from floor(i s/n) to ceil((i+1) s/n).

    >>> adaptive_taps(5, 2).tolist()
    [[0, 1, 2], [2, 3, 4]]
    """
    starts = [i * size // num for i in range(num)]
    ends = [-(-(i + 1) * size // num) for i in range(num)]
    longest = max(end - start for start, end in zip(starts, ends, strict=True))
    index = np.array(starts)[:, None] + np.arange(longest)
    return np.where(index < np.array(ends)[:, None], index, -1)


def windows(axes: Sequence[NDArray[np.int64]], sizes: Sequence[int]) -> NDArray[np.int64]:
    """Flat index (C order) of each tap of each window of an image, (windows, taps), -1 for none.

    ``axes``: the taps along each axis, of ``sizes``.

    >>> windows([np.array([[0, 1]]), np.array([[0], [2]])], (2, 3)).tolist()
    [[0, 3], [2, 5]]
    """
    num = len(axes)
    flat = np.zeros((1,) * (2 * num), dtype=np.int64)
    inside = np.ones((1,) * (2 * num), dtype=bool)
    for axis, index in enumerate(axes):
        shape = [1] * (2 * num)
        shape[axis], shape[num + axis] = index.shape
        placed = index.reshape(shape)
        flat = flat * sizes[axis] + np.maximum(placed, 0)
        inside = inside & (placed >= 0)
    flat = np.where(inside, flat, -1)
    return flat.reshape(math.prod(flat.shape[:num]), -1)


def convolution(
    weight: NDArray[np.float64], places: NDArray[np.int64], size: int, groups: int
) -> sparse.csr_array:
    """The matrix of a convolution (a cross-correlation, as everywhere) of flattened images.

    ``weight`` (channels out, channels in of a group, ...kernel); ``places``: ``windows`` of one
    channel of ``size`` pixels. Weights are copied to their places, so nothing is rounded: two taps
    of one window never meet the same pixel.

    >>> places = windows([taps(3, 2, 1, (0, 0), 1)], (3,))
    >>> convolution(np.array([[[1.0, 2.0]]]), places, 3, 1).toarray().tolist()
    [[1.0, 2.0, 0.0], [0.0, 1.0, 2.0]]
    """
    num_out, per_group = weight.shape[:2]
    kernel = weight.reshape(num_out, per_group, 1, -1)
    num_windows, num_taps = places.shape
    shape = (num_out, per_group, num_windows, num_taps)
    first = np.arange(num_out) // (num_out // groups) * per_group
    channel = first[:, None] + np.arange(per_group)
    columns = np.broadcast_to(channel[:, :, None, None] * size + places, shape)
    rows = np.arange(num_out)[:, None, None, None] * num_windows + np.arange(num_windows)[:, None]
    there = np.broadcast_to(places >= 0, shape) & (kernel != 0)
    values = np.broadcast_to(kernel, shape)[there]
    matrix_shape = (num_out * num_windows, per_group * groups * size)
    where = (np.broadcast_to(rows, shape)[there], columns[there])
    return sparse.csr_array((values, where), shape=matrix_shape)


def averages(
    places: NDArray[np.int64], size: int, channels: int, counts: NDArray[np.float64]
) -> sparse.csr_array:
    """The matrix that adds up each window of each channel and divides by its count.

    ``counts`` (windows,). Entries 1 / count are rounded unless the count is a power of two.
    """
    num_windows, num_taps = places.shape
    window, tap = np.nonzero(places >= 0)
    one = sparse.csr_array(
        (1.0 / counts[window], (window, places[window, tap])), shape=(num_windows, size)
    )
    return sparse.csr_array(sparse.kron(sparse.eye_array(channels), one, format="csr"))


def grouped(places: NDArray[np.int64], size: int, channels: int) -> NDArray[np.int64]:
    """The entries of each window of each channel, first those that exist, then -1."""
    order = np.argsort(places < 0, axis=1, kind="stable")
    packed = np.take_along_axis(places, order, axis=1)
    packed = packed[:, : max(int((packed >= 0).sum(axis=1).max(initial=0)), 1)]
    shifted = np.arange(channels)[:, None, None] * size + packed
    return np.where(packed >= 0, shifted, -1).reshape(-1, packed.shape[1])


def same_padding(kernel: int, dilation: int) -> Padding:
    """What keeps the size at stride 1; the odd one goes to the end.

    >>> same_padding(4, 1)
    (1, 2)
    """
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2
