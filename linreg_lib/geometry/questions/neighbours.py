"""Which regions share a facet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.locked import Locked, locked
from linreg_lib.networks.arguments import checked_count


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NeighbourGraph(Locked):
    """The graph whose nodes are regions and whose edges are the facets between two of them.

    ``adjacency`` (num_regions, num_regions), sparse, bool, symmetric, without diagonal;
    ``facets`` (num_edges,) the (d-1)-face of each edge, increasing; ``pairs`` (num_edges, 2) the
    two regions beside it, the smaller number first.  Two convex regions share at most one facet.
    """

    adjacency: csr_array
    facets: np.ndarray
    pairs: np.ndarray

    @property
    def num_edges(self) -> int:
        """Number of facets between two regions."""
        return len(self.facets)

    @property
    def degrees(self) -> np.ndarray:
        """Number of neighbours of each region (num_regions,)."""
        return locked(np.diff(self.adjacency.indptr))

    def of(self, region: int) -> np.ndarray:
        """The neighbours of one region, increasing; IndexError if there is no such region."""
        num = self.adjacency.shape[0]
        region = checked_count("region", region, least=-(2**62))
        if not 0 <= region < num:
            raise IndexError(f"region is {region}; the complex has regions 0..{num - 1}")
        start, end = self.adjacency.indptr[region : region + 2]
        return np.asarray(self.adjacency.indices[start:end])


def neighbour_graph(record: CutRecord) -> NeighbourGraph:
    """See ``PolyhedralComplex.neighbours``."""
    facets = np.flatnonzero(~record.facet_is_wall)
    pairs = np.sort(record.facet_cells[facets], axis=1)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    adjacency = coo_array(
        (np.ones(len(both), dtype=bool), (both[:, 0], both[:, 1])),
        shape=(record.num_regions, record.num_regions),
    ).tocsr()
    adjacency.sort_indices()
    for array in (facets, pairs, adjacency.data, adjacency.indices, adjacency.indptr):
        array.setflags(write=False)
    return NeighbourGraph(adjacency=adjacency, facets=facets, pairs=pairs)
