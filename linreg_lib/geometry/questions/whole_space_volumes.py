"""Volumes and inner points where faces come in parts, some of them unbounded."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.questions.pyramids import restricted
from linreg_lib.geometry.questions.vertex_places import VertexPlaces
from linreg_lib.geometry.questions.volumes import Located, measured
from linreg_lib.geometry.record.whole_space_record import WholeSpaceRecord


def interior_coordinates(record: WholeSpaceRecord, part_places: VertexPlaces) -> np.ndarray:
    """See ``UnboundedComplex.interior_coordinates``; ``part_places``: of the parts' vertices."""
    parts = record.parts
    members = [parts.vertices_of_face(parts.dim, int(c)) for c in record.joined.some_part[-1]]
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


def face_volumes(record: WholeSpaceRecord, located_parts: Located, k: int) -> np.ndarray:
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
