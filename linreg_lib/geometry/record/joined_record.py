"""The record of a complex whose network takes maxima: cells that only losers tell apart, joined.

What was cut, ``fine``, is cut where any two contestants of a maximum are equal.  Cells with the
same settled pattern (networks/max_units.py) have the same largest entries, so all pre-activations
that matter are the same affine functions on them; with these fixed, the conditions on a point are
linear, so the union of the cells is convex.  The unions are the cells of a complex again, since on
each cell of the layers before the largest entries cut as the upper envelope of affine functions
does, on neighbouring cells alike where they meet.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from linreg_lib.errors import BrokenInvariantError
from linreg_lib.geometry.faces.face_source import StoredFaces
from linreg_lib.geometry.faces.incidence import StoredBoundaries
from linreg_lib.geometry.faces.pattern_words import lexicographic_order
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.merged_faces import merged_faces
from linreg_lib.networks.max_units import settled_pattern


@dataclass(frozen=True, kw_only=True, eq=False)
class JoinedRecord(CutRecord):
    """As ``CutRecord``; ``region_of`` (fine cells,): which cell became part of which region."""

    fine: CutRecord
    region_of: np.ndarray

    @property
    def cut_cells(self) -> tuple[np.ndarray, np.ndarray]:
        return self.fine.patterns, self.region_of


def settled(record: CutRecord) -> np.ndarray:
    """The record's patterns with the matches that do not matter on piece 0."""
    widths = record.network.hidden_widths[: record.upto_layer]
    return settled_pattern(record.patterns, record.network.max_units, widths)


def regions_of_patterns(patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different rows in lexicographic order, and the number of each row among these."""
    order = lexicographic_order(patterns)
    rows = patterns[order]
    new = np.concatenate([[False], (rows[1:] != rows[:-1]).any(axis=1)])
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(new)
    new[:1] = True
    return rows[new], numbers


def joined_record(fine: CutRecord) -> CutRecord:
    """``fine`` with the cells joined that have the same settled pattern; itself if none are."""
    patterns = settled(fine)
    if patterns is fine.patterns:
        return fine
    patterns, region_of = regions_of_patterns(patterns)
    merged = merged_faces(fine, region_of)
    faces = StoredFaces(
        points=fine.points[merged.vertices],
        boundaries=StoredBoundaries(merged.boundaries),
        patterns=patterns,
        zeros=fine.faces.zeros[merged.vertices],
        zero_words=fine.faces.zero_words,
    )
    shared = {field.name: getattr(fine, field.name) for field in fields(CutRecord)}
    shared |= {"faces": faces, "vertex_ids": fine.vertex_ids[merged.vertices]}
    record = JoinedRecord(**shared, fine=fine, region_of=region_of)
    if record.euler_characteristic != fine.euler_characteristic:
        raise BrokenInvariantError(
            "the joined faces do not fit together; this is a fault of linreg_lib: please report "
            "the network and the domain"
        )
    return record
