"""What certification costs: its share of the time of a subdivision."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from typing import Any

from linreg_lib.geometry import Box, subdivide
from linreg_lib.geometry.cutting.reference.layer_signs import LayerSigns
from linreg_lib.geometry.cutting.reference.split_faces import HyperplaneError, edge_slopes
from linreg_lib.geometry.vertex_signs.certificate import SignRecord
from linreg_lib.geometry.vertex_signs.float_sign_bounds import ErrorModel
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind

#: outermost functions that exist for certification alone: bounds, margins, exact decisions
CERTIFYING: tuple[Callable[..., Any], ...] = (
    ErrorModel.first_layer,
    ErrorModel.next_layer,
    SignRecord.see_margins,
    SignRecord.see_gaps,
    edge_slopes,
    HyperplaneError.section_slack,
    LayerSigns.decide,
)


def certification_share(net: Network, box: Box) -> float:
    """Share of the NumPy subdivision's time, 0 to 1, spent on bounds and exact decisions.

    Measured by the profiler in this process; a few comparisons inside other functions are not
    seen, so it is somewhat too small.  A time of one machine at one moment.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_kind("box", box, Box, "a Box")
    total, seconds = profiled(net, box)
    return sum(seconds.values()) / total


def profiled(net: Network, box: Box) -> tuple[float, dict[Callable[..., Any], float]]:
    """Seconds of a subdivision in all, and in each of ``CERTIFYING`` that was called."""
    profiler = cProfile.Profile()
    profiler.enable()
    subdivide(net, box, compiled=False)
    profiler.disable()
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in stats.values())
    found = {}
    for function in CERTIFYING:
        code = function.__code__
        key = (code.co_filename, code.co_firstlineno, code.co_name)
        if key in stats:
            found[function] = stats[key][3]
    return total, found
