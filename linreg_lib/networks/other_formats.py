"""Networks as other programs have them: torch modules, ONNX files, .nnet files."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from linreg_lib.networks.graph.arrays import NetworkArrays


class OtherFormats:
    """How a ``Network`` is made from what other programs have."""

    @classmethod
    def from_torch(cls, module: Any, input_shape: int | Sequence[int] | None = None) -> Self:
        """The network that a torch module computes in evaluation mode, as dense float64 layers.

        The module's own forward is run once, on a tensor without numbers that records how it is
        used: so any ``nn.Module`` can be read, nested ones, residual sums, concatenations,
        functions of ``torch`` and ``torch.nn.functional``, pruned and normalised weights, hooks.

        Args:
            module: the module. It may use linear layers, convolution, average and max pooling (also
                adaptive), BatchNorm, dropout, ReLU, LeakyReLU, PReLU, Hardtanh, ReLU6, Hardsigmoid,
                Threshold, Softshrink, abs, clamp, maxima and minima, sums, products with numbers,
                and whatever moves entries (reshape, cat, padding, ...).
            input_shape: the shape of one input without the batch axis, for instance
                ``(1, 28, 28)``. None: as many inputs as a ``Linear`` or ``BatchNorm1d`` of the
                module takes, the first with which the module runs.

        The network is the module on a batch of one: it takes inputs flattened in C order, as
        ``torch.flatten`` does, and gives outputs flattened. Units stand in the first layer that can
        hold them. Values that a later layer needs are carried by units ``identity()``, which cut
        nothing, as few of them as possible. A maximum is a tournament of ReLU units, listed in
        ``max_units``; it compares values exactly as they are, so values that come out of an affine
        map become units ``identity()`` first. A trailing activation gets an identity output layer.
        Units that do not reach the output through any value are left out.

        What is exact: numbers of float16, bfloat16, float32 and float64 convert without rounding,
        and one affine map before an activation becomes a layer without arithmetic. What rounds:
        affine maps that follow each other (also BatchNorm, sums, averages) are multiplied exactly
        into one, and each weight and bias is then rounded to the nearest float64; besides, 1/n in
        averages and divisions, and BatchNorm's weight / sqrt(running_var + eps) are floats. The
        network is then a very close one, not the same. Products of more than 8 million summands
        are not formed: units ``identity()`` stand between.

        Raises:
            TypeError: if ``module`` is no torch module, or has complex or quantised numbers.
            UnsupportedLayerError: (a ValueError) for what is not piecewise linear, jumps, is random
                or depends on other inputs of the batch, named as in ``module.named_modules()``; for
                a forward that decides by values of its input.
            ValueError: if ``input_shape`` is needed but missing, or does not fit; for NaN or
                infinite numbers; if the dense weights would take more than 4 GiB.

        A residual block:

        >>> import torch
        >>> class Block(torch.nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.inner = torch.nn.Linear(2, 3)
        ...         self.outer = torch.nn.Linear(3, 2)
        ...     def forward(self, x):
        ...         return x + self.outer(torch.relu(self.inner(x)))
        >>> from linreg_lib.networks import Network
        >>> net = Network.from_torch(Block())
        >>> net.hidden_widths, net.activations
        ((5,), (MixedActivation(3 x relu(), 2 x identity()),))
        """
        from linreg_lib.networks.from_torch.module import arrays_from_torch

        return cls._of(arrays_from_torch(module, input_shape))

    @classmethod
    def _of(cls, arrays: NetworkArrays) -> Self:
        made: Any = cls
        network: Self = made.from_arrays(
            arrays.weights, arrays.biases, arrays.activation, max_units=arrays.max_units
        )
        return network
