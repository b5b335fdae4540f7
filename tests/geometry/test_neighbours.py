from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from tests.geometry.comparison import case


@pytest.mark.parametrize("seed", range(30))
def test_neighbours_are_the_twin_s_cells_with_a_common_facet(seed: int) -> None:
    net, box, twin = case(seed)
    cx = lr.subdivide(net, box)
    graph = cx.neighbours()
    expected = {tuple(sorted(owners)) for owners in twin.owners.values() if len(owners) == 2}
    assert {tuple(pair) for pair in graph.pairs.tolist()} == expected
    assert graph.num_edges == len(expected) == len(graph.facets)
    dense = np.zeros((cx.num_regions, cx.num_regions), dtype=bool)
    for a, b in expected:
        dense[a, b] = dense[b, a] = True
    assert graph.adjacency.dtype == bool
    assert (graph.adjacency.toarray() == dense).all()
    assert (graph.degrees == cx.facets_per_region(walls=False)).all()
    for facet, pair in zip(graph.facets, graph.pairs, strict=True):
        assert set(cx.facet_cells[facet]) == set(pair)
    for region in range(cx.num_regions):
        assert graph.of(region).tolist() == np.flatnonzero(dense[region]).tolist()


def test_one_region_has_no_neighbours() -> None:
    graph = lr.subdivide(lr.Network.from_arrays([[[1.0]]], [[0.0]]), lr.Box(0, 1, 1)).neighbours()
    assert graph.adjacency.shape == (1, 1)
    assert graph.num_edges == 0
    with pytest.raises(IndexError, match="regions 0..0"):
        graph.of(-1)
