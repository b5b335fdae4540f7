"""ONNX files, made here, against onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linreg_lib.networks import Network, UnsupportedLayerError

onnx = pytest.importorskip("onnx")
helper, TensorProto = onnx.helper, onnx.TensorProto
RNG = np.random.default_rng(5)


def draw(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def node(kind: str, *inputs: str, out: str = "y", **attributes):
    return helper.make_node(kind, list(inputs), [out], name=f"{kind} to {out}", **attributes)


def saved(path: Path, shape, nodes, constants, opset: int = 17, outputs=("y",)) -> Path:
    """A file whose input is x and whose outputs are y, ...; ``shape`` with the batch axis."""
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [onnx.numpy_helper.from_array(np.asarray(each), name) for name, each in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.save(model, str(path))
    return path


def assert_same_function(path: Path, shape: tuple[int, ...], **arguments) -> Network:
    """Against onnxruntime in float32, one input of ``shape`` (with its batch axis) at a time."""
    runtime = pytest.importorskip("onnxruntime")
    net = Network.from_onnx(path, **arguments)
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    output = arguments.get("output")
    for _ in range(8):
        x = 2 * draw(*shape)
        expected = session.run(output and [output], {"x": x})[0].ravel()
        actual = net(x.ravel())
        assert actual.shape == expected.shape
        np.testing.assert_allclose(actual, expected, rtol=2e-5, atol=2e-5)
    return net


W, V, C = draw(6, 5), draw(5, 3), draw(5)
IMAGE = [1, 2, 6, 7]
K = draw(3, 2, 3, 3)
INTS = np.int64

FILES = {
    "gemm": (
        ["n", 6],
        [
            node("Gemm", "x", "w", "c", out="a", alpha=0.5, beta=2.0),
            node("Relu", "a", out="b"),
            node("Gemm", "b", "v", transB=1),
        ],
        {"w": W, "c": C, "v": V.T.copy()},
    ),
    "collision avoidance": (
        [1, 1, 1, 6],
        [
            node("Sub", "x", "mean", out="m"),
            node("Div", "m", "range", out="s"),
            node("Flatten", "s", out="f"),
            node("MatMul", "f", "w", out="a"),
            node("Add", "a", "c", out="p"),
            node("Relu", "p", out="r"),
            node("MatMul", "r", "v", out="o"),
            node("Add", "o", "b"),
        ],
        {"mean": draw(6), "range": np.exp2([3, 1, 2, 0, 5, 1], dtype="f"), "w": W, "c": C, "v": V}
        | {"b": draw(3)},
    ),
    "columns": (
        [6, 1],
        [node("MatMul", "w", "x", out="a"), node("Relu", "a", out="r"), node("MatMul", "v", "r")],
        {"w": W.T.copy(), "v": V.T.copy()},
    ),
    "vector": ([6], [node("MatMul", "x", "w", out="a"), node("Abs", "a")], {"w": W}),
    "residual": (
        [1, 6],
        [
            node("MatMul", "x", "w", out="a"),
            node("Relu", "a", out="b"),
            node("MatMul", "b", "u", out="c"),
            node("Add", "c", "x", out="d"),
            node("LeakyRelu", "d", alpha=0.25),
        ],
        {"w": W, "u": draw(5, 6)},
    ),
    "activations": (
        [1, 6],
        [
            node("Clip", "x", "low", "high", out="a"),
            node("HardSigmoid", "a", out="b", alpha=0.25),
            node("PRelu", "x", "slope", out="c"),
            node("Clip", "x", "", "high", out="d"),
            node("Sum", "b", "c", "d", out="e"),
            node("Max", "e", "x", "c", out="f"),
            node("Min", "f", "low", "a", out="g"),
            node("Concat", "g", "e", "slope2", axis=-1),
        ],
        {"low": np.float32(-0.5), "high": np.float32(1.0), "slope": draw(6), "slope2": draw(1, 2)},
    ),
    "convolution": (
        ["n", 2, 6, 7],
        [
            node("Conv", "x", "k", "b", out="a", pads=[1, 0, 2, 1], strides=[2, 1]),
            node("BatchNormalization", "a", "g", "b", "b", "s", out="n"),
            node("Relu", "n", out="r"),
            node("MaxPool", "r", out="m", kernel_shape=[2, 2], strides=[1, 2], pads=[1, 0, 0, 1]),
            node("AveragePool", "m", out="p", kernel_shape=[2, 2], pads=[0, 1, 0, 0]),
            node("Flatten", "p", out="f"),
            node("MatMul", "f", "w"),
        ],
        {"k": K, "b": draw(3), "g": draw(3), "s": np.abs(draw(3)) + 0.5, "w": draw(27, 4)},
    ),
    "same padding": (
        IMAGE,
        [
            node("Conv", "x", "k", out="a", auto_pad="SAME_UPPER", strides=[2, 2]),
            node("MaxPool", "a", out="m", kernel_shape=[2, 2], auto_pad="SAME_LOWER"),
            node("GlobalMaxPool", "m", out="g"),
            node("GlobalAveragePool", "m", out="h"),
            node("Add", "g", "h"),
        ],
        {"k": K},
    ),
    "groups and dilation": (
        IMAGE,
        [node("Conv", "x", "k", out="a", group=2, dilations=[2, 1]), node("Relu", "a")],
        {"k": draw(4, 1, 2, 3)},
    ),
    "averages with padding": (
        IMAGE,
        [node("AveragePool", "x", kernel_shape=[3, 2], pads=[1, 1, 1, 0], count_include_pad=1)],
        {},
    ),
    "ceil": (
        IMAGE,
        [node("MaxPool", "x", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)],
        {},
    ),
    "transposed": (
        IMAGE,
        [
            node(
                *("ConvTranspose", "x", "k", "b"),
                strides=[2, 1],
                pads=[1, 0, 0, 1],
                output_padding=[1, 0],
                group=2,
            )
        ],
        {"k": draw(2, 3, 3, 2), "b": draw(6)},
    ),
    "shapes": (
        IMAGE,
        [
            node("Shape", "x", out="shape"),
            node("Gather", "shape", "zero", out="n"),
            node("Unsqueeze", "n", "axis0", out="n1"),
            node("Concat", "n1", "minus1", out="to", axis=0),
            node("Reshape", "x", "to", out="f"),
            node("Slice", "f", "start", "end", "axis1", "step", out="s"),
            node("Gather", "s", "picks", out="g", axis=1),
            node("Unsqueeze", "g", "axis0", out="u"),
            node("Squeeze", "u", "axis0", out="v"),
            node("Transpose", "v", out="t", perm=[1, 0]),
            node("Pad", "t", "pads", "half", out="p"),
            node("Expand", "p", "wide", out="e"),
            node("ReduceMean", "e", out="m", axes=[0], keepdims=0),
            node("ReduceMax", "e", out="l", axes=[0], keepdims=0),
            node("Add", "m", "l"),
        ],
        {
            **{"zero": INTS(0), "axis0": INTS([0]), "axis1": INTS([1]), "minus1": INTS([-1])},
            **{"start": INTS([70]), "end": INTS([3]), "step": INTS([-5]), "picks": INTS([4, 0, 7])},
            **{"pads": INTS([1, 0, 0, 0]), "half": np.float32(0.5), "wide": INTS([4, 2])},
        },
    ),
    "moves": (
        [1, 4, 2, 3],
        [
            node(
                *("Resize", "x", "", "scales"),
                out="r",
                mode="nearest",
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            ),
            node("DepthToSpace", "r", out="d", blocksize=2, mode="CRD"),
            node("GatherElements", "d", "picks", axis=3),
        ],
        {"scales": np.float32([1, 1, 2, 1]), "picks": INTS([[[[5, 0]] * 8]])},
    ),
    "arithmetic": (
        [1, 6],
        [
            node("Sub", "one", "x", out="a"),
            node("Mul", "a", "w", out="b"),
            node("Neg", "b", out="c"),
            node("Mean", "c", "x", out="d"),
            node("Where", "mask", "d", "one", out="e"),
            node("Identity", "e"),
        ],
        {"one": np.float32(1.0), "w": draw(6), "mask": np.array([True, False] * 3)},
    ),
}


@pytest.mark.parametrize(("shape", "nodes", "constants"), FILES.values(), ids=FILES.keys())
def test_files(tmp_path: Path, shape, nodes, constants) -> None:
    path = saved(tmp_path / "net.onnx", shape, nodes, constants)
    assert_same_function(path, tuple(1 if each == "n" else each for each in shape))


OLD = {
    "bounds as attributes": (6, [1, 6], [node("Clip", "x", min=-0.5, max=0.25)], {}),
    "axes as attributes": (
        9,
        [1, 6],
        [
            node("Slice", "x", out="s", starts=[1], ends=[5], axes=[1]),
            node("Unsqueeze", "s", out="u", axes=[0]),
            node("Squeeze", "u", out="v", axes=[0]),
            node("ReduceSum", "v", axes=[1]),
        ],
        {},
    ),
}


@pytest.mark.parametrize(("opset", "shape", "nodes", "constants"), OLD.values(), ids=OLD.keys())
def test_old_versions(tmp_path: Path, opset: int, shape, nodes, constants) -> None:
    path = saved(tmp_path / "net.onnx", shape, nodes, constants, opset)
    assert_same_function(path, tuple(shape))


def test_split_has_several_outputs(tmp_path: Path) -> None:
    split = helper.make_node("Split", ["x", "sizes"], ["a", "b"], axis=1)
    nodes = [split, node("Relu", "a", out="c"), node("Concat", "b", "c", axis=1)]
    path = saved(tmp_path / "net.onnx", [1, 6], nodes, {"sizes": INTS([2, 4])})
    assert assert_same_function(path, (1, 6)).hidden_widths == (6,)


def test_layers_are_those_of_the_file(tmp_path: Path) -> None:
    """Without arithmetic where nothing is to be multiplied: float32 numbers as they are."""
    path = saved(
        tmp_path / "net.onnx", ["n", 6], FILES["vector"][1][:1] + [node("Relu", "a")], {"w": W}
    )
    net = Network.from_onnx(path)
    assert np.array_equal(net.weights[0], W.T.astype(np.float64))
    assert net.hidden_widths == (5,)


def test_one_of_several_outputs(tmp_path: Path) -> None:
    nodes = [
        node("MatMul", "x", "w", out="a"),
        node("Relu", "a", out="y"),
        node("Sigmoid", "y", out="z"),
    ]
    path = saved(tmp_path / "net.onnx", [1, 6], nodes, {"w": W}, outputs=("a", "y", "z"))
    assert assert_same_function(path, (1, 6), output="y").depth == 1
    with pytest.raises(UnsupportedLayerError, match="3 outputs; name one: output='a'"):
        Network.from_onnx(path)
    with pytest.raises(ValueError, match="output is 'q'; the outputs of .* are"):
        Network.from_onnx(path, output="q")


def test_open_sizes(tmp_path: Path) -> None:
    nodes = [node("Conv", "x", "k", out="a"), node("Relu", "a")]
    path = saved(tmp_path / "net.onnx", ["n", 2, "h", "w"], nodes, {"k": K})
    assert_same_function(path, (1, 2, 4, 5), input_shape=(2, 4, 5))
    with pytest.raises(ValueError, match=r"has the shape \(\?, 2, \?, \?\); pass input_shape"):
        Network.from_onnx(path)
    with pytest.raises(ValueError, match=r"input_shape is \(3, 4, 5\), but the input 'x'"):
        Network.from_onnx(path, (3, 4, 5))


REFUSED = {
    "sigmoid": ([node("Sigmoid", "x")], r"node 'Sigmoid to y' \(Sigmoid\) is not supported.*leave"),
    "softmax": ([node("Softmax", "x")], "the order of the outputs"),
    "product": ([node("Mul", "x", "x")], "multiplies two values that depend on the input"),
    "quotient": ([node("Div", "one", "x")], "divides by a value that depends"),
    "integers": ([node("Cast", "x", to=TensorProto.INT64)], "rounds to integers"),
    "comparison": ([node("Greater", "x", "one")], "its result jumps"),
    "ceil": (
        [
            node("Unsqueeze", "x", "axes", out="a"),
            node("AveragePool", "a", kernel_shape=[4], ceil_mode=1),
        ],
        "ceil_mode",
    ),
    "constant": ([node("Identity", "one")], "has no input behind it"),
    "sizes": ([node("MatMul", "x", "three")], r"takes 3 features, but gets shape \(1, 6\)"),
    "bounds": ([node("Clip", "x", "one", "one")], "is constant"),
    "smooth": (
        [
            node("Unsqueeze", "x", "axes", out="a"),
            node("Resize", "a", "", "wide", mode="linear"),
        ],
        "does more than move entries",
    ),
    "domain": ([node("Gelu", "x", domain="com.microsoft")], "of the domain com.microsoft"),
    "missing": ([node("Relu", "nothing")], "takes 'nothing', which nothing makes"),
}


@pytest.mark.parametrize(("nodes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(tmp_path: Path, nodes, message: str) -> None:
    constants = {
        "one": np.float32(1.0),
        "axes": INTS([0]),
        "three": draw(3, 3),
        "wide": np.float32([1, 1, 2]),
    }
    path = saved(tmp_path / "net.onnx", [1, 6], nodes, constants)
    with pytest.raises(ValueError, match=message):
        Network.from_onnx(path)


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(ValueError, match="is no ONNX file"):
        Network.from_onnx(tmp_path / "text.onnx")
    (tmp_path / "empty.onnx").write_bytes(b"")
    with pytest.raises(ValueError, match="is no ONNX file"):
        Network.from_onnx(tmp_path / "empty.onnx")
    with pytest.raises(FileNotFoundError):
        Network.from_onnx(tmp_path / "nothing.onnx")
    with pytest.raises(TypeError, match="path must be a path"):
        Network.from_onnx(3)  # type: ignore[arg-type]


def test_numbers_beside_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "net.onnx", *FILES["convolution"])
    expected = Network.from_onnx(path)
    model = onnx.load(str(path))
    onnx.save(
        model,
        str(tmp_path / "split.onnx"),
        save_as_external_data=True,
        location="numbers.bin",
        size_threshold=0,
    )
    assert Network.from_onnx(tmp_path / "split.onnx") == expected


def test_what_torch_exports(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    torch.manual_seed(2)
    module = nn.Sequential(
        *(nn.Conv2d(1, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(3, 4, 3, stride=2), nn.Hardtanh(), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        *(nn.Linear(4, 5), nn.LeakyReLU(0.125), nn.Linear(5, 2)),
    ).eval()
    path = tmp_path / "net.onnx"
    names = {"input_names": ["x"], "output_names": ["y"]}
    try:
        torch.onnx.export(module, (torch.zeros(1, 1, 8, 8),), str(path), dynamo=False, **names)
    except (ImportError, RuntimeError, TypeError) as error:
        pytest.skip(f"this torch cannot export: {error}")
    net = assert_same_function(path, (1, 1, 8, 8))
    assert net.hidden_widths == Network.from_torch(module, (1, 8, 8)).hidden_widths
