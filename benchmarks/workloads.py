"""The workloads: nets, domains and seeds never change, so ratios can be compared over time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import linreg_lib as lr
from linreg_lib.networks import Normal


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is timed: ``run()`` cuts and returns how many regions; ``forward()`` is one pass.

    The pass takes the vertices of the final complex through the hidden layers, with the domain
    folded into the first one, in float64 NumPy.
    """

    run: Callable[[], int]
    forward: Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A task by name, with the ratio that it should not exceed (None: only looked at)."""

    name: str
    prepare: Callable[[], Task]
    limit: float | None


def _forward(net: lr.Network, first: Callable[[], np.ndarray]) -> Callable[[], np.ndarray]:
    def run() -> np.ndarray:
        hidden = np.maximum(first(), 0.0)
        for weight, bias in zip(net.weights[1:-1], net.biases[1:-1], strict=True):
            hidden = np.maximum(hidden @ weight.T + bias, 0.0)
        return hidden

    return run


def _subdivision(net: lr.Network, domain: lr.Box | lr.Plane) -> Task:
    vertices = np.ascontiguousarray(lr.subdivide(net, domain).vertices)
    weight = net.weights[0] @ domain.basis.T
    bias = net.biases[0] + net.weights[0] @ domain.origin
    return Task(
        run=lambda: lr.subdivide(net, domain).num_regions,
        forward=_forward(net, lambda: vertices @ weight.T + bias),
    )


def _random_net(widths: list[int], sd: float, rng: np.random.Generator) -> lr.Network:
    return lr.Network.random(widths, init="he", biases=Normal(sd), rng=rng)


def square() -> Task:
    net = _random_net([2, 64, 64, 64, 2], 0.1, np.random.default_rng(1))
    return _subdivision(net, lr.Box(-1.0, 1.0, dim=2))


def cube() -> Task:
    net = _random_net([3, 40, 20, 1], 0.1, np.random.default_rng(1))
    return _subdivision(net, lr.Box(-1.0, 1.0, dim=3))


def plane() -> Task:
    rng = np.random.default_rng(1)
    net = _random_net([784, 64, 64, 64, 10], 1e-3, rng)
    through = lr.Plane.through(*rng.random((3, 784)))
    return _subdivision(
        net, lr.Plane(through.origin, through.basis, through.half_width * 1.2 / 1.25)
    )


def lines() -> Task:
    rng = np.random.default_rng(3)
    net = _random_net([784, 128, 128, 128, 10], 1e-3, rng)
    units = rng.normal(size=(100, 784))
    units /= np.linalg.norm(units, axis=1)[:, None]
    starts, ends = -28.0 * units, 28.0 * units
    cuts = [
        np.sort(lr.subdivide(net, lr.Segment(*each)).vertices[:, 0])
        for each in zip(starts, ends, strict=True)
    ]
    line = np.repeat(np.arange(len(cuts)), [len(each) for each in cuts])
    place = np.concatenate(cuts)[:, None]
    slopes = units @ net.weights[0].T
    offsets = starts @ net.weights[0].T + net.biases[0]
    return Task(
        run=lambda: int(lr.count_along_lines(net, starts, ends).sum()),
        forward=_forward(net, lambda: offsets[line] + place * slopes[line]),
    )


WORKLOADS = (
    Workload(name="2-64-64-64 on a square", prepare=square, limit=8.0),
    Workload(name="3-40-20 on a cube", prepare=cube, limit=50.0),
    Workload(name="784-64-64-64 on a plane", prepare=plane, limit=None),
    Workload(name="784-128-128-128, 100 lines", prepare=lines, limit=3.0),
)
