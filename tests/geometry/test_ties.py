"""The tie catalogue: for each kind of coincidence its one documented answer."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.networks import PiecewiseLinear
from tests.geometry.comparison import KINDS, cut

Net = lr.Network.from_arrays
INTERVAL, SQUARE = lr.Box(-1.0, 1.0, dim=1), lr.Box(-1.0, 1.0, dim=2)
pytestmark = pytest.mark.parametrize("kind", KINDS)


def neurons(cx: lr.PolyhedralComplex, facet: int) -> list[tuple[int, int]]:
    return [(s.layer, s.neuron) for s in cx.supports_of_facet(facet)]


def test_duplicate_neurons_cut_once(kind: str) -> None:
    cx = cut(Net([[[1, 0]] * 3, [[1, 1, 1]]], [[0] * 3, [0]]), SQUARE, kind)
    assert cx.f_vector == (6, 7, 2)
    assert cx.patterns.tolist() == [[0, 0, 0], [1, 1, 1]]
    assert cx.facets_per_region().tolist() == [4, 4]
    assert cx.facets_per_region(walls=False).tolist() == [1, 1]
    (facet,) = np.flatnonzero(~cx.facet_is_wall)
    assert neurons(cx, facet) == [(0, 0), (0, 1), (0, 2)]
    assert cx.volume(codim=1) == 2.0


def test_opposite_neurons_cut_once(kind: str) -> None:
    cx = cut(Net([[[1], [-1]], [[1, 1]]], [[0, 0], [0]]), INTERVAL, kind)
    assert cx.f_vector == (3, 2)
    assert cx.patterns.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("factor", [2.0**-70, 0.5, 1024.0, 3.0])
def test_rescaled_duplicates_coincide_if_the_products_are_exact(kind: str, factor: float) -> None:
    cx = cut(
        Net([[[1, 2], [factor, 2 * factor]], [[1, 1]]], [[0.5, factor / 2], [0]]), SQUARE, kind
    )
    assert cx.f_vector == (6, 7, 2)


def test_rescaling_with_rounding_makes_a_sliver_that_counts(kind: str) -> None:
    """3x - 1 and x - 1/3 are different hyperplanes, as stored: no float lies between them."""
    cx = cut(Net([[[3], [1]], [[1, 1]]], [[-1, -1 / 3], [0]]), lr.Box(0.0, 1.0, dim=1), kind)
    assert cx.patterns.tolist() == [[0, 0], [0, 1], [1, 1]]
    assert cx.interior_certified.tolist() == [True, False, True]
    assert len(np.unique(cx.vertices)) == 3  # of four vertices two share rounded coordinates
    assert cx.certificate.num_doubtful_vertices > 0
    assert cx.locate([[1 / 3], [np.nextafter(1 / 3, 1)]]).tolist() == [0, 2]


@pytest.mark.parametrize(
    ("rows", "f_vector"),
    [
        ([[1, 0], [0, 1], [1, 1]], (9, 14, 6)),  # x + y = 0 runs through two corners
        ([[1, 0], [0, 1], [1, 2], [2, -1]], (13, 20, 8)),
    ],
)
def test_without_biases_all_lines_meet_at_the_origin(
    kind: str, rows: list[list[int]], f_vector: tuple[int, ...]
) -> None:
    num = len(rows)
    cx = cut(Net([rows, np.ones((1, num))], [np.zeros(num), [0]]), SQUARE, kind)
    assert cx.f_vector == f_vector
    assert cx.volume(codim=2) == 1.0


@pytest.mark.parametrize(("bias", "piece"), [(-1.0, 0), (0.0, 0), (1.0, 1)])
def test_a_zero_row_cuts_nothing(kind: str, bias: float, piece: int) -> None:
    cx = cut(Net([[[0, 0]], [[1]]], [[bias], [0]]), SQUARE, kind)
    assert cx.f_vector == (4, 4, 1)
    assert cx.patterns.tolist() == [[piece]]


@pytest.mark.parametrize(("row", "bias", "piece"), [(1, -1, 0), (-1, 1, 1), (1, 1, 1), (-1, -1, 0)])
def test_a_hyperplane_along_a_wall_cuts_nothing(kind: str, row: int, bias: int, piece: int) -> None:
    cx = cut(Net([[[row, 0]], [[1]]], [[bias], [0]]), SQUARE, kind)
    assert cx.f_vector == (4, 4, 1)
    assert cx.patterns.tolist() == [[piece]]
    assert all(cx.supports_of_facet(facet) == () for facet in range(4))


def test_a_hyperplane_that_touches_a_corner_cuts_nothing(kind: str) -> None:
    cx = cut(Net([[[1, 1], [1, 1]], [[1, 1]]], [[-2, 2], [0]]), SQUARE, kind)
    assert cx.f_vector == (4, 4, 1)
    assert cx.patterns.tolist() == [[0, 1]]


def test_a_diagonal_through_two_corners(kind: str) -> None:
    cx = cut(Net([[[1, -1]], [[1]]], [[0], [0]]), SQUARE, kind)
    assert cx.f_vector == (4, 5, 2)
    cube = cut(Net([[[1, -1, 0]], [[1]]], [[0], [0]]), lr.Box(-1.0, 1.0, dim=3), kind)
    assert cube.f_vector == (8, 14, 9, 2)
    corners = cut(Net([[[1, 1, 1]], [[1]]], [[1], [0]]), lr.Box(-1.0, 1.0, dim=3), kind)
    assert corners.f_vector == (8, 15, 10, 2)  # through three corners: a triangle is cut off


def test_a_neuron_at_its_breakpoint_on_a_whole_cell_takes_the_lower_piece(kind: str) -> None:
    cx = cut(Net([[[1]], [[1]], [[1]]], [[0], [0], [0]]), INTERVAL, kind)
    assert cx.patterns.tolist() == [[0, 0], [1, 1]]
    assert neurons(cx, int(np.flatnonzero(~cx.facet_is_wall)[0])) == [(0, 0), (1, 0)]
    up = PiecewiseLinear([0.0], [1.0, 2.0])
    cx = cut(Net([[[1, 0]], [[1], [-1]], [[1, 1]]], [[0], [0, 0], [0]], ["relu", up]), SQUARE, kind)
    assert cx.patterns.tolist() == [[0, 0, 0], [1, 1, 0]]


def test_a_neuron_that_vanishes_everywhere(kind: str) -> None:
    cx = cut(Net([[[1], [1]], [[1, -1]], [[1]]], [[0, 0], [0], [0]]), INTERVAL, kind)
    assert cx.patterns.tolist() == [[0, 0, 0], [1, 1, 0]]
    assert neurons(cx, int(np.flatnonzero(~cx.facet_is_wall)[0])) == [(0, 0), (0, 1)]
    assert cx.linear_regions().num_regions == 1


def test_a_touch_is_no_cut(kind: str) -> None:
    """|x| - 0 vanishes at 0, where it does not change sign; |x| + |y| only at the origin."""
    cx = cut(Net([[[1], [-1]], [[1, 1]], [[1]]], [[0, 0], [0], [0]]), INTERVAL, kind)
    assert cx.patterns.tolist() == [[0, 1, 1], [1, 0, 1]]
    crosses = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    cx = cut(Net([crosses, [[1] * 4], [[1]]], [[0] * 4, [0], [0]]), SQUARE, kind)
    assert cx.f_vector == (9, 12, 4)
    assert (cx.patterns[:, -1] == 1).all()


def test_a_second_layer_along_the_first_layers_facet(kind: str) -> None:
    """relu(x) - relu(-x) = x cuts where both others did, and nowhere else."""
    net = Net([[[1, 0], [-1, 0]], [[1, -1]], [[1]]], [[0, 0], [0], [0]])
    cx = cut(net, SQUARE, kind)
    assert cx.f_vector == (6, 7, 2)
    assert cx.patterns.tolist() == [[0, 1, 0], [1, 0, 1]]


def test_neighbouring_breakpoints(kind: str) -> None:
    step = np.spacing(1.0)
    close = PiecewiseLinear([1.0, 1.0 + step], [0.0, 1.0, 0.0])
    for sign in (1, -1):
        cx = cut(Net([[[sign]], [[1]]], [[1.0 + step / 2], [0]], close), INTERVAL, kind)
        assert sorted(cx.patterns.ravel().tolist()) == [0, 1, 2]
        assert cx.linear_regions().num_regions == 3
        ends = ([[-1.0]], [[1.0]])
        net = Net([[[sign * 3]], [[1]]], [[1.0], [0]], close)
        assert lr.count_along_lines(net, *ends).tolist() == [3]
        assert lr.count_along_lines(net, *ends, of="linear").tolist() == [3]


def test_lines_in_bulk_count_by_the_same_rules(kind: str) -> None:
    net = Net([[[1, 0], [1, 0], [0, 1]], [[1, 1, 1]]], [[0, 0, 0], [0]])
    starts = [[-1, -1], [-1, 1], [-1, 0], [0, 0], [0, -1], [1, 1]]
    ends = [[1, 1], [1, 2], [1, 0], [1, 1], [0, 1], [2, 1]]
    # through the crossing; across both twins; along y = 0; from the crossing; along x = 0; none
    assert lr.count_along_lines(net, starts, ends).tolist() == [2, 2, 2, 1, 2, 1]


def test_at_a_breakpoint_the_point_is_in_the_first_region(kind: str) -> None:
    cx = cut(Net([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]]), SQUARE, kind)
    assert cx.patterns.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    points = [[0, 0], [0, 0.5], [0.5, 0], [0.5, 0.5], [1, 1], [1, 1.5], [-1, -1]]
    assert cx.locate(points).tolist() == [0, 1, 2, 3, 3, -1, 0]
