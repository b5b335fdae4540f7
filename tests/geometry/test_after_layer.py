"""All layers from one cut: what fewer layers leave is what a cut by them alone gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.geometry import PolyhedralComplex
from linreg_lib.networks import identity, relu
from tests.geometry.comparison import KINDS, cut, generic_net, integer_net
from tests.geometry.max_networks import max_network


def exact_places(cx: PolyhedralComplex) -> list[tuple[int, ...]]:
    """Homogeneous integers of the vertices, in order of the places themselves."""
    return sorted(tuple(map(int, cx.record.exact.point(int(v)))) for v in cx.record.vertex_ids)


def corners_of_faces(cx: PolyhedralComplex, k: int) -> list[list[tuple[int, ...]]]:
    """Each k-face as its vertices' exact places."""
    places = [tuple(map(int, cx.record.exact.point(int(v)))) for v in cx.record.vertex_ids]
    faces: list[set[int]] = [{v} for v in range(len(places))]
    for level in range(1, k + 1):
        boundary = cx.boundary(level)
        faces = [set().union(*(faces[m] for m in boundary[f])) for f in range(len(boundary))]
    return sorted(sorted(places[v] for v in face) for face in faces)


def assert_same_complex(found: PolyhedralComplex, expected: PolyhedralComplex) -> None:
    assert type(found) is type(expected)
    assert found.f_vector == expected.f_vector
    assert found.upto_layer == expected.upto_layer
    np.testing.assert_array_equal(found.patterns, expected.patterns)
    assert exact_places(found) == exact_places(expected)
    if expected.domain.is_bounded:
        for k in range(1, expected.dim + 1):
            assert corners_of_faces(found, k) == corners_of_faces(expected, k)
    for walls in (True, False):
        np.testing.assert_array_equal(
            found.facets_per_region(walls), expected.facets_per_region(walls)
        )
    np.testing.assert_array_equal(found.is_bounded_region, expected.is_bounded_region)
    np.testing.assert_allclose(found.volumes, expected.volumes, rtol=2e-7)
    for codim in range(expected.dim + 1):
        assert found.volume(codim) == pytest.approx(expected.volume(codim), rel=1e-8)
    assert (found.neighbours().adjacency != expected.neighbours().adjacency).nnz == 0
    supports = [
        sorted(
            (tuple(map(int, pair)), [str(s) for s in cx.supports_of_facet(f)])
            for f, pair in enumerate(cx.facet_cells)
        )
        for cx in (found, expected)
    ]
    assert supports[0] == supports[1]
    np.testing.assert_array_equal(found.linear_regions().labels, expected.linear_regions().labels)


DOMAINS = {
    "box": lambda dim: lr.Box(-np.ones(dim), np.arange(1.0, dim + 1)),
    "simplex": lambda dim: lr.Simplex(np.vstack([-np.ones(dim), 2 * np.eye(dim)])),
    "space": lr.Space,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("domain", DOMAINS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), dim=st.integers(1, 3), ties=st.booleans())
def test_it_is_the_cut_by_fewer_layers(
    kind: str, domain: str, seed: int, dim: int, ties: bool
) -> None:
    make = integer_net if ties else generic_net
    net, where = make(seed, dim, (6, 4, 3)[dim - 1]), DOMAINS[domain](dim)
    cx = cut(net, where, kind)
    assert cx.after_layer(net.depth) is cx
    for layer in range(net.depth):
        assert_same_complex(cx.after_layer(layer), cut(net, where, kind, upto_layer=layer))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_one_after_the_other(kind: str, dim: int) -> None:
    """Deeper networks; layers taken off one by one, or at once."""
    rng = np.random.default_rng(dim)
    width = (12, 8, 5, 3)[dim - 1]
    net = lr.Network.random([dim, *[width] * 4, 1], init="he", biases="torch", rng=rng)
    cx = left = cut(net, lr.Box(-1, 1, dim=dim), kind)
    for layer in (3, 2, 1, 0):
        left = left.after_layer(layer)
        assert_same_complex(left, cx.after_layer(layer))
        assert_same_complex(left, cut(net, cx.domain, kind, upto_layer=layer))
    assert left.num_regions == 1


def test_the_compiled_skeleton_is_the_same_to_the_last_bit() -> None:
    """Vertices in the order of their births, so even the faces' numbers agree."""
    net = lr.Network.random([2, 30, 30, 30, 1], biases="torch", rng=np.random.default_rng(3))
    plane = lr.Rectangle([0.0, 0.5], [[1.0, 0.25], [0.0, 1.0]], [1.5, 0.75])
    cx = lr.subdivide(net, plane)
    for layer in (1, 2):
        found, expected = cx.after_layer(layer), lr.subdivide(net, plane, upto_layer=layer)
        assert found.certificate.compiled
        np.testing.assert_array_equal(found.vertices, expected.vertices)
        np.testing.assert_array_equal(found.edges, expected.edges)
        np.testing.assert_array_equal(found.boundary(2).members, expected.boundary(2).members)
        np.testing.assert_array_equal(found.record.faces.zeros, expected.record.faces.zeros)


@pytest.mark.parametrize("domain", [lr.Line([0.1], [1.0]), lr.Segment([-2.0], [3.0])])
def test_on_lines(domain: lr.Line | lr.Segment) -> None:
    net = lr.Network.random([1, 9, 7, 1], biases="torch", rng=np.random.default_rng(1))
    cx = lr.subdivide(net, domain)
    for layer in (0, 1):
        assert_same_complex(cx.after_layer(layer), lr.subdivide(net, domain, upto_layer=layer))


