"""ONNX operators that look through windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.graph.tensors import GraphMaker, Tensor
from linreg_lib.networks.graph.windows import Padding, convolution, taps, windows
from linreg_lib.networks.unsupported import UnsupportedLayerError


class Windowed:
    """Readers of convolutions and pooling; the others are in ``operators``.

    ``num_outputs``: how many outputs the node that is read has.
    """

    def __init__(self, maker: GraphMaker) -> None:
        self.maker = maker
        self.num_outputs = 1

    def numbers(self, value: Any) -> NDArray[np.float64]:
        """A constant as float64."""
        if isinstance(value, Tensor):
            raise UnsupportedLayerError("has weights that depend on the input")
        array = np.asarray(value)
        if array.dtype.kind == "V" or array.dtype.name == "bfloat16":
            array = array.astype(np.float32)
        return exact_floats("a constant", array)

    def _axes(
        self,
        x: Tensor,
        kernel: Sequence[int],
        strides: Any,
        pads: Any,
        dilations: Any,
        auto_pad: str,
        ceil_mode: int = 0,
    ) -> list[NDArray[np.int64]]:
        sizes, num = x.shape[2:], len(kernel)
        if len(sizes) != num:
            raise ValueError(f"takes images of {num} axes, but gets shape {x.shape}")
        steps = list(strides) if strides is not None else [1] * num
        holes = list(dilations) if dilations is not None else [1] * num
        padding = self._padding(sizes, kernel, steps, pads, holes, auto_pad)
        axes = [
            taps(*each, bool(ceil_mode))
            for each in zip(sizes, kernel, steps, padding, holes, strict=True)
        ]
        if not all(len(axis) for axis in axes):
            raise ValueError(f"has a window {tuple(kernel)} larger than the padded image")
        return axes

    def _padding(
        self,
        sizes: Sequence[int],
        kernel: Sequence[int],
        steps: Sequence[int],
        pads: Any,
        holes: Sequence[int],
        auto_pad: str,
    ) -> list[Padding]:
        num = len(kernel)
        if auto_pad in ("NOTSET", ""):
            flat = [0] * (2 * num) if pads is None else [int(each) for each in pads]
            return list(zip(flat[:num], flat[num:], strict=True))
        if auto_pad == "VALID":
            return [(0, 0)] * num
        found = []
        for size, k, s, d in zip(sizes, kernel, steps, holes, strict=True):
            total = max((-(-size // s) - 1) * s + d * (k - 1) + 1 - size, 0)
            less, more = total // 2, total - total // 2
            found.append((less, more) if auto_pad == "SAME_UPPER" else (more, less))
        return found

    def read_Conv(
        self,
        x: Tensor,
        weight: Any,
        bias: Any = None,
        kernel_shape: Any = None,
        strides: Any = None,
        pads: Any = None,
        dilations: Any = None,
        group: int = 1,
        auto_pad: str = "NOTSET",
    ) -> Tensor:
        kernel = self.numbers(weight)
        offsets = None if bias is None else self.numbers(bias)
        if len(x.shape) != kernel.ndim or x.shape[1] != kernel.shape[1] * group:
            raise ValueError(f"has weights {kernel.shape}, which do not fit {x.shape}")
        axes = self._axes(x, kernel.shape[2:], strides, pads, dilations, auto_pad)
        return self.maker.convolved(x, kernel, offsets, axes, group)

    def read_ConvTranspose(
        self,
        x: Tensor,
        weight: Any,
        bias: Any = None,
        kernel_shape: Any = None,
        strides: Any = None,
        pads: Any = None,
        dilations: Any = None,
        group: int = 1,
        auto_pad: str = "NOTSET",
        output_padding: Any = None,
        output_shape: Any = None,
    ) -> Tensor:
        """The transposed matrix of a convolution from the output to the input."""
        if auto_pad not in ("NOTSET", "", "VALID") or output_shape is not None:
            raise UnsupportedLayerError("has auto_pad or output_shape, which are not known")
        kernel = self.numbers(weight)
        num = kernel.ndim - 2
        steps = [1] * num if strides is None else list(strides)
        holes = [1] * num if dilations is None else list(dilations)
        extra = [0] * num if output_padding is None else list(output_padding)
        padding = self._padding(x.shape[2:], kernel.shape[2:], steps, pads, holes, "NOTSET")
        sizes = [
            s * (size - 1) + e + d * (k - 1) + 1 - sum(p)
            for size, k, s, p, d, e in zip(
                x.shape[2:], kernel.shape[2:], steps, padding, holes, extra, strict=True
            )
        ]
        axes = [
            taps(*each)[:size]
            for size, *each in zip(
                x.shape[2:], sizes, kernel.shape[2:], steps, padding, holes, strict=True
            )
        ]
        forward = convolution(kernel, windows(axes, sizes), math.prod(sizes), group)
        channels = kernel.shape[1] * group
        offsets = None if bias is None else np.repeat(self.numbers(bias), math.prod(sizes))
        return self.maker.mapped(x, sparse.csr_array(forward.T), offsets, (1, channels, *sizes))

    def read_MaxPool(
        self,
        x: Tensor,
        kernel_shape: Any,
        strides: Any = None,
        pads: Any = None,
        dilations: Any = None,
        auto_pad: str = "NOTSET",
        ceil_mode: int = 0,
        storage_order: int = 0,
    ) -> Tensor:
        axes = self._axes(x, list(kernel_shape), strides, pads, dilations, auto_pad, ceil_mode)
        return self.maker.pooled(x, axes)

    def read_AveragePool(
        self,
        x: Tensor,
        kernel_shape: Any,
        strides: Any = None,
        pads: Any = None,
        dilations: Any = None,
        auto_pad: str = "NOTSET",
        ceil_mode: int = 0,
        count_include_pad: int = 0,
    ) -> Tensor:
        if ceil_mode:
            raise UnsupportedLayerError("has ceil_mode, which is not supported")
        axes = self._axes(x, list(kernel_shape), strides, pads, dilations, auto_pad)
        counts = None
        if count_include_pad:
            num_windows = math.prod(len(axis) for axis in axes)
            counts = np.full(num_windows, float(math.prod(kernel_shape)))
        return self.maker.averaged(x, axes, counts)

    def _everything(self, x: Tensor) -> list[NDArray[np.int64]]:
        return [np.arange(size)[None] for size in x.shape[2:]]

    def read_GlobalAveragePool(self, x: Tensor) -> Tensor:
        return self.maker.averaged(x, self._everything(x))

    def read_GlobalMaxPool(self, x: Tensor) -> Tensor:
        return self.maker.pooled(x, self._everything(x))
