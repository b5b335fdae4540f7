"""Maxima cut where their largest entry changes, and nowhere else."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.geometry.single_region.region_polytope import region_of
from linreg_lib.networks import Match, MaxUnit, relu
from linreg_lib.theory.pattern_enumeration import enumerate_patterns
from tests.geometry.max_networks import max_network


def entries_of(seed: int, num: int, dim: int, integer: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    if integer:
        return rng.integers(-2, 3, (num, dim)).astype(float), rng.integers(-1, 2, num).astype(float)
    return rng.normal(size=(num, dim)), 0.4 * rng.normal(size=num)


def test_three_slopes_by_hand() -> None:
    """max(-x, x, 1): the lines -x and x cross at 0 below 1, where nothing is cut."""
    net = max_network(
        np.array([[-1.0], [1.0], [0.0]]), np.array([0.0, 0.0, 1.0]), [[0, 1, 2]], np.eye(1)
    )
    assert net([[-3.0], [0.5], [2.0]]).ravel().tolist() == [3.0, 1.0, 2.0]
    cx = lr.subdivide(net, lr.Box(-3, 3, dim=1))
    assert sorted(cx.vertices.ravel().tolist()) == [-3.0, -1.0, 1.0, 3.0]
    assert cx.num_regions == 3
    assert sorted(cx.affine_maps().matrices.ravel().tolist()) == [-1.0, 0.0, 1.0]
    assert lr.count_along_lines(net, [[-3.0]], [[3.0]]).tolist() == [3]
    assert cx.locate([[-2.0], [0.0], [-0.5]]).tolist()[1:] == [cx.locate([0.0])] * 2


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6), dim=st.integers(1, 3), num=st.integers(2, 6), integer=st.booleans()
)
def test_the_upper_envelope(seed: int, dim: int, num: int, integer: bool) -> None:
    """One maximum of affine functions: a region for each entry that is largest somewhere inside."""
    weight, bias = entries_of(seed, num, dim, integer)
    net = max_network(weight, bias, [list(range(num))], np.eye(1))
    cx = lr.subdivide(net, lr.Box(-1, 1, dim=dim))
    assert cx.num_regions == len(enumerate_patterns(net, -1, 1))
    points = np.random.default_rng(seed).uniform(-1, 1, size=(300, dim))
    values = points @ weight.T + bias
    assert np.allclose(net(points).ravel(), values.max(axis=1))
    # Two points are in one region iff the same function is largest; equal functions are one.
    functions = np.unique(np.column_stack([weight, bias]), axis=0, return_inverse=True)[1].ravel()
    largest = functions[values.argmax(axis=1)]
    found = cx.locate(points)
    pairs = set(zip(found.tolist(), largest.tolist(), strict=True))
    assert len(pairs) == len(set(found.tolist())) == len(set(largest.tolist()))
    assert np.isclose(cx.volumes.sum(), 2.0**dim)
    assert cx.interior_certified.all() or integer


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), dim=st.integers(1, 2), integer=st.booleans(), late=st.booleans())
def test_pooling(seed: int, dim: int, integer: bool, late: bool) -> None:
    """Two maxima of three ReLU units (with ties wherever all are off), or a ReLU behind them."""
    weight, bias = entries_of(seed, 6, dim, integer)
    outgoing = np.random.default_rng(seed).normal(size=(2, 2))
    kinds = (None, relu()) if late else (relu(), None)
    net = max_network(weight, bias, [[0, 1, 2], [3, 4, 5]], outgoing, *kinds)
    box = lr.Box(-1, 1, dim=dim)
    cx, slow = lr.subdivide(net, box), lr.subdivide(net, box, compiled=False)
    assert cx.f_vector == slow.f_vector
    assert np.array_equal(cx.patterns, slow.patterns)
    assert np.array_equal(cx.patterns, enumerate_patterns(net, -1, 1))
    assert cx.euler_characteristic == 1
    points = np.random.default_rng(seed).uniform(-1, 1, size=(200, dim))
    found = cx.locate(points)
    assert np.array_equal(cx.patterns[found], net.pattern(points))
    maps = [net.affine_map_of(cx.patterns[i])(x) for i, x in zip(found, points, strict=True)]
    assert np.allclose(maps, net(points))
    # No facet is left between cells that differ in nothing that matters.
    assert len(np.unique(cx.patterns, axis=0)) == cx.num_regions
    first, second = cx.facet_cells[~cx.facet_is_wall].T
    assert (cx.patterns[first] != cx.patterns[second]).any(axis=1).all()
    assert np.isclose(cx.volumes.sum(), 2.0**dim)
    linear = cx.linear_regions()
    assert 1 <= linear.num_regions <= cx.num_regions


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), integer=st.booleans())
def test_on_the_whole_plane(seed: int, integer: bool) -> None:
    weight, bias = entries_of(seed, 4, 2, integer)
    net = max_network(weight, bias, [[0, 1, 2, 3]], np.eye(1))
    whole, box = lr.subdivide(net, lr.Space(2)), lr.subdivide(net, lr.Box(-1e4, 1e4, dim=2))
    assert np.array_equal(whole.patterns, box.patterns)
    assert whole.euler_characteristic == 1


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), integer=st.booleans())
def test_top_classes_behind_maxima(seed: int, integer: bool) -> None:
    """Each region of the decision complex: one pattern, one class; classes of points agree."""
    weight, bias = entries_of(seed, 6, 2, integer)
    outgoing = np.random.default_rng(seed).normal(size=(3, 2))
    net = max_network(weight, bias, [[0, 1, 2], [3, 4, 5]], outgoing)
    cx = lr.subdivide(net, lr.Box(-1, 1, dim=2))
    decided = lr.decision_complex(cx)
    points = np.random.default_rng(seed).uniform(-1, 1, size=(200, 2))
    found = decided.locate(points)
    assert np.array_equal(decided.classes[found], net(points).argmax(axis=1))
    assert np.array_equal(decided.patterns[found], net.pattern(points))
    assert np.array_equal(decided.origin_regions[found], cx.locate(points))


def test_files_copies_and_permutations(tmp_path: Path) -> None:
    weight, bias = entries_of(3, 6, 2, integer=False)
    net = max_network(weight, bias, [[0, 1, 2], [3, 4, 5]], np.eye(2))
    cx = lr.subdivide(net, lr.Box(-1, 1, dim=2))
    again = lr.PolyhedralComplex.load(cx.save(tmp_path / "cx.npz"))
    assert type(again) is type(cx)
    assert again.network == net
    assert again.f_vector == cx.f_vector
    assert np.array_equal(again.volumes, cx.volumes)
    assert pickle.loads(pickle.dumps(net)) == net
    moved = net.permuted(1, np.roll(np.arange(net.hidden_widths[1]), 1))
    assert moved != net
    assert lr.subdivide(moved, cx.domain).f_vector == cx.f_vector
    assert np.allclose(cx.volume(codim=1), lr.subdivide(moved, cx.domain).volume(codim=1))


def test_layers_before_the_final_match() -> None:
    """Cut up to a layer amid a tournament, its matches are units like others."""
    weight, bias = entries_of(4, 3, 2, integer=False)
    net = max_network(weight, bias, [[0, 1, 2]], np.eye(1))
    box = lr.Box(-3, 3, dim=2)
    assert lr.subdivide(net, box, upto_layer=1).num_regions == 1
    assert lr.subdivide(net, box, upto_layer=2).num_regions == 2
    cx = lr.subdivide(net, box)
    assert cx.num_regions <= 3 < lr.subdivide(raw(net), box).num_regions + 1


def raw(net: lr.Network) -> lr.Network:
    """The same without the note which units are matches."""
    return lr.Network.from_arrays(net.weights, net.biases, net.activations)


def test_what_does_not_know_maxima_says_so() -> None:
    weight, bias = entries_of(4, 3, 2, integer=False)
    net = max_network(weight, bias, [[0, 1, 2]], np.eye(1))
    with pytest.raises(ValueError, match="max_units"):
        region_of(net, [0.1, 0.2])
    with pytest.raises(ValueError, match="leave compiled out"):
        lr.count_along_lines(net, [[0.0, 0.0]], [[1.0, 1.0]], compiled=True)


@pytest.mark.parametrize(
    ("num_entries", "matches", "message"),
    [
        (3, [(0, 0, 0, 1)], "num_entries is 3, which needs 2 matches"),
        (1, [], "num_entries is 1, which needs 0 matches, at least one"),
        (3, [(0, 0, 0, 1), (1, 0, 0, 2)], r"matches\[1\]: contestant 0"),
        (3, [(0, 0, 0, 4), (1, 0, 1, 2)], r"matches\[0\]: contestant 4"),
    ],
)
def test_no_tournament(num_entries: int, matches: list[tuple[int, ...]], message: str) -> None:
    made = tuple(Match(layer=a, neuron=b, lower=c, higher=d) for a, b, c, d in matches)
    with pytest.raises(ValueError, match=message):
        MaxUnit(num_entries=num_entries, matches=made)


@pytest.mark.parametrize(
    ("layer", "neuron", "message"),
    [(0, 0, "no ReLU unit"), (3, 0, "which the network lacks"), (1, 9, "which the network lacks")],
)
def test_matches_must_be_relu_units(layer: int, neuron: int, message: str) -> None:
    weight, bias = entries_of(4, 2, 2, integer=False)
    net = max_network(weight, bias, [[0, 1]], np.eye(1))
    wrong = MaxUnit(num_entries=2, matches=(Match(layer=layer, neuron=neuron, lower=0, higher=1),))
    with pytest.raises(ValueError, match=message):
        lr.Network.from_arrays(net.weights, net.biases, net.activations, max_units=[wrong])
    good = net.max_units[0]
    with pytest.raises(ValueError, match="is a match already"):
        lr.Network.from_arrays(net.weights, net.biases, net.activations, max_units=[good, good])


def test_a_match_that_is_read_elsewhere_is_no_match() -> None:
    """Its regions would be joined although the network bends where it switches."""
    weight, bias = entries_of(6, 3, 2, integer=False)
    net = max_network(weight, bias, [[0, 1, 2]], np.eye(1))
    first = net.max_units[0].matches[0]
    assert first.layer + 2 < len(net.weights)
    for part in (-1, first.layer + 1):
        weights = [w.copy() for w in net.weights]
        if part == -1:  # the output reads another unit that only a loser may decide
            weights[first.layer + 1][:, first.neuron] += 0.25
        else:
            weights[part][0, first.neuron] *= -1.0
        with pytest.raises(ValueError, match=r"max_units\[0\].*whose winner loses later"):
            lr.Network.from_arrays(weights, net.biases, net.activations, max_units=net.max_units)
    swapped = MaxUnit(
        num_entries=3,
        matches=tuple(
            Match(layer=m.layer, neuron=m.neuron, lower=m.higher, higher=m.lower)
            for m in net.max_units[0].matches
        ),
    )
    with pytest.raises(ValueError, match="whose winner loses later"):
        lr.Network.from_arrays(net.weights, net.biases, net.activations, max_units=[swapped])
