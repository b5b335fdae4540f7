"""Several neurons of a random ReLU network at once: the volume that their gradients span.

k neurons are *chosen*, ``chosen[i]`` of them in hidden layer i, and *pinned*: they send on zero,
as they do where they switch. Laws: weights normal of variance 2/fan-in, all independent; biases
independent, symmetric about zero, with densities.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray


def layer_choices(hidden_widths: Sequence[int], k: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """The ways to spread k chosen neurons over the layers, each with its number of sets.

    >>> list(layer_choices((2, 1), 2))
    [((1, 1), 2), ((2, 0), 1)]
    """
    for chosen in product(*(range(min(n, k) + 1) for n in hidden_widths)):
        if sum(chosen) == k:
            sets = map(math.comb, hidden_widths, chosen)
            yield chosen, math.prod(sets)


def mean_volume(n_in: int, hidden_widths: Sequence[int], chosen: Sequence[int]) -> float:
    """Mean of the k-volume spanned by the gradients of the chosen neurons, at any input.

    Zero exactly if some layer has fewer neurons that are not chosen than chosen ones lie behind
    it (or if k > n_in): then their boundaries never cross.

    >>> round(mean_volume(2, (2,), (2,)), 12), mean_volume(2, (1, 1), (1, 1))
    (1.0, 0.0)
    """
    behind = sum(chosen)
    mean = _mean_factor(n_in, n_in, behind)
    for n, own in zip(hidden_widths, chosen, strict=True):
        behind -= own
        free = n - own
        terms = (math.comb(free, q) * _mean_factor(n, q, behind) for q in range(free + 1))
        mean *= math.fsum(terms) / 2**free
    return mean


def _mean_factor(n: int, q: int, r: int) -> float:
    """Mean of (2/n)^(r/2) chi_q chi_(q-1) ... chi_(q-r+1), zero if q < r."""
    if q < r:
        return 0.0
    logarithm = math.lgamma((q + 1) / 2) - math.lgamma((q + 1 - r) / 2)
    return math.exp(logarithm + r * math.log(2 / math.sqrt(n)))


def mean_square_volume(n_in: int, hidden_widths: Sequence[int], chosen: Sequence[int]) -> float:
    """Mean square of that volume.

    >>> mean_square_volume(2, (3, 1), (0, 1)), mean_square_volume(2, (2, 1), (1, 1))
    (2.0, 1.0)
    """
    behind = sum(chosen)
    square = 2.0**behind * math.prod(max(0.0, 1 - s / n_in) for s in range(behind))
    for n, own in zip(hidden_widths, chosen, strict=True):
        behind -= own
        square *= math.prod(max(0.0, 1 - (own + s) / n) for s in range(behind))
    return square


def sample_jacobians(
    hidden_widths: Sequence[int],
    chosen: Sequence[int],
    points: NDArray[np.float64],
    *,
    bias_sd: float = 1.0,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gradients (m, k, n_in) and pre-activations (m, k) of the chosen neurons, pinned.

    ``points`` has shape (m, n_in): one network for each. These are real ReLU networks with normal
    biases, run forward; a pre-activation is without its own bias, which is subtracted (HR19's
    b_z). Neurons count as open where z > b_z; ties have probability zero.

    >>> one = np.ones((1, 2))
    >>> gradients, z = sample_jacobians((3,), (2,), one, rng=np.random.default_rng(0))
    >>> gradients.shape, bool(np.allclose(gradients.sum(axis=2), z))
    ((1, 2, 2), True)
    """
    sent = points
    num, n_in = points.shape
    slopes = np.broadcast_to(np.eye(n_in), (num, n_in, n_in))
    gradients, values = [], []
    for n, own in zip(hidden_widths, chosen, strict=True):
        fan_in = sent.shape[1]
        weights = rng.normal(0.0, math.sqrt(2 / fan_in), (num, n, fan_in))
        z = np.einsum("sij,sj->si", weights, sent)
        slopes = weights @ slopes
        gradients.append(slopes[:, :own])
        values.append(z[:, :own])
        biases = rng.normal(0.0, bias_sd, z.shape)
        is_open = z > biases
        is_open[:, :own] = False
        sent = np.where(is_open, z - biases, 0.0)
        slopes = slopes * is_open[:, :, None]
    return np.concatenate(gradients, axis=1), np.concatenate(values, axis=1)


def gram_volumes(gradients: NDArray[np.float64]) -> NDArray[np.float64]:
    """k-volume spanned by each set of k row vectors; shape (..., k, n) to (...).

    >>> float(gram_volumes(np.array([[3.0, 0.0], [1.0, 2.0]])).round(12))
    6.0
    """
    gram = gradients @ np.swapaxes(gradients, -1, -2)
    return np.sqrt(np.maximum(np.linalg.det(gram), 0.0))


def boundary_lower_bound(
    n_in: int,
    hidden_widths: Sequence[int],
    k: int,
    *,
    radius: float,
    bias_sd: float,
    least_density: Callable[[float], float],
) -> float:
    """Lower bound of the mean (n_in - k)-volume of the boundary per unit volume of K.

    K lies within ``radius`` of the origin; all biases have standard deviation ``bias_sd`` and a
    density that is at least ``least_density(eta)`` on [-eta, eta].

    >>> boundary_lower_bound(
    ...     2, (1, 1), 2, radius=1.0, bias_sd=1.0, least_density=lambda eta: 0.1)
    0.0
    >>> bound = boundary_lower_bound(
    ...     1, (1,), 1, radius=1.0, bias_sd=1.0, least_density=lambda eta: 0.1)
    >>> round(bound * math.sqrt(math.pi), 12)
    0.1

    Source: the book's chapter on the lower bounds; mends HR19 Eq. 10.
    """
    size = 2 * radius**2 / n_in + bias_sd**2 * (len(hidden_widths) - 1)
    total = 0.0
    for chosen, sets in layer_choices(hidden_widths, k):
        mean = mean_volume(n_in, hidden_widths, chosen)
        if mean > 0:
            square = mean_square_volume(n_in, hidden_widths, chosen)
            eta = 2 * math.sqrt(k * square * size) / mean
            seen = seen_chance(hidden_widths, chosen)
            total += sets * seen * mean / 2 * least_density(eta) ** k
    return total


def seen_chance(hidden_widths: Sequence[int], chosen: Sequence[int]) -> float:
    """Probability that no layer behind the last chosen neuron is dead.

    >>> seen_chance((2, 1), (1, 0)), seen_chance((2, 1), (1, 1))
    (0.5, 1.0)
    """
    last = max(layer for layer, own in enumerate(chosen) if own)
    return math.prod((1 - 2.0**-n for n in hidden_widths[last + 1 :]), start=1.0)
