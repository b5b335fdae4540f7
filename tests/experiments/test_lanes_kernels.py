"""The kernels of training: their functions, their products, their machine code."""

from __future__ import annotations

import math
import os
import platform
import re
import subprocess
import sys
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from linreg_lib.experiments import load_quantiles  # noqa: E402
from linreg_lib.experiments.lanes import step_kernels, vectors  # noqa: E402
from linreg_lib.experiments.lanes.compiled_lane import CompiledLane  # noqa: E402
from linreg_lib.experiments.lanes.exponentials import exp_number, exp_vector, log_number  # noqa: E402
from linreg_lib.experiments.lanes.lane_stack import Lane  # noqa: E402
from linreg_lib.experiments.lanes.parameter_layout import ParameterLayout  # noqa: E402
from linreg_lib.experiments.training.training_plan import TrainingPlan  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "_nrt": False}


@numba.njit(**OPTIONS)
def exp_all(values: Any) -> None:
    for start in range(0, len(values), 64 // values.itemsize):
        vectors.store(values, start, exp_vector(values, vectors.load(values, start)))


@numba.njit(**OPTIONS)
def exp_and_log(values: Any, exps: Any, logs: Any) -> None:
    for i in range(len(values)):
        exps[i] = exp_number(-values[i])
        logs[i] = log_number(values[i])


def ulps(found: np.ndarray, exact: list[Decimal]) -> float:
    """The largest error, in units in the last place of the right value."""
    with localcontext() as context:
        context.prec = 50
        errors = [
            abs(Decimal(float(one)) - right) / Decimal(float(np.spacing(found.dtype.type(right))))
            for one, right in zip(found, exact, strict=True)
        ]
    return float(max(errors))


@pytest.mark.parametrize(("dtype", "least"), [("float32", -87.0), ("float64", -708.0)])
def test_exp_is_right_to_two_units(dtype: str, least: float) -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([-(10.0 ** rng.uniform(-9, 0, 1000)), rng.uniform(-30, 0, 2000),
                             rng.uniform(least, 0, 1000), np.zeros(96)]).astype(dtype)  # fmt: skip
    found = values.copy()
    exp_all(found)
    with localcontext() as context:
        context.prec = 50
        exact = [Decimal(float(value)).exp() for value in values]
    assert ulps(found, exact) < 2
    assert (found[-96:] == 1.0).all()
    edge = np.array([least, -1e30, -math.inf, math.nan] * 4, dtype=dtype)
    exp_all(edge)
    assert edge[:3].tolist() == [0.0] * 3
    assert math.isnan(edge[3])


def test_numbers_as_vectors_and_log_is_right_to_two_units() -> None:
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.uniform(1, 10, 1000), 1 + 10.0 ** rng.uniform(-16, 0, 1000),
                             10.0 ** rng.uniform(-5, 2.8, 1000)])  # fmt: skip
    exps, logs, same = np.empty_like(values), np.empty_like(values), -values
    exp_and_log(values, exps, logs)
    exp_all(same)
    assert exps.tobytes() == same.tobytes()
    with localcontext() as context:
        context.prec = 50
        exact = [Decimal(float(value)).ln() for value in values]
    apart = [i for i, value in enumerate(values) if value != 1.0]
    assert ulps(logs[apart], [exact[i] for i in apart]) < 2
    edge = np.array([1.0, math.nan, math.inf])
    exps, logs = np.empty(3), np.empty(3)
    exp_and_log(edge, exps, logs)
    assert logs[0] == 0.0
    assert math.isnan(logs[1])
    assert math.isnan(exps[1])
    assert exps[2] == 0.0


@numba.njit(**OPTIONS)
def multiply(mem: Any, places: Any) -> None:
    step_kernels.product(
        mem, places[0], places[1], places[2], places[3], places[4], places[5], places[6],
        places[7], places[8], places[9],
    )  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("rows", "vectors_across", "depth"), [(4, 1, 1), (8, 2, 7), (12, 5, 33)])
