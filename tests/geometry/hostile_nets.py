"""Networks and domains made to be hard for float64; used by several test files.

Weights of many orders of magnitude, neurons that nearly coincide, tiny domains far away.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import linreg_lib as lr
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.networks import PiecewiseLinear


def by_entry(w: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return w * 2.0 ** rng.integers(-60, 61, size=w.shape)


def by_row(w: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return w * 2.0 ** rng.integers(-60, 61, size=(len(w), 1))


def nearly_equal(w: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    for i in range(1, len(w)):
        steps = rng.integers(-1, 2, size=w.shape[1])
        w[i] = w[rng.integers(i)] * (1 + 2.0 ** -float(rng.integers(20, 53)) * steps)
    return w


def nearly_parallel(w: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=w.shape[1]) + 2.0 ** -float(rng.integers(5, 50)) * w


def pruned(w: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    w *= rng.random(w.shape) < 0.7
    w[rng.random(len(w)) < 0.2] = 0.0
    return w


WEIGHTS = (by_entry, by_row, nearly_equal, nearly_parallel, pruned)


def far_box(dim: int, rng: np.random.Generator) -> Domain:
    centre = rng.normal(size=dim) * 10.0 ** rng.integers(0, 7)
    radius = 10.0 ** -float(rng.integers(0, 7))
    return lr.Box(centre - radius, centre + radius)


def thin_box(dim: int, rng: np.random.Generator) -> Domain:
    high = np.ones(dim)
    high[rng.integers(dim)] = -1.0 + 1e-9
    return lr.Box(-np.ones(dim), high)


def tiny_or_huge(dim: int, rng: np.random.Generator) -> Domain:
    size = 2.0 ** float(rng.choice([-600, 300]))
    return lr.Box(-size, size, dim=dim)


def far_plane(dim: int, rng: np.random.Generator) -> Domain:
    point = rng.normal(size=4) * 10.0 ** rng.integers(0, 8)
    size = 10.0 ** float(rng.integers(-6, 3))
    if dim == 1:
        return lr.Segment(point, point + size * rng.normal(size=4))
    return lr.Plane(point, rng.normal(size=(2, 4)), size)


def simplex(dim: int, rng: np.random.Generator) -> Domain:
    dim = max(dim, 2)
    return lr.Simplex(rng.normal(size=(dim + 1, dim)) + 1e3 * rng.normal(size=dim))


DOMAINS = (far_box, thin_box, tiny_or_huge, far_plane, simplex)


def points_in(domain: Domain, rng: np.random.Generator) -> np.ndarray:
    corners = domain.initial_lattice().points.view[:, :-1] + domain.centre
    return domain.embed(rng.dirichlet(np.ones(len(corners)), size=12) @ corners)


def hostile_net(
    hidden: list[int],
    domain: Domain,
    rng: np.random.Generator,
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray],
    activations: tuple[str | PiecewiseLinear, ...],
) -> lr.Network:
    """Each neuron is at a breakpoint near some point of the domain, whatever its weights are."""
    values, sizes = points_in(domain, rng), [domain.input_dim, *hidden, 1]
    weights, biases, chosen = [], [], []
    for fan_in, width in zip(sizes[:-2], hidden, strict=True):
        w = change(rng.normal(size=(width, fan_in)) / fan_in**0.5, rng)
        name = activations[rng.integers(len(activations))]
        activation = lr.Network.from_arrays([[[1]], [[1]]], [[0], [0]], name).activations[0]
        at = rng.choice(activation.breakpoints, size=width)
        shift = 0.1 * rng.random(width) * np.abs(w).sum(axis=1) * np.ptp(values, axis=0).max()
        b = at - (w * values[rng.integers(len(values), size=width)]).sum(axis=1) + shift
        weights.append(w)
        biases.append(b)
        chosen.append(activation)
        values = activation(values @ w.T + b)
    weights.append(rng.normal(size=(1, hidden[-1])))
    return lr.Network.from_arrays(weights, [*biases, [0.0]], activation=chosen)


def hostile_case(
    seed: int, largest: tuple[int, int, int], activations: tuple[str | PiecewiseLinear, ...]
) -> tuple[lr.Network, Domain]:
    """Domains and weights in turn; ``largest`` width in dimensions 1, 2, 3."""
    rng = np.random.default_rng(seed)
    domain = DOMAINS[seed % 5](int(rng.integers(1, 4)), rng)
    hidden = rng.integers(1, largest[domain.dim - 1] + 1, size=rng.integers(1, 5)).tolist()
    change = WEIGHTS[seed // 5 % 5]
    return hostile_net(hidden, domain, rng, change, activations), domain
