"""Networks as other programs have them: torch modules, ONNX files, .nnet files."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

from linreg_lib.networks.arguments import checked_flag

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
        hold them. What later layers need, values or the part of a sum that is ready, is carried by
        units ``identity()``, which cut nothing, as few of them as possible, behind the others of
        their layer. A maximum is a tournament of ReLU units, listed in ``max_units``; it compares
        values exactly as they are, so values that come out of an affine map become units
        ``identity()`` first. A trailing activation gets an identity output layer. Whatever does not
        reach the output is left out.

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
    def from_onnx(
        cls,
        path: str | PathLike[str],
        input_shape: int | Sequence[int] | None = None,
        *,
        output: str | None = None,
    ) -> Self:
        """The network of an ONNX file (extra ``onnx``), as dense float64 layers.

        Args:
            path: the file. Known operators: Gemm, MatMul, Conv, ConvTranspose,
                BatchNormalization; Relu, LeakyRelu, PRelu, HardSigmoid, Clip, Abs, Shrink; Max,
                Min, MaxPool, GlobalMaxPool, ReduceMax, ReduceMin; AveragePool, GlobalAveragePool,
                ReduceMean, ReduceSum; Add, Sub, Mul, Div, Neg, Sum, Mean (products with constants
                alone); and what moves entries: Flatten, Reshape, Transpose, Concat, Split, Slice,
                Gather, Pad, Squeeze, Unsqueeze, Expand, Tile, Where, Resize (nearest),
                DepthToSpace, Identity, Dropout. Nodes of constants alone may be any.
            input_shape: the shape of one input without the batch axis; needed only where the file
                leaves more than its first axis open.
            output: the name of an output, where the file has several.

        The network takes the file's input flattened in C order, an open first axis being 1, and
        gives its output flattened. Layers, maxima and rounding are as for ``from_torch``: numbers
        are those of the file, without rounding, and a first node that normalises inputs is
        multiplied exactly into the layer behind it, each weight then rounded once.

        Raises:
            ModuleNotFoundError: without the package onnx.
            OSError, ValueError: if the file cannot be read or is none.
            UnsupportedLayerError: (a ValueError) for other operators, those that are not piecewise
                linear (a softmax at the end: leave it out), and several inputs.
        """
        from linreg_lib.networks.from_onnx.file import arrays_from_onnx

        return cls._of(arrays_from_onnx(path, input_shape, output))

    @classmethod
    def from_nnet(cls, path: str | PathLike[str], *, own_units: bool = False) -> Self:
        """The ReLU network of a .nnet text file, as collision avoidance has them.

        Args:
            path: the file.
            own_units: False: the network takes normalised inputs, (x - mean) / range, and gives
                normalised outputs. Its weights are then those of the file, without rounding, and
                boxes are those that properties of such networks are stated for. True: both
                normalisations are in its first and last layer, each number rounded once, so that
                it takes and gives values in their own units.

        Raises:
            OSError, ValueError: if the file cannot be read or is none; the message has the line.

        >>> import tempfile
        >>> from linreg_lib.networks import Network
        >>> text = "1,1,1,1,\\n1,1,\\n0,\\n0,\\n8,\\n4,1,\\n8,2,\\n3,\\n0.5,\\n"
        >>> with tempfile.NamedTemporaryFile("w", suffix=".nnet") as file:
        ...     _ = file.write(text)
        ...     file.flush()
        ...     net = Network.from_nnet(file.name)
        ...     same = Network.from_nnet(file.name, own_units=True)
        >>> net([0.5]).tolist(), same([8.0]).tolist()
        ([2.0], [5.0])
        """
        from linreg_lib.networks.graph.arrays import NetworkArrays
        from linreg_lib.networks.named_activations import relu
        from linreg_lib.networks.nnet_file import read_nnet

        file = read_nnet(path)
        folded = checked_flag("own_units", own_units)
        weights, biases = file.in_own_units() if folded else (file.weights, file.biases)
        kinds = [relu()] * (len(weights) - 1)
        return cls._of(NetworkArrays(weights=weights, biases=biases, activation=kinds))

    @classmethod
    def _of(cls, arrays: NetworkArrays) -> Self:
        made: Any = cls
        network: Self = made.from_arrays(
            arrays.weights, arrays.biases, arrays.activation, max_units=arrays.max_units
        )
        return network
