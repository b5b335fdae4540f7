"""Linear regions: activation regions joined where the affine map does not change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linreg_lib.geometry.questions.jumping_facets import jumping_facets
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.locked import Locked, kept_answer


class WithVolumes(Protocol):
    """Whatever knows the volumes of the activation regions, when asked for them."""

    @property
    def volumes(self) -> np.ndarray:
        """(activation regions,)."""


@dataclass(frozen=True, kw_only=True, repr=False)
class LinearRegions(Locked):
    """The linear regions of a complex.

    ``labels`` (activation regions,): the linear region of each, numbered by first appearance;
    ``num_regions``; ``volumes`` (num_regions,), d-dimensional Euclidean, with the relative errors
    of the complex' own ``volumes``, which are computed when they are first asked for.
    """

    labels: np.ndarray
    num_regions: int
    _complex: WithVolumes = field(repr=False, compare=False)

    @kept_answer
    def volumes(self) -> np.ndarray:
        volumes = np.bincount(
            self.labels, weights=self._complex.volumes, minlength=self.num_regions
        )
        volumes.setflags(write=False)
        return volumes


def merged_regions(record: CutRecord, cx: WithVolumes) -> LinearRegions:
    """Connected components of the regions under "shares a facet and has the same affine map"."""
    inner = ~record.facet_is_wall
    same = record.facet_cells[inner][~jumping_facets(record)[inner]]
    graph = coo_array(
        (np.ones(len(same), dtype=bool), (same[:, 0], same[:, 1])),
        shape=(record.num_regions, record.num_regions),
    )
    num, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    rank = np.empty(num, dtype=np.int64)
    rank[np.argsort(first)] = np.arange(num)
    labels = rank[labels]
    labels.setflags(write=False)
    return LinearRegions(labels=labels, num_regions=int(num), _complex=cx)
