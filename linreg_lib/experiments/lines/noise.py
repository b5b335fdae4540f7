"""Pieces that are left on an interval when a network's parameters are perturbed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.estimate import Estimate
from linreg_lib.geometry import count_along_lines
from linreg_lib.networks import Network, perturbed
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_kind, checked_kinds
from linreg_lib.networks.exact_floats import exact_floats


def pieces_under_noise(
    net: Network,
    sd: float,
    *,
    num_draws: int,
    rng: np.random.Generator,
    noise_on: Literal["both", "weights", "biases"] = "both",
    of: Literal["linear", "activation"] = "linear",
    interval: tuple[float, float] = (0.0, 1.0),
) -> NDArray[np.int64]:
    """Numbers of pieces on ``interval`` of ``num_draws`` independently perturbed copies, (draws,).

    Each copy adds independent normal noise of standard deviation ``sd`` to the weights, the biases
    or both, output layer included. Counts are exact for each copy as stored. The noise that a draw
    uses does not depend on ``noise_on`` or ``of``, so equal generators give paired samples.

    Raises:
        ValueError: a network with several inputs, unknown words, or fewer than one draw.

    Source: HR19, Figure 3.

    >>> from linreg_lib.networks import sawtooth
    >>> pieces_under_noise(sawtooth(2), 0.0, num_draws=2, rng=np.random.default_rng(0)).tolist()
    [8, 8]
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    if net.input_dim != 1:
        raise ValueError(f"the network has {net.input_dim} inputs; an interval needs one")
    num_draws = checked_count("num_draws", num_draws)
    checked_choice("noise_on", noise_on, ("both", "weights", "biases"))
    checked_choice("of", of, ("linear", "activation"))
    ends = exact_floats("interval", interval)
    if ends.shape != (2,) or not ends[0] < ends[1]:
        raise ValueError(f"interval must be a pair (low, high) with low < high, got {interval!r}")
    counts = np.empty(num_draws, dtype=np.int64)
    low, high = ends.tolist()
    for draw in range(num_draws):
        noisy = perturbed(net, sd, rng=rng)
        copy = Network(
            weights=net.weights if noise_on == "biases" else noisy.weights,
            biases=net.biases if noise_on == "weights" else noisy.biases,
            activations=net.activations,
        )
        counts[draw] = count_along_lines(copy, [[low]], [[high]], of=of)[0]
    return counts


def growth_base(levels: ArrayLike, counts: Sequence[Estimate]) -> Estimate:
    """The base b in ``E counts = constant * b**level``, by weighted least squares on logarithms.

    ``counts`` are independent estimates with positive means, one a level (n,). A logarithm's
    standard error is the relative error of its mean (first order), and the base's follows from the
    slope's in the same way.

    Raises:
        ValueError: fewer than two different levels, a mean that is not positive, or a standard
            error of 0.

    >>> growth_base([0, 1, 2], [Estimate(3.0 * 2**n, 0.1, 50) for n in range(3)]).mean.__round__(9)
    2.0
    """
    places = exact_floats("levels", levels)
    checked_kinds("counts", counts, Estimate, "an Estimate")
    means = np.array([count.mean for count in counts])
    errors = np.array([count.stderr for count in counts])
    if places.shape != means.shape or len(np.unique(places)) < 2:
        raise ValueError("a base needs one estimate a level, at two different levels at least")
    if not ((means > 0).all() and (errors > 0).all()):
        raise ValueError("means and standard errors must be positive to have weighted logarithms")
    weights = (means / errors) ** 2
    centred = places - np.average(places, weights=weights)
    spread = float(weights @ centred**2)
    slope = float((weights * centred) @ np.log(means)) / spread
    base = float(np.exp(slope))
    return Estimate(base, base / spread**0.5, min(count.count for count in counts))
