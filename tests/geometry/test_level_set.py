"""Where an output takes a value: pieces, lengths and ties, against what one finds otherwise."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.geometry import LevelSet, UnboundedQuestionError
from linreg_lib.networks import identity
from tests.geometry.comparison import exact, generic_net, integer_net
from tests.geometry.max_networks import max_network
from tests.geometry.rational_twin import Point, affine, cells_of, span_dim

Pieces = dict[frozenset[Point], list[int]]


def in_fractions(
    net: lr.Network, box: lr.Box, output: int, level: float
) -> tuple[Pieces, list[int]]:
    """Corners of each piece with the regions it lies in, and the flat regions: cell by cell."""
    found: Pieces = {}
    flat: list[int] = []
    cells = cells_of(net, exact(box.low), exact(box.high))
    for number, cell in enumerate(cells):
        *row, constant = cell.maps[output]
        cut = (*row, constant - Fraction(level))
        for part in cell.polytope.split(cut)[:1]:
            on = frozenset(v for v in part.vertices if affine(cut, v) == 0)
            if on == frozenset(part.vertices):
                flat.append(number)
            elif on and span_dim(sorted(on)) == box.dim - 1:
                found.setdefault(on, []).append(number)
    closures = [set(cells[number].polytope.vertices) for number in flat]
    return {on: i for on, i in found.items() if not any(on <= each for each in closures)}, flat


def exact_pieces(found: LevelSet) -> Pieces:
    record = found.complex.record
    pieces: Pieces = {}
    for facet, beside in zip(found.facets.tolist(), found.regions.tolist(), strict=True):
        corners = record.vertices_of_face(record.dim - 1, facet) if record.dim > 1 else [facet]
        points = [record.exact.point(int(record.vertex_ids[v])).tolist() for v in corners]
        place = frozenset(tuple(Fraction(p, w) for p in point) for *point, w in points)
        assert place not in pieces
        pieces[place] = sorted({region for region in beside if region >= 0})
    return pieces


def length_or_area(corners: np.ndarray) -> float:
    """Of the corners of a piece, a polygon's in order."""
    if corners.shape[1] < 3:
        return 1.0 if len(corners) == 1 else float(np.linalg.norm(corners[1] - corners[0]))
    steps = corners[1:] - corners[0]
    return float(np.linalg.norm(np.cross(steps[:-1], steps[1:]).sum(axis=0))) / 2


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    dim=st.integers(1, 3),
    ties=st.booleans(),
    level=st.sampled_from([0.0, 0.0, 1.0, -0.5, 0.3]),
)
def test_it_is_what_fractions_find(seed: int, dim: int, ties: bool, level: float) -> None:
    net = (integer_net if ties else generic_net)(seed, dim, (6, 4, 3)[dim - 1])
    box = lr.Box(-np.ones(dim), np.arange(1.0, dim + 1))
    cx = lr.subdivide(net, box)
    output = seed % net.output_dim
    found = lr.level_set(cx, output, level)
    expected, flat = in_fractions(net, box, output, level)
    assert exact_pieces(found) == expected
    assert sorted(found.flat_regions.tolist()) == flat
    assert found.num_pieces == len(found.pieces) == len(found.volumes)
    for corners, volume in zip(found.pieces, found.volumes, strict=True):
        assert length_or_area(found.vertices[corners]) == pytest.approx(volume, rel=1e-6)
    assert found.volume == pytest.approx(found.volumes.sum())


def line_net(weights: list[list[float]], biases: list[float], out: list[float]) -> lr.Network:
    return lr.Network.from_arrays([weights, [out]], [biases, [0.0]])


