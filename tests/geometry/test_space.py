"""All of R^d: against the formulas for arrangements, and against boxes that hold every vertex."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry import Space, UnboundedQuestionError, cut_by_hyperplanes
from linreg_lib.geometry.complex.polyhedral_complex import complex_of
from linreg_lib.geometry.cutting.reference.numpy_subdivision import NumpySubdivision
from linreg_lib.geometry.cutting.reference.whole_space_subdivision import SpaceSubdivision
from linreg_lib.geometry.record import whole_space_faces
from linreg_lib.geometry.record.whole_space_record import whole_space_record
from linreg_lib.networks import Normal
from tests.geometry.comparison import integer_net
from tests.geometry.rational_twin import rank
from tests.geometry.test_certificates import Watched, check_layer, watch

SEEDS = range(60)
#: as the library chooses; from the network's neurons; from the coordinate hyperplanes
STARTS = {"any": None, "neurons": SpaceSubdivision, "coordinates": NumpySubdivision}


def cut(net: lr.Network, start: str = "any") -> lr.PolyhedralComplex:
    """The network's complex on its whole input space."""
    kind, domain = STARTS[start], Space(net.input_dim)
    if kind is None:
        return lr.subdivide(net, domain)
    run = kind(net, domain, None)
    for layer in range(net.depth):
        run.add_layer(layer, None)
    return complex_of(whole_space_record(run.record(net.depth)))


def general_position_faces(m: int, d: int) -> tuple[int, ...]:
    """Buck 1943: choose the d - k hyperplanes of a k-flat; the others cut it into regions."""
    return tuple(
        comb(m, d - k) * sum(comb(m - d + k, i) for i in range(k + 1)) if m >= d - k else 0
        for k in range(d + 1)
    )


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("dim", [1, 2, 3, 4])
@pytest.mark.parametrize("num", [1, 2, 3, 4, 7])
def test_general_position(dim: int, num: int, start: str) -> None:
    rng = np.random.default_rng([dim, num])
    net = lr.Network.random([dim, num, 1], biases=Normal(0.5), rng=rng)
    cx = cut(net, start)
    assert cx.f_vector == general_position_faces(num, dim)
    assert cx.euler_characteristic == (-1) ** dim
    assert cx.is_bounded_region.sum() == comb(num - 1, dim)
    assert cx.facets_per_region().sum() == 2 * cx.f_vector[dim - 1]
    assert np.isfinite(cx.volumes).tolist() == cx.is_bounded_region.tolist()


def zaslavsky(rows: list[tuple[int, ...]]) -> tuple[int, int]:
    """Regions and bounded regions: Whitney's sum over central sets, at t = -1 and t = 1."""
    dim = len(rows[0]) - 1
    unique = sorted({_direction(row) for row in rows})
    regions = bounded = 0
    for size in range(len(unique) + 1):
        for chosen in combinations(unique, size):
            linear = rank([[*row[:-1]] for row in chosen]) if chosen else 0
            if (rank([[*row] for row in chosen]) if chosen else 0) > linear:
                continue  # no common point
            regions += (-1) ** size * (-1) ** (dim - linear)
            bounded += (-1) ** size
    essential = rank([[*row[:-1]] for row in unique]) == dim
    return abs(regions), abs(bounded) if essential else 0


def _direction(row: tuple[int, ...]) -> tuple[Fraction, ...]:
    first = next(a for a in row if a)
    return tuple(Fraction(a, first) for a in row)


ARRANGEMENTS = {
    "parallel lines": [(1, 0, 0), (1, 0, 1), (2, 0, 5), (-1, 0, 2)],
    "central lines": [(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, -1, 0)],
    "grid": [(1, 0, 0), (1, 0, 1), (0, 1, 0), (0, 1, 1), (1, 1, 1)],
    "twice the same": [(1, 1, 1), (2, 2, 2), (-1, -1, -1), (1, 0, 0)],
    "points": [(1, 0), (2, 1), (-2, -1), (1, 7)],
    "braid": [(1, -1, 0, 0), (0, 1, -1, 0), (1, 0, -1, 0)],
    "parallel planes": [(1, 2, 3, 4), (1, 2, 3, 5), (1, 2, 3, 6)],
    "prism": [(1, 0, 0, 0), (0, 1, 0, 0), (1, 1, 0, 1), (0, 0, 1, 0), (0, 0, 1, 1)],
    "coordinates": [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (1, 1, 1, 0), (1, 1, 1, 1)],
}


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_degenerate_arrangements(name: str) -> None:
    rows = ARRANGEMENTS[name]
    cx = cut_by_hyperplanes(rows, Space(len(rows[0]) - 1))
    assert (cx.num_regions, cx.is_bounded_region.sum()) == zaslavsky(rows)
    assert cx.euler_characteristic == (-1) ** cx.dim


