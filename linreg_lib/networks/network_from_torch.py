"""Networks from torch modules, as a function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linreg_lib.networks.from_torch.module import layers_from_torch
from linreg_lib.networks.network import Network
from linreg_lib.networks.same_help import give_help


def network_from_torch(module: Any, input_shape: int | Sequence[int] | None = None) -> Network:
    """The network that a torch module computes in evaluation mode, as dense float64 layers.

    Args:
        module: a torch module: ``Linear``, ``Conv2d`` (zero padding), ``AvgPool2d``, ``Flatten``,
            ``BatchNorm1d``, ``BatchNorm2d``, ``ReLU``, ``LeakyReLU``, ``Hardtanh``, ``ReLU6``,
            ``Dropout`` and its variants and ``Identity`` (dropped), or a ``Sequential`` of these,
            nested ones included. Exactly these classes: a subclass may compute something else.
        input_shape: the shape of one input without the batch axis, for instance ``(1, 28, 28)``.
            Needed when the first layer is not ``Linear`` or ``BatchNorm1d`` (after ``Flatten``).

    The network takes inputs flattened in C order, as ``torch.flatten`` does, and gives flattened
    outputs. A trailing activation gets an identity output layer; a module without activations
    becomes a network without hidden layers.

    What is exact: numbers of float16, bfloat16, float32 and float64 convert without rounding, and a
    single Linear, Conv2d or AvgPool2d with a power of two of entries becomes a layer without
    arithmetic. What rounds, in float64: affine layers that follow each other are multiplied into
    one, and BatchNorm is folded (running statistics, as in evaluation mode; a warning says so if
    the layer is in training mode). The network is then a very close one, not the same.

    Raises:
        TypeError: if ``module`` is no torch module, or has complex or quantised numbers.
        UnsupportedLayerError: (a ValueError) for a layer that is not in the list, named as in
            ``module.named_modules()``.
        ValueError: if ``input_shape`` is needed but missing, or does not fit; for NaN or infinite
            numbers.
        ImportError: torch is not installed.
    """
    weights, biases, activations = layers_from_torch(module, input_shape)
    return Network.from_arrays(weights, biases, activation=activations)


give_help(Network, "from_torch", network_from_torch)
