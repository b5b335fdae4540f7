"""Volumes of several gradients: exact means against chains of drawn matrices."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from linreg_lib.estimate import Estimate
from linreg_lib.theory.initialisation.jacobian_volumes import (
    boundary_lower_bound,
    gram_volumes,
    layer_choices,
    mean_square_volume,
    mean_volume,
    sample_jacobians,
    seen_chance,
)

HIDDEN = (4, 3, 3)
CHOICES = [chosen for k in (1, 2, 3) for chosen, _ in layer_choices(HIDDEN, k)]


def volumes_of_masked_chain(
    n_in: int, chosen: tuple[int, ...], num: int, rng: np.random.Generator
) -> list[float]:
    """The dull twin: coins delete neurons of a linear network, one network after another."""
    found = []
    for _ in range(num):
        slopes = np.eye(n_in)
        rows: list[NDArray[np.float64]] = []
        for n, own in zip(HIDDEN, chosen, strict=True):
            slopes = rng.normal(0, math.sqrt(2 / len(slopes)), (n, len(slopes))) @ slopes
            rows.extend(slopes[:own])
            coins = rng.integers(0, 2, n)
            coins[:own] = 0
            slopes = coins[:, None] * slopes
        singular = np.linalg.svd(np.stack(rows), compute_uv=False)
        found.append(float(singular.prod()))
    return found


@pytest.mark.parametrize("chosen", CHOICES)
def test_means_against_coins(chosen: tuple[int, ...]) -> None:
    found = volumes_of_masked_chain(3, chosen, 1500, np.random.default_rng(5))
    mean = mean_volume(3, HIDDEN, chosen)
    assert abs(Estimate.from_samples(found).z_score(mean)) < 5


def test_real_networks_pooled() -> None:
    rng = np.random.default_rng(6)
    scores = []
    for chosen in CHOICES:
        points = np.tile([0.3, -1.0, 0.5], (8000, 1))
        gradients, _ = sample_jacobians(HIDDEN, chosen, points, rng=rng)
        volumes = Estimate.from_samples(gram_volumes(gradients))
        scores.append(volumes.z_score(mean_volume(3, HIDDEN, chosen)))
    assert np.square(scores).sum() < len(scores) + 5 * math.sqrt(2 * len(scores))


def test_mean_square_by_chi_moments() -> None:
    # widths 3, 2, one neuron of each layer: chi^2 moments by hand, K ~ Bin(2, 1/2)
    inputs = (2 / 2) ** 2 * 2 * 1
    first = (2 / 3) * (0 * 1 + 1 * 2 + 2 * 1) / 4
    assert mean_square_volume(2, (3, 2), (1, 1)) == pytest.approx(inputs * first)


@pytest.mark.parametrize("chosen", CHOICES)
def test_mean_below_root_of_mean_square(chosen: tuple[int, ...]) -> None:
    mean = mean_volume(3, HIDDEN, chosen)
    square = mean_square_volume(3, HIDDEN, chosen)
    assert mean**2 <= square * (1 + 1e-12)
    assert (mean == 0) == (square == 0)


def test_choices_count_all_sets() -> None:
    layer_of = np.repeat([0, 1, 2], HIDDEN)
    for k in (1, 2, 3):
        by_layer: dict[tuple[int, ...], int] = {}
        for neurons in combinations(range(len(layer_of)), k):
            key = tuple(int((layer_of[list(neurons)] == layer).sum()) for layer in range(3))
            by_layer[key] = by_layer.get(key, 0) + 1
        assert dict(layer_choices(HIDDEN, k)) == by_layer


def test_seen_chance_ignores_layers_up_to_the_last() -> None:
    assert seen_chance(HIDDEN, (1, 0, 0)) == pytest.approx((7 / 8) ** 2)
    assert seen_chance(HIDDEN, (1, 1, 0)) == pytest.approx(7 / 8)


def test_bound_scales_with_units() -> None:
    # inputs and biases twice as large: densities and boundary length half as large
    once = boundary_lower_bound(
        2, (3, 2), 1, radius=1.0, bias_sd=0.5, least_density=lambda eta: math.exp(-eta)
    )
    twice = boundary_lower_bound(
        2, (3, 2), 1, radius=2.0, bias_sd=1.0, least_density=lambda eta: math.exp(-eta / 2) / 2
    )
    assert twice == pytest.approx(once / 2)
