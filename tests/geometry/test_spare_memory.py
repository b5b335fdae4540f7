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
        arrays = [cx.record.points, cx.record.faces.zeros, cx.patterns]
        arrays += [cx.boundary(k).members for k in range(1, dim + 1)]
        kept.append((arrays, [array.copy() for array in arrays]))
    for arrays, copies in kept:
        for array, copy in zip(arrays, copies, strict=True):
            np.testing.assert_array_equal(array, copy)


def test_memory_of_a_complex_is_used_again_only_when_nobody_looks() -> None:
    pytest.importorskip("numba")
    from linreg_lib.geometry.faces.spare_memory import _spare

    rng = np.random.default_rng(0)
    nets = [lr.Network.random([2, 40, 40, 2], biases="torch", rng=rng) for _ in range(6)]
    box = lr.Box(-1, 1, dim=2)
    cx = lr.subdivide(nets[0], box)
    seen, copy = cx.record.faces._skeleton.points, cx.vertices.copy()
    del cx
    for net in nets[1:]:
        lr.subdivide(net, box)
    np.testing.assert_array_equal(seen, copy)
    before = _spare.num_bytes
    del seen
    lr.subdivide(nets[0], box)
    assert _spare.num_bytes >= before
    for kept in _spare.arrays.values():
        assert len(kept) <= 8