@pytest.mark.parametrize("seed", SEEDS)
def test_random_integer_arrangements(seed: int) -> None:
    rng = np.random.default_rng([7, seed])
    dim = seed % 3 + 1
    rows = rng.integers(-2, 3, size=(int(rng.integers(1, 7)), dim + 1))
    rows = [tuple(row) for row in rows.tolist() if any(row[:-1])]
    if rows:
        cx = cut_by_hyperplanes(rows, Space(dim))
        assert (cx.num_regions, cx.is_bounded_region.sum()) == zaslavsky(rows)


def assert_as_in_a_box(net: lr.Network, start: str, half_width: float) -> None:
    """Faces of R^d are the faces off the walls of a box that meets all of them."""
    dim = net.input_dim
    cx, box = cut(net, start), lr.subdivide(net, lr.Box(-half_width, half_width, dim=dim))
    assert np.abs(cx.vertices).max(initial=0.0) < half_width / 16
    assert cx.patterns.tolist() == box.patterns.tolist()
    inner = tuple(np.count_nonzero(~box.on_wall(k)) for k in range(dim + 1))
    assert cx.f_vector == inner
    assert cx.euler_characteristic == (-1) ** dim
    counts = box.facets_per_region(walls=False)
    for walls in (True, False):
        assert cx.facets_per_region(walls=walls).tolist() == counts.tolist()
    assert cx.is_bounded_region.tolist() == (counts == box.facets_per_region()).tolist()
    expected = np.where(cx.is_bounded_region, box.volumes, np.inf)
    np.testing.assert_allclose(cx.volumes, expected, rtol=1e-6, atol=1e-9)
    assert cx.linear_regions().labels.tolist() == box.linear_regions().labels.tolist()
    if dim > 1:
        at = [tuple(sorted(cells)) for cells in box.facet_cells[~box.facet_is_wall].tolist()]
        assert sorted(tuple(sorted(cells)) for cells in cx.facet_cells.tolist()) == sorted(at)
        supports = {
            tuple(sorted(box.facet_cells[facet].tolist())): box.supports_of_facet(facet)
            for facet in np.flatnonzero(~box.facet_is_wall)
        }
        for facet, cells in enumerate(cx.facet_cells.tolist()):
            assert cx.supports_of_facet(facet) == supports[tuple(sorted(cells))]
    inside = np.flatnonzero(cx.interior_certified)
    assert len(inside) == cx.num_regions
    assert cx.locate(cx.interior_points).tolist() == inside.tolist()


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_deep_nets_with_ties(seed: int, start: str) -> None:
    dim = seed % 3 + 1
    assert_as_in_a_box(integer_net(seed, dim, max_width=(6, 4, 3)[dim - 1]), start, 2.0**16)


@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
@pytest.mark.parametrize("widths", [[1, 9, 9, 1], [2, 8, 8, 1], [3, 5, 4, 1], [4, 4, 3, 1]])
def test_deep_random_nets(widths: list[int], activation: str) -> None:
    rng = np.random.default_rng(len(widths) + widths[0])
    net = lr.Network.random(widths, biases=Normal(0.4), rng=rng, activation=activation)
    for start in STARTS:
        assert_as_in_a_box(net, start, 2.0**20)


def test_a_line_is_the_space_of_dimension_one() -> None:
    net = lr.Network.random([1, 6, 5, 1], biases=Normal(0.4), rng=np.random.default_rng(3))
    line, space = lr.subdivide(net, lr.Line([0.0], [1.0])), lr.subdivide(net, Space(1))
    assert line.f_vector == space.f_vector
    assert line.patterns.tolist() == space.patterns.tolist()
    assert line.is_bounded_region.tolist() == space.is_bounded_region.tolist()
    np.testing.assert_allclose(line.volumes, space.volumes)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_nothing_is_cut(dim: int) -> None:
    dead = lr.Network.from_arrays([np.zeros((2, dim)), np.ones((1, 2))], [[1, -1], [0]])
    for net, depth in ((dead, 1), (dead, 0)):
        cx = lr.subdivide(net, Space(dim), upto_layer=depth)
        assert cx.f_vector == (*[0] * dim, 1)
        assert cx.facets_per_region().tolist() == [0]
        assert not cx.is_bounded_region.any()
        assert (cx.volume(), cx.volume(codim=1)) == (np.inf, 0.0)


