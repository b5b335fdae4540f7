"""Points inside faces and k-dimensional volumes with bounds of their errors.

Volumes come from float vertices that are known to be near the exact ones (vertex_places.py) and
are bounded afterwards (pyramids.py), in units of each axis (stretched_volumes.py).  Where the bound
is too large the vertices are rounded from exact ones, and what is too flat even then is computed in
rational arithmetic (exact_volumes.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.geometry.faces.incidence import Boundaries, Incidence
from linreg_lib.geometry.questions.exact_volumes import exact_volume, rounded_volume
from linreg_lib.geometry.questions.jump_strata import jump_faces
from linreg_lib.geometry.questions.pyramids import face_centres, pyramid_volumes, restricted
from linreg_lib.geometry.questions.stretched_volumes import Stretch
from linreg_lib.geometry.questions.vertex_places import VertexPlaces, lengths_in
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.networks.float_constants import (
    SAFETY,
    SMALLEST_NORMAL,
    SQUARE_FLOOR,
    UNDERFLOW_FLOOR,
)

#: relative errors are at most these: of one face's volume, of a total
FACE_TOLERANCE = 1e-7
TOTAL_TOLERANCE = 1e-9


#: finds the vertices' places, which may be refused: asked for only where a number hangs on them
Located = Callable[[], VertexPlaces]


def interior_coordinates(record: CutRecord, places: VertexPlaces) -> np.ndarray:
    """The mean of the centres of a region's facets, recursively; a step into a ray."""
    if record.domain.is_bounded:
        # In units sums of large coordinates do not overflow, nor are halves of subnormal ones lost.
        inside = face_centres(places.points / places.units, record.faces, record.dim)[-1]
        return np.asarray(places.centre + inside * places.units)
    ends = record.ends
    is_finite, along = np.isfinite(places.off[ends, 0]), places.points[ends, 0]
    direction = np.where(is_finite, 0.0, np.sign(record.points[ends, 0]))
    finite = np.where(is_finite, along, 0.0).sum(axis=1)
    one_end = finite + direction.sum(axis=1) * np.maximum(1.0, np.abs(finite))
    both = is_finite.all(axis=1)
    # Half a sum may overflow, the sum of halves does not.
    return np.where(both, (along / 2).sum(axis=1), one_end)[:, None]


def face_volumes(
    record: CutRecord, located: Located, k: int, faces: np.ndarray | None = None
) -> np.ndarray:
    """k-volumes of all k-faces, (f_k,), each with relative error at most ``FACE_TOLERANCE``.

    Or of some ``faces`` alone, in their order.
    """
    if k == 0:
        return np.ones(len(record.points) if faces is None else len(faces))
    if faces is not None and (not len(faces) or not record.domain.is_bounded):
        return face_volumes(record, located, k)[faces] if len(faces) else np.zeros(0)
    if faces is not None:
        vertices, boundaries = restricted(record.faces, k, faces)
        return measured(located().of(vertices), boundaries, k)
    if record.domain.is_bounded:
        return measured(located(), record.faces, k)
    volumes = np.full(len(record.faces[1]), np.inf)
    ends, places = record.ends, located()
    bounded = np.flatnonzero(np.isfinite(places.off[ends, 0]).all(axis=1))
    if len(bounded):
        vertices, boundaries = restricted(record.faces, k, bounded)
        volumes[bounded] = measured(places.of(vertices), boundaries, k)
    return volumes


