"""A layer that switches on given hyperplanes."""

from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.networks.hyperplane_layer import hyperplane_network


def test_neurons_switch_where_told():
    rows = [(2, -3, 5), (0, 1, -4), (-7, 2, 0)]
    points = np.random.default_rng(3).integers(-9, 10, size=(200, 2))
    excess = points @ np.array(rows)[:, :2].T - np.array(rows)[:, 2]
    assert (hyperplane_network(rows).pattern(points) == (excess > 0)).all()


def test_repeated_rows_are_repeated_neurons():
    assert hyperplane_network([(1, 0), (1, 0)]).num_hidden == 2


def test_refusals():
    with pytest.raises(ValueError, match="no hyperplanes"):
        hyperplane_network([])
    with pytest.raises(ValueError, match="hyperplane 1 has an entry beyond"):
        hyperplane_network([(1, 0), (2**53 + 1, 1)])
