"""How many vertices each region has."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.locked import locked


def num_vertices(record: CutRecord) -> np.ndarray:
    """Vertices of each region (num_regions,), each once; ends at infinity are none."""
    regions = faces = np.arange(record.num_regions)
    for level in range(record.dim, 0, -1):
        boundary = record.boundary(level)
        sizes = boundary.counts[faces]
        starts = boundary.offsets[faces] - (np.cumsum(sizes) - sizes)
        members = boundary.members[np.repeat(starts, sizes) + np.arange(sizes.sum())]
        num = record.faces.num_faces(level - 1)
        regions, faces = np.divmod(np.unique(np.repeat(regions, sizes) * num + members), num)
    return locked(np.bincount(regions[record.is_finite[faces]], minlength=record.num_regions))
