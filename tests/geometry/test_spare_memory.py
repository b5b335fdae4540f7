"""Subdivisions leave their memory to later ones; what they handed out must not change."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_complexes_keep_their_arrays(dim: int) -> None:
    rng = np.random.default_rng(dim)
    domains = [lr.Box(-1, 1, dim=dim), lr.Space(dim)]
    kept = []
    for turn in range(12):
        net = lr.Network.random([dim, 9, 7, 2], biases="torch", rng=rng)
        cx = lr.subdivide(net, domains[turn % 2], compiled=True)
        arrays = [cx._points, cx._zeros, cx.patterns]
        arrays += [cx.boundary(k).members for k in range(1, dim + 1)]
        kept.append((arrays, [array.copy() for array in arrays]))
    for arrays, copies in kept:
        for array, copy in zip(arrays, copies, strict=True):
            np.testing.assert_array_equal(array, copy)
