"""Torch's default layers without torch, and the network that QW23's tables start from."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments import naive_count
from linreg_lib.experiments.protocols.qw23_paper import EPOCH_0
from linreg_lib.experiments.training.seeded_like_torch import SEED_OF_QW23, seeded_like_torch


@pytest.mark.parametrize("widths", [[2, 16, 16, 16, 2], [2, 32, 32, 32, 5], [3, 7, 1], [784, 5]])
def test_the_same_bits_as_torch(widths: list[int]) -> None:
    torch = pytest.importorskip("torch")
    with torch.random.fork_rng():
        for seed in (0, 1, 5, 42, 123_456_789, 2**32 - 1):
            torch.manual_seed(seed)
            net = seeded_like_torch(widths, seed)
            ends = zip(widths[:-1], widths[1:], strict=True)
            for (num_in, num_out), weight, bias in zip(ends, net.weights, net.biases, strict=True):
                layer = torch.nn.Linear(num_in, num_out)
                assert np.array_equal(layer.weight.detach().double().numpy(), weight)
                assert np.array_equal(layer.bias.detach().double().numpy(), bias)


def test_bits_without_torch() -> None:
    net = seeded_like_torch([2, 16, 16, 16, 2], SEED_OF_QW23)
    digest = hashlib.sha256(b"".join(w.astype("<f4").tobytes() for w in net.weights)).hexdigest()
    assert digest[:16] == "6517684f63891817"


@pytest.mark.parametrize(("width", "count"), [(16, 206), (32, 1151), (64, 4113)])
def test_the_network_of_qw23(width: int, count: int) -> None:
    box = lr.Box(-1.0, 1.0, dim=2)
    for num_out in (2, 5):
        net = seeded_like_torch([2, width, width, width, num_out], SEED_OF_QW23)
        assert lr.subdivide(net, box).num_regions == count
    assert naive_count(net, box) == count  # by a program that shares nothing with the engine
    assert count in EPOCH_0[width]
    assert max(abs(count - each) for each in EPOCH_0[width]) <= 3


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"widths is \[2\]"):
        seeded_like_torch([2], 0)
    for seed in (-1, 2**32):
        with pytest.raises(ValueError, match="seed"):
            seeded_like_torch([2, 3], seed)
