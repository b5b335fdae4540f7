"""Facets of whole regions, against the planar complex and against networks where they are known."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.single_region import facets_at_points
from linreg_lib.geometry.single_region.facets_at_points import facets_of_cells
from linreg_lib.networks.laws import Normal


@pytest.mark.parametrize("hidden", [(5,), (4, 3), (3, 3, 3)])
def test_agrees_with_the_complex_of_a_box_beyond_all_vertices(hidden: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(hidden))
    net = lr.Network.random([2, *hidden, 1], biases=Normal(1.0), rng=rng)
    cx = lr.subdivide(net, lr.Box(-1e4, 1e4, dim=2))
    cells = facets_of_cells(net, cx.interior_points)
    assert not cells.num_undecided.any()
    assert cells.num_facets.tolist() == cx.facets_per_region(walls=False).tolist()


def test_independent_neurons_all_make_a_facet_everywhere() -> None:
    rng = np.random.default_rng(0)
    net = lr.Network.random([30, 12, 4], biases=Normal(1.0), rng=rng)
    cells = facets_of_cells(net, rng.standard_normal((5, 30)))
    assert (cells.num_facets == 12).all()
    assert not cells.num_undecided.any()


def test_a_box_of_half_spaces_and_implied_ones() -> None:
    """A cube has six walls; a plane that cuts its corner counts, one beyond does not."""
    eye = np.eye(3)
    weight = np.concatenate([eye, -eye, [[1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]]])
    net = lr.Network.from_arrays([weight, np.ones((1, 8))], [[1.0] * 6 + [4.0, 2.0], [0.0]])
    assert facets_of_cells(net, [[0.1, 0.2, 0.3]]).num_facets.tolist() == [7]


def test_touching_planes_are_proved_redundant_and_boundaries_are_refused() -> None:
    weight = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]  # the third line touches the quadrant's corner
    net = lr.Network.from_arrays([weight, [[1.0, 1.0, 1.0]]], [[0.0, 0.0, 0.0], [0.0]])
    cells = facets_of_cells(net, [[1.0, 2.0]])
    assert cells.num_facets.tolist() == [2]
    assert cells.num_undecided.tolist() == [0]
    with pytest.raises(ValueError, match=r"boundary of neuron 1 of hidden layer 1 "):
        facets_of_cells(net, [[0.0, 1.0]])
    with pytest.raises(ValueError, match="shape"):
        facets_of_cells(net, [[0.0, 1.0, 2.0]])


def test_a_corner_cut_by_less_than_the_tolerance_is_reported() -> None:
    weight = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    net = lr.Network.from_arrays([weight, [[1.0, 1.0, 1.0]]], [[0.0, 0.0, -(2.0**-30)], [0.0]])
    cells = facets_of_cells(net, [[1.0, 2.0]])
    assert cells.num_facets.tolist() == [2]
    assert cells.num_undecided.tolist() == [1]


def test_neurons_with_one_hyperplane_make_one_facet() -> None:
    weight = [[1.0, 0.0], [3.0, 0.0], [0.0, 1.0]]
    net = lr.Network.from_arrays([weight, [[1.0, 1.0, 1.0]]], [[0.1, 0.1 * 3, 0.0], [0.0]])
    assert 0.1 * 3 != 0.3  # so the hyperplanes differ in their last bit: one is implied, one stays
    cells = facets_of_cells(net, [[1.0, 2.0]])
    assert cells.num_facets.tolist() == [1]
    assert cells.num_undecided.tolist() == [1]
    same = lr.Network.from_arrays([weight, [[1.0, 1.0, 1.0]]], [[0.5, 1.5, 0.0], [0.0]])
    cells = facets_of_cells(same, [[1.0, 2.0]])
    assert cells.num_facets.tolist() == [2]
    assert cells.num_undecided.tolist() == [0]


def test_with_many_inputs_no_kernels_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of theirs costs the square of the inputs: 400 such regions took hours."""
    net = lr.Network.random([40, 7, 6, 2], rng=np.random.default_rng(0))
    points = np.random.default_rng(1).normal(size=(160, 40))
    asked: list[bool] = []
    real = facets_at_points._kernels
    monkeypatch.setattr(
        facets_at_points, "_kernels", lambda required: asked.append(required) or real(required)
    )
    cells = facets_of_cells(net, points)
    assert asked == []
    assert cells.num_undecided.sum() == 0
    assert facets_of_cells(net, points[:1], compiled=False).num_facets == cells.num_facets[0]
