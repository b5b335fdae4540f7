"""Layers whose units differ: some carry values, some have other breakpoints."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.networks import (
    MixedActivation,
    PiecewiseLinear,
    activation_of_units,
    hard_tanh,
    identity,
    leaky_relu,
    relu,
)

KINDS = [relu(), identity(), hard_tanh(), leaky_relu(0.5), PiecewiseLinear([-0.5], [2.0, -1.0])]


def mixed_network(rng: np.random.Generator, widths: list[int], integer: bool) -> lr.Network:
    """Random weights (small integers: with ties), a random activation for each unit."""
    shapes = list(zip(widths[1:], widths[:-1], strict=True))
    if integer:
        weights = [rng.integers(-2, 3, size=shape).astype(float) for shape in shapes]
        biases = [rng.integers(-1, 2, size=shape[0]).astype(float) for shape in shapes]
    else:
        weights = [rng.normal(size=shape) for shape in shapes]
        biases = [0.3 * rng.normal(size=shape[0]) for shape in shapes]
    activations = [[KINDS[i] for i in rng.integers(0, len(KINDS), n)] for n in widths[1:-1]]
    return lr.Network.from_arrays(weights, biases, activations)


def alike(first: lr.PolyhedralComplex, second: lr.PolyhedralComplex) -> None:
    assert first.f_vector == second.f_vector
    assert np.array_equal(first.patterns, second.patterns)
    assert np.allclose(first.volumes, second.volumes)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), dim=st.integers(1, 3), integer=st.booleans())
def test_both_engines_agree(seed: int, dim: int, integer: bool) -> None:
    net = mixed_network(np.random.default_rng(seed), [dim, 4, 5, 3, 2], integer)
    box = lr.Box(-1, 1.25, dim=dim)
    cx, slow = lr.subdivide(net, box), lr.subdivide(net, box, compiled=False)
    alike(cx, slow)
    points = np.random.default_rng(seed).uniform(-1, 1.25, size=(50, dim))
    found = cx.locate(points)
    assert np.array_equal(cx.patterns[found], net.pattern(points))
    values = [net.affine_map_of(cx.patterns[i])(x) for i, x in zip(found, points, strict=True)]
    assert np.allclose(values, net(points))


@pytest.mark.parametrize("domain", [lr.Box(-2, 2, dim=2), lr.Space(2)])
def test_a_carried_value_changes_nothing(domain: Domain) -> None:
    """f(x) = W2 relu(W1 x + b1) + b2, once as it is and once with x carried beside it, unused."""
    rng = np.random.default_rng(5)
    inner = lr.Network.random([2, 6, 5, 1], rng=rng, biases=1.0)
    weights = [
        np.vstack([inner.weights[0], np.eye(2)]),
        np.block([[inner.weights[1], np.zeros((5, 2))], [np.zeros((2, 6)), np.eye(2)]]),
        np.hstack([inner.weights[2], np.zeros((1, 2))]),
    ]
    biases = [np.append(each, [0.0, 0.0]) for each in inner.biases[:2]] + [inner.biases[2]]
    layers = [["relu"] * 6 + ["identity"] * 2, ["relu"] * 5 + ["identity"] * 2]
    carried = lr.Network.from_arrays(weights, biases, layers)
    plain, cx = lr.subdivide(inner, domain), lr.subdivide(carried, domain)
    assert cx.f_vector == plain.f_vector
    assert np.array_equal(cx.patterns[:, [*range(6), *range(8, 13)]], plain.patterns)


def test_a_residual_block_by_hand() -> None:
    """x + relu(2 x - 1) on [0, 1] bends at 1/2 alone, from slope 1 to slope 3."""
    net = lr.Network.from_arrays([[[2], [1]], [[1, 1]]], [[-1, 0], [0]], [["relu", "identity"]])
    cx = lr.subdivide(net, lr.Box(0, 1, dim=1))
    assert cx.patterns.tolist() == [[0, 0], [1, 0]]
    assert sorted(cx.vertices.ravel().tolist()) == [0.0, 0.5, 1.0]
    assert [net.affine_map_of(p).matrix.item() for p in cx.patterns] == [1.0, 3.0]


def test_a_layer_that_only_carries(tmp_path: Path) -> None:
    net = lr.Network.from_arrays(
        [[[1], [2]], [[1, -1]], [[1]]], [[0, 1], [0], [0]], ["identity", "relu"]
    )
    told: list[tuple[int, int, int]] = []
    cx = lr.subdivide(net, lr.Box(-3, 3, dim=1), progress=lambda *each: told.append(each))
    assert cx.patterns.tolist() == [[0, 0, 0], [0, 0, 1]]
    assert [each[:2] for each in told[-3:]] == [(0, 0), (0, 1), (1, 0)]
    assert lr.count_along_lines(net, [[-3.0]], [[3.0]]).tolist() == [2]
    path = cx.save(tmp_path / "carried.npz")
    assert lr.PolyhedralComplex.load(path).network == net


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_lines(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = mixed_network(rng, [3, 6, 5, 2], integer=False)
    starts, ends = rng.normal(size=(2, 5, 3))
    for of in ("activation", "linear"):
        counts = lr.count_along_lines(net, starts, ends, of=of)
        for start, end, count in zip(starts, ends, counts, strict=True):
            cx = lr.subdivide(net, lr.Segment(start, end), compiled=False)
            expected = cx.num_regions if of == "activation" else cx.linear_regions().num_regions
            assert count == expected


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_files_and_copies_keep_the_units(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    net = mixed_network(np.random.default_rng(seed), [2, 3, 4, 1], integer=True)
    assert pickle.loads(pickle.dumps(net)) == net
    cx = lr.subdivide(net, lr.Box(-1, 1, dim=2))
    again = lr.PolyhedralComplex.load(cx.save(tmp_path_factory.mktemp("cx") / "cx.npz"))
    assert again.network == net
    alike(cx, again)
    moved = net.permuted(1, [2, 0, 3, 1])
    x = np.random.default_rng(seed).normal(size=(20, 2))
    assert np.allclose(moved(x), net(x))


def test_a_layer_of_equal_units_is_plain() -> None:
    assert activation_of_units([relu(), relu()]) == relu()
    net = lr.Network.from_arrays([[[1], [2]], [[1, 1]]], [[0, 0], [0]], [["relu", "relu"]])
    assert net.activations == (relu(),)
    mixed = MixedActivation([relu(), hard_tanh(), identity()])
    assert mixed.breakpoint_table(3).tolist() == [[0.0, np.inf], [-1.0, 1.0], [np.inf, np.inf]]
    assert mixed.count_breakpoints(3) == 3


@pytest.mark.parametrize(
    ("activation", "error", "message"),
    [
        ([["relu"]], ValueError, r"activations\[0\] is for 1 units, but hidden layer 1"),
        ([["relu", "cube"]], ValueError, r"activation\[0\]\[1\]: no activation is named 'cube'"),
        ([[]], ValueError, r"activation\[0\] is empty"),
        ([["relu", 3]], TypeError, r"activation\[0\]\[1\] must be a name"),
    ],
)
def test_refusals(activation: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        lr.Network.from_arrays([[[1], [2]], [[1, 1]]], [[0, 0], [0]], activation)


def test_no_units() -> None:
    with pytest.raises(ValueError, match="units is empty"):
        MixedActivation([])
