"""Volumes and inner points where faces come in parts, some of them unbounded."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.questions.pyramids import restricted
from linreg_lib.geometry.questions.vertex_places import VertexPlaces
from linreg_lib.geometry.questions.volumes import Located, measured
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.joined_record import JoinedRecord


def interior_coordinates(record: JoinedRecord, part_places: VertexPlaces) -> np.ndarray:
    """See ``UnboundedComplex.interior_coordinates``; ``part_places``: of the parts' vertices."""
    parts = record.parts
    members = _with_vertices(parts, record.joined.some_part[-1])
    finite, places = parts.is_finite, part_places.points
    centre, outward = np.zeros((2, record.num_regions, record.dim))
    for region, vertices in enumerate(members):
        is_finite = finite[vertices]
        centre[region] = places[vertices[is_finite]].mean(axis=0)
        outward[region] = parts.points[vertices[~is_finite], :-1].sum(axis=0)
    points = centre + np.maximum(1.0, np.abs(centre).max(axis=1, keepdims=True)) * outward
    if not np.isfinite(points).all():
        raise OverflowError(
            "a region is so far away that float64 has no point for it; scale the first weights"
        )
    return points


def face_volumes(record: JoinedRecord, located_parts: Located, k: int) -> np.ndarray:
    """k-volumes of all k-faces, inf for unbounded ones."""
    if k == 0:
        return np.ones(int(np.count_nonzero(record.is_finite)))
    face_of, bounded = record.joined.face_of[k], record.joined.is_bounded[k]
    volumes = np.where(bounded, 0.0, np.inf)
    chosen = np.flatnonzero(face_of >= 0)
    chosen = chosen[bounded[face_of[chosen]]]
    if len(chosen):
        vertices, boundaries = restricted(record.parts.faces, k, chosen)
        places = located_parts().of(vertices)
        found = measured(places, boundaries, k, np.ones(len(chosen), dtype=bool))
        np.add.at(volumes, face_of[chosen], found)
    return volumes


def _with_vertices(parts: CutRecord, cells: np.ndarray) -> list[np.ndarray]:
    """The vertices of some cells, once each."""
    found = []
    for cell in cells:
        faces = np.array([cell])
        for k in range(parts.dim, 0, -1):
            faces = np.unique(np.concatenate([parts.boundary(k)[int(face)] for face in faces]))
        found.append(faces)
    return found