def test_ties_by_hand() -> None:
    square = lr.Box(-1, 1, dim=2)
    valley = line_net([[1, 0], [-1, 0]], [0, 0], [1, 1])  # |x|
    found = lr.level_set(lr.subdivide(valley, square))
    assert (found.regions.tolist(), found.volume) == ([[0, 1]], 2.0)
    assert not len(found.flat_cells)

    half = line_net([[1, 0]], [0], [1])  # relu(x): flat on the left, where no facet is a piece
    found = lr.level_set(lr.subdivide(half, square))
    assert (found.num_pieces, found.volume, found.flat_regions.tolist()) == (0, 0.0, [0])
    assert found.pieces == []
    assert found.vertices.shape == (0, 2)
    assert found.is_above.tolist() == [False, True]

    ramp = line_net([[1, 0]], [1], [1])  # x + 1 is 0 on a wall
    found = lr.level_set(lr.subdivide(ramp, square))
    assert (found.regions.tolist(), found.volume) == ([[-1, 0]], 2.0)
    assert sorted(found.vertices.tolist()) == [[-1.0, -1.0], [-1.0, 1.0]]

    lowest = line_net([[1, 0], [-1, 0], [0, 1], [0, -1]], [0] * 4, [1] * 4)  # |x| + |y|: a point
    assert lr.level_set(lr.subdivide(lowest, square)).num_pieces == 0
    assert lr.level_set(lr.subdivide(lowest, square), level=3.0).num_pieces == 0

    constant = line_net([[1, 0]], [0], [0])
    assert lr.level_set(lr.subdivide(constant, square)).flat_regions.tolist() == [0, 1]
    assert not len(lr.level_set(lr.subdivide(constant, square), level=1.0).flat_cells)


def test_the_level_is_not_rounded() -> None:
    """10 x = 1 has no solution among floats: the place is the fraction."""
    net = lr.Network.from_arrays([[[1.0]], [[10.0]]], [[2.0], [-20.0]])
    found = lr.level_set(lr.subdivide(net, lr.Box(-1, 1, dim=1)), level=1.0)
    assert exact_pieces(found) == {frozenset([(Fraction(1, 10),)]): [0]}
    tenth = lr.level_set(lr.subdivide(net, lr.Box(-1, 1, dim=1)), level=0.1)
    assert exact_pieces(tenth) == {frozenset([(Fraction(0.1) / 10,)]): [0]}


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_slices(dim: int) -> None:
    """Larger networks, cut by the compiled engine: signs at points, values at corners."""
    rng = np.random.default_rng(dim)
    net = lr.Network.random([5, (20, 16, 8, 4)[dim - 1], 6, 2], biases="torch", rng=rng)
    window = lr.Slice(rng.normal(size=5), rng.normal(size=(dim, 5)), rng.uniform(1, 2, size=dim))
    cx = lr.subdivide(net, window)
    level = float(np.median(net(cx.interior_points)[:, 1]))
    found = lr.level_set(cx, 1, level)
    assert found.num_pieces > 0
    assert (found.regions[:, 0] == found.regions[:, 1]).all()
    assert (np.diff(found.regions[:, 0]) > 0).all()
    np.testing.assert_allclose(net(window.embed(found.vertices))[:, 1], level, atol=1e-12)
    places = rng.uniform(window.low, window.high, size=(500, dim))
    inputs = window.embed(places)
    where = found.complex.locate(inputs)
    np.testing.assert_array_equal(found.is_above[where], net(inputs)[:, 1] > level)
    np.testing.assert_array_equal(found.origin_regions[where], cx.locate(inputs))
    if dim < 4:
        areas = [length_or_area(found.vertices[corners]) for corners in found.pieces]
        np.testing.assert_allclose(areas, found.volumes, rtol=1e-7)
    assert found.complex.volumes.sum() == pytest.approx(cx.volume())
    # A piece is the facet between what is above and what is below.
    cells = found.complex.facet_cells[found.facets]
    assert (found.is_above[cells].sum(axis=1) == 1).all()


