"""What certification costs: its share of the time of a subdivision."""

from __future__ import annotations

import cProfile
import pstats

from linreg_lib.geometry import Box, subdivide
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind

# Outermost functions that exist for certification alone: bounds, margins, exact decisions.
_CERTIFYING = {
    ("certificates.py", "first_layer"),
    ("certificates.py", "next_layer"),
    ("complex.py", "see_margins"),
    ("complex.py", "see_gaps"),
    ("cut.py", "edge_slopes"),
    ("cut.py", "section_slack"),
    ("layer_signs.py", "decide"),
}


def certification_share(net: Network, box: Box) -> float:
    """Share of the NumPy subdivision's time, 0 to 1, spent on bounds and exact decisions.

    Measured by the profiler in this process; a few comparisons inside other functions are not
    seen, so it is somewhat too small.  A time of one machine at one moment.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_kind("box", box, Box, "a Box")
    profiler = cProfile.Profile()
    profiler.enable()
    subdivide(net, box, compiled=False)
    profiler.disable()
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    certifying = total = 0.0
    for (path, _, name), (_, _, own, cumulative, _) in stats.items():
        total += own
        if (path.replace("\\", "/").rsplit("/", 1)[-1], name) in _CERTIFYING:
            certifying += cumulative
    return certifying / total