def test_products_are_sums_in_order(dtype: Any, rows: int, vectors_across: int, depth: int) -> None:
    """Every bit is that of one addition after the other."""
    rng = np.random.default_rng(2)
    columns = vectors_across * (64 // np.dtype(dtype).itemsize)
    left, right = rng.normal(size=(rows, depth)), rng.normal(size=(depth, columns))
    mem = np.concatenate([left.ravel(), right.ravel(), np.full(rows * columns, 7.0)]).astype(dtype)
    after = left.size + right.size
    multiply(mem, np.array([0, depth, 1, left.size, columns, after, columns, rows, columns, depth]))
    expected = np.zeros((rows, columns), dtype=dtype)
    for k in range(depth):
        expected += left.astype(dtype)[:, k, None] * right.astype(dtype)[k]
    np.testing.assert_array_equal(mem[after:].reshape(rows, columns), expected)


@numba.njit(**OPTIONS)
def transpose_and_sum(mem: Any, length: int) -> float:
    vectors.transpose(mem, 0, length, length * length, length)
    return vectors.tree_sum(vectors.load(mem, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_blocks_are_transposed_and_trees_summed(dtype: Any) -> None:
    length = vectors.vector_length(np.dtype(dtype))
    mem = np.random.default_rng(3).normal(size=2 * length**2).astype(dtype)
    total = transpose_and_sum(mem, length)
    blocks = mem.reshape(2, length, length)
    np.testing.assert_array_equal(blocks[1], blocks[0].T)
    rest = blocks[0, 0]
    while len(rest) > 1:
        rest = rest[: len(rest) // 2] + rest[len(rest) // 2 :]
    assert total == rest[0]


DATA = load_quantiles(75, 5, rng=np.random.default_rng(6))


@pytest.mark.parametrize("weight_decay", [0.0, 0.03])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "hard_tanh", "relu6"])
def test_gradients_and_steps_are_those_of_torch(
    activation: str, optimizer: str, weight_decay: float
) -> None:
    torch = pytest.importorskip("torch")
    plan = TrainingPlan.of(
        [9, 6], DATA, input_dim=2, seed=1, epochs=None, steps=30, snapshots_at=None, lr=0.05,
        batch_size=32, optimizer=optimizer, weight_decay=weight_decay, init="he", biases=0.3,
        activation=activation, dtype="float64",
    )  # fmt: skip
    layout = ParameterLayout([2, 9, 6, 5], 32, "float64")
    lane = CompiledLane(Lane(number=0, plan=plan, data=DATA), layout)
    parameters = [
        torch.tensor(array.copy(), requires_grad=True)
        for pair in zip(plan.first.weights, plan.first.biases, strict=True)
        for array in pair
    ]
    make = torch.optim.Adam if optimizer == "adam" else torch.optim.SGD
    their = make(parameters, lr=0.05, weight_decay=weight_decay)
    function = {"hard_tanh": "hardtanh"}.get(activation, activation)
    order = np.random.default_rng(0).permutation(75).astype(np.int32)
    for step in range(30):
        position = step % 3
        rows = torch.from_numpy(order[position * 32 : (position + 1) * 32].astype(np.int64))
        values = torch.tensor(DATA.points)[rows]
        for layer in range(3):
            values = torch.nn.functional.linear(values, *parameters[2 * layer : 2 * layer + 2])
            if layer < 2:
                values = getattr(torch.nn.functional, function)(values)
        their.zero_grad()
        torch.nn.functional.cross_entropy(values, torch.tensor(DATA.labels)[rows]).backward()
        assert lane.advance([order[None]], position, 1).tolist() == [1]
        gradients = layout.network(lane.gradients(), activation)
        network = layout.network(lane.numbers()["parameters"][0], activation)
        pulled = [
            parameter.grad + weight_decay * parameter.detach()  # type: ignore[operator]
            for parameter in parameters
        ]
        their.step()
        for layer in range(3):
            for ours, theirs in (
                (gradients.weights[layer], pulled[2 * layer]),
                (gradients.biases[layer], pulled[2 * layer + 1]),
                (network.weights[layer], parameters[2 * layer].detach()),
                (network.biases[layer], parameters[2 * layer + 1].detach()),
            ):
                np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-12)


SIGNATURE = "void({0}[::1], i8[:,::1], {0}[::1], {0}[:,::1], i8[::1], i4[:,::1], " + (
    "i8, i8, i8, i8, i8, b1, f8[::1], f8[::1])"
)


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="x86 alone")
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_machine_code_has_vectors_and_fuses_nothing(dtype: str) -> None:
    name = {"f4": "float32", "f8": "float64"}[dtype]
    kinds = [getattr(numba.types, name), numba.types.int64, numba.types.int32, numba.types.float64]
    number, whole, short, real = kinds
    array = numba.types.Array
    signature = (
        array(number, 1, "C"), array(whole, 2, "C"), array(number, 1, "C"), array(number, 2, "C"),
        array(whole, 1, "C"), array(short, 2, "C"), *[whole] * 5, numba.types.boolean,
        array(real, 1, "C"), array(real, 1, "C"),
    )  # fmt: skip
    compiled = numba.njit(**OPTIONS)(step_kernels.train_steps.py_func)
    compiled.compile(signature)
    text = compiled.inspect_asm(compiled.signatures[0])
    assert not re.findall(r"\bvfn?m(?:add|sub)\w*", text)
    letter = {"f4": "s", "f8": "d"}[dtype]
    packed = len(re.findall(rf"\bv?(?:mul|add)p{letter}\b", text))
    single = len(re.findall(rf"\bv?(?:mul|add)s{letter}\b", text))
    assert packed > 200
    assert single < packed / 4
    # the alarm rings where products are fused on purpose
    assert _fuses()


