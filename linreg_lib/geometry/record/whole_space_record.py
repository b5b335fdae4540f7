"""The record of a complex of all of R^d, whose faces come in parts that are joined."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from linreg_lib.geometry.domains.space import Space
from linreg_lib.geometry.faces.face_source import StoredFaces
from linreg_lib.geometry.faces.incidence import Incidence, StoredBoundaries
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.joined_record import settled
from linreg_lib.geometry.record.whole_space_faces import (
    JoinedFaces,
    finite_faces,
    joined_faces,
    regions_by_pattern,
)
from linreg_lib.locked import kept_answer, locked


@dataclass(frozen=True, kw_only=True, eq=False)
class WholeSpaceRecord(CutRecord):
    """As ``CutRecord``; faces may have empty boundaries, and there are no walls.

    ``parts`` is what was cut, ``joined`` tells which parts make up which face, and ``kept``
    (vertices,) which of the parts' vertices are vertices here, or ends of edges at infinity.
    """

    parts: CutRecord
    joined: JoinedFaces
    kept: np.ndarray

    def num_facets(self, chosen: np.ndarray) -> np.ndarray:
        boundary = self.faces[self.dim]
        if self.dim == 1:
            chosen = chosen & self.is_finite
        owners = boundary.owners[chosen[boundary.members]]
        return locked(np.bincount(owners, minlength=self.num_regions))

    @property
    def cut_cells(self) -> tuple[np.ndarray, np.ndarray]:
        return self.parts.patterns, self.joined.face_of[-1]

    @property
    def is_bounded_region(self) -> np.ndarray:
        return self.joined.is_bounded[-1]

    def on_wall(self, k: int) -> np.ndarray:
        return locked(np.zeros(self.faces.num_faces(k), dtype=bool))

    def zeros_on(self, k: int) -> np.ndarray:
        return locked(self.parts.zeros_on(k)[self.joined.some_part[k]]) if k else self.faces.zeros

    @kept_answer
    def zeros_on_cells(self) -> np.ndarray:
        return self.zeros_on(self.dim)


def whole_space_record(parts: CutRecord, regions: np.ndarray | None = None) -> WholeSpaceRecord:
    """Join the parts to ``regions`` (cells,): numbers from 0 on, by default one a pattern.

    Patterns are settled ones (networks/max_units.py), where the network takes maxima.
    """
    boundaries = {k: parts.boundary(k) for k in range(1, parts.dim + 1)}
    domain = parts.domain
    are_neurons = isinstance(domain, Space) and domain.walls_are_faces
    patterns = settled(parts)
    if regions is None:
        regions = regions_by_pattern(patterns)
    # Parts may be finer than patterns: later layers cut them, too (earlier_record.py).
    is_one_each = np.array_equal(regions, np.arange(len(regions)))
    if is_one_each and are_neurons and parts.upto_layer:
        joined = finite_faces(boundaries, parts.is_finite)
    else:
        joined = joined_faces(boundaries, parts.is_finite, regions)
    at_infinity = np.unique(joined.ends[~parts.is_finite[joined.ends]])
    kept = np.concatenate([joined.some_part[0], at_infinity])
    place = np.full(len(parts.points), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    ends = place[joined.ends].ravel()
    edges = Incidence(np.arange(0, len(ends) + 1, 2, dtype=np.int64), ends)
    faces = StoredFaces(
        points=parts.points[kept],
        boundaries=StoredBoundaries({**joined.boundaries, 1: edges}),
        patterns=patterns[joined.some_part[-1]],
        zeros=parts.faces.zeros[kept],
        zero_words=parts.faces.zero_words,
    )
    shared = {field.name: getattr(parts, field.name) for field in fields(CutRecord)}
    shared |= {"faces": faces, "vertex_ids": parts.vertex_ids[kept]}
    return WholeSpaceRecord(**shared, parts=parts, joined=joined, kept=kept)
