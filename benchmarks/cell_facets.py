"""Facets of regions around points: the compiled kernels over Qhull.

Both count the same regions of the same network.  Qhull is given each region's inequalities for
nothing and finds the corners of their convex hull, in dual coordinates; the kernels begin with the
points.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import linreg_lib as lr
from benchmarks.needs import Package
from benchmarks.timing import REPEATS
from benchmarks.workloads import xavier_network
from linreg_lib.engine_digest import code_alone
from linreg_lib.geometry import facets_of_cells, region_of

_HULLS = 60
_POINTS = 20_000
_ROOM = Path(lr.__file__).parent / "geometry" / "single_region"


def room_digest() -> str:
    """Checksum of the code that is measured: the engine's leaves it out."""
    digest = hashlib.sha256()
    names = ["compiled_cells", "equal_keys", "facets_at_points", "network_tables"]
    paths = [*(_ROOM / f"{name}.py" for name in names), *sorted(_ROOM.glob("*_kernels.py"))]
    for path in paths:
        digest.update(code_alone(path.read_text("utf-8")).encode())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class CellFacets:
    """Time of a region by ``facets_of_cells`` over that by Qhull."""

    title: str = (
        "facets of a region of 3-80-40-1 in a cube, from a point, over the convex hull of its "
        "inequalities by Qhull"
    )
    aim: float = 1.0

    def described(self) -> dict[str, Any]:
        """What the row says of it."""
        told = {"title": self.title, "group": "ratios", "aims": {"ratio": self.aim}}
        return {**told, "clock": "processor", "room_digest": room_digest()}

    def measured(self) -> dict[str, Any]:
        """Seconds of both, sample by sample."""
        above, below = region_seconds()
        return {"seconds_below": below, "seconds_above": above}

    def lack(self) -> str | None:
        """Why it cannot be measured here."""
        return Package(name="numba").lack()


def region_seconds(
    num_points: int = _POINTS, num_hulls: int = _HULLS, repeats: int = REPEATS
) -> tuple[list[float], list[float]]:
    """Of a region, in turns: by ``facets_of_cells``, by Qhull."""
    from scipy.spatial import ConvexHull

    net, cube = xavier_network(), lr.Box(-1.0, 1.0, dim=3)
    points = np.random.default_rng(2).uniform(-1.0, 1.0, (num_points, 3))
    rows = [region_of(net, point, box=(-1.0, 1.0)).rows for point in points[:num_hulls]]
    cells = facets_of_cells(net, points[:num_hulls], cube, compiled=True)
    hulls = [len(ConvexHull(each).vertices) for each in rows]
    same = np.array_equal(cells.num_facets + cells.num_wall_facets, hulls)
    assert same, "both must count the same facets"
    above, below = [], []
    for _ in range(repeats):
        start = time.process_time()
        num_regions = facets_of_cells(net, points, cube, compiled=True).num_regions
        above.append((time.process_time() - start) / num_regions)
        start = time.process_time()
        for each in rows:
            ConvexHull(each)
        below.append((time.process_time() - start) / num_hulls)
    return above, below


CELLS = {"cell-facets": CellFacets()}