@pytest.mark.parametrize("kind", KINDS)
def test_it_answers_and_travels_like_any_other(kind: str, tmp_path: Path) -> None:
    import pickle

    rng = np.random.default_rng(8)
    net = lr.Network.random([3, 6, 5, 4, 2], biases="torch", rng=rng)
    cx = cut(net, lr.Box(-1, 1, dim=3), kind)
    found = cx.after_layer(2)
    points = rng.uniform(-1.1, 1.1, size=(200, 3))
    expected = cut(net, cx.domain, kind, upto_layer=2)
    np.testing.assert_array_equal(found.locate(points), expected.locate(points))
    np.testing.assert_allclose(
        found.affine_maps().matrices, expected.affine_maps().matrices, atol=1e-12
    )
    assert found.interior_certified.all()
    again: list[Any] = [lr.PolyhedralComplex.load(found.save(tmp_path / "complex.npz"))]
    again.append(pickle.loads(pickle.dumps(found)))
    for each in again:
        assert_same_complex(each, expected)
        assert_same_complex(each.after_layer(1), cut(net, cx.domain, kind, upto_layer=1))


@pytest.mark.parametrize("where", [lr.Box(-2, 2, dim=2), lr.Space(2)], ids=["box", "space"])
def test_classes_are_forgotten(where: lr.Box | lr.Space) -> None:
    net = lr.Network.random([2, 5, 4, 3], biases="torch", rng=np.random.default_rng(2))
    cx = lr.subdivide(net, where)
    decided = lr.decision_complex(cx)
    assert decided.num_regions > cx.num_regions
    assert_same_complex(decided.after_layer(2), cx)
    assert_same_complex(decided.after_layer(1), cx.after_layer(1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_networks_that_take_maxima(kind: str, seed: int) -> None:
    """Small integers: there are ties."""
    rng = np.random.default_rng(seed)
    weight, bias = rng.integers(-2, 3, size=(6, 2)), rng.integers(-1, 2, size=6)
    net = max_network(
        weight.astype(float), bias.astype(float), [(0, 1, 2), (3, 4, 5)], np.ones((2, 2))
    )
    for where in (lr.Box(-3, 2, dim=2), lr.Space(2)):
        if isinstance(where, lr.Space) and kind == "compiled":
            continue
        cx = cut(net, where, kind)
        for layer in range(net.depth):
            assert_same_complex(cx.after_layer(layer), cut(net, where, kind, upto_layer=layer))
        with pytest.raises(TypeError, match="ask the complex that it was made from"):
            lr.decision_complex(cx).after_layer(1)


@pytest.mark.parametrize("kind", KINDS)
def test_vertices_that_round_onto_a_wall(kind: str) -> None:
    """The second layer cuts 2**-60 beside the wall, where no float is."""
    net = lr.Network.from_arrays(
        [[[2.0**60, 0.0], [0.0, 1.0]], [[1.0, 0.25], [0.5, 1.0]], [[1.0, 1.0]]],
        [[2.0**60, 0.5], [-1.5, -0.25], [0.0]],
    )
    cx = cut(net, lr.Box(-1, 1, dim=2), kind)
    assert (cx.vertices == -1.0).any(axis=1).sum() > cx.on_wall(0).sum() - 2
    for layer in range(net.depth):
        assert_same_complex(cx.after_layer(layer), cut(net, cx.domain, kind, upto_layer=layer))
    decided = lr.decision_complex(cx.after_layer(2)) if net.output_dim > 1 else cx
    assert decided.num_regions >= cx.num_regions


def test_mixed_activations() -> None:
    kinds = [identity(), relu(), lr.PiecewiseLinear([-1.0, 1.0], [0.0, 1.0, 0.0])]
    rng = np.random.default_rng(5)
    shapes = [(3, 2), (3, 3), (1, 3)]
    net = lr.Network.from_arrays(
        [rng.normal(size=shape) for shape in shapes],
        [rng.normal(size=n) for n, _ in shapes],
        activation=[kinds, kinds[::-1]],
    )
    for kind in KINDS:
        cx = cut(net, lr.Box(-2, 2, dim=2), kind)
        assert cx.num_regions > cx.after_layer(1).num_regions > 1
        for layer in range(net.depth):
            expected = cut(net, cx.domain, kind, upto_layer=layer)
            assert_same_complex(cx.after_layer(layer), expected)


def test_only_layers_that_cut() -> None:
    net = lr.Network.random([2, 5, 4, 3], biases="torch", rng=np.random.default_rng(2))
    cx = lr.subdivide(net, lr.Box(-2, 2, dim=2), upto_layer=1)
    for layer in (2, -1):
        with pytest.raises(ValueError, match=rf"layer is {layer}; it must be 0\.\.1"):
            cx.after_layer(layer)


@pytest.mark.parametrize(
    "domain", [lr.Box(-1, 1, dim=3), lr.Space(3), lr.Segment([0] * 3, [1] * 3)]
)
def test_before_all_layers_there_are_the_inputs(domain: lr.geometry.Domain) -> None:
    net = lr.Network.random([3, 2, 2, 1], biases="torch", rng=np.random.default_rng(0))
    cx = lr.subdivide(net, domain)
    for start in (cx.after_layer(0), lr.subdivide(net, domain, upto_layer=0)):
        maps, places = start.affine_maps(), np.linspace(0, 1, 4 * domain.dim).reshape(4, -1)
        np.testing.assert_array_equal(
            places @ maps.matrices[0].T + maps.offsets[0], domain.embed(places)
        )
        assert sum(name.startswith("dy") for name in start.table()) == 3 * domain.dim
    affine = lr.Network.from_arrays([[[1, 2, 3]]], [[4]])
    maps = lr.subdivide(affine, lr.Box(-1, 1, dim=3)).affine_maps()
    assert maps.matrices.tolist() == [[[1, 2, 3]]]
    assert maps.offsets.tolist() == [[4]]
