"""ONNX operators that look through windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.graph.tensors import GraphMaker, Tensor
from linreg_lib.networks.graph.windows import Padding, convolution, taps, windows
from linreg_lib.networks.unsupported import UnsupportedLayerError


@dataclass(frozen=True, kw_only=True)
class Window:
    """The attributes that convolutions and pooling have in common, as ONNX calls them."""

    kernel_shape: Sequence[int]
    strides: Sequence[int] | None = None
    pads: Sequence[int] | None = None
    dilations: Sequence[int] | None = None
    auto_pad: str = "NOTSET"
    ceil_mode: int = 0

    @classmethod
    def of(cls, kernel: NDArray[np.float64], **attributes: Any) -> Window:
        """That of a convolution, whose weights (out, in, ...kernel) have its size as well."""
        given = attributes.setdefault("kernel_shape", kernel.shape[2:])
        if list(given) != list(kernel.shape[2:]):
            raise ValueError(f"has kernel_shape {list(given)}, but weights {kernel.shape}")
        return cls(**attributes)

    @property
    def steps(self) -> Sequence[int]:
        """The strides."""
        return [1] * len(self.kernel_shape) if self.strides is None else self.strides

    @property
    def holes(self) -> Sequence[int]:
        """The dilations."""
        return [1] * len(self.kernel_shape) if self.dilations is None else self.dilations

    def padding(self, sizes: Sequence[int]) -> list[Padding]:
        """Before and after each axis of images of ``sizes``."""
        num = len(self.kernel_shape)
        if self.auto_pad in ("NOTSET", ""):
            flat = [0] * (2 * num) if self.pads is None else [int(each) for each in self.pads]
            return list(zip(flat[:num], flat[num:], strict=True))
        if self.auto_pad == "VALID":
            return [(0, 0)] * num
        found = []
        for size, k, s, d in zip(sizes, self.kernel_shape, self.steps, self.holes, strict=True):
            total = max((-(-size // s) - 1) * s + d * (k - 1) + 1 - size, 0)
            less, more = total // 2, total - total // 2
            found.append((less, more) if self.auto_pad == "SAME_UPPER" else (more, less))
        return found

    def axes(self, x: Tensor) -> list[NDArray[np.int64]]:
        """The taps along each axis of ``x`` (images, channels, ...sizes)."""
        sizes, num = x.shape[2:], len(self.kernel_shape)
        if len(sizes) != num:
            raise ValueError(f"takes images of {num} axes, but gets shape {x.shape}")
        each = zip(
            sizes, self.kernel_shape, self.steps, self.padding(sizes), self.holes, strict=True
        )
        axes = [taps(*one, bool(self.ceil_mode)) for one in each]
        if not all(len(axis) for axis in axes):
            raise ValueError(
                f"has a window {tuple(self.kernel_shape)} larger than the padded image"
            )
        return axes

    def pool_axes(self, x: Tensor) -> list[NDArray[np.int64]]:
        """The same for pooling."""
        if self.auto_pad.startswith("SAME") and any(each != 1 for each in self.holes):
            raise UnsupportedLayerError(
                "has auto_pad and dilations, which programs understand differently; give pads"
            )
        return self.axes(x)


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

    def _kernel(self, x: Tensor, weight: Any, axis: int, group: int) -> NDArray[np.float64]:
        """Weights whose ``axis`` has the channels of ``x``."""
        kernel = self.numbers(weight)
        if len(x.shape) != kernel.ndim or x.shape[1] != kernel.shape[axis] * group:
            raise ValueError(f"has weights {kernel.shape}, which do not fit {x.shape}")
        return kernel

    def read_Conv(
        self, x: Tensor, weight: Any, bias: Any = None, group: int = 1, **window: Any
    ) -> Tensor:
        kernel = self._kernel(x, weight, 1, group)
        offsets = None if bias is None else self.numbers(bias)
        axes = Window.of(kernel, **window).axes(x)
        return self.maker.convolved(x, kernel, offsets, axes, group)

    def read_ConvTranspose(
        self,
        x: Tensor,
        weight: Any,
        bias: Any = None,
        group: int = 1,
        output_padding: Any = None,
        output_shape: Any = None,
        **window: Any,
    ) -> Tensor:
        """The transposed matrix of a convolution from the output to the input."""
        kernel = self._kernel(x, weight, 0, 1)
        own = Window.of(kernel, **window)
        if own.auto_pad not in ("NOTSET", "", "VALID") or output_shape is not None:
            raise UnsupportedLayerError("has auto_pad or output_shape, which are not known")
        extra = [0] * (kernel.ndim - 2) if output_padding is None else output_padding
        padding = own.padding(x.shape[2:])
        rest = list(zip(kernel.shape[2:], own.steps, padding, own.holes, strict=True))
        sizes = [
            s * (size - 1) + more + d * (k - 1) + 1 - sum(p)
            for size, more, (k, s, p, d) in zip(x.shape[2:], extra, rest, strict=True)
        ]
        axes = [
            taps(there, *each)[:size]
            for size, there, each in zip(x.shape[2:], sizes, rest, strict=True)
        ]
        forward = convolution(kernel, windows(axes, sizes), math.prod(sizes), group)
        offsets = None if bias is None else np.repeat(self.numbers(bias), math.prod(sizes))
        shape = (kernel.shape[1] * group, *sizes)
        return self.maker.mapped_images(x, sparse.csr_array(forward.T), offsets, shape)

    def read_MaxPool(self, x: Tensor, storage_order: int = 0, **window: Any) -> Tensor:
        return self.maker.pooled(x, Window(**window).pool_axes(x))

    def read_AveragePool(self, x: Tensor, count_include_pad: int = 0, **window: Any) -> Tensor:
        own = Window(**window)
        if own.ceil_mode:
            raise UnsupportedLayerError("has ceil_mode, which is not supported")
        axes = own.pool_axes(x)
        counts = None
        if count_include_pad:
            num_windows = math.prod(len(axis) for axis in axes)
            counts = np.full(num_windows, float(math.prod(own.kernel_shape)))
        return self.maker.averaged(x, axes, counts)

    def _everything(self, x: Tensor) -> list[NDArray[np.int64]]:
        return [np.arange(size)[None] for size in x.shape[2:]]

    def read_GlobalAveragePool(self, x: Tensor) -> Tensor:
        return self.maker.averaged(x, self._everything(x))

    def read_GlobalMaxPool(self, x: Tensor) -> Tensor:
        return self.maker.pooled(x, self._everything(x))
