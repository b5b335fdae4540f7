"""Protocols of Qi and Wei (2023)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.geometry import Box, subdivide
from linreg_lib.networks import Network

_SEEDS_A_PIECE = 25
_INITS = ("torch", "he", "he_uniform", "xavier", "xavier_uniform", "orthogonal")


def _pieces_of_epoch0(
    *, inits: Sequence[str], widths: Sequence[int], num_seeds: int
) -> Iterator[Mapping[str, Any]]:
    """Blocks of seeds that stay the same when more are asked for, but the last."""
    for init in inits:
        for width in widths:
            for first in range(0, num_seeds, _SEEDS_A_PIECE):
                num = min(_SEEDS_A_PIECE, num_seeds - first)
                yield {"init": init, "width": width, "first_seed": first, "num_seeds": num}


def _regions_at_epoch0(
    *, init: str, width: int, first_seed: int, num_seeds: int
) -> Mapping[str, Any]:
    """Networks 2-[w]^3-2 before training, each from a generator of its own."""
    seeds = range(first_seed, first_seed + num_seeds)
    counts = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        net = Network.random([2, width, width, width, 2], init=init, biases="torch", rng=rng)
        counts.append(subdivide(net, Box(-1.0, 1.0, dim=2)).num_regions)
    return {"seed": np.array(seeds), "num_regions": np.array(counts)}


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
                quick=(16, 32, 64),
                paper=(16, 32, 64),
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
)
