"""Convolution and average pooling of images as dense matrices on flattened images (C order)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]


def _taps(size: int, kernel: int, stride: int, padding: Pair, dilation: int) -> NDArray[np.int64]:
    """Input index of each (output, tap) along one axis, -1 in the padding; (num_out, kernel)."""
    num_out = (size + sum(padding) - dilation * (kernel - 1) - 1) // stride + 1
    starts = np.arange(max(num_out, 0), dtype=np.int64)[:, None] * stride - padding[0]
    index = starts + dilation * np.arange(kernel, dtype=np.int64)
    return np.where((index >= 0) & (index < size), index, -1)


def _require_outputs(label: str, height: int, width: int, kernel: Pair) -> None:
    if height == 0 or width == 0:
        raise ValueError(f"{label}: its window {kernel} is larger than the padded image")


def conv_matrix(
    weight: NDArray[np.float64],
    images: tuple[int, int, int],
    *,
    label: str,
    stride: Pair,
    padding: tuple[Pair, ...],
    dilation: Pair,
    groups: int,
) -> tuple[NDArray[np.float64], Pair]:
    """The matrix of a 2d convolution (torch's: a cross-correlation) and its output's size.

    ``weight`` (out_channels, in_channels / groups, kernel_h, kernel_w); ``padding`` is before and
    after, for each axis. Weights are copied to their places, so nothing is rounded: two taps of one
    output never meet the same input.

    >>> conv_matrix(np.ones((1, 1, 1, 2)), (1, 1, 3), label="", stride=(1, 1),
    ...             padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1)[0].tolist()
    [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    """
    num_out, per_group, *kernel = weight.shape
    channels, height, width = images
    rows = _taps(height, kernel[0], stride[0], padding[0], dilation[0])
    columns = _taps(width, kernel[1], stride[1], padding[1], dilation[1])
    _require_outputs(label, len(rows), len(columns), (kernel[0], kernel[1]))
    matrix = np.zeros((num_out, len(rows), len(columns), channels, height, width))
    first_channel = np.arange(num_out) // (num_out // groups) * per_group
    for i, j in np.ndindex(kernel[0], kernel[1]):
        y, x = np.flatnonzero(rows[:, i] >= 0), np.flatnonzero(columns[:, j] >= 0)
        for k in range(per_group):
            out = np.arange(num_out)[:, None, None]
            source = (first_channel + k)[:, None, None], rows[y, i][:, None], columns[x, j]
            matrix[(out, y[:, None], x, *source)] = weight[:, k, i, j][:, None, None]
    flat = matrix.reshape(num_out * len(rows) * len(columns), -1)
    return flat, (len(rows), len(columns))


def avg_pool_matrix(
    images: tuple[int, int, int],
    *,
    label: str,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    count_include_pad: bool,
    divisor: int | None,
) -> tuple[NDArray[np.float64], Pair]:
    """The matrix of average pooling and its output's size.

    Entries are 1 / (number of pixels averaged), rounded unless that number is a power of two.
    """
    channels, height, width = images
    rows = _taps(height, kernel[0], stride[0], (padding[0], padding[0]), 1)
    columns = _taps(width, kernel[1], stride[1], (padding[1], padding[1]), 1)
    _require_outputs(label, len(rows), len(columns), kernel)
    one = np.zeros((len(rows), len(columns), height, width))
    for i, j in np.ndindex(*kernel):
        y, x = np.flatnonzero(rows[:, i] >= 0), np.flatnonzero(columns[:, j] >= 0)
        one[y[:, None], x, rows[y, i][:, None], columns[x, j]] = 1.0
    if divisor is not None:
        one /= divisor
    elif count_include_pad:
        one /= kernel[0] * kernel[1]
    else:
        one /= one.sum(axis=(2, 3), keepdims=True)
    matrix = np.kron(np.eye(channels), one.reshape(len(rows) * len(columns), height * width))
    return np.asarray(matrix, dtype=np.float64), (len(rows), len(columns))