def _fuses() -> bool:
    """Whether numba's fastmath on this machine makes code that the search above finds."""
    if "fma" not in numba.core.codegen.get_host_cpu_features():  # pragma: no cover
        return True

    @numba.njit(fastmath=True)
    def fused(a: float, b: float, c: float) -> float:
        return a * b + c

    fused(1.0, 2.0, 3.0)
    return bool(re.findall(r"\bvfn?m(?:add|sub)\w*", fused.inspect_asm(fused.signatures[0])))


PROGRAM = """
import hashlib
import numpy as np
from linreg_lib.experiments import LabelledPoints, train_lanes
rng = np.random.default_rng(0)
data = LabelledPoints(
    points=rng.uniform(-1, 1, (70, 2)), labels=rng.integers(3, size=70), num_classes=3, name="toy"
)
runs = train_lanes([16, 9], data, seeds=[1, 2], epochs=200, batch_size=32, engine="compiled")
digest = hashlib.sha256()
for run in runs:
    for snapshot in run.snapshots:
        for array in (*snapshot.network.weights, *snapshot.network.biases):
            digest.update(array.tobytes())
        digest.update(np.array([snapshot.train_loss, snapshot.train_accuracy]).tobytes())
print(digest.hexdigest())
"""
DIGEST = "e8c655213abef2f380bf22bdc280f97d042b51b35d1ea576a860f94244349d69"


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="x86 alone")
def test_older_processors_would_give_the_same_bits(tmp_path: Path) -> None:
    """Code for SSE2 alone, and this machine's: other registers, same numbers.

    They are those of every machine, as long as NumPy draws networks and orders as it does.
    """
    digests = set()
    for name in ("", "generic"):
        environment = {**os.environ}
        if name:
            environment |= {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": ""}
            environment["NUMBA_CACHE_DIR"] = str(tmp_path)
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, cwd=ROOT,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        digests.add(done.stdout.strip())
    assert digests == {DIGEST}
