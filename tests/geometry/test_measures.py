"""Volumes, polygons and linear regions that can be checked by hand."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.networks import Normal
from tests.geometry.comparison import KINDS, case, cut

Net = lr.Network.from_arrays
SQUARE, CUBE = lr.Box(-1.0, 1.0, dim=2), lr.Box(-1.0, 1.0, dim=3)


def volumes(cx: lr.PolyhedralComplex, of: str) -> list[float]:
    return [cx.volume(codim=codim, of=of) for codim in range(1, cx.dim + 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_neuron_without_outgoing_weight(kind: str) -> None:
    cx = cut(Net([[[1, 0], [0, 1]], [[1, 0]]], [[0, 0], [0]]), SQUARE, kind)
    assert volumes(cx, "activation") == [4.0, 1.0]
    assert volumes(cx, "linear") == [2.0, 0.0]
    assert cx.linear_regions().num_regions == 2
    assert cx.linear_regions().labels.tolist() == [0, 0, 1, 1]
    assert cx.linear_regions().volumes.tolist() == [2.0, 2.0]


def test_three_lines_through_a_point() -> None:
    cx = lr.subdivide(Net([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0] * 3, [0]]), SQUARE)
    np.testing.assert_allclose(volumes(cx, "activation"), [4 + 2 * sqrt(2), 1])
    np.testing.assert_allclose(volumes(cx, "linear"), [4 + 2 * sqrt(2), 1])


def test_a_bent_line_and_the_half_line_that_ends_there() -> None:
    """relu(relu(x) + y - 1/2): the kink of relu(x) shows only where the second unit is on."""
    cx = lr.subdivide(
        Net([[[1, 0], [0, 1], [0, -1]], [[1, 1, -1]], [[1]]], [[0] * 3, [-0.5], [0]]), SQUARE
    )
    assert cx.linear_regions().num_regions == 3
    np.testing.assert_allclose(volumes(cx, "linear"), [1 + sqrt(2) + 0.5, 1])
    np.testing.assert_allclose(volumes(cx, "activation"), [4 + 1 + sqrt(2), 3])


def test_cancelling_kinks_leave_no_linear_regions() -> None:
    cx = lr.subdivide(Net([[[1, 0], [-1, 0]], [[1, -1]]], [[0, 0], [0]]), SQUARE)
    assert cx.num_regions == 2
    assert cx.linear_regions().num_regions == 1
    assert volumes(cx, "linear") == [0.0, 0.0]


def test_equal_maps_that_do_not_touch_are_two_linear_regions() -> None:
    """A hat that is 0 on both sides: three linear regions, not two."""
    cx = lr.subdivide(
        Net([[[1], [1], [1]], [[1, -2, 1]]], [[0.5, 0, -0.5], [0]]), lr.Box(-1, 1, dim=1)
    )
    assert cx.linear_regions().num_regions == 4
    flat = cx.affine_maps().matrices[:, 0, 0] == 0
    assert flat.tolist() == [True, False, False, True]


def test_contact_in_a_corner_does_not_join() -> None:
    """relu(x) relu(y)-like checkerboard: equal maps across a vertex only."""
    net = Net([[[1, 1], [1, -1], [1, 0]], [[1, 1, -2]]], [[0] * 3, [0]])
    cx = lr.subdivide(net, SQUARE)
    zero = np.flatnonzero((cx.affine_maps().matrices == 0).all(axis=(1, 2)))
    labels = cx.linear_regions().labels[zero]
    assert len(zero) > len(set(labels.tolist())) - 1
    assert len(set(labels.tolist())) == 2  # left of both lines, right of both: they meet at 0


@pytest.mark.parametrize(("dead", "linear"), [(0, [12, 6, 1]), (1, [8, 2, 0]), (2, [4, 0, 0])])
def test_coordinate_planes_in_the_cube(dead: int, linear: list[int]) -> None:
    out = [[1] * (3 - dead) + [0] * dead]
    cx = lr.subdivide(Net([np.eye(3), out], [[0] * 3, [0]]), CUBE)
    np.testing.assert_allclose(volumes(cx, "activation"), [12, 6, 1])
    np.testing.assert_allclose(volumes(cx, "linear"), linear)


def test_several_outputs_jump_together() -> None:
    cx = lr.subdivide(Net([[[1, 0], [0, 1]], [[1, 0], [0, 1]]], [[0, 0], [0, 0]]), SQUARE)
    assert cx.linear_regions().num_regions == 4
    assert volumes(cx, "linear") == [4.0, 1.0]


def test_an_inner_layer_has_that_layers_linear_regions() -> None:
    net = Net([[[1, 0], [0, 1]], [[0, 0]], [[1]]], [[0, 0], [1], [0]])
    assert lr.subdivide(net, SQUARE).linear_regions().num_regions == 1
    assert lr.subdivide(net, SQUARE, upto_layer=1).linear_regions().num_regions == 4


@pytest.mark.parametrize("seed", range(20))
def test_jumps_of_codimension_one(seed: int) -> None:
    """Length or area of the facets between cells whose exact maps differ."""
    net, box, twin = case(seed)
    expected = sum(
        twin.volume_of(facet)
        for facet, owners in twin.owners.items()
        if len(owners) == 2 and twin.cells[owners[0]].maps != twin.cells[owners[1]].maps
    )
    cx = lr.subdivide(net, box)
    np.testing.assert_allclose(cx.volume(codim=1, of="linear"), expected, rtol=1e-9)


def _area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


@pytest.mark.parametrize("kind", KINDS)
def test_polygons(kind: str) -> None:
    rng = np.random.default_rng(0)
    net = lr.Network.random([2, 20, 15, 1], biases=Normal(0.2), rng=rng)
    cx = cut(net, SQUARE, kind)
    polygons = cx.polygons()
    assert [len(polygon) for polygon in polygons] == cx.facets_per_region().tolist()
    areas = np.array([abs(_area(polygon)) for polygon in polygons])
    np.testing.assert_allclose(areas, cx.volumes, rtol=1e-6, atol=1e-15)
    np.testing.assert_allclose(areas.sum(), 4.0)
    for polygon, centre in zip(polygons, cx.interior_coordinates, strict=True):
        steps, views = np.roll(polygon, -1, axis=0) - polygon, centre - polygon
        turns = steps[:, 0] * views[:, 1] - steps[:, 1] * views[:, 0]
        assert (turns > -1e-15).all() or (turns < 1e-15).all()  # convex, in order around it


def test_edges_join_vertices() -> None:
    cx = lr.subdivide(Net([[[1, 0]], [[1]]], [[0], [0]]), SQUARE)
    assert cx.edges.shape == (7, 2)
    lengths = np.linalg.norm(np.diff(cx.vertices[cx.edges], axis=1)[:, 0], axis=1)
    assert sorted(lengths.tolist()) == [1.0] * 4 + [2.0] * 3
    line = lr.subdivide(Net([[[1]], [[1]]], [[0], [0]]), lr.Line([5.0], [1.0]))
    np.testing.assert_allclose(line.vertices, [[-5.0]])
    assert sorted(line.edges.ravel().tolist()) == [-1, -1, 0, 0]
    assert line.facets_per_region().tolist() == [1, 1]
    assert line.volume(codim=1) == 1.0
    assert line.volume(codim=0) == np.inf


def test_a_plane_measures_ambient_areas() -> None:
    plane = lr.Plane(np.zeros(3), [[3.0, 4.0, 0.0], [0.0, 0.0, 7.0]], 2.0)
    cx = lr.subdivide(Net([[[1, 0, 0]], [[1]]], [[0], [0]]), plane)
    np.testing.assert_allclose(cx.volumes, [8.0, 8.0])
    np.testing.assert_allclose(cx.volume(codim=1), 4.0)
