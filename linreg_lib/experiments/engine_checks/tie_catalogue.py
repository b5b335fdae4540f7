"""The coincidences that break counters, one small network for each, with its documented answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry import Box
from linreg_lib.networks import Network, sawtooth
from linreg_lib.short_repr import ShortRepr


@dataclass(frozen=True, kw_only=True, repr=False)
class TieCase(ShortRepr):
    """A coincidence: ``rule`` says in words what counts, ``num_regions`` is the answer."""

    name: str
    rule: str
    network: Network
    box: Box
    num_regions: int


def tie_catalogue() -> tuple[TieCase, ...]:
    """The coincidences in one and two dimensions, each with the number of activation regions.

    The answers follow from the rules by hand: cells need interior, coincident cuts are one cut, a
    neuron at its breakpoint on a whole cell takes the lower piece and cuts nothing.

    >>> [case.num_regions for case in tie_catalogue()][:3]
    [2, 2, 3]
    """
    net = Network.from_arrays
    interval, square = Box(-1.0, 1.0, dim=1), Box(-1.0, 1.0, dim=2)
    rows = [[1, 0], [0, 1], [1, 2], [2, -1]]
    return (
        TieCase(
            name="identical neurons",
            rule="cut once",
            network=net([[[41, 7], [41, 7]], [[1, 1]]], [[-3, -3], [0]]),
            box=square,
            num_regions=2,
        ),
        TieCase(
            name="opposite neurons",
            rule="cut once",
            network=net([[[41, 7], [-41, -7]], [[1, 1]]], [[-3, 3], [0]]),
            box=square,
            num_regions=2,
        ),
        TieCase(
            name="three times a rounded third",
            rule="a sliver without floats counts",
            network=net([[[3], [1]], [[1, 1]]], [[-1.0, -1 / 3], [0.0]]),
            box=interval,
            num_regions=3,
        ),
        TieCase(
            name="a gap of $2^{-40}$",
            rule="narrow is not empty",
            network=net([[[1], [1]], [[1, 1]]], [[-0.5, -0.5 - 2.0**-40], [0.0]]),
            box=interval,
            num_regions=3,
        ),
        TieCase(
            name="half a neuron",
            rule="a power of two changes nothing",
            network=net([[[3.0], [1.5]], [[1.0, 1.0]]], [[-1.0, -0.5], [0.0]]),
            box=interval,
            num_regions=2,
        ),
        TieCase(
            name="no weights, no bias",
            rule="cuts nothing, lower piece",
            network=net([[[0, 0]], [[1]]], [[0], [0]]),
            box=square,
            num_regions=1,
        ),
        TieCase(
            name="no biases anywhere",
            rule="sectors round the origin",
            network=net([rows, np.ones((1, 4))], [np.zeros(4), [0]]),
            box=square,
            num_regions=8,
        ),
        TieCase(
            name="through two corners",
            rule="cuts between them",
            network=net([[[1, -1]], [[1]]], [[0], [0]]),
            box=square,
            num_regions=2,
        ),
        TieCase(
            name="touches a corner",
            rule="cuts nothing",
            network=net([[[1, 1]], [[1]]], [[-2], [0]]),
            box=square,
            num_regions=1,
        ),
        TieCase(
            name="along a wall",
            rule="cuts nothing",
            network=net([[[1, 0]], [[1]]], [[-1], [0]]),
            box=square,
            num_regions=1,
        ),
        TieCase(
            name="three lines in one point",
            rule="six sectors, no triangle",
            network=net([[[7, 3], [3, 7], [10, 10]], [[1, 1, 1]]], [[-1, -1, -2], [0]]),
            box=square,
            num_regions=6,
        ),
        TieCase(
            name="dead layer",
            rule="what follows is constant",
            network=net([[[1, 0]], [[1]], [[1]]], [[-2], [0], [0]]),
            box=square,
            num_regions=1,
        ),
        TieCase(
            name="zero on a whole cell",
            rule="lower piece there",
            network=net([[[1, 0]], [[1]], [[1]]], [[0], [0], [0]]),
            box=square,
            num_regions=2,
        ),
        TieCase(
            name="a difference that cancels",
            rule="cuts nothing: 3 strips, halved",
            network=net(
                [[[41, 7], [41, 7], [3, -5]], [[1, -1, 0], [0, 0, 1]], [[1, 1]]],
                [[-3, -3, 1], [0, -1], [0]],
            ),
            box=square,
            num_regions=6,
        ),
        TieCase(
            name="sawtooth of 8 teeth",
            rule="2 pieces a tooth, 1 on each side",
            network=sawtooth(3),
            box=Box(-1.0, 1.1, dim=1),
            num_regions=18,
        ),
    )
