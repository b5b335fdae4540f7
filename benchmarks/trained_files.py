"""Slices of networks that others trained for collision avoidance: 5-50-50-50-50-50-50-5.

K. Julian's networks as files .nnet, which verification programs are tried on.  The slice: the first
two inputs over their whole normalised range, the other three fixed, in normalised units.
"""

from __future__ import annotations

import numpy as np

import linreg_lib as lr
from benchmarks.needs import DataFile
from linreg_lib.networks import Normal
from linreg_lib.networks.nnet_file import read_nnet

ACAS_1_1 = DataFile(
    folder="acas",
    name="ACASXU_run2a_1_1_batch_2000.nnet",
    sha256="b79d4bc4056ab44a8985ad2e3eed646a20610422c913367f63060f7680573ce3",
)
ACAS_3_3 = DataFile(
    folder="acas",
    name="ACASXU_run2a_3_3_batch_2000.nnet",
    sha256="e51d46b0dbca25e5da10147b41af128562383b11d1f3fed751cc125c540d7514",
)
_OTHERS = (0.0, 0.3, 0.1)
#: the ranges of the first two inputs in these files: (0 - 19791.091) / 60261, ...
_LOW, _HIGH = (-0.328422877, -0.500000055), (0.679857769, 0.500000055)


def trained_slice(file: DataFile, share: float = 1.0) -> tuple[lr.Network, lr.Slice]:
    """The network of a file and the slice, or the middle ``share`` of each of its sides."""
    kept = read_nnet(file.path)
    low, high = (((end - kept.means) / kept.ranges)[:2] for end in (kept.minima, kept.maxima))
    return lr.Network.from_nnet(file.path), _slice(low, high, share)


def he_slice(seed: int = 1) -> tuple[lr.Network, lr.Slice]:
    """The same shape and slice with He weights."""
    rng = np.random.default_rng(seed)
    net = lr.Network.random([5, *[50] * 6, 5], init="he", biases=Normal(0.1), rng=rng)
    return net, _slice(np.array(_LOW), np.array(_HIGH))


def _slice(low: np.ndarray, high: np.ndarray, share: float = 1.0) -> lr.Slice:
    middle, half = (low + high) / 2, share * (high - low) / 2
    at = [0.0, 0.0, *_OTHERS]
    return lr.Slice.along((0, 1), low=middle - half, high=middle + half, at=at)
