"""Vertices and edges alone: their error bounds, and the faces that are read off them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.cutting.subdivision_state import NotInGeneralPosition
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.vertex_signs.carried_bounds import spectral_bound
from linreg_lib.networks import Normal, PiecewiseLinear

numba = pytest.importorskip("numba")
BENT = PiecewiseLinear([-0.3, 0.1], [0.7, -0.2, 1.3], value_at=(0.2, 0.9))


def domains() -> list[Domain]:
    rng = np.random.default_rng(0)
    triangle = [[0.0, 0.0], [3.0, 0.1], [1.0, 2.0]]
    return [
        lr.Box(-1.0, 1.0, dim=1),
        lr.Box(-1.0, 1.0, dim=2),
        lr.Box([-1.0, -2.0, 0.5], [1.0, 1.0, 0.75]),
        lr.Box(-1.0, 1.0, dim=4),
        lr.Box(-1.0, 1.0, dim=5),
        lr.Segment(rng.normal(size=3), rng.normal(size=3)),
        lr.Plane(rng.normal(size=3), np.eye(3)[:2], 3.0),
        lr.Simplex(triangle),
    ]


def net_on(domain: Domain, seed: int, activation: str | PiecewiseLinear = "relu") -> lr.Network:
    widths = {1: [9, 8, 7], 2: [8, 7, 6], 3: [6, 5, 4], 4: [5, 4, 3], 5: [5, 4]}[domain.dim]
    rng = np.random.default_rng(seed)
    widths = [domain.input_dim, *widths, 2]
    return lr.Network.random(widths, biases=Normal(0.3), rng=rng, activation=activation)


def both(net: lr.Network, domain: Domain) -> tuple[lr.PolyhedralComplex, lr.PolyhedralComplex]:
    fast = lr.subdivide(net, domain, compiled=True)
    assert fast.certificate.compiled
    slow = lr.subdivide(net, domain, compiled=False)
    assert not slow.certificate.compiled
    return fast, slow


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("activation", ["relu", "hard_tanh", BENT], ids=["relu", "tanh", "bent"])
def test_all_faces_are_those_of_the_reference(
    number: int, activation: str | PiecewiseLinear
) -> None:
    domain = domains()[number]
    fast, slow = both(net_on(domain, number, activation), domain)
    assert fast.f_vector == slow.f_vector
    np.testing.assert_array_equal(fast.patterns, slow.patterns)
    order = [np.lexsort(cx.vertices.T[::-1].round(9)) for cx in (fast, slow)]
    np.testing.assert_allclose(fast.vertices[order[0]], slow.vertices[order[1]], atol=1e-8)
    rank = [np.argsort(each) for each in order]
    # Each face as the set of its vertices, level by level.
    faces = [[frozenset([int(v)]) for v in each] for each in rank]
    for k in range(1, domain.dim + 1):
        for which, cx in enumerate((fast, slow)):
            incidence = cx.boundary(k)
            assert len(incidence) == cx.f_vector[k]
            below = faces[which]
            faces[which] = [
                frozenset().union(*(below[m] for m in incidence[f])) for f in range(len(incidence))
            ]
        if k < domain.dim:
            assert set(faces[0]) == set(faces[1])
            assert len(set(faces[0])) == len(faces[0])
    assert faces[0] == faces[1]
    np.testing.assert_array_equal(fast.facets_per_region(False), slow.facets_per_region(False))
    np.testing.assert_allclose(fast.volumes, slow.volumes, atol=1e-9)
    assert fast.linear_regions().labels.tolist() == slow.linear_regions().labels.tolist()


@pytest.mark.parametrize("number", range(8))
def test_vertices_are_as_near_as_is_claimed(number: int) -> None:
    from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision

    domain = domains()[number]
    net = net_on(domain, number)
    run = SkeletonSubdivision(net, domain, None)
    worst = 0.0
    for layer in range(net.depth):
        run.add_layer(layer, None)
        for vertex, slack in enumerate(run.vertex_slack):
            exact = run.exact.coordinates(vertex)
            rounded = run._vertices.points[vertex].tolist()
            off = sum((Fraction(x) - p) ** 2 for x, p in zip(rounded, exact, strict=True))
            assert off <= Fraction(float(slack)) ** 2
            worst = max(worst, float(off) ** 0.5 / max(float(slack), 1e-300))
    assert worst > 0  # some vertex is rounded: the bound was put to the test


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_progress_and_limits_count_as_the_reference_does(dim: int) -> None:
    box = lr.Box(-1.0, 1.0, dim=dim)
    net = net_on(box, 7)
    told: list[list[tuple[int, int, int]]] = []
    for compiled in (True, False):
        steps: list[tuple[int, int, int]] = []
        lr.subdivide(net, box, compiled=compiled, progress=lambda *step, to=steps: to.append(step))
        told.append(steps)
    assert told[0] == told[1]
    limit = told[0][-1][2] // 2
    for compiled in (True, False):
        with pytest.raises(lr.WorkLimitError, match=f"max_regions={limit}"):
            lr.subdivide(net, box, compiled=compiled, max_regions=limit)


def test_prefixes_of_a_net() -> None:
    box = lr.Box(-1.0, 1.0, dim=2)
    net = net_on(box, 3)
    counts = []
    for depth in range(net.depth + 1):
        fast = lr.subdivide(net, box, compiled=True, upto_layer=depth)
        slow = lr.subdivide(net, box, compiled=False, upto_layer=depth)
        assert fast.f_vector == slow.f_vector
        np.testing.assert_array_equal(fast.patterns, slow.patterns)
        assert fast.record.faces.zeros.shape == slow.record.faces.zeros.shape
        counts.append(fast.num_regions)
    assert all(a < b for a, b in pairwise(counts))


def test_vertices_on_more_hyperplanes_than_dimensions_are_left_to_the_reference() -> None:
    from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision

    # Three lines through one point, one of them through two corners of the domain as well.
    net = lr.Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, 0], [0]])
    run = SkeletonSubdivision(net, lr.Box([-1, -2], [2, 1]), None)
    with pytest.raises(NotInGeneralPosition):
        run.add_layer(0, None)
    cx = lr.subdivide(net, lr.Box([-1, -2], [2, 1]))
    assert (cx.num_regions, cx.f_vector) == (6, (9, 14, 6))


@pytest.mark.parametrize(
    "domain",
    [
        lr.Space(3),
        lr.Line([0.0, 0.0, 0.0], [1.0, 1.0, 1.0]),
        lr.Polytope(vertices=np.vstack([np.eye(3), -np.eye(3)])),
        lr.Box([0.0, 0.0, -1.0], [1.0, 1.0, 1.0]),
    ],
    ids=["space", "line", "octahedron", "tie"],
)
def test_kernels_cut_whatever_insists_on_them(domain: Domain) -> None:
    net = lr.Network.from_arrays([[[1, -1, 0], [0, 1, 3]], [[1, 1]]], [[0, 0.25], [0]])
    cx, slow = lr.subdivide(net, domain, compiled=True), lr.subdivide(net, domain, compiled=False)
    assert (cx.certificate.compiled, slow.certificate.compiled) == (True, False)
    assert cx.f_vector == slow.f_vector


def test_vertices_in_doubt_are_decided_without_starting_again() -> None:
    """Three lines that meet but for 2**-50: exact signs at vertices on two of one layer's lines."""
    weights = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -0.5]]
    net = lr.Network.from_arrays([weights, [[1, 1, 1, 1]]], [[0, 0, 2.0**-50, 2.0**-51], [0]])
    box = lr.Box([-1.0, -0.75], [0.875, 1.0])
    fast, slow = both(net, box)
    assert fast.certificate.num_doubtful_vertices > 0
    assert fast.f_vector == slow.f_vector
    np.testing.assert_array_equal(fast.patterns, slow.patterns)


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("activation", ["relu", "hard_tanh", BENT], ids=["relu", "tanh", "bent"])
def test_exact_places_solve_what_crossings_give(
    number: int, activation: str | PiecewiseLinear
) -> None:
    from linreg_lib.geometry.vertex_signs.vertex_births import BornPlaces

    domain = domains()[number]
    fast = lr.subdivide(net_on(domain, number, activation), domain, compiled=True)
    exact = fast.record.exact
    start = domain.initial_lattice().points.size
    corners = {v: exact.point(v) for v in range(start)}
    born = BornPlaces(exact.network, corners, fast.record.crossings)
    rng = np.random.default_rng(number)
    for vertex in rng.choice(fast.f_vector[0], size=min(40, fast.f_vector[0]), replace=False):
        assert (exact.point(int(vertex)) == born.point(int(vertex))).all()


