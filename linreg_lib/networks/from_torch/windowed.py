"""Torch's functions that look through windows, and those that drop at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.nn import functional

from linreg_lib.networks.from_torch.linear import Linear
from linreg_lib.networks.graph.tensors import Tensor
from linreg_lib.networks.graph.windows import Padding, adaptive_taps, same_padding, taps
from linreg_lib.networks.unsupported import UnsupportedLayerError


class Windowed(Linear):
    """Readers of convolutions, pooling and dropout, for ``FunctionReader``."""

    def over_windows(self, name: str) -> Callable[..., Any] | None:
        """The reader of a function that comes for 1, 2 and 3 axes; None for other names."""
        readers: dict[str, Callable[..., Any]] = {
            "conv": self._convolved,
            "conv_transpose": self._conv_transposed,
            "avg_pool": self._averaged,
            "max_pool": self._pooled,
            "adaptive_avg_pool": self._adaptive_average,
            "adaptive_max_pool": self._adaptive_maximum,
        }
        own = readers.get(name[:-2])
        return partial(own, int(name[-2])) if own and name[-2:] in ("1d", "2d", "3d") else None

    def _images(self, input: Any, num_axes: int) -> Tensor:
        """(images, channels, ...sizes); without the first axis where the module took it away.

        A first axis of length 1 is that of the batch, never one of channels.
        """
        known: Tensor = input.known
        if len(known.shape) == num_axes + 1 and known.shape[0] != 1:
            return self.maker.moved([known], lambda index: index[None])
        if len(known.shape) != num_axes + 2:
            axes = ", ".join(
                ("depth", "height", "width")[-num_axes:] if num_axes > 1 else ["length"]
            )
            raise ValueError(f"takes images (channels, {axes}), but gets shape {known.shape[1:]}")
        return known

    def _convolved(
        self,
        num_axes: int,
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Any:
        kernel = self.numbers("weight", weight)
        offsets = None if bias is None else self.numbers("bias", bias)
        image = self._images(input, num_axes)
        channels = image.shape[1]
        if kernel.ndim != num_axes + 2 or kernel.shape[1] * groups != channels:
            if groups > 1:
                raise ValueError(
                    f"has groups = {groups}, which does not fit its weight {kernel.shape} and "
                    f"{channels} channels"
                )
            raise ValueError(f"takes {kernel.shape[1] * groups} channels, but gets {channels}")
        steps, holes = _each(stride, num_axes), _each(dilation, num_axes)
        if padding == "same":
            pads = [same_padding(k, d) for k, d in zip(kernel.shape[2:], holes, strict=True)]
        elif padding == "valid":
            pads = [(0, 0)] * num_axes
        else:
            pads = [(each, each) for each in _each(padding, num_axes)]
        axes = self._taps(image, kernel.shape[2:], steps, pads, holes)
        result = self.maker.convolved(image, kernel, offsets, axes, groups)
        return self._like(input, result, num_axes)

    def _conv_transposed(
        self, num_axes: int, input: Any, weight: Any, bias: Any = None, *rest: Any, **named: Any
    ) -> Any:
        function = getattr(functional, f"conv_transpose{num_axes}d")
        result = self.by_unit_vectors(function, (input, weight, None, *rest), named)
        if bias is None:
            return result
        return self.read_add(result, self.numbers("bias", bias).reshape(-1, *[1] * num_axes))

    def _taps(
        self,
        image: Tensor,
        kernel: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[Padding],
        dilation: Sequence[int],
        ceil_mode: bool = False,
    ) -> list[NDArray[np.int64]]:
        arguments = zip(image.shape[2:], kernel, stride, padding, dilation, strict=True)
        axes = [taps(*each, ceil_mode) for each in arguments]
        if not all(len(axis) for axis in axes):
            raise ValueError(f"its window {tuple(kernel)} is larger than the padded image")
        return axes

    def _like(self, input: Any, result: Tensor, num_axes: int) -> Any:
        if len(input.known.shape) == num_axes + 1:
            result = Tensor(value=result.value, shape=result.shape[1:])
        return self.unknown(result)

    def _averaged(
        self,
        num_axes: int,
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Any:
        if ceil_mode:
            raise UnsupportedLayerError("has ceil_mode=True, which is not supported")
        image = self._images(input, num_axes)
        kernel, pads = _each(kernel_size, num_axes), _each(padding, num_axes)
        steps = kernel if stride is None or stride == [] else _each(stride, num_axes)
        padded = [(each, each) for each in pads]
        axes = self._taps(image, kernel, steps, padded, [1] * num_axes)
        counts = None
        if divisor_override is not None or count_include_pad:
            divisor = float(np.prod(kernel) if divisor_override is None else divisor_override)
            counts = np.full(int(np.prod([len(axis) for axis in axes])), divisor)
        return self._like(input, self.maker.averaged(image, axes, counts), num_axes)

    def _pooled(
        self,
        num_axes: int,
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        _refuse_indices(return_indices)
        image = self._images(input, num_axes)
        kernel = _each(kernel_size, num_axes)
        steps = kernel if stride is None or stride == [] else _each(stride, num_axes)
        padded = [(each, each) for each in _each(padding, num_axes)]
        axes = self._taps(image, kernel, steps, padded, _each(dilation, num_axes), ceil_mode)
        return self._like(input, self.maker.pooled(image, axes), num_axes)

    def _adaptive(self, image: Tensor, output_size: Any, num_axes: int) -> list[NDArray[np.int64]]:
        sizes = output_size if isinstance(output_size, (tuple, list)) else [output_size] * num_axes
        return [
            adaptive_taps(size, size if num is None else num)
            for size, num in zip(image.shape[2:], sizes, strict=True)
        ]

    def _adaptive_average(self, num_axes: int, input: Any, output_size: Any) -> Any:
        image = self._images(input, num_axes)
        axes = self._adaptive(image, output_size, num_axes)
        return self._like(input, self.maker.averaged(image, axes), num_axes)

    def _adaptive_maximum(
        self, num_axes: int, input: Any, output_size: Any, return_indices: bool = False
    ) -> Any:
        _refuse_indices(return_indices)
        image = self._images(input, num_axes)
        axes = self._adaptive(image, output_size, num_axes)
        return self._like(input, self.maker.pooled(image, axes), num_axes)

    def read_dropout(self, input: Any, p: float = 0.5, training: bool = True) -> Any:
        if training and p:
            raise UnsupportedLayerError(
                "dropout is called with training=True, so it drops at random; pass "
                "training=self.training"
            )
        return input

    read_dropout1d = read_dropout2d = read_dropout3d = read_dropout
    read_feature_dropout = read_dropout

    def read_alpha_dropout(self, input: Any, p: float = 0.5, training: bool = False) -> Any:
        return self.read_dropout(input, p, training)

    read_feature_alpha_dropout = read_alpha_dropout


def _refuse_indices(return_indices: bool) -> None:
    if return_indices:
        raise UnsupportedLayerError("return_indices=True asks which entry is largest, which jumps")


def _each(value: Any, num: int) -> list[int]:
    if isinstance(value, int):
        return [value] * num
    entries = [int(each) for each in value]
    return entries * num if len(entries) == 1 else entries
