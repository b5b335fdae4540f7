"""What certified signs cost where nothing is near a tie."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np

import linreg_lib as lr
from benchmarks.needs import Package
from benchmarks.timing import REPEATS
from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision
from linreg_lib.networks import Normal

AIM = 0.1
_PAIRS = 15


@dataclass(frozen=True, kw_only=True)
class Case:
    """A generic network on a box; ``share()``: certification's share of a cut's time, 0 to 1."""

    title: str
    share: Callable[[], float]

    def described(self) -> dict[str, Any]:
        """What the row says of it."""
        return {"title": self.title, "group": "certification", "aim_share": AIM}

    def measured(self) -> dict[str, Any]:
        """The share, several times."""
        return {"share": [self.share() for _ in range(REPEATS)]}

    def lack(self) -> str | None:
        """Why it cannot be measured here."""
        return Package(name="numba").lack()


class _Uncertified(SkeletonSubdivision):
    """The same cuts without error bounds."""

    certify = False


def _share(widths: list[int]) -> float:
    """1 - (seconds without bounds) / (seconds with): medians of cuts that alternate."""
    rng = np.random.default_rng(1)
    net = lr.Network.random(widths, init="he", biases=Normal(0.1), rng=rng)
    box = lr.Box(-1.0, 1.0, dim=widths[0])
    counts = {kind(net, box) for kind in (_f_vector, _f_vector_uncertified)}
    assert len(counts) == 1, "a generic network is cut the same way with and without bounds"
    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(_PAIRS):
        for certified in (True, False):
            start = time.process_time()
            (_f_vector if certified else _f_vector_uncertified)(net, box)
            taken[certified].append(time.process_time() - start)
    return 1 - median(taken[False]) / median(taken[True])


def _f_vector(
    net: lr.Network, box: lr.Box, kind: type[SkeletonSubdivision] = SkeletonSubdivision
) -> tuple[int, ...]:
    run = kind(net, box, None)
    for layer in range(net.depth):
        run.add_layer(layer, None)
    return run.record(net.depth).f_vector


_f_vector_uncertified = partial(_f_vector, kind=_Uncertified)

CASES = {
    "certification-square": Case(
        title="2-64-64-64-2 on a square", share=partial(_share, [2, 64, 64, 64, 2])
    ),
    "certification-cube": Case(title="3-40-20-1 on a cube", share=partial(_share, [3, 40, 20, 1])),
}
