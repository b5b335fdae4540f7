"""Linear regions of piecewise linear networks: exact counts, measures, theory."""

from __future__ import annotations

from linreg_lib.errors import (
    BrokenInvariantError,
    DataError,
    DegenerateError,
    LinregError,
    NotCompiledError,
    UnboundedQuestionError,
    WorkLimitError,
)
from linreg_lib.geometry import (
    Box,
    Line,
    Plane,
    PolyhedralComplex,
    Polytope,
    Segment,
    Simplex,
    Space,
    count_along_lines,
    decision_complex,
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
    "NotCompiledError",
    "PiecewiseLinear",
    "Plane",
    "PolyhedralComplex",
    "Polytope",
    "Segment",
    "Simplex",
    "Space",
    "UnboundedQuestionError",
    "WorkLimitError",
    "count_along_lines",
    "decision_complex",
    "subdivide",
]
