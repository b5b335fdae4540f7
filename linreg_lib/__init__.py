"""Linear regions of piecewise linear networks: exact counts, measures, theory.

``subdivide`` cuts a domain by a network; every count is a question to the complex it returns.  The
rooms ``networks`` and ``geometry`` are there from the start, ``theory``, ``experiments`` and
``figures`` once they are named: ``linreg_lib.figures.draw_regions(...)``.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from linreg_lib.drawing import draw_with
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

__version__ = "1.0.0"

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
    "Rectangle",
    "Segment",
    "Simplex",
    "Slice",
    "Space",
    "UnboundedQuestionError",
    "WorkLimitError",
    "count_along_lines",
    "decision_complex",
    "level_set",
    "subdivide",
]

#: Rooms that are imported when somebody names them.
_LATER = ("experiments", "figures", "theory")

if TYPE_CHECKING:
    from linreg_lib import experiments as experiments
    from linreg_lib import figures as figures
    from linreg_lib import theory as theory
else:

    def __getattr__(name):
        if name in _LATER:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        # A room whose packages are missing would be an error to whoever looks at each name (help).
        there = {room for room in _LATER if room != "figures" or find_spec("matplotlib")}
        own = {name for name in globals() if name.startswith("__")}
        return sorted({*own, *__all__, "geometry", "networks", *there})


# Geometry does not know who draws its complexes; rooms meet here.
draw_with(lambda: import_module(f"{__name__}.figures").plot_complex)
