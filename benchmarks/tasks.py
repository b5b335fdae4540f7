"""What is timed: cuts in stages, and the forward pass that is the unit of time.

A run yields after each column's work is done, so that one run on a fresh complex gives the time of
every column: regions and facets, then the patterns as well, then the whole lattice as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np

import linreg_lib as lr
from benchmarks.forward import OnDomain, OnLines, Passes

COLUMNS = ("regions and facets", "with cells and patterns", "whole lattice")

Run = Callable[[], Iterator[Any]]


class Task(Protocol):
    """A workload that is ready to be timed."""

    columns: tuple[str, ...]

    def runs(self) -> list[Run]:
        """The cuts; each yields its result once a column."""

    def num_regions(self, results: Sequence[Any]) -> int:
        """Of all cuts together, from the results of the runs."""

    def forward(self, results: Sequence[Any]) -> Passes:
        """The final vertices through the hidden layers."""


class Subdivisions:
    """Networks cut one after the other, each on its domain.

    ``block``: the pass takes so many vertices at a time, which bounds its memory.  ``unit``: the
    network and domain whose pass is the unit instead.  ``columns``: the first of them, where a run
    shall end earlier.
    """

    def __init__(
        self,
        pairs: Sequence[tuple[lr.Network, Any]],
        *,
        compiled: bool | None = None,
        block: int | None = None,
        unit: tuple[lr.Network, Any] | None = None,
        columns: tuple[str, ...] = COLUMNS,
    ) -> None:
        self.columns = columns
        self.pairs, self._compiled = pairs, compiled
        self._block, self._unit = block, unit

    def runs(self) -> list[Run]:
        return [partial(self._run, net, domain) for net, domain in self.pairs]

    def _run(self, net: lr.Network, domain: Any) -> Iterator[lr.PolyhedralComplex]:
        cx = lr.subdivide(net, domain, compiled=self._compiled)
        for column in self.columns:
            if column == COLUMNS[0]:
                _ = cx.f_vector
            elif column == COLUMNS[1]:
                _ = cx.patterns
            else:
                for k in range(1, cx.dim + 1):
                    cx.boundary(k)
            yield cx

    def num_regions(self, results: Sequence[lr.PolyhedralComplex]) -> int:
        return sum(cx.num_regions for cx in results)

    def forward(self, results: Sequence[lr.PolyhedralComplex]) -> Passes:
        pairs: Sequence[tuple[lr.Network, Any]] = self.pairs
        if self._unit is not None:
            pairs, results = [self._unit], [lr.subdivide(*self._unit)]
        folded = [
            (net, OnDomain(net, domain, cx.vertices))
            for (net, domain), cx in zip(pairs, results, strict=True)
        ]
        return Passes(folded, self._block)


class Lines:
    """Segments counted in bulk; ends have shape (num_lines, n_in)."""

    columns: tuple[str, ...] = COLUMNS[:1]

    def __init__(self, net: lr.Network, starts: np.ndarray, ends: np.ndarray) -> None:
        self._net, self.starts, self.ends = net, starts, ends

    def runs(self) -> list[Run]:
        return [self._run]

    def _run(self) -> Iterator[np.ndarray]:
        yield lr.count_along_lines(self._net, self.starts, self.ends)

    def num_regions(self, results: Sequence[np.ndarray]) -> int:
        return int(results[0].sum())

    def forward(self, results: Sequence[np.ndarray]) -> Passes:
        ends = zip(self.starts, self.ends, strict=True)
        segments = [lr.Segment(*each) for each in ends]
        cuts = [np.sort(lr.subdivide(self._net, each).vertices[:, 0]) for each in segments]
        line = np.repeat(np.arange(len(cuts)), [len(each) for each in cuts])
        return Passes([(self._net, OnLines(self._net, segments, line, np.concatenate(cuts)))])
