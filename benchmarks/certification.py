"""What certified signs cost where nothing is near a tie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

import linreg_lib as lr
from linreg_lib.experiments.certification_share import certification_share
from linreg_lib.networks import Normal

AIM = 0.1


@dataclass(frozen=True, kw_only=True)
class Case:
    """A generic network on a box; ``share()``: certification's share of a cut's time, 0 to 1."""

    title: str
    share: Callable[[], float]


def _share(widths: list[int]) -> float:
    rng = np.random.default_rng(1)
    net = lr.Network.random(widths, init="he", biases=Normal(0.1), rng=rng)
    return certification_share(net, lr.Box(-1.0, 1.0, dim=widths[0]))


CASES = {
    "certification-square": Case(
        title="2-64-64-64-2 on a square", share=partial(_share, [2, 64, 64, 64, 2])
    ),
    "certification-cube": Case(title="3-40-20-1 on a cube", share=partial(_share, [3, 40, 20, 1])),
}
