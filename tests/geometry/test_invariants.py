"""What holds in every dimension, whatever the network."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.networks import Normal, leaky_relu, relu
from tests.geometry.comparison import KINDS, cut, integer_net
from tests.strategies import networks, seeds

SIZES = {1: [30, 20], 2: [14, 10], 3: [9, 6], 4: [6, 5], 5: [5, 3], 6: [3, 2]}


def random_net(dim: int, seed: int, activation: str = "relu") -> lr.Network:
    rng = np.random.default_rng(seed)
    widths = [dim, *SIZES[dim], 2]
    return lr.Network.random(widths, biases=Normal(0.3), rng=rng, activation=activation)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
@pytest.mark.parametrize("dim", SIZES)
def test_a_random_net_on_a_box(dim: int, activation: str, kind: str) -> None:
    net, box = random_net(dim, dim, activation), lr.Box(-1.0, np.linspace(1.0, 2.0, dim))
    cx = cut(net, box, kind)
    assert cx.num_regions > 3
    assert cx.euler_characteristic == 1
    np.testing.assert_allclose(cx.volumes.sum(), np.prod(box.high - box.low), rtol=1e-9)
    np.testing.assert_allclose(cx.volume(codim=0), cx.volumes.sum())
    assert cx.interior_certified.all()
    assert (net.pattern(cx.interior_points) == cx.patterns).all()
    order = np.lexsort(cx.patterns.T[::-1])
    assert (order == np.arange(cx.num_regions)).all()
    assert len(np.unique(cx.patterns, axis=0)) == cx.num_regions
    maps = cx.affine_maps()
    at_points = np.einsum("rod,rd->ro", maps.matrices, cx.interior_coordinates) + maps.offsets
    np.testing.assert_allclose(at_points, net(cx.interior_points), atol=1e-9)
    assert np.bincount(cx.linear_regions().labels).min() >= 1
    np.testing.assert_allclose(cx.linear_regions().volumes.sum(), cx.volumes.sum())
    assert not cx.patterns.flags.writeable


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_each_face_is_a_polytope(dim: int) -> None:
    """Euler's relation on the boundary of every single cell, and two cells at an inner facet."""
    cx = lr.subdivide(random_net(dim, 7), lr.Box(-1.0, 1.0, dim=dim))
    assert ((cx.facet_cells[:, 1] >= 0) == ~cx.facet_is_wall).all()
    for cell in range(cx.num_regions):
        faces, total = {cell}, (-1) ** dim
        for k in range(dim, 0, -1):
            boundary = cx.boundary(k)
            faces = {int(member) for face in faces for member in boundary[face]}
            total += (-1) ** (k - 1) * len(faces)
        assert total == 1


@settings(max_examples=40)
@given(
    net=networks(
        sizes=st.sampled_from([(1, 4, 3, 1), (2, 4, 3, 1), (3, 3, 2, 1)]),
        activation=st.sampled_from([relu(), leaky_relu(0.25)]),
    ),
    seed=seeds(),
    kind=st.sampled_from(KINDS),
)
def test_permuting_and_rescaling_by_powers_of_two(net: lr.Network, seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    box = lr.Box(-1.0, 1.0, dim=net.input_dim)
    cx = cut(net, box, kind)
    order = rng.permutation(net.hidden_widths[0])
    permuted = cut(net.permuted(0, order), box, kind)
    width = net.hidden_widths[0]
    back = np.concatenate([np.argsort(order), np.arange(width, net.num_hidden)])
    assert permuted.f_vector == cx.f_vector
    assert {tuple(p) for p in permuted.patterns[:, back].tolist()} == {
        tuple(p) for p in cx.patterns.tolist()
    }
    assert permuted.linear_regions().num_regions == cx.linear_regions().num_regions
    for layer in range(net.depth):
        powers = rng.integers(-60, 60, size=net.hidden_widths[layer])
        scaled = cut(net.rescaled(layer, powers), box, kind)
        assert scaled.f_vector == cx.f_vector
        assert (scaled.patterns == cx.patterns).all()
        assert (scaled.linear_regions().labels == cx.linear_regions().labels).all()


@pytest.mark.parametrize("seed", range(30))
def test_compiled_and_numpy_give_the_same_complex(seed: int) -> None:
    dim = seed % 4 + 1
    net = random_net(dim, seed, ("relu", "relu6", "leaky_relu")[seed % 3])
    if seed % 5 == 0:
        net = integer_net(seed, dim, max_width=4)
    kinds = ("compiled", "lattice")[seed % 2], "numpy"
    one, other = (cut(net, lr.Box(-1.0, 1.0, dim=dim), kind) for kind in kinds)
    assert one.certificate.compiled
    assert not other.certificate.compiled
    assert one.f_vector == other.f_vector
    assert (one.patterns == other.patterns).all()
    assert (one.facets_per_region() == other.facets_per_region()).all()
    np.testing.assert_allclose(one.interior_coordinates, other.interior_coordinates, atol=1e-9)
    np.testing.assert_allclose(one.volumes, other.volumes, atol=1e-9)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_supports_are_the_units_that_vanish_on_the_facet(dim: int) -> None:
    net = random_net(dim, 3, "hard_tanh")
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=dim))
    starts = np.cumsum([0, *net.hidden_widths])
    for facet in np.flatnonzero(~cx.facet_is_wall)[:200].tolist():
        first, second = cx.patterns[cx.facet_cells[facet]].astype(int)
        named = {starts[s.layer] + s.neuron for s in cx.supports_of_facet(facet)}
        assert named == set(np.flatnonzero(first != second))
        for support in cx.supports_of_facet(facet):
            unit = starts[support.layer] + support.neuron
            assert support.breakpoint == min(first[unit], second[unit])
    for facet in np.flatnonzero(cx.facet_is_wall)[:50].tolist():
        assert cx.supports_of_facet(facet) == ()
