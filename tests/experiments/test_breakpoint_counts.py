"""Breakpoints of many networks: both ways of counting agree, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments.lines.breakpoint_counts import (
    breakpoint_counts,
    exact_mean_breakpoints,
    mean_breakpoints,
)
from linreg_lib.networks.laws import Normal

SEGMENT = lr.Segment([-0.2], [0.2])


def _networks(count):
    rng = np.random.default_rng(5)
    return [lr.Network.random([1, 3, 2, 1], biases=Normal(0.1), rng=rng) for _ in range(count)]


@pytest.mark.parametrize("of", ["activation", "linear"])
def test_a_long_segment_sees_what_the_line_sees(of):
    # Counted by two programs: count_along_lines on the segment, subdivide on the line.
    nets = _networks(30)
    line = breakpoint_counts(nets, lr.Line([0.0], [1.0]), of)
    segment = breakpoint_counts(iter(nets), lr.Segment([-1e6], [1e6]), of)
    assert line.tolist() == segment.tolist()
    assert line.max() > 0


def test_dead_layers_hide_breakpoints():
    dead = lr.Network.from_arrays([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [-9.0], [0.0]])
    segment = lr.Segment([-1.0], [1.0])
    assert breakpoint_counts([dead], segment, "activation").tolist() == [1]
    assert breakpoint_counts([dead], segment, "linear").tolist() == [0]


def test_means_are_of_the_counts():
    counts = breakpoint_counts(_networks(9), SEGMENT)
    assert exact_mean_breakpoints(_networks(9), SEGMENT) == Fraction(int(counts.sum()), 9)
    nets = iter(_networks(9))
    estimate = mean_breakpoints(lambda rng: next(nets), SEGMENT, 9, rng=np.random.default_rng(0))
    assert (estimate.mean, estimate.count) == (counts.mean(), 9)
    assert estimate.stderr == pytest.approx(counts.std(ddof=1) / 3)


def test_refusals():
    segment = lr.Segment([-1.0], [1.0])
    with pytest.raises(ValueError, match="empty"):
        breakpoint_counts([], segment)
    with pytest.raises(ValueError, match="of is"):
        breakpoint_counts(_networks(1), segment, "both")
    with pytest.raises(ValueError, match="num_networks is 1"):
        mean_breakpoints(lambda rng: _networks(1)[0], segment, 1, rng=np.random.default_rng(0))
    with pytest.raises(TypeError, match="Box"):
        breakpoint_counts(_networks(1), lr.Box(-1, 1, dim=1))
