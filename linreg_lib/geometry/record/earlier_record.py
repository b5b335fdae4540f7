"""What fewer layers had cut, from the record of more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from linreg_lib.geometry.faces.face_source import StoredFaces
from linreg_lib.geometry.faces.incidence import StoredBoundaries
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.joined_record import JoinedRecord, joined_record, settled
from linreg_lib.geometry.record.merged_faces import merged_faces
from linreg_lib.geometry.record.whole_space_faces import regions_by_pattern
from linreg_lib.geometry.record.whole_space_record import WholeSpaceRecord, whole_space_record


def record_after(record: CutRecord, layer: int) -> CutRecord:
    """The record of the first ``layer`` hidden layers, at most those that have cut.

    Its vertices are vertices of this one, with the same exact places.  Where the faces do not know
    themselves what was before, those are joined that the earlier layers do not tell apart: regions
    with equal pieces of these layers are one.
    """
    if isinstance(record, JoinedRecord):
        return joined_record(record_after(record.fine, layer))
    found = record.faces.after_layer(layer)
    if found is not None:
        faces, vertices = found
        return replace(
            record, upto_layer=layer, faces=faces, vertex_ids=record.vertex_ids[vertices]
        )
    if isinstance(record, WholeSpaceRecord):
        parts = replace(record.parts, upto_layer=layer, faces=_seen_by(record.parts, layer))
        return whole_space_record(parts, regions_by_pattern(settled(parts)))
    seen = _seen_by(record, layer)
    region_of = regions_by_pattern(seen.patterns)
    merged = merged_faces(record, region_of)
    _, first = np.unique(region_of, return_index=True)
    faces = StoredFaces(
        points=seen.points[merged.vertices],
        boundaries=StoredBoundaries(merged.boundaries),
        patterns=seen.patterns[first],
        zeros=seen.zeros[merged.vertices],
        zero_words=seen.zero_words,
    )
    return replace(
        record, upto_layer=layer, faces=faces, vertex_ids=record.vertex_ids[merged.vertices]
    )


def _seen_by(record: CutRecord, layer: int) -> StoredFaces:
    """All faces, with the pieces and breakpoints of the first layers alone."""
    words = record.faces.zero_words[:layer]
    return StoredFaces(
        points=record.points,
        boundaries=StoredBoundaries((k, record.boundary(k)) for k in range(1, record.dim + 1)),
        patterns=record.patterns[:, : sum(record.network.hidden_widths[:layer])],
        zeros=record.faces.zeros[:, : sum(words)],
        zero_words=words,
    )
