"""From hyperplanes to a network and back, and the box that shows every region."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linreg_lib.networks import Network
from linreg_lib.networks.hyperplane_layer import hyperplane_network
from linreg_lib.theory import Arrangement, enumerate_regions
from linreg_lib.theory.arrangements import families
from linreg_lib.theory.arrangements.enclosing_cube import enclosing_half_width
from linreg_lib.theory.arrangements.first_layer import first_layer_hyperplanes


@st.composite
def arrangements(draw):
    dimension = draw(st.integers(1, 3))
    row = st.tuples(*[st.integers(-2, 2)] * dimension).filter(any)
    normals = draw(st.lists(row, min_size=1, max_size=4))
    return Arrangement(normals, [draw(st.integers(-3, 3)) for _ in normals], dimension)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(arrangements())
def test_there_and_back(arrangement):
    assert first_layer_hyperplanes(hyperplane_network(arrangement.rows)) == arrangement


@settings(max_examples=15, deadline=None, derandomize=True)
@given(arrangements())
def test_the_cube_meets_every_region(arrangement):
    half_width = enclosing_half_width(arrangement)
    axes = np.eye(arrangement.dimension, dtype=int).tolist()
    walls = [(*axis, side * half_width) for axis in axes for side in (1, -1)]
    normals = [*arrangement.normals, *(wall[:-1] for wall in walls)]
    with_walls = Arrangement(normals, [*arrangement.offsets, *(w[-1] for w in walls)])
    inside = {
        region.signs[: len(arrangement)]
        for region in enumerate_regions(with_walls)
        if all(abs(entry) < half_width for entry in region.witness)
    }
    assert inside == {region.signs for region in enumerate_regions(arrangement)}


def test_a_smaller_cube_would_miss_a_region():
    # The triangle between x = 2, y = 2 and x + y = 5 has its corners at (2, 2), (2, 3), (3, 2).
    assert enclosing_half_width(Arrangement([(1, 0), (0, 1), (1, 1)], [2, 2, 5])) == 4
    assert enclosing_half_width(families.parallel(3, 2)) == 4
    assert enclosing_half_width(families.coordinate(2)) == 1


def test_breakpoints_and_dead_neurons():
    net = Network.from_arrays(
        [[[0.1, 0.0], [0.0, 0.0]], [[1.0, 1.0]]], [[0.0, 3.0], [0.0]], activation="hard_tanh"
    )
    found = first_layer_hyperplanes(net)
    assert len(found) == 2
    assert found == Arrangement([(Fraction(0.1), 0)] * 2, [-1, 1])


def test_a_network_without_hidden_layer_is_refused():
    with pytest.raises(ValueError, match="no hidden layer"):
        first_layer_hyperplanes(Network.from_arrays([[[1.0]]], [[0.0]]))
