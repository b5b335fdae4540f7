"""Columns of tables of polygons in planes, which two papers have."""

from __future__ import annotations

from collections.abc import Mapping

from linreg_lib.experiments.measured_runs.polygons_during_training import SIDES

POLYGON_COLUMNS: Mapping[str, str] = {
    "plane": "number of the plane",
    "half_width": "half a side of the square as it was asked for",
    "half_side": "half a side of the square, in units of brightness from 0 to 1",
    "num_regions": "activation regions in the square: polygons, exact",
    **{f"num_{each}": f"polygons with {each} sides, the square's among them" for each in SIDES},
    "median_area": "median area of the polygons over that of the square",
}
