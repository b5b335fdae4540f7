"""The engine against the rational twin, on small integer networks full of ties."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.networks import Normal
from tests.geometry.comparison import (
    KINDS,
    assert_same,
    case,
    cut,
    exact,
    generic_net,
    integer_net,
    twin_of,
)
from tests.geometry.pattern_oracles import patterns_by_programs, patterns_on_grid
from tests.geometry.rational_twin import Twin, cells_of, pieces_on_interval
from tests.strategies import networks, widths

UNIT_BOX = {dim: lr.Box(-1.0, 1.0, dim=dim) for dim in (1, 2, 3)}


@pytest.mark.parametrize("block", range(12))
def test_everything_on_seeded_integer_nets(block: int) -> None:
    for seed in range(15 * block, 15 * block + 15):
        net, box, twin = case(seed)
        assert_same(cut(net, box, KINDS[seed % 3]), twin)


@pytest.mark.parametrize("block", range(8))
def test_everything_on_generic_nets_which_the_kernels_cut(block: int) -> None:
    for seed in range(9 * block, 9 * block + 9):
        dim = seed % 3 + 1
        net, box = generic_net(seed, dim, max_width=(6, 4, 3)[dim - 1]), UNIT_BOX[dim]
        twin = twin_of(net, box)
        for kind in KINDS:
            cx = cut(net, box, kind)
            assert cx.certificate.compiled == (kind != "numpy")
            assert_same(cx, twin)


@settings(max_examples=60)
@given(
    net=networks(sizes=widths(max_inputs=2, max_depth=2, max_width=3)), kind=st.sampled_from(KINDS)
)
def test_everything_on_drawn_nets(net: lr.Network, kind: str) -> None:
    box = UNIT_BOX[net.input_dim]
    assert_same(cut(net, box, kind), twin_of(net, box))


@settings(max_examples=25)
@given(net=networks(sizes=st.just((3, 3, 2, 1))), kind=st.sampled_from(KINDS))
def test_everything_on_drawn_nets_in_space(net: lr.Network, kind: str) -> None:
    assert_same(cut(net, UNIT_BOX[3], kind), twin_of(net, UNIT_BOX[3]))


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_volumes_of_every_codimension(dim: int) -> None:
    for seed in range(dim - 1, 45, 3):
        net, box, twin = case(seed)
        if len(twin.cells) > 12:  # flags of many polytopes in Fractions take seconds
            continue
        cx = cut(net, box)
        for codim in range(twin.dim + 1):
            np.testing.assert_allclose(cx.volume(codim=codim), twin.volume(codim), rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(20))
def test_upto_layer(seed: int, kind: str) -> None:
    net, box, _ = case(3 * seed + 1)
    for layer in range(1, net.depth + 1):
        assert_same(cut(net, box, kind, upto_layer=layer), twin_of(net, box, layer))


@settings(max_examples=80)
@given(
    net=networks(sizes=widths(max_inputs=3, max_depth=3)),
    ends=st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=2, max_size=2),
)
def test_segments_against_the_interval_oracle(net: lr.Network, ends: list[list[int]]) -> None:
    start, end = (np.array(each[: net.input_dim], dtype=float) for each in ends)
    if (start == end).all():
        end = start + 1.0
    pieces = pieces_on_interval(net, exact(start), exact(end))
    cx = lr.subdivide(net, lr.Segment(start, end))
    assert cx.num_regions == len(pieces)
    places = sorted((cx.vertices[:, 0] / cx.domain.length).tolist())
    np.testing.assert_allclose(places, [0.0, *(float(p[1]) for p in pieces)], atol=1e-12)
    linear = 1 + sum(p[2] != q[2] for p, q in zip(pieces, pieces[1:], strict=False))
    assert cx.linear_regions().num_regions == linear
    assert lr.count_along_lines(net, [start], [end]).tolist() == [len(pieces)]
    assert lr.count_along_lines(net, [start], [end], of="linear").tolist() == [linear]


BEYOND = Fraction(2) ** 2000  # farther out than any crossing of floats


@pytest.mark.parametrize("distance", [0.0, 1.0, 1e8, 1e15])
@pytest.mark.parametrize("seed", range(12))
def test_whole_lines_against_the_interval_oracle(seed: int, distance: float) -> None:
    """The stored point and unit vector are rational, so an enormous interval is the whole line."""
    rng = np.random.default_rng(seed)
    if seed % 2:
        net = integer_net(seed, 2, max_width=4)
        point, direction = (
            rng.integers(-2, 3, size=2),
            np.array([3.0, 4.0]) * (1, -1)[seed % 4 // 2],
        )
    else:
        name = ("relu", "hard_tanh", "relu6", "leaky_relu")[seed // 2 % 4]
        net = lr.Network.random([2, 5, 4, 1], biases=Normal(0.5), rng=rng, activation=name)
        point, direction = rng.normal(size=(2, 2))
    line = lr.Line(point + distance * direction, direction)
    ends = [
        [Fraction(p) + sign * BEYOND * Fraction(v) for p, v in zip(line.origin, line.basis[0])]
        for sign in (-1, 1)
    ]
    pieces = pieces_on_interval(net, *ends)
    cx = lr.subdivide(net, line)
    assert cx.num_regions == len(pieces)
    assert cx.f_vector == (len(pieces) - 1, len(pieces))
    linear = 1 + sum(p[2] != q[2] for p, q in zip(pieces, pieces[1:], strict=False))
    assert cx.linear_regions().num_regions == linear
    places = [float((2 * p[1] - 1) * BEYOND) for p in pieces[:-1]]
    np.testing.assert_allclose(np.sort(cx.vertices[:, 0]), places, rtol=1e-9, atol=1e-9)


def _slice_twin(net: lr.Network, window: lr.Slice) -> Twin:
    rows = [*window.basis, window.origin]
    frame = [tuple(Fraction(float(r[i])) for r in rows) for i in range(window.input_dim)]
    return Twin(cells_of(net, exact(window.low), exact(window.high), frame))


@pytest.mark.parametrize("seed", range(25))
def test_planes_with_their_stored_frames(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = integer_net(seed, dim=3, max_width=3)
    plane = lr.Plane(rng.integers(-1, 2, size=3), np.eye(3)[[0, 2]] + [[0, 1, 1], [0, 0, 0]], 1.5)
    assert_same(lr.subdivide(net, plane), _slice_twin(net, plane))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(18))
def test_slices_with_their_stored_frames(seed: int, kind: str) -> None:
    """Oblique ones, and along inputs; ties stay ties, for the numbers as they are stored."""
    rng, dim = np.random.default_rng(seed), seed % 3 + 1
    net = integer_net(seed, dim=4, max_width=(5, 3, 2)[dim - 1])
    origin, widths = rng.integers(-1, 2, size=4), rng.choice([0.5, 1.0, 1.5], size=dim)
    rows = np.eye(4)[rng.permutation(4)[:dim]]
    if seed % 2:
        rows[-1] += rng.integers(0, 2, size=4) / 4
    window = lr.Slice(origin, rows, widths)
    if seed % 4 == 2:
        axes = rng.permutation(4)[:dim]
        window = lr.Slice.along(axes, low=-widths / 3, high=widths, at=origin)
    assert_same(cut(net, window, kind), _slice_twin(net, window))


@pytest.mark.parametrize("dim", [2, 3, 4])
def test_patterns_by_linear_programs(dim: int) -> None:
    box, decided = lr.Box(-1.0, 1.0, dim=dim), 0
    for seed in range(12):
        net = integer_net(1000 * dim + seed, dim, max_width=3)
        if net.num_hidden > 7:
            continue
        expected = patterns_by_programs(net, box.low, box.high)
        if expected is not None:
            decided += 1
            assert {tuple(row) for row in lr.subdivide(net, box).patterns.tolist()} == expected
    assert decided >= 5


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_patterns_on_a_grid_are_all_there(dim: int) -> None:
    rng = np.random.default_rng(dim)
    net = lr.Network.random([dim, 7, 5, 1], biases=0.2, rng=rng, activation="hard_tanh")
    box = lr.Box(-2.0, 2.0, dim=dim)
    seen = patterns_on_grid(net, box.low, box.high, num=(2000, 60, 16, 8)[dim - 1])
    found = {tuple(row) for row in lr.subdivide(net, box).patterns.tolist()}
    assert seen <= found
    if dim <= 2:
        assert len(seen) > len(found) // 2


@pytest.mark.parametrize("seed", range(6))
def test_floats_of_all_sizes(seed: int) -> None:
    """Not small integers: weights over many orders of magnitude, exactly as stored."""
    rng = np.random.default_rng(seed)
    pairs = [(4, 2), (3, 4), (1, 3)]
    weights = [rng.normal(size=p) * 10.0 ** rng.integers(-9, 9, size=p) for p in pairs]
    biases = [rng.normal(size=p[0]) * 10.0 ** rng.integers(-9, 9, size=p[0]) for p in pairs]
    net = lr.Network.from_arrays(weights, biases, activation="leaky_relu")
    for kind in KINDS:
        cx, twin = cut(net, UNIT_BOX[2], kind), twin_of(net, UNIT_BOX[2])
        assert cx.f_vector == twin.f_vector
        assert [tuple(row) for row in cx.patterns.tolist()] == twin.patterns
        assert cx.linear_regions().labels.tolist() == twin.linear_labels()
