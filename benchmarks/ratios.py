"""What one task costs in units of another: both timed in turns, in one process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

import numpy as np

import linreg_lib as lr
from benchmarks.needs import Cores, Need, first_lack
from benchmarks.timing import REPEATS
from benchmarks.trained_files import ACAS_1_1, trained_slice
from benchmarks.workloads import he_network, xavier_network

_CLOCKS = {"processor": time.process_time, "wall": time.perf_counter}
#: exponents of 2 by which the two inputs of the first network are scaled
POWERS = (15, -12)

Cut = Callable[[], lr.PolyhedralComplex]


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Two tasks: ``above`` is given what ``below`` made if it ``continues`` it, else None.

    Unless it continues, both must make the same complex.
    """

    below: Cut
    above: Callable[[lr.PolyhedralComplex | None], lr.PolyhedralComplex]
    continues: bool = False

    def check(self) -> int:
        """Run both, which compiles what they need; the number of regions of the second."""
        first = self.below()
        second = self.above(first if self.continues else None)
        if not self.continues:
            same = first.f_vector == second.f_vector
            same = same and np.array_equal(first.patterns, second.patterns)
            assert same, "both sides of a ratio must make the same complex"
        return second.num_regions

    def seconds(self, clock: Callable[[], float]) -> tuple[float, float]:
        """Of the first and of the second, one after the other."""
        start = clock()
        made: lr.PolyhedralComplex | None = self.below()
        below = clock() - start
        if not self.continues:
            made = None  # its memory is free again, as it was before the first
        start = clock()
        last = self.above(made)
        above = clock() - start
        del last
        return below, above


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Time of one task over time of another; a sample is the medians of ``pairs`` turns."""

    title: str
    prepare: Callable[[], Sides]
    aim: float
    pairs: int
    clock: str = "processor"
    needs: tuple[Need, ...] = field(default=())

    def described(self) -> dict[str, Any]:
        """What the row says of it."""
        aims = {"ratio": self.aim}
        told = {"title": self.title, "group": "ratios", "aims": aims, "clock": self.clock}
        for need in self.needs:
            told |= need.described()
        return told

    def measured(self) -> dict[str, Any]:
        """Seconds of both, sample by sample."""
        sides = self.prepare()
        num_regions = sides.check()
        clock = _CLOCKS[self.clock]
        below, above = [], []
        for _ in range(REPEATS):
            turns = [sides.seconds(clock) for _ in range(self.pairs)]
            below.append(median(first for first, _ in turns))
            above.append(median(second for _, second in turns))
        return {"num_regions": num_regions, "seconds_below": below, "seconds_above": above}

    def lack(self) -> str | None:
        """Why it cannot be measured here."""
        return first_lack(self.needs)


def _cut(net: lr.Network, domain: Any, num_threads: int = 1) -> lr.PolyhedralComplex:
    cx = lr.subdivide(net, domain, num_threads=num_threads)
    _ = cx.f_vector
    return cx


def other_units() -> Sides:
    """2-50-50-50-2 on a square, and the same function of inputs in other units."""
    net = he_network([2, 50, 50, 50, 2])
    units = 2.0 ** np.array(POWERS)
    scaled = lr.Network.from_arrays([net.weights[0] * units, *net.weights[1:]], net.biases)
    square, box = lr.Box(-1.0, 1.0, dim=2), lr.Box(-1.0 / units, 1.0 / units)
    return Sides(below=partial(_cut, net, square), above=lambda _: _cut(scaled, box))


def _decision() -> Sides:
    net, domain = trained_slice(ACAS_1_1)

    def above(cx: lr.PolyhedralComplex | None) -> lr.PolyhedralComplex:
        assert cx is not None
        decided = lr.decision_complex(cx)
        _ = decided.f_vector
        return decided

    return Sides(below=partial(_cut, net, domain), above=above, continues=True)


def _threads(net: lr.Network) -> Sides:
    cube = lr.Box(-1.0, 1.0, dim=net.input_dim)
    return Sides(below=partial(_cut, net, cube), above=lambda _: _cut(net, cube, num_threads=2))


RATIOS = {
    "units-ratio": Ratio(
        title=f"2-50-50-50-2, its inputs in units of 2^{-POWERS[0]} and 2^{-POWERS[1]}, "
        "over the same in units of 1",
        prepare=other_units,
        aim=1.5,
        pairs=9,
    ),
    "decision-ratio": Ratio(
        title="decision_complex on the slice of the trained 5-50x6-5 (1_1), over the cut itself",
        prepare=_decision,
        aim=2,
        pairs=1,
        needs=(ACAS_1_1,),
    ),
    "threads-xavier": Ratio(
        title="two threads over one: 3-80-40-1 on a cube, Xavier uniform, every bias 0.01",
        prepare=lambda: _threads(xavier_network()),
        aim=0.625,
        pairs=3,
        clock="wall",
        needs=(Cores(number=2),),
    ),
    "threads-five": Ratio(
        title="two threads over one: 5-20-20-1 in five dimensions",
        prepare=lambda: _threads(he_network([5, 20, 20, 1])),
        aim=0.625,
        pairs=1,
        clock="wall",
        needs=(Cores(number=2),),
    ),
}
