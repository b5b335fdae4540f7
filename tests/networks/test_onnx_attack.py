"""ONNX files that are easily read as something else, against onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linreg_lib.networks import Network
from tests.networks.test_onnx import assert_same_function, draw, node, saved

onnx = pytest.importorskip("onnx")
helper, TensorProto = onnx.helper, onnx.TensorProto

BATCH = [3, 2, 6, 7]
LOWEST = np.float32(-3.4028235e38)
LARGEST = np.float32(3.4028235e38)


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


FILES = {
    "convolved batch": (
        BATCH,
        [node("Conv", "x", "k", "b")],
        {"k": draw(3, 2, 2, 2), "b": draw(3)},
    ),
    "transposed batch": (
        BATCH,
        [node("ConvTranspose", "x", "k", "b", strides=[2, 1])],
        {"k": draw(2, 3, 2, 2), "b": draw(3)},
    ),
    "pooled batch": (BATCH, [node("MaxPool", "x", kernel_shape=[2, 3], strides=[2, 2])], {}),
    "averaged batch": (
        BATCH,
        [node("AveragePool", "x", kernel_shape=[2, 2], pads=[1, 0, 0, 1])],
        {},
    ),
    "global batch": (
        BATCH,
        [
            node("GlobalAveragePool", "x", out="a"),
            node("GlobalMaxPool", "x", out="m"),
            node("Concat", "a", "m", axis=1),
        ],
        {},
    ),
    "a padding that never wins": (
        [1, 2, 6, 7],
        [
            node("Pad", "x", "p", "v", out="z"),
            node("MaxPool", "z", kernel_shape=[3, 3], strides=[2, 2]),
        ],
        {"p": ints(0, 0, 1, 1, 0, 0, 1, 1), "v": LOWEST},
    ),
    "two vectors": ([3], [node("MatMul", "w", "x")], {"w": draw(3)}),
    "a slice that starts before the first": (
        [1, 3, 6],
        [node("Slice", "x", "s", "e", "a", "t")],
        {"s": ints(-10), "e": ints(-100), "a": ints(-1), "t": ints(-1)},
    ),
    "a bound above all": ([1, 6], [node("Clip", "x", "c")], {"c": LARGEST}),
    "a bound below all": ([1, 6], [node("Clip", "x", "", "c")], {"c": LOWEST}),
    "a shrink that is none": ([1, 6], [node("Shrink", "x", bias=0.0, lambd=0.0)], {}),
}


@pytest.mark.parametrize(("shape", "nodes", "constants"), FILES.values(), ids=FILES.keys())
def test_files(tmp_path: Path, shape, nodes, constants) -> None:
    assert_same_function(saved(tmp_path / "net.onnx", shape, nodes, constants), shape)


BRANCH = helper.make_graph(
    [helper.make_node("Relu", ["x"], ["r"])],
    "branch",
    [],
    [helper.make_tensor_value_info("r", TensorProto.FLOAT, None)],
)
IMAGE, VECTOR = [1, 2, 6, 7], [1, 6]
REFUSED = {
    "noise": (
        VECTOR,
        [node("RandomNormal", out="r", shape=[6]), node("Add", "x", "r")],
        "node 'RandomNormal to r' .* it is random",
    ),
    "padding alone": (
        IMAGE,
        [node("MaxPool", "x", kernel_shape=[2, 2], pads=[2, 2, 0, 0])],
        "a window that lies in the padding alone",
    ),
    "mean of padding alone": (
        IMAGE,
        [node("AveragePool", "x", kernel_shape=[2, 2], pads=[2, 2, 0, 0])],
        "a window that lies in the padding alone",
    ),
    "SAME with dilations": (
        IMAGE,
        [node("MaxPool", "x", kernel_shape=[2, 2], dilations=[2, 2], auto_pad="SAME_UPPER")],
        "has auto_pad and dilations",
    ),
    "two kernels": (
        IMAGE,
        [node("Conv", "x", "kernel", kernel_shape=[3, 3])],
        r"has kernel_shape \[3, 3\], but weights",
    ),
    "index": (VECTOR, [node("Gather", "x", "nine", axis=1)], "'Gather to y' .*index 9 is out of"),
    "bodies": (
        VECTOR,
        [node("If", "yes", then_branch=BRANCH, else_branch=BRANCH)],
        "has nodes in it, which are not read",
    ),
    "constants that do not fit": (
        VECTOR,
        [node("Add", "nine", "kernel", out="z"), node("Add", "x", "z")],
        "'Add to z' .*cannot be computed",
    ),
    "attributes of old versions": (
        VECTOR,
        [node("Add", "x", "large", axis=1)],
        "is not known here",
    ),
    "nothing left": (VECTOR, [node("Slice", "x", "nine", "nine", "one")], "so no entries"),
}


@pytest.mark.parametrize(("shape", "nodes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(tmp_path: Path, shape, nodes, message: str) -> None:
    constants = {
        "large": LARGEST,
        "kernel": draw(2, 2, 2, 3),
        "nine": ints(9, 9),
        "one": ints(1),
        "yes": np.array(True),
    }
    if "Slice" in nodes[0].op_type:
        constants["nine"] = ints(9)
    path = saved(tmp_path / "net.onnx", shape, nodes, constants)
    with pytest.raises(ValueError, match=message):
        Network.from_onnx(path)


@pytest.mark.parametrize("left", [None, 100], ids=["missing", "cut"])
def test_numbers_beside_the_file_that_are_not_there(tmp_path: Path, left: int | None) -> None:
    path = saved(tmp_path / "net.onnx", VECTOR, [node("Gemm", "x", "w")], {"w": draw(6, 40)})
    places = {"save_as_external_data": True, "location": "numbers", "size_threshold": 0}
    onnx.save_model(onnx.load(str(path)), str(path), **places)
    numbers = tmp_path / "numbers"
    content = numbers.read_bytes()
    numbers.unlink()
    if left is not None:
        numbers.write_bytes(content[:left])
    with pytest.raises(ValueError, match="net.onnx lacks numbers kept beside it: .*'?w'?"):
        Network.from_onnx(path)


def test_a_constant_with_the_wrong_shape_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "net.onnx", VECTOR, [node("Add", "x", "w")], {"w": draw(6)})
    model = onnx.load(str(path))
    model.graph.initializer[0].dims[0] = 7
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ValueError, match="net.onnx: constant 'w': "):
        Network.from_onnx(path)
