"""An ONNX file, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linreg_lib.extras import needs_extra
from linreg_lib.networks.arguments import checked_counts, checked_path
from linreg_lib.networks.from_onnx.operators import OperatorReader
from linreg_lib.networks.graph.arrays import NetworkArrays, arrays_of
from linreg_lib.networks.graph.tensors import GraphMaker, Tensor
from linreg_lib.networks.unsupported import UnsupportedLayerError
from linreg_lib.regular_file import open_regular

#: attributes that older versions have where newer ones have an input
_NO_ATTRIBUTES = {"consumed_inputs", "broadcast", "spatial", "is_test", "momentum", "momentums"}

#: what ONNX's own reference does to the numbers of entries, as it only moves them
_MOVING = {
    *("DepthToSpace", "SpaceToDepth", "GatherElements", "GatherND", "Resize", "Upsample", "Trilu"),
    "ReverseSequence",
}

#: draw random numbers, also where they have no input
_RANDOM = {
    *("RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli"),
    "Multinomial",
}


def arrays_from_onnx(
    path: Any, input_shape: Sequence[int] | int | None, output: str | None
) -> NetworkArrays:
    """The arrays of a file's network; see ``Network.from_onnx``."""
    onnx = _onnx()
    file = checked_path("path", path)
    with open_regular(file) as stream:
        content = stream.read()
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # protobuf's own errors
        raise ValueError(f"{file} is no ONNX file: {str(error)[:120]}") from error
    try:
        onnx.external_data_helper.load_external_data_for_model(model, str(file.parent))
    except Exception as error:  # a ValidationError of onnx, among others
        raise ValueError(f"{file} lacks numbers kept beside it: {str(error)[:200]}") from error
    if not model.graph.node:
        raise ValueError(f"{file} is no ONNX file, or has no nodes")
    return _Run(onnx, model, str(file), input_shape).arrays(output)


def _onnx() -> Any:
    with needs_extra("an ONNX file"):
        import onnx
        import onnx.external_data_helper
        import onnx.reference
    return onnx


