"""What one torch layer does to a flattened vector: an affine map, an activation, or nothing."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.from_torch.convolution import avg_pool_matrix, conv_matrix
from linreg_lib.networks.from_torch.refusals import (
    UnsupportedLayerError,
    label_of,
    require_plain,
    way_out,
)
from linreg_lib.networks.named_activations import ACTIVATIONS

Shape: TypeAlias = tuple[int, ...] | None
Affine: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, kw_only=True, eq=False)
class TorchLayer:
    """An affine map (weight (n_out, n_in), bias (n_out,)), an activation, or neither."""

    output_shape: Shape
    affine: Affine | None = None
    activation: PiecewiseLinear | None = None


def layer_of(name: str, module: Any, shape: Shape) -> TorchLayer:
    """The layer that ``module``, called ``name``, is on inputs of ``shape`` (None: not known)."""
    require_supported(name, module)
    return _supported()[type(module)](label_of(name, module), module, shape)


def require_supported(name: str, module: Any) -> None:
    """Raise UnsupportedLayerError unless ``module``, called ``name``, is of a known class."""
    if type(module) not in _supported():
        raise UnsupportedLayerError(
            f"{label_of(name, module)} is not supported: {way_out(module) or _only_these()}"
        )
    require_plain(name, module)


def _only_these() -> str:
    known = ", ".join(sorted(each.__name__ for each in _supported()))
    return (
        f"only these layers are piecewise linear and known here: {known}, Sequential "
        "(subclasses may compute something else and are refused)"
    )


def _supported() -> dict[type, Callable[[str, Any, Shape], TorchLayer]]:
    from torch import nn

    dropped = (
        nn.Identity,
        nn.Dropout,
        nn.Dropout1d,
        nn.Dropout2d,
        nn.Dropout3d,
        nn.AlphaDropout,
        nn.FeatureAlphaDropout,
    )
    return {
        **dict.fromkeys(dropped, _dropped),
        nn.Flatten: _flatten,
        nn.Linear: _linear,
        nn.Conv2d: _conv2d,
        nn.AvgPool2d: _avg_pool2d,
        nn.BatchNorm1d: _batch_norm,
        nn.BatchNorm2d: _batch_norm,
        **{getattr(nn, each.torch_module): _activation for each in ACTIVATIONS.values()},
    }


def _numbers(label: str, parameter: str, tensor: Any) -> NDArray[np.float64]:
    import torch

    if tensor.dtype not in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        raise TypeError(f"{label}: {parameter} has dtype {tensor.dtype}; only real floats convert")
    values = exact_floats(f"{label}: {parameter}", tensor, finite=False)
    if not np.isfinite(values).all():
        raise ValueError(f"{label}: {parameter} has NaN or infinite entries")
    return values


def _bias(label: str, module: Any, size: int) -> NDArray[np.float64]:
    return np.zeros(size) if module.bias is None else _numbers(label, "bias", module.bias)


def _dropped(label: str, module: Any, shape: Shape) -> TorchLayer:
    return TorchLayer(output_shape=shape)


def _flatten(label: str, module: Any, shape: Shape) -> TorchLayer:
    last = -1 if shape is None else len(shape)
    if module.start_dim != 1 or module.end_dim not in (-1, last):
        raise UnsupportedLayerError(
            f"{label} flattens axes {module.start_dim} to {module.end_dim}; only 1 to -1 (all but "
            "the batch axis) is supported"
        )
    return TorchLayer(output_shape=None if shape is None else (math.prod(shape),))


def _linear(label: str, module: Any, shape: Shape) -> TorchLayer:
    if shape not in (None, (module.in_features,)):
        hint = "; put a Flatten before it" if shape and len(shape) > 1 else ""
        raise ValueError(f"{label} takes {module.in_features} features, but gets {shape}{hint}")
    weight = _numbers(label, "weight", module.weight)
    bias = _bias(label, module, module.out_features)
    return TorchLayer(output_shape=(module.out_features,), affine=(weight, bias))


def _image_shape(label: str, shape: Shape) -> tuple[int, int, int]:
    if shape is None:
        raise ValueError(
            f"{label} needs the size of its images, which is not known; pass input_shape, the "
            "shape of one input without the batch axis, for instance (1, 28, 28)"
        )
    if len(shape) != 3:
        raise ValueError(f"{label} takes images (channels, height, width), but gets shape {shape}")
    return shape[0], shape[1], shape[2]


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    return (value[0], value[0]) if len(value) == 1 else (value[0], value[1])


def _conv2d(label: str, module: Any, shape: Shape) -> TorchLayer:
    images = _image_shape(label, shape)
    if images[0] != module.in_channels:
        raise ValueError(f"{label} takes {module.in_channels} channels, but gets {images[0]}")
    if module.padding_mode != "zeros":
        raise UnsupportedLayerError(
            f"{label} has padding_mode {module.padding_mode!r}; only 'zeros' is supported"
        )
    kernel, dilation = _pair(module.kernel_size), _pair(module.dilation)
    if module.padding == "same":
        total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        padding = tuple((each // 2, each - each // 2) for each in total)
    elif module.padding == "valid":
        padding = ((0, 0), (0, 0))
    else:
        padding = tuple((each, each) for each in _pair(module.padding))
    weight = _numbers(label, "weight", module.weight)
    num_out = len(weight)
    if weight.shape[1] * module.groups != images[0] or num_out % module.groups:
        raise ValueError(
            f"{label} has groups = {module.groups}, which does not fit its weight {weight.shape} "
            f"and {images[0]} channels"
        )
    matrix, size = conv_matrix(
        weight,
        images,
        label=label,
        stride=_pair(module.stride),
        padding=padding,
        dilation=dilation,
        groups=module.groups,
    )
    bias = np.repeat(_bias(label, module, num_out), size[0] * size[1])
    return TorchLayer(output_shape=(num_out, *size), affine=(matrix, bias))


def _avg_pool2d(label: str, module: Any, shape: Shape) -> TorchLayer:
    images = _image_shape(label, shape)
    if module.ceil_mode:
        raise UnsupportedLayerError(f"{label} has ceil_mode=True, which is not supported")
    kernel = _pair(module.kernel_size)
    matrix, size = avg_pool_matrix(
        images,
        label=label,
        kernel=kernel,
        stride=kernel if module.stride is None else _pair(module.stride),
        padding=_pair(module.padding),
        count_include_pad=module.count_include_pad,
        divisor=module.divisor_override,
    )
    return TorchLayer(output_shape=(images[0], *size), affine=(matrix, np.zeros(len(matrix))))


def _batch_norm(label: str, module: Any, shape: Shape) -> TorchLayer:
    if module.running_mean is None or module.running_var is None:
        raise UnsupportedLayerError(
            f"{label} has no running statistics (track_running_stats=False), so what it computes "
            "depends on the batch"
        )
    if module.training:
        warnings.warn(
            f"{label} is in training mode; it is folded with its running statistics, as after "
            "module.eval()",
            stacklevel=6,
        )
    if shape is None:
        if "2d" in type(module).__name__:
            _image_shape(label, shape)
        shape = (module.num_features,)
    ranks = (3,) if "2d" in type(module).__name__ else (1, 2)
    if len(shape) not in ranks or shape[0] != module.num_features:
        raise ValueError(f"{label} takes {module.num_features} channels, but gets shape {shape}")
    mean = _numbers(label, "running_mean", module.running_mean)
    variance = _numbers(label, "running_var", module.running_var)
    if not (variance + module.eps > 0).all():
        raise ValueError(f"{label}: running_var has an entry below -eps, so its root is none")
    scale = 1.0 / np.sqrt(variance + module.eps)
    if module.weight is not None:
        scale = scale * _numbers(label, "weight", module.weight)
    offset = _bias(label, module, module.num_features)
    repeats = math.prod(shape[1:])
    affine = (np.diag(np.repeat(scale, repeats)), np.repeat(offset - scale * mean, repeats))
    return TorchLayer(output_shape=shape, affine=affine)


def _activation(label: str, module: Any, shape: Shape) -> TorchLayer:
    read = next(
        each.from_module
        for each in ACTIVATIONS.values()
        if each.torch_module == type(module).__name__
    )
    return TorchLayer(output_shape=shape, activation=read(label, module))