def test_volumes_of_faces() -> None:
    triangle = cut_by_hyperplanes([(1, 0, 0), (0, 1, 0), (1, 1, 1)], Space(2))
    assert triangle.volumes[triangle.is_bounded_region].tolist() == [0.5]
    assert [triangle.volume(codim=k) for k in range(3)] == [np.inf, np.inf, 3.0]
    assert triangle.volume(codim=1, of="linear") == np.inf


def test_questions_that_are_not_answered() -> None:
    cx = cut_by_hyperplanes([(1, 0, 0)], Space(2))
    with pytest.raises(UnboundedQuestionError, match="Box"):
        cx.polygons()
    with pytest.raises(NotImplementedError, match="Box"):
        cx.volume(codim=2, of="linear")
    for wrong in (0, 7, 2.5, True):
        with pytest.raises((ValueError, TypeError), match="dim"):
            Space(wrong)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_the_certificates_hold_in_homogeneous_coordinates(dim: int) -> None:
    rng = np.random.default_rng(dim)
    net = lr.Network.random([dim, 4, 3, 1], biases=Normal(0.3), rng=rng, activation="hard_tanh")
    assert watch(net, Space(dim)) > 1


def test_a_fault_in_the_joining(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = whole_space_faces._num_regions_around

    def careless(*args: object) -> list[np.ndarray]:
        return [np.minimum(counts, 2) for counts in keep(*args)]

    monkeypatch.setattr(whole_space_faces, "_num_regions_around", careless)
    with pytest.raises(AssertionError):
        assert_as_in_a_box(integer_net(1, 2, max_width=4), "coordinates", 2.0**16)


def test_a_fault_in_the_leaving_out(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = whole_space_faces._kept

    def careless(part: object, face_of: np.ndarray, below: np.ndarray) -> object:
        return keep(part, face_of, np.maximum(below, 0))

    monkeypatch.setattr(whole_space_faces, "_kept", careless)
    with pytest.raises(AssertionError):
        assert_as_in_a_box(integer_net(1, 2, max_width=4), "neurons", 2.0**16)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("tilt", [2.0**-5, 2.0**-20, 2.0**-52])
@pytest.mark.parametrize("size", [1.0, 2.0**-400, 2.0**300])
def test_hardly_independent_neurons(size: float, tilt: float, start: str) -> None:
    """Three lines through (0, -1 / tilt), and a triangle when one moves by its last bit."""
    weight = [[size, 0.0], [1.0, tilt], [-1.0, tilt]]
    for last, expected in ((1.0, (1, 6, 6)), (1.0 + 2.0**-52, (3, 9, 7))):
        net = lr.Network.from_arrays([weight, np.ones((1, 3))], [[0.0, 1.0, last], [0]])
        assert cut(net, start).f_vector == expected


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
def test_the_certificates_hold_between_neurons(dim: int, activation: str) -> None:
    """The corners of the cones are rounded; vertices are decided at the length the cones give."""

    class WatchedSpace(SpaceSubdivision, Watched):
        pass

    rng = np.random.default_rng(dim)
    net = lr.Network.random([dim, 4, 2, 1], biases=Normal(0.3), rng=rng, activation=activation)
    run = WatchedSpace(net, Space(dim), None)
    assert run.domain.walls_are_faces
    for layer in range(net.depth):
        run.add_layer(layer, None)
        check_layer(run, layer, run.signs.error)
        for vertex, slack in enumerate(run.vertex_slack):
            exact = run.exact.point(vertex)
            size = run.domain.homogeneous_size(exact)
            rounded = run.lattice.points.view[vertex]
            off = [Fraction(float(x)) - int(p) / size for x, p in zip(rounded, exact, strict=True)]
            assert np.isinf(slack) or sum(x**2 for x in off) <= Fraction(float(slack)) ** 2


def test_places_are_asked_for_only_where_a_number_hangs_on_them() -> None:
    """A breakpoint beyond float64: the two regions are unbounded wherever it is."""
    net = lr.Network.from_arrays([[[5e-324]], [[1.0]]], [[1.0], [0.0]])
    cx = lr.subdivide(net, Space(1))
    assert cx.volumes.tolist() == [np.inf, np.inf]
    assert (cx.volume(0), cx.volume(1)) == (np.inf, 1.0)
    with pytest.raises(OverflowError, match="too far away"):
        _ = cx.vertices
    line = lr.subdivide(net, lr.Line([0.0], [1.0]))
    assert line.volume(1) == 1.0
    with pytest.raises(ValueError, match="dimension 2"):
        line.polygons()