def measured(
    places: VertexPlaces,
    boundaries: Boundaries | dict[int, Incidence],
    k: int,
    chosen: np.ndarray | None = None,
) -> np.ndarray:
    """k-volumes of all k-faces, k >= 1, all bounded, each up to ``FACE_TOLERANCE`` of itself.

    Of the faces ``chosen`` (bool) also the sum is known up to ``TOTAL_TOLERANCE``.
    """
    ways = Stretch.ways(places, boundaries, k)
    volumes, error = _float_volumes(places.points, places.off, boundaries, k, ways)
    slack = np.inf
    if chosen is not None:
        total = volumes[chosen].sum()
        if not error[chosen].sum() <= TOTAL_TOLERANCE / 4 * total:
            slack = TOTAL_TOLERANCE / 8 * total / max(np.count_nonzero(chosen), 1)

    def is_sure(volumes: np.ndarray, error: np.ndarray, faces: np.ndarray) -> np.ndarray:
        allowed = np.where(True if chosen is None else chosen[faces], slack, np.inf)
        allowed = np.maximum(allowed, TOTAL_TOLERANCE / 8 * volumes)
        return np.isfinite(error) & (error <= np.minimum(allowed, FACE_TOLERANCE * volumes))

    faces = np.flatnonzero(~is_sure(volumes, error, np.arange(len(volumes))))
    for better in (_with_tighter_bounds, _with_exact_vertices):
        if not len(faces):
            break
        vertices, below = restricted(boundaries, k, faces)
        here = [way.of(vertices) for way in ways]
        found, error = _float_volumes(*better(places, vertices), below, k, here)
        volumes[faces] = found
        faces = faces[~is_sure(found, error, faces)]
    if len(faces):
        vertices, below = restricted(boundaries, k, faces)
        for place, face in enumerate(faces.tolist()):
            volume = exact_volume(places.exact, places.ids[vertices], below, k, place)
            volumes[face] = rounded_volume(volume, f"the {k}-volume of face {face}")
    return volumes


def _with_tighter_bounds(
    places: VertexPlaces, vertices: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    return places.points[vertices], places.tightened(vertices)


def _with_exact_vertices(
    places: VertexPlaces, vertices: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    return places.exactly(vertices)


def _float_volumes(
    points: np.ndarray,
    off: np.ndarray,
    boundaries: Boundaries | dict[int, Incidence],
    k: int,
    ways: list[Stretch],
) -> tuple[np.ndarray, np.ndarray]:
    """Volumes and bounds of their errors; infinite bounds where float64's range is left."""
    # What is lost where this underflows is below the bounds' own floor.
    with np.errstate(over="ignore", invalid="ignore", under="ignore", divide="ignore"):
        volumes, error = _volumes_in_units(points, off, boundaries, k, ways[0])
        for way in ways[1:]:
            others, other_error = _volumes_in_units(points, off, boundaries, k, way)
            volumes = np.where(other_error < error, others, volumes)
            error = np.minimum(error, other_error)
    return volumes, error


def _volumes_in_units(
    points: np.ndarray,
    off: np.ndarray,
    boundaries: Boundaries | dict[int, Incidence],
    k: int,
    stretch: Stretch,
) -> tuple[np.ndarray, np.ndarray]:
    points, off = points / stretch.units, lengths_in(stretch.units, off)
    size = float(np.abs(points).max(initial=0.0))
    power = int(np.frexp(size)[1]) if 0 < size < np.inf else 0
    bound = np.ldexp(off, -power) + SQUARE_FLOOR
    points = np.ldexp(points, -power)
    found = pyramid_volumes(points, bound, boundaries, k, stretch.needs_directions)
    volumes, error, powers = stretch(found, boundaries, k)
    volumes = np.ldexp(volumes, power * k + powers)
    error = np.ldexp(error, power * k + powers) * SAFETY
    is_safe = (found.volumes > UNDERFLOW_FLOOR) & (volumes >= SMALLEST_NORMAL)
    is_safe &= np.isfinite(volumes) & np.isfinite(error)
    return volumes, np.where(is_safe, error, np.inf)


def total_volume(record: CutRecord, located: Located, codim: int, of: str) -> float:
    """See ``PolyhedralComplex.volume``."""
    k = record.dim - codim
    if codim == 0:
        chosen = np.ones(record.num_regions, dtype=bool)
    elif of == "linear":
        chosen = jump_faces(record, codim)
    else:
        chosen = ~record.on_wall(k)
        if k == 0:
            chosen &= record.is_finite
    if k == 0:
        return float(np.count_nonzero(chosen))
    if not record.domain.is_bounded:
        return float(face_volumes(record, located, k)[chosen].sum())
    return summed(measured(located(), record.faces, k, chosen)[chosen], k)


def summed(volumes: np.ndarray, k: int) -> float:
    """Their sum; OverflowError where that is no float64."""
    with np.errstate(over="ignore"):
        total = float(volumes.sum())
    if total == np.inf and np.isfinite(volumes).all():
        raise OverflowError(
            f"the sum of {len(volumes)} {k}-volumes is beyond float64; measure inputs in units in "
            "which the domain's size is nearer to 1"
        )
    return total