def test_edges_too_level_for_floats_are_directed_exactly() -> None:
    """Shear the square so that some edges are level for the functional up to rounding."""
    from linreg_lib.geometry.cutting.compiled.upward import Upward

    up = Upward.on(np.array([[0.0, 0.0], [1.0, 1.0]]))
    slope = -up.functional[0] / up.functional[1]
    normal = [[-slope, 1.0], [1.0, 0.3]]
    net = lr.Network.from_arrays([normal, [[1, 1]]], [[0.1, -0.2], [0]])
    box = lr.Box(-1.0, 1.0, dim=2)
    fast, slow = both(net, box)
    assert fast.f_vector == slow.f_vector
    assert fast.euler_characteristic == 1


@pytest.mark.parametrize("fault", ["up", "neighbours", "words"])
def test_faults_are_seen(fault: str) -> None:
    """Each part of a skeleton matters: one changed bit, and the reference disagrees."""
    box = lr.Box(-1.0, 1.0, dim=3)
    net = net_on(box, 1)
    fast, slow = both(net, box)
    faces = fast.record.faces
    if fault == "up":
        up = faces._up.copy()
        up[np.flatnonzero(up)[0]] = 0
        faces._up = up
        del (
            vars(fast.record)["f_vector"],
            vars(faces)["f_vector"],
        )  # kept since the complex was made
        assert fast.f_vector != slow.f_vector
    elif fault == "words":
        faces._skeleton.words[:, 0] ^= np.uint64(1)
        with pytest.raises(lr.BrokenInvariantError, match="same pattern"):
            _ = fast.patterns
    else:
        first, second = faces.sources(1), faces._skeleton.neighbours
        v = int(first[0][0])
        slot = int(first[1][0]).bit_length() - 1
        second[v, slot] = v
        assert (
            fast.boundary(1).members.tolist() != lr.subdivide(net, box).boundary(1).members.tolist()
        )