def test_lines_and_all_of_space() -> None:
    rng = np.random.default_rng(3)
    net = lr.Network.random([2, 6, 5, 1], biases="torch", rng=rng)
    line = lr.Line([0.1, 0.2], [1.0, 0.5])
    long = lr.Segment([0.1 - 2e5, 0.2 - 1e5], [0.1 + 2e5, 0.2 + 1e5])
    level = float(net([0.1, 0.2])[0])
    on_line, on_segment = (
        lr.level_set(lr.subdivide(net, each), level=level) for each in (line, long)
    )
    assert on_line.num_pieces == on_segment.num_pieces == on_line.volume > 0
    np.testing.assert_allclose(net(line.embed(on_line.vertices))[:, 0], level, atol=1e-9)
    alone = lr.Network.from_arrays([[[1.0], [-2.0]], [[1.0, 1.0]]], [[0.0, -2.0], [-1.0]])
    everywhere = lr.level_set(lr.subdivide(alone, lr.Space(1)))
    np.testing.assert_allclose(everywhere.vertices, [[-1.5], [1.0]], rtol=1e-15)
    assert everywhere.volume == 2.0
    assert everywhere.regions.tolist() == [[1, 1], [2, 2]]
    space = lr.level_set(lr.subdivide(net, lr.Space(2)), level=level)
    box = lr.level_set(lr.subdivide(net, lr.Box(-1e4, 1e4, dim=2)), level=level)
    assert space.num_pieces == box.num_pieces
    bounded = np.isfinite(space.volumes)
    assert not bounded.all() or space.volume == pytest.approx(box.volume)
    np.testing.assert_allclose(space.volumes[bounded], box.volumes[bounded], rtol=1e-6)
    with pytest.raises(UnboundedQuestionError, match="corners on a bounded domain"):
        _ = space.pieces


def test_networks_that_take_maxima() -> None:
    """max(x, y, 0) and its copy with pieces told apart by losers."""
    weight = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    net = max_network(weight, np.zeros(3), [(0, 1, 2)], np.ones((1, 1)), after=identity())
    found = lr.level_set(lr.subdivide(net, lr.Box(-1, 1, dim=2)), level=0.5)
    assert found.num_pieces == 2
    assert found.volume == pytest.approx(3.0)
    flat = lr.level_set(lr.subdivide(net, lr.Box(-1, 1, dim=2)))
    assert flat.num_pieces == 0
    assert flat.complex.volumes[flat.flat_cells].tolist() == [1.0]


def test_no_hidden_layer() -> None:
    net = lr.Network.from_arrays([[[1.0, 2.0]]], [[0.0]])
    found = lr.level_set(lr.subdivide(net, lr.Box(-1, 1, dim=2)))
    assert found.num_pieces == 1
    assert found.volume == pytest.approx(5**0.5)


def test_what_is_refused() -> None:
    net = lr.Network.random([2, 5, 4, 3], biases="torch", rng=np.random.default_rng(2))
    cx = lr.subdivide(net, lr.Box(-2, 2, dim=2))
    with pytest.raises(ValueError, match=r"output is 3; the outputs are 0\.\.2"):
        lr.level_set(cx, 3)
    with pytest.raises(ValueError, match="cut up to hidden layer 1 of 2"):
        lr.level_set(cx.after_layer(1))
    with pytest.raises(TypeError, match="made by subdivide, got DecisionComplex"):
        lr.level_set(lr.decision_complex(cx))
    with pytest.raises(lr.WorkLimitError):
        lr.level_set(cx, max_regions=3)
    assert repr(lr.level_set(cx, 1, 0.25)).startswith("LevelSet(output 1 = 0.25: ")


def test_it_is_locked_and_travels() -> None:
    import pickle

    net = lr.Network.random([3, 5, 4, 1], biases="torch", rng=np.random.default_rng(2))
    found = lr.level_set(lr.subdivide(net, lr.Box(-2, 2, dim=3)))
    again = pickle.loads(pickle.dumps(found))
    for each in (found, again):
        for name in ("facets", "regions", "volumes", "vertices", "is_above", "origin_regions"):
            assert not getattr(each, name).flags.writeable
            np.testing.assert_array_equal(getattr(each, name), getattr(found, name))
        for corners, same in zip(each.pieces, found.pieces, strict=True):
            np.testing.assert_array_equal(corners, same)
            assert not corners.flags.writeable
