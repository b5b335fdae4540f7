"""A planar and a linear complex cut by hand, with the attributes that pictures read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np


@dataclass
class StubComplex:
    """The least that the figures ask of a complex; regions are rectangles of a grid."""

    dim: int
    vertices: np.ndarray
    edges: np.ndarray
    patterns: np.ndarray
    boxes: list[np.ndarray] = field(default_factory=list)
    labels: np.ndarray | None = None
    domain: Any = field(default_factory=lambda: SimpleNamespace(is_bounded=True))
    network: Any = None
    upto_layer: int = 2

    @property
    def num_regions(self) -> int:
        return len(self.patterns)

    @property
    def interior_points(self) -> np.ndarray:
        return np.zeros((self.num_regions, self.dim))

    @cached_property
    def facet_cells(self) -> np.ndarray:
        """The one or two rectangles whose boundary holds an edge's midpoint."""
        low = np.array([box.min(axis=0) for box in self.boxes])
        high = np.array([box.max(axis=0) for box in self.boxes])
        cells = np.full((len(self.edges), 2), -1)
        for edge, middle in enumerate(self.vertices[self.edges].mean(axis=1)):
            beside = np.flatnonzero(((low <= middle) & (middle <= high)).all(axis=1))
            cells[edge, : len(beside)] = beside
        return cells

    @property
    def facet_is_wall(self) -> np.ndarray:
        return self.facet_cells[:, 1] < 0

    def polygons(self) -> list[np.ndarray]:
        return self.boxes

    def boundary(self, k: int) -> Any:
        """The four edges of each rectangle."""
        assert k == 2
        edge, side = np.nonzero(self.facet_cells >= 0)
        owners = self.facet_cells[edge, side]
        order = np.argsort(owners, kind="stable")
        offsets = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=self.num_regions))])
        return SimpleNamespace(offsets=offsets, members=edge[order])

    def facets_per_region(self, walls: bool = True) -> np.ndarray:
        return np.full(self.num_regions, 4)

    def linear_regions(self) -> Any:
        labels = np.arange(self.num_regions) if self.labels is None else self.labels
        return SimpleNamespace(labels=labels, num_regions=len(np.unique(labels)))


def grid_complex(cuts_x: list[float], cuts_y: list[float]) -> StubComplex:
    """The square [-1, 1]^2 cut by vertical and horizontal lines, one neuron a line."""
    xs = np.array([-1.0, *cuts_x, 1.0])
    ys = np.array([-1.0, *cuts_y, 1.0])
    vertices = np.array([(x, y) for x in xs for y in ys])
    number = np.arange(len(vertices)).reshape(len(xs), len(ys))
    edges = [*zip(number[:-1].ravel(), number[1:].ravel(), strict=True)]
    edges += [*zip(number[:, :-1].ravel(), number[:, 1:].ravel(), strict=True)]
    boxes, patterns = [], []
    for i in range(len(xs) - 1):
        for j in range(len(ys) - 1):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            boxes.append(np.array([(xs[a], ys[b]) for a, b in corners]))
            patterns.append(
                [int(i > k) for k in range(len(cuts_x))] + [int(j > k) for k in range(len(cuts_y))]
            )
    return StubComplex(
        dim=2,
        vertices=vertices,
        edges=np.array(edges),
        patterns=np.array(patterns, dtype=np.uint8),
        boxes=boxes,
        # Vertical lines belong to layer 0, horizontal ones to layer 1.
        network=SimpleNamespace(hidden_widths=(len(cuts_x), len(cuts_y))),
    )


def line_complex(cuts: list[float]) -> StubComplex:
    """The segment [-1, 1] cut at the given places, one neuron a cut."""
    # Vertices in an order of their own: pictures must not rely on a sorted list.
    places = np.array([1.0, *cuts[::-1], -1.0])[:, None]
    edges = np.array([(k, k + 1) for k in range(len(places) - 1)])
    patterns = np.tril(np.ones((len(cuts) + 1, max(len(cuts), 1)), dtype=np.uint8), -1)
    return StubComplex(
        dim=1,
        vertices=places,
        edges=edges,
        patterns=patterns,
        domain=SimpleNamespace(is_bounded=True, embed=lambda coordinates: np.asarray(coordinates)),
    )