class _Run:
    def __init__(self, onnx: Any, model: Any, file: str, input_shape: Any) -> None:
        self.onnx, self.graph, self.file = onnx, model.graph, file
        self.values: dict[str, Any] = {}
        for each in self.graph.initializer:
            try:
                self.values[each.name] = onnx.numpy_helper.to_array(each)
            except (ValueError, TypeError) as error:
                raise ValueError(f"{file}: constant {each.name!r}: {error}") from error
        self.opsets = list(model.opset_import)
        inputs = [each for each in self.graph.input if each.name not in self.values]
        if len(inputs) != 1:
            names = ", ".join(repr(each.name) for each in inputs) or "none"
            raise UnsupportedLayerError(f"{file} has {len(inputs)} inputs ({names}), not one")
        self.maker = GraphMaker(_shape(file, inputs[0], input_shape))
        self.values[inputs[0].name] = self.maker.start
        self.reader = OperatorReader(self.maker)

    def arrays(self, output: str | None) -> NetworkArrays:
        names = [each.name for each in self.graph.output]
        if output is None and len(names) != 1:
            raise UnsupportedLayerError(
                f"{self.file} has {len(names)} outputs; name one: output={names[0]!r} ..."
            )
        if output is not None and output not in names:
            raise ValueError(f"output is {output!r}; the outputs of {self.file} are {names}")
        wanted = names[0] if output is None else output
        for node in self._needed(wanted):
            self._read(node)
        result = self.values.get(wanted)
        if not isinstance(result, Tensor):
            raise UnsupportedLayerError(f"{self.file}: output {wanted!r} has no input behind it")
        return arrays_of(self.maker, result)

    def _needed(self, output: str) -> list[Any]:
        """The nodes on which the output depends."""
        needed, found = {output}, []
        for node in reversed(self.graph.node):
            if needed.intersection(node.output):
                needed.update(node.input)
                found.append(node)
        return found[::-1]

    def _read(self, node: Any) -> None:
        label = f"{self.file}: node {node.name or node.output[0]!r} ({node.op_type})"
        if node.domain not in ("", "ai.onnx"):
            raise UnsupportedLayerError(f"{label} is of the domain {node.domain}, not of ONNX")
        if node.op_type in _RANDOM:
            raise UnsupportedLayerError(f"{label} is not supported: it is random")
        missing = [name for name in node.input if name and name not in self.values]
        if missing:
            raise ValueError(f"{label} takes {missing[0]!r}, which nothing makes")
        inputs = [self.values[name] if name else None for name in node.input]
        outputs: Any
        try:
            if any(isinstance(each, Tensor) for each in inputs):
                attributes = {
                    each.name: _attribute(self.onnx, each)
                    for each in node.attribute
                    if each.name not in _NO_ATTRIBUTES
                }
                self.reader.num_outputs = len(node.output)
                if node.op_type in _MOVING:
                    outputs = self._moved(node, inputs)
                else:
                    outputs = self.reader.read(node.op_type, inputs, attributes)
            else:
                outputs = self._evaluated(node, inputs)
        except (UnsupportedLayerError, ValueError, TypeError, IndexError) as error:
            kind = type(error) if isinstance(error, UnsupportedLayerError) else ValueError
            raise kind(f"{label} {error}") from error
        outputs = outputs if isinstance(outputs, (tuple, list)) else (outputs,)
        self.values.update(zip(node.output, outputs, strict=False))

    def _moved(self, node: Any, inputs: list[Any]) -> Tensor:
        if any(isinstance(each, Tensor) for each in inputs[1:]):
            raise UnsupportedLayerError("has an index or a size that depends on the input")

        # Entries get numbers without structure, so that a mean of several is none of them.
        names = np.cumsum(np.random.default_rng(0).integers(2, 2**20, inputs[0].size))
        numbered = names.reshape(inputs[0].shape).astype(np.float64)
        (found,) = self._evaluated(node, [numbered, *inputs[1:]])
        if not np.isin(found, [0, *names]).all():
            raise UnsupportedLayerError("does more than move entries")
        places = np.searchsorted(np.append(0, names), found)
        return self.maker.picked(inputs[:1], places)

    def _evaluated(self, node: Any, inputs: list[Any]) -> Any:
        """A node of constants alone, as ONNX's own reference computes it."""
        if any(each.type == self.onnx.AttributeProto.GRAPH for each in node.attribute):
            raise UnsupportedLayerError(
                "has nodes in it, which are not read; simplify the file first (onnxsim does)"
            )
        graph = self.onnx.helper.make_graph(
            [node],
            "constants",
            [
                self.onnx.helper.make_tensor_value_info(
                    name, self.onnx.helper.np_dtype_to_tensor_dtype(each.dtype), each.shape
                )
                for name, each in zip(node.input, map(np.asarray, inputs), strict=True)
                if name
            ],
            [self.onnx.ValueInfoProto(name=name) for name in node.output],
        )
        model = self.onnx.helper.make_model(graph, opset_imports=self.opsets)
        feeds = {name: np.asarray(each) for name, each in zip(node.input, inputs) if name}
        try:
            return self.onnx.reference.ReferenceEvaluator(model).run(None, feeds)
        except Exception as error:  # whatever NumPy raises there
            raise ValueError(f"cannot be computed: {str(error)[:200]}") from error


def _attribute(onnx: Any, attribute: Any) -> Any:
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode()
    return onnx.numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value


def _shape(file: str, info: Any, input_shape: Any) -> tuple[int, ...]:
    """The input's shape: that of the file, an open first axis being 1, or the one given."""
    axes = [each.dim_value for each in info.type.tensor_type.shape.dim]
    if input_shape is not None:
        given = [input_shape] if isinstance(input_shape, int) else input_shape
        shape = checked_counts("input_shape", given)
        if len(axes) == len(shape) + 1:
            shape = [1, *shape]
        if len(axes) != len(shape) or any(a not in (0, b) for a, b in zip(axes[1:], shape[1:])):
            raise ValueError(
                f"input_shape is {tuple(given)}, but the input {info.name!r} of {file} has the "
                f"shape {_written(axes)} with its batch axis"
            )
        return tuple(shape)
    shape = [1 if i == 0 and not size else size for i, size in enumerate(axes)]
    if not all(shape):
        raise ValueError(
            f"the input {info.name!r} of {file} has the shape {_written(axes)}; pass input_shape, "
            "the shape of one input without the batch axis, for instance (1, 28, 28)"
        )
    return tuple(shape)


def _written(axes: list[int]) -> str:
    return f"({', '.join(str(size) if size else '?' for size in axes)})"
