"""Every small network with weights 1 and -1: exact laws of gradients, by enumeration.

Two inputs, layers of two, two and one neurons, so that all fan-ins are 2 and weights of 1 and -1
have variance 2/fan-in. Inputs, values and biases are integers, in units of 1/30 of the input's.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

UNIT = 30
FIRST_BIAS, SECOND_BIAS = 10, 3
NUM_NEURONS = 5
PAIRS = tuple(itertools.combinations(range(NUM_NEURONS), 2))
Integers = NDArray[np.int64]
Law = dict[tuple[int, ...], Fraction]


def sign_arrays(*shape: int) -> Integers:
    """All arrays of that shape with entries 1 and -1, stacked along a first axis.

    >>> sign_arrays(2).tolist()
    [[1, 1], [1, -1], [-1, 1], [-1, -1]]
    """
    size = int(np.prod(shape))
    rows = list(itertools.product((1, -1), repeat=size))
    return np.array(rows, dtype=np.int64).reshape(-1, *shape)


def sign_weights() -> tuple[Integers, Integers, Integers]:
    """The weights of all 1024 networks: shapes (1024, 2, 2), (1024, 2, 2) and (1024, 1, 2)."""
    flat = sign_arrays(10)
    return (
        flat[:, :4].reshape(-1, 2, 2),
        flat[:, 4:8].reshape(-1, 2, 2),
        flat[:, 8:].reshape(-1, 1, 2),
    )


def symmetric_biases() -> list[Integers]:
    """All four biases of both hidden layers, either sign: 16 arrays of shape (2, 2).

    >>> len(symmetric_biases()), symmetric_biases()[0].tolist()
    (16, [[10, 10], [3, 3]])
    """
    scale = np.array([[FIRST_BIAS], [SECOND_BIAS]])
    return [scale * signs for signs in sign_arrays(2, 2)]


def relu_law(point: Sequence[int], biases: Iterable[Integers], *, pin_first: bool = False) -> Law:
    """Law of the gradients at a point, over all weights and the biases given.

    Keys are five squared norms (two first neurons, two second ones, the output) and the squared
    areas of the ten pairs, in the order of ``PAIRS``; values are exact probabilities. A neuron is
    open if its pre-activation exceeds its bias; none may tie, except a pinned one.

    Args:
        point: the two inputs, integers.
        biases: arrays of shape (2, 2), a row for each hidden layer, in units of 1/30.
        pin_first: whether the bias of the very first neuron is set to its pre-activation,
            whatever ``biases`` say; it then sends on zero.

    Raises:
        ValueError: if a neuron ties.
    """
    first, second, last = sign_weights()
    rows = np.zeros((0, NUM_NEURONS, 2), dtype=np.int64)
    entered = UNIT * np.asarray(point, dtype=np.int64)
    for bias in biases:
        z = first @ entered
        own = np.broadcast_to(bias[0], z.shape).copy()
        if pin_first:
            own[:, 0] = z[:, 0]
        tied = z == own
        tied[:, 0] &= not pin_first
        sent = np.maximum(z - own, 0)
        inner = np.where((z > own)[:, :, None], first, 0)
        z = np.einsum("nij,nj->ni", second, sent)
        if tied.any() or (z == bias[1]).any():
            raise ValueError(f"a neuron sits at its kink: point {tuple(point)}, biases {bias}")
        middle = second @ inner
        outer = last @ np.where((z > bias[1])[:, :, None], middle, 0)
        rows = np.concatenate([rows, np.concatenate([first, middle, outer], axis=1)])
    return _law(rows)


def coin_law() -> Law:
    """The same law for the linear networks in which fair coins delete hidden neurons."""
    first, second, last = sign_weights()
    rows = np.zeros((0, NUM_NEURONS, 2), dtype=np.int64)
    for flat in itertools.product((0, 1), repeat=4):
        coins = np.array(flat, dtype=np.int64).reshape(2, 2, 1)
        middle = second @ (coins[0] * first)
        outer = last @ (coins[1] * middle)
        rows = np.concatenate([rows, np.concatenate([first, middle, outer], axis=1)])
    return _law(rows)


def marginal(law: Law, column: int) -> Law:
    """The law of one of the squares alone.

    >>> marginal(coin_law(), 0)
    {(2,): Fraction(1, 1)}
    """
    shares: Law = {}
    for key, share in law.items():
        own = (key[column],)
        shares[own] = shares.get(own, Fraction(0)) + share
    return shares


def mean_of(law: Law, column: int, power: int = 1) -> Fraction:
    """Exact mean of a power of one of the squares.

    >>> mean_of(coin_law(), 4)
    Fraction(2, 1)
    """
    return sum((share * key[column] ** power for key, share in law.items()), Fraction(0))


def mean_product(law: Law, columns: Sequence[int]) -> float:
    """Mean of a product of norms, the roots of the squares in those columns."""
    return sum(
        float(share) * float(np.sqrt([float(key[column]) for column in columns]).prod())
        for key, share in law.items()
    )


def skip_mean_square(point: Sequence[int], *, shared: bool) -> Fraction:
    """Mean square of the gradient at an output that also reads both inputs.

    Two first neurons with weights 1 and -1 and biases 1/3 and -1/3; the output has fan-in 4.

    Args:
        point: the two inputs, integers.
        shared: whether both neurons have the same weights, and are read with the same weight.
    """
    total, count = 0, 0
    for first, signs, own in itertools.product(sign_arrays(2, 2), sign_arrays(2), sign_arrays(4)):
        if shared and ((first[0] != first[1]).any() or own[2] != own[3]):
            continue
        is_open = UNIT * (first @ np.asarray(point)) > FIRST_BIAS * signs
        entered = np.concatenate([np.eye(2, dtype=np.int64), is_open[:, None] * first])
        total += int(((own @ entered) ** 2).sum())
        count += 1
    return Fraction(total, 2 * count)


def _law(rows: Integers) -> Law:
    norms = (rows**2).sum(axis=2)
    i, j = np.array(PAIRS).T
    areas = (rows[:, i, 0] * rows[:, j, 1] - rows[:, i, 1] * rows[:, j, 0]) ** 2
    keys, counts = np.unique(np.concatenate([norms, areas], axis=1), axis=0, return_counts=True)
    return {
        tuple(key): Fraction(int(count), len(rows))
        for key, count in zip(keys.tolist(), counts, strict=True)
    }
