"""On which edge each vertex was born, and which neuron's breakpoint crossed the edge there.

The vertices that the domain had before any cut were born on none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from linreg_lib.geometry.vertex_signs.support import Support
from linreg_lib.locked import Locked


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """The edge's two ends, which are older vertices, and what crossed it."""

    ends: tuple[int, int]
    support: Support


class Crossings(Protocol):
    """The crossings of all vertices ever made, whether stored or read off elsewhere."""

    def __call__(self, vertex: int) -> Crossing:
        """The crossing at which a vertex was born that is no corner of the domain."""

    def table(self, num_vertices: int) -> np.ndarray:
        """Rows (first end, second end, layer, neuron, breakpoint), int64; -1 for corners."""


@dataclass(frozen=True, repr=False)
class StoredCrossings(Locked):
    """The table itself (vertices, 5); a table that still grows hands out its rows so far."""

    rows: np.ndarray

    def __call__(self, vertex: int) -> Crossing:
        return crossing_of(self.rows[vertex])

    def table(self, num_vertices: int) -> np.ndarray:
        return np.array(self.rows[:num_vertices], dtype=np.int64)


def crossing_of(row: np.ndarray) -> Crossing:
    """A row of a table of crossings."""
    a, b, layer, neuron, index = row.tolist()
    return Crossing(ends=(a, b), support=Support(layer=layer, neuron=neuron, breakpoint=index))