def test_spectral_bounds_bound() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        shape = rng.integers(1, 40, size=2)
        matrix = rng.normal(size=shape) * 10.0 ** rng.integers(-200, 200)
        norm = np.linalg.norm(matrix, 2)
        assert norm <= spectral_bound(matrix) <= 1.4 * norm
    assert spectral_bound(np.zeros((3, 2))) == 0


def test_only_measurements_go_uncertified() -> None:
    from benchmarks.certification import _Uncertified

    box = lr.Box(-1.0, 1.0, dim=2)
    net = net_on(box, 2)
    assert lr.subdivide(net, box).certificate.certified
    run = _Uncertified(net, box, None)
    run.add_layer(0, None)
    assert not run.certificate.certified
    assert not run.record(1).certificate.certified


@pytest.mark.parametrize("activation", ["relu", "hard_tanh", BENT, "identity"])
@pytest.mark.parametrize("first", [5, 8, 70])
def test_parts_of_patterns_are_columns_of_them(
    first: int, activation: str | PiecewiseLinear
) -> None:
    """Whether they are read off packed bits or not, wherever a layer's columns begin."""
    rng = np.random.default_rng(first)
    net = lr.Network.random([2, first, 6, 9, 2], biases=Normal(0.3), rng=rng)
    net = lr.Network.from_arrays(net.weights, net.biases, ["relu", activation, "relu"])
    fast, slow = (cx.record.faces for cx in both(net, lr.Box(-1.0, 1.0, dim=2)))
    assert type(fast) is not type(slow)
    for layers in range(4):
        units = sum(net.hidden_widths[:layers])
        rows = slow.patterns[:, :units]
        is_new = [i == 0 or bytes(rows[i]) != bytes(rows[i - 1]) for i in range(len(rows))]
        for faces in (fast, slow):
            assert faces.starts_group(layers, units).tolist() == is_new
            np.testing.assert_array_equal(
                faces.pieces_after(layers, units), slow.patterns[:, units:]
            )


def test_each_walls_equation_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once a corner: in many dimensions that took longer than all else."""
    from linreg_lib.geometry.cutting.compiled import exact_places
    from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision

    num_found, keep = 0, exact_places.null_vector

    def counted(rows: list[list[int]]) -> list[int]:
        nonlocal num_found
        num_found += 1
        return keep(rows)

    monkeypatch.setattr(exact_places, "null_vector", counted)
    box = lr.Box(-1.0, np.arange(1.0, 7.0))
    net = lr.Network.from_arrays([np.ones((1, 6)), [[1.0]]], [[0.25], [0.0]])
    run = SkeletonSubdivision(net, box, None)
    normals = run._places.wall_normals()
    np.testing.assert_array_equal(np.sort(np.abs(normals), axis=1)[:, -2:], [[0.0, 1.0]] * 12)
    assert num_found == 12
