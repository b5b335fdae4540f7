"""Linear regions of piecewise linear networks: exact counts, measures, theory."""

from __future__ import annotations

from linreg_lib.errors import (
    BrokenInvariantError,
    DataError,
    DegenerateError,
    LinregError,
    WorkLimitError,
)
from linreg_lib.geometry import (
    Box,
    Line,
    Plane,
    PolyhedralComplex,
    Polytope,
    Rectangle,
    Segment,
    Simplex,
    Slice,
    Space,
    count_along_lines,
    decision_complex,
    level_set,
    subdivide,
)
from linreg_lib.networks import Network, PiecewiseLinear

__all__ = [
    "Box",
    "BrokenInvariantError",
    "DataError",
    "DegenerateError",
    "Line",
    "LinregError",
    "Network",
    "PiecewiseLinear",
    "Plane",
    "PolyhedralComplex",
    "Polytope",
    "Rectangle",
    "Segment",
    "Simplex",
    "Slice",
    "Space",
    "WorkLimitError",
    "count_along_lines",
    "decision_complex",
    "level_set",
    "subdivide",
]
