"""Hyperplanes cut a cube or any other domain."""

from __future__ import annotations

import numpy as np

import linreg_lib as lr
from linreg_lib.geometry.cutting.hyperplanes import cut_by_hyperplanes

TRIANGLE = [(1, 0, 0), (0, 1, 0), (1, 1, 1)]


def test_a_number_means_a_cube():
    cx = cut_by_hyperplanes(TRIANGLE, 2)
    assert cx.num_regions == 7
    assert np.isclose(cx.volumes.sum(), 16.0)
    assert np.isclose(cx.volumes.min(), 0.5)


def test_other_domains_and_repeated_rows():
    line = lr.Line([0.0, 0.25], [1.0, 0.0])  # misses y = 0
    assert cut_by_hyperplanes(TRIANGLE, line).num_regions == 3
    assert cut_by_hyperplanes([*TRIANGLE, (2, 2, 2)], 2).num_regions == 7
