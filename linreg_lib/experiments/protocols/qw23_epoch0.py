"""Protocols of QW23's epoch 0: which untrained networks have the regions of Tables 1 to 3.

What was looked at: six laws of weights (qw23-epoch0), of which torch's default alone has the
paper's numbers near the middle at all three widths; seeds of that law as torch draws it, where 5
gives 206, 1151 and 4113 (qw23-epoch0-seeds); and for this network other windows, linear instead of
activation regions, counting in float32 and least areas (qw23-epoch0-windows). None of these gives
all of 207, 1152 to 1154 and 4112 beside; nor does a step of Adam at 1e-3, which changes the count
by tens. Epoch 0 of the paper is this network in [-1, 1]^2, counted up to 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from linreg_lib.experiments.engine_checks.naive_count import naive_count
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.experiments.training.seeded_like_torch import SEED_OF_QW23, seeded_like_torch
from linreg_lib.geometry import Box, subdivide
from linreg_lib.networks import Network

_SEEDS_A_PIECE = 25
_SEEDS_A_SEARCH = 500
_INITS = ("torch", "he", "he_uniform", "xavier", "xavier_uniform", "orthogonal")
_WIDTHS = (16, 32, 64)
_HALF_SIDES = (0.98, 0.99, 0.995, 0.999, 1.0, 1.001, 1.005, 1.01, 1.02)


def _pieces_of_epoch0(
    *, inits: Sequence[str], widths: Sequence[int], num_seeds: int
) -> Iterator[Mapping[str, Any]]:
    """Blocks of seeds that stay the same when more are asked for, but the last."""
    for init in inits:
        for width in widths:
            for block in _blocks(num_seeds, _SEEDS_A_PIECE):
                yield {"init": init, "width": width, **block}


def _regions_at_epoch0(
    *, init: str, width: int, first_seed: int, num_seeds: int
) -> Mapping[str, Any]:
    """Networks 2-[w]^3-2 before training, each from a generator of its own."""
    seeds = range(first_seed, first_seed + num_seeds)
    counts = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        net = Network.random([2, width, width, width, 2], init=init, biases="torch", rng=rng)
        counts.append(_in_square(net))
    return {"seed": np.array(seeds), "num_regions": np.array(counts)}


def _pieces_of_search(*, num_seeds: int) -> Iterator[Mapping[str, Any]]:
    yield from _blocks(num_seeds, _SEEDS_A_SEARCH)


def _regions_of_seeds(*, first_seed: int, num_seeds: int) -> Mapping[str, Any]:
    """Networks as torch draws them after ``torch.manual_seed``."""
    seeds = range(first_seed, first_seed + num_seeds)
    found: dict[str, Any] = {"seed": np.array(seeds)}
    for width in _WIDTHS:
        nets = (seeded_like_torch([2, width, width, width, 2], seed) for seed in seeds)
        found[f"num_regions_{width}"] = np.array([_in_square(net) for net in nets])
    return found


def _pieces_of_windows(
    *, widths: Sequence[int], half_sides: Sequence[float]
) -> Iterator[Mapping[str, Any]]:
    for width in widths:
        for half_side in half_sides:
            yield {"width": width, "half_side": half_side}


def _regions_by_rule(*, width: int, half_side: float) -> Mapping[str, Any]:
    """One network, counted in several ways."""
    net = seeded_like_torch([2, width, width, width, 2], SEED_OF_QW23)
    box = Box(-half_side, half_side, dim=2)
    cx = subdivide(net, box)
    areas = cx.volumes
    return {
        "num_regions": cx.num_regions,
        "num_linear": cx.linear_regions().num_regions,
        "num_float32": naive_count(net, box),
        "num_above_1e8": int((areas > 1e-8).sum()),
        "num_above_1e6": int((areas > 1e-6).sum()),
        "num_above_1e4": int((areas > 1e-4).sum()),
    }


def _in_square(net: Network) -> int:
    return subdivide(net, Box(-1.0, 1.0, dim=2)).num_regions


def _blocks(num_seeds: int, size: int) -> Iterator[Mapping[str, Any]]:
    for first in range(0, num_seeds, size):
        yield {"first_seed": first, "num_seeds": min(size, num_seeds - first)}


PROTOCOLS = (
    Protocol(
        name="qw23-epoch0",
        paper="QW23",
        title="Regions of untrained networks, by initialisation (Tables 1 to 3, epoch 0)",
        serves=("QW23-epoch0",),
        columns={
            "init": "law of the weights; biases are uniform on +-1/sqrt(inputs), as torch's are",
            "width": "w, of a network 2-w-w-w-2",
            "seed": "of numpy.random.default_rng, which draws the network",
            "num_regions": "activation regions of [-1, 1]^2, exact",
        },
        parameters={
            "inits": Parameter(
                meaning="laws of the weights",
                tiny=("torch", "he"),
                quick=_INITS,
                paper=_INITS,
                choices=_INITS,
            ),
            "widths": Parameter(
                meaning="widths of the three hidden layers",
                tiny=(16,),
                quick=_WIDTHS,
                paper=_WIDTHS,
                least=1,
            ),
            "num_seeds": Parameter(
                meaning="networks for each initialisation and width",
                tiny=4,
                quick=25,
                paper=500,
                least=1,
            ),
        },
        list_pieces=_pieces_of_epoch0,
        run_piece=_regions_at_epoch0,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 4, "paper": 65},
    ),
    Protocol(
        name="qw23-epoch0-seeds",
        paper="QW23",
        title="Regions of torch's networks by seed: which one do the tables start from?",
        serves=("QW23-epoch0",),
        columns={
            "seed": "of torch.manual_seed, after which torch.nn.Linear draws the layers",
            **{
                f"num_regions_{width}": f"activation regions of [-1, 1]^2, hidden widths {width}"
                for width in _WIDTHS
            },
        },
        parameters={
            "num_seeds": Parameter(
                meaning="seeds, from 0", tiny=8, quick=500, paper=10_000, least=1
            ),
        },
        list_pieces=_pieces_of_search,
        run_piece=_regions_of_seeds,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 6, "paper": 120},
    ),
    Protocol(
        name="qw23-epoch0-windows",
        paper="QW23",
        title="Regions of the paper's untrained networks by window and way of counting",
        serves=("QW23-epoch0",),
        columns={
            "width": "w, of the network 2-w-w-w-2 that torch draws after manual_seed(5)",
            "half_side": "s, of the window [-s, s]^2",
            "num_regions": "activation regions, exact",
            "num_linear": "linear regions, exact",
            "num_float32": "polygons that a program finds which cuts in float32",
            "num_above_1e8": "activation regions of area above 1e-8",
            "num_above_1e6": "activation regions of area above 1e-6",
            "num_above_1e4": "activation regions of area above 1e-4",
        },
        parameters={
            "widths": Parameter(
                meaning="widths of the three hidden layers", tiny=(16,), quick=_WIDTHS,
                paper=_WIDTHS, least=1,
            ),
            "half_sides": Parameter(
                meaning="half the side of the window", tiny=(1.0,), quick=_HALF_SIDES,
                paper=_HALF_SIDES, least=0.001,
            ),
        },
        list_pieces=_pieces_of_windows,
        run_piece=_regions_by_rule,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 21, "paper": 21},
    ),
)  # fmt: skip
