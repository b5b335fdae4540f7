"""Crossings of levels: exact counts against the graph, and the one-dimensional co-area formula."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments.lines.level_crossings import level_crossings
from linreg_lib.networks.laws import Normal

SEGMENT = lr.Segment([-2.0], [1.5])


def _net(seed, widths=(1, 5, 3, 1, 2)):
    return lr.Network.random(widths, biases=Normal(1.0), rng=np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(5))
def test_counts_are_crossings_of_the_graph(seed):
    net = _net(seed)
    found = level_crossings(net, SEGMENT, np.linspace(-3.0, 3.0, 31) + 1e-3)
    assert [len(found.places(level)) for level in found.levels] == found.counts.tolist()
    assert found.counts.max() > 0
    assert found.positions[[0, -1]].tolist() == [0.0, 3.5]
    inputs = SEGMENT.embed(found.places(found.levels[15])[:, None])
    reached = net.pre_activations(inputs)[-1][:, 0] - net.biases[-2]
    assert reached == pytest.approx(found.levels[15], abs=1e-9)


def test_levels_integrate_to_the_variation_of_the_graph():
    found = level_crossings(_net(3), SEGMENT, [0.0])
    low, high = found.values.min(), found.values.max()
    cell = (high - low) / 2000
    found = level_crossings(_net(3), SEGMENT, low + cell * (np.arange(2000) + 0.5))
    variation = np.abs(np.diff(found.values)).sum()
    assert found.counts.sum() * cell == pytest.approx(variation, abs=found.num_pieces * cell)


def test_refusals():
    with pytest.raises(ValueError, match="two layers or more"):
        level_crossings(_net(0, (1, 1, 1)), SEGMENT, [0.0])
    with pytest.raises(ValueError, match="of one neuron"):
        level_crossings(_net(0, (1, 3, 2, 1)), SEGMENT, [0.0])
    net = _net(0)
    hard = lr.Network.from_arrays(net.weights, net.biases, activation="hard_tanh")
    with pytest.raises(ValueError, match="kink at 0"):
        level_crossings(hard, SEGMENT, [0.0])
