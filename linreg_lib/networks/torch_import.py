"""Networks from torch modules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.arguments import checked_count, checked_counts
from linreg_lib.networks.network import Network
from linreg_lib.networks.torch_layers import (
    TorchLayer,
    layer_of,
    require_supported,
)
from linreg_lib.networks.torch_refusals import UnsupportedLayerError, label_of, require_plain


def network_from_torch(module: Any, input_shape: int | Sequence[int] | None = None) -> Network:
    """The network that a torch module computes in evaluation mode, as dense float64 layers.

    Parameters
    ----------
    module : a torch module: ``Linear``, ``Conv2d`` (zero padding), ``AvgPool2d``, ``Flatten``,
        ``BatchNorm1d``, ``BatchNorm2d``, ``ReLU``, ``LeakyReLU``, ``Hardtanh``, ``ReLU6``,
        ``Dropout`` and its variants and ``Identity`` (dropped), or a ``Sequential`` of these,
        nested ones included. Exactly these classes: a subclass may compute something else.
    input_shape : the shape of one input without the batch axis, for instance ``(1, 28, 28)``.
        Needed when the first layer is not ``Linear`` or ``BatchNorm1d`` (after ``Flatten``).

    The network takes inputs flattened in C order, as ``torch.flatten`` does, and gives flattened
    outputs. A trailing activation gets an identity output layer; a module without activations
    becomes a network without hidden layers.

    What is exact: numbers of float16, bfloat16, float32 and float64 convert without rounding, and a
    single Linear, Conv2d or AvgPool2d with a power of two of entries becomes a layer without
    arithmetic. What rounds, in float64: affine layers that follow each other are multiplied into
    one, and BatchNorm is folded (running statistics, as in evaluation mode; a warning says so if
    the layer is in training mode). The network is then a very close one, not the same.

    Raises
    ------
    TypeError
        If ``module`` is no torch module, or has complex or quantised numbers.
    UnsupportedLayerError (a ValueError)
        For a layer that is not in the list, named as in ``module.named_modules()``.
    ValueError
        If ``input_shape`` is needed but missing, or does not fit; for NaN or infinite numbers.
    """
    _require_module(module)
    shape = None if input_shape is None else _checked_shape(input_shape)
    leaves = _leaves(module, "")
    for name, leaf in leaves:
        require_supported(name, leaf)  # before any complaint about shapes
    return _Assembly(shape).network(leaves)


class _Assembly:
    """Collects layers; affine maps wait in ``pending`` until an activation or the end comes."""

    def __init__(self, shape: tuple[int, ...] | None) -> None:
        self.shape = shape
        self.pending: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self.weights: list[NDArray[np.float64]] = []
        self.biases: list[NDArray[np.float64]] = []
        self.activations: list[PiecewiseLinear] = []

    def network(self, leaves: list[tuple[str, Any]]) -> Network:
        for name, module in leaves:
            layer = layer_of(name, module, self.shape)
            self._add(layer, name)
        self._close_layer("the module's end")
        return Network.from_arrays(self.weights, self.biases, activation=self.activations)

    def _add(self, layer: TorchLayer, name: str) -> None:
        if layer.affine is not None:
            self._compose(*layer.affine)
        self.shape = layer.output_shape
        if layer.activation is not None:
            self._close_layer(name)
            self.activations.append(layer.activation)

    def _compose(self, weight: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        if self.pending is not None:
            first_weight, first_bias = self.pending
            weight, bias = weight @ first_weight, weight @ first_bias + bias
        self.pending = (weight, bias)

    def _close_layer(self, name: str) -> None:
        if self.pending is None:
            if self.shape is None:
                raise ValueError(
                    f"the number of inputs is not known at {name}, with no Linear before it; "
                    "pass input_shape, the shape of one input without the batch axis"
                )
            width = math.prod(self.shape)
            self.pending = (np.eye(width), np.zeros(width))
        weight, bias = self.pending
        self.weights.append(weight)
        self.biases.append(bias)
        self.pending = None


def _require_module(module: Any) -> None:
    from torch import nn

    if not isinstance(module, nn.Module):
        is_class = isinstance(module, type)
        given = f"the class {module.__name__}" if is_class else type(module).__name__
        raise TypeError(
            f"module must be a torch.nn.Module, got {given}; pass the module itself, such as "
            "nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))"
        )


def _checked_shape(input_shape: int | Sequence[int]) -> tuple[int, ...]:
    if isinstance(input_shape, Iterable):
        return tuple(checked_counts("input_shape", input_shape))
    return (checked_count("input_shape", input_shape),)


def _leaves(module: Any, name: str) -> list[tuple[str, Any]]:
    """Qualified name and module of the layers in order, Sequentials opened, repeats kept."""
    from torch import nn

    if not isinstance(module, nn.Sequential):
        return [(name, module)]
    kind = type(module)
    if (kind.forward, kind.__iter__, kind.__call__) != (
        nn.Sequential.forward,
        nn.Sequential.__iter__,
        nn.Sequential.__call__,
    ):
        raise UnsupportedLayerError(
            f"{label_of(name, module)} is a Sequential with a forward of its own; "
            "only a plain Sequential is a chain of its layers"
        )
    require_plain(name, module)
    leaves = []
    # Not named_children(): it leaves out a module that occurs a second time.
    for child_name, child in module._modules.items():
        leaves += _leaves(child, f"{name}.{child_name}" if name else child_name)
    return leaves
