"""The layers of a torch module, one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.extras import needs_extra
from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.arguments import checked_count, checked_counts
from linreg_lib.networks.from_torch.layer import (
    TorchLayer,
    layer_of,
    require_supported,
)
from linreg_lib.networks.from_torch.refusals import UnsupportedLayerError, label_of, require_plain


def layers_from_torch(
    module: Any, input_shape: int | Sequence[int] | None
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]], list[PiecewiseLinear]]:
    """Weights, biases and activations of a torch module; see ``network_from_torch``."""
    _require_module(module)
    shape = None if input_shape is None else _checked_shape(input_shape)
    leaves = _leaves(module, "")
    for name, leaf in leaves:
        require_supported(name, leaf)  # before any complaint about shapes
    assembly = _Assembly(shape)
    assembly.add_all(leaves)
    return assembly.weights, assembly.biases, assembly.activations


class _Assembly:
    """Collects layers; affine maps wait in ``pending`` until an activation or the end comes."""

    def __init__(self, shape: tuple[int, ...] | None) -> None:
        self.shape = shape
        self.pending: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self.weights: list[NDArray[np.float64]] = []
        self.biases: list[NDArray[np.float64]] = []
        self.activations: list[PiecewiseLinear] = []

    def add_all(self, leaves: list[tuple[str, Any]]) -> None:
        for name, module in leaves:
            layer = layer_of(name, module, self.shape)
            self._add(layer, name)
        self._close_layer("the module's end")

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
    with needs_extra("a network from torch"):
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
