"""Moments of the gradient of a neuron at a fixed input, at initialisation.

Independent weights of one law, symmetric about zero, of variance 2/fan-in, and biases symmetric
about zero that never tie: the gradient has, up to its sign, the law of that of a linear network
in which fair coins delete hidden neurons. ``widths`` are those of the inputs and of the hidden
layers before the neuron.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from linreg_lib.theory.initialisation.jacobian_volumes import sample_jacobians

Floats = NDArray[np.float64]


def layer_moment(order: int, width: int) -> Fraction:
    """E (2 chi^2_B / n)^order for B binomial (n, 1/2), by summing over B; n is the width.

    >>> layer_moment(2, 5)  # 1 + 5/n
    Fraction(2, 1)
    """
    total = Fraction(0)
    for count in range(width + 1):
        chi_square = math.prod(count + 2 * i for i in range(order))
        total += Fraction(math.comb(width, count), 2**width) * chi_square
    return total * Fraction(2, width) ** order


def normal_moment(order: int, widths: Sequence[int]) -> Fraction:
    """E of the norm to the power 2 * order, for normal weights.

    >>> normal_moment(1, (3, 4, 4)), normal_moment(2, (1, 5))  # 2, and 4 (1 + 2) (1 + 5/5)
    (Fraction(2, 1), Fraction(24, 1))
    """
    inputs, *hidden = widths
    value = Fraction(2) ** order
    for i in range(order):
        value *= 1 + Fraction(2 * i, inputs)
    for width in hidden:
        value *= layer_moment(order, width)
    return value


def normal_mean_norm(widths: Sequence[int]) -> float:
    """E of the norm itself, for normal weights.

    >>> abs(normal_mean_norm((1,)) - 2 / math.pi**0.5) < 1e-12
    True
    """
    inputs, *hidden = widths
    value = _mean_chi(inputs) * math.sqrt(2 / inputs)
    for width in hidden:
        mean = sum(
            math.comb(width, count) / 2**width * _mean_chi(count) for count in range(1, width + 1)
        )
        value *= mean * math.sqrt(2 / width)
    return value


def log_moment_bound(order: int, moment: float, widths: Sequence[int]) -> float:
    """Logarithm of a bound of E[norm^(2 order)]^(1/order), for any symmetric weights.

    Args:
        order: k >= 1.
        moment: the 2k-th moment of the weights when scaled to variance 1.
        widths: as above.

    >>> round(math.exp(log_moment_bound(1, 1.0, (3, 4, 4))), 12)
    2.0
    """
    double = math.prod(range(1, 2 * order, 2))
    top = 2 ** (order - 1) * double * moment
    harmonic = sum(1 / width for width in widths[1:])
    start = math.log(2) + math.log(double * moment) / order
    return start + (order - 1) / 2 * (top - 1) * harmonic


def sampled_square_norms(widths: Sequence[int], count: int, rng: np.random.Generator) -> Floats:
    """Squared norms at the output of fresh ReLU networks, shape (count,).

    Normal weights and biases, at the input (1, ..., 1).
    """
    inputs, *hidden = widths
    output_alone = [0] * len(hidden) + [1]
    points = np.ones((count, inputs))
    gradients, _ = sample_jacobians([*hidden, 1], output_alone, points, rng=rng)
    norms: Floats = (gradients[:, 0] ** 2).sum(axis=1)
    return norms


def sampled_pair_areas(widths: Sequence[int], count: int, rng: np.random.Generator) -> Floats:
    """Areas spanned by the gradients of all pairs of hidden neurons, summed: shape (count,).

    Normal weights, fair coins in place of ReLUs. The sum is over sets of two; the area of
    gradients u and v is the root of the determinant of their Gram matrix.
    """
    inputs = widths[0]
    passed = np.broadcast_to(np.eye(inputs), (count, inputs, inputs))
    found = []
    for fan_in, fan_out in zip(widths[:-1], widths[1:], strict=True):
        weights = rng.normal(0, np.sqrt(2 / fan_in), (count, fan_out, fan_in))
        gradients = weights @ passed
        found.append(gradients)
        passed = gradients * rng.integers(0, 2, (count, fan_out, 1))
    rows = np.concatenate(found, axis=1)
    gram = rows @ rows.transpose(0, 2, 1)
    norms = np.einsum("nii->ni", gram)
    squares = np.maximum(norms[:, :, None] * norms[:, None, :] - gram**2, 0)
    first, second = np.triu_indices(rows.shape[1], 1)
    areas: Floats = np.sqrt(squares[:, first, second]).sum(axis=1)
    return areas


def _mean_chi(freedom: int) -> float:
    return math.sqrt(2) * math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
