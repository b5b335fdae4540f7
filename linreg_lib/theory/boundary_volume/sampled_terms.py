"""The integrand of HR19's Theorems 3 and 6 at random sets of neurons, in several readings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.arguments import checked_count, checked_rng
from linreg_lib.theory.random_networks.batch import NetworkBatch
from linreg_lib.theory.random_networks.init_law import InitLaw, hr19_bias_law

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class SampledTerms:
    """One random set of k neurons, a kink for each, at each of P points of B networks.

    Arrays (B, P), but ``neurons`` and ``kinks`` (B, P, k): neurons are counted through all hidden
    layers and increase.  *Pinned* is asked of the network in which each neuron of the set sits at
    its kink, *drawn* of the network as it is.

    ``choices`` is one over the probability of the set and its kinks, so that ``choices`` times an
    integrand, averaged, is a sum over sets.  ``gram`` and ``density`` are the root of the Gram
    determinant of the neurons' gradients and the density of their biases ``z - xi``; those of
    ``flipped_density`` are taken at ``xi - z``.  ``good``: all are good, a neuron of the set
    counting as open; ``good_closed``: it counts as closed.
    """

    neurons: Ints
    kinks: Ints
    choices: Floats
    gram: Floats
    density: Floats
    flipped_density: Floats
    good: Bools
    good_closed: Bools
    gram_drawn: Floats
    density_drawn: Floats
    good_drawn: Bools

    @property
    def values(self) -> Floats:
        """The formula as it is derived: pinned throughout, sums over sets."""
        return self.choices * self.gram * self.density * self.good

    def by_reading(self) -> dict[str, Floats]:
        """The integrand (B, P) in each way to read the formula, by name.

        ``pinned`` are ``values``; ``drawn``: all three factors in the network as drawn;
        ``goodness drawn``, ``density drawn``: only goodness, only the two others; ``kinks closed``:
        a neuron of the set does not count as open; ``sign``: the density of the stored bias at
        z - xi; ``ordered``: ordered k-tuples instead of sets.
        """
        pinned = self.choices * self.gram * self.density
        drawn = self.choices * self.gram_drawn * self.density_drawn
        return {
            "pinned": pinned * self.good,
            "drawn": drawn * self.good_drawn,
            "goodness drawn": pinned * self.good_drawn,
            "density drawn": drawn * self.good,
            "kinks closed": pinned * self.good_closed,
            "sign": self.choices * self.gram * self.flipped_density * self.good,
            "ordered": pinned * self.good * math.factorial(self.neurons.shape[-1]),
        }


def sampled_terms(
    law: InitLaw,
    batch: NetworkBatch,
    points: Floats,
    codim: int,
    *,
    rng: np.random.Generator,
) -> SampledTerms:
    """Terms of the sum over sets of ``codim`` neurons at ``points`` (B, P, n_in), one set each.

    ``batch`` are networks of that law.  The mean of ``values`` over networks, points uniform in K
    and sets, times the volume of K, is the expected (n_in - codim)-volume of the piece of that
    codimension of the boundary in K.  Ties have probability zero and are not looked for.

    Raises:
        ValueError: ``codim`` not in 1..min(n_in, number of neurons), a zero weight (goodness is
            asked layer by layer, which needs every edge), or hidden biases without a density.

    One neuron, x > 0 and w > 0, b uniform on (0, 1): the rate of its kink is w where w x < 1.

    >>> from linreg_lib.networks.laws import Uniform
    >>> law = InitLaw(widths=(1, 1, 1), init=Uniform(1.0, 2.0), biases=Uniform(-1.0, 0.0))
    >>> rng = np.random.default_rng(0)
    >>> batch = NetworkBatch.sample(law, 3, rng=rng)
    >>> terms = sampled_terms(law, batch, np.full((3, 1, 1), 0.1), 1, rng=rng)
    >>> bool((terms.values == batch.weights[0][..., 0]).all())
    True

    Source: HR19, Theorems 3 and 6, the biases of the set pinned in all three factors.
    """
    checked_rng("rng", rng)
    codim = checked_count("codim", codim)
    if codim > min(law.input_dim, law.num_neurons):
        raise ValueError(f"codim is {codim}: {law.input_dim} inputs, {law.num_neurons} neurons")
    if not all((weight != 0.0).all() for weight in batch.weights):
        raise ValueError("a weight is zero; goodness is asked layer by layer")
    shape = points.shape[:2]
    neurons = np.argsort(rng.random((*shape, law.num_neurons)), axis=-1)[..., :codim]
    neurons.sort(axis=-1)
    counts = [each.num_breakpoints for each in law.activations]
    num_kinks = np.repeat(counts, law.hidden_widths)[neurons]
    kinks = np.floor(rng.random(neurons.shape) * num_kinks).astype(np.int64)
    choices = math.comb(law.num_neurons, codim) * num_kinks.prod(axis=-1).astype(np.float64)
    pinned = _run(law, batch, points, neurons, kinks, pin=True)
    drawn = _run(law, batch, points, neurons, kinks, pin=False)
    return SampledTerms(
        neurons=neurons,
        kinks=kinks,
        choices=choices,
        gram=pinned.gram,
        density=pinned.density,
        flipped_density=pinned.flipped_density,
        good=pinned.good,
        good_closed=pinned.good_closed,
        gram_drawn=drawn.gram,
        density_drawn=drawn.density,
        good_drawn=drawn.good,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Factors:
    gram: Floats
    density: Floats
    flipped_density: Floats
    good: Bools
    good_closed: Bools


def _run(
    law: InitLaw, batch: NetworkBatch, points: Floats, neurons: Ints, kinks: Ints, *, pin: bool
) -> _Factors:
    """All factors for the given sets, one pass through the networks."""
    value = points
    slope = np.broadcast_to(np.eye(law.input_dim), (*points.shape[:2], *([law.input_dim] * 2)))
    gradients = np.zeros((*neurons.shape, law.input_dim))
    density, flipped = np.ones(neurons.shape[:2]), np.ones(neurons.shape[:2])
    good, good_closed, after = (np.full(neurons.shape[:2], start) for start in (True, True, False))
    start = 0
    for layer, activation in enumerate(law.activations):
        width = law.hidden_widths[layer]
        transposed = batch.weights[layer].swapaxes(1, 2)
        inner = value @ transposed
        inner_slope = slope @ transposed[:, None]
        stored = inner + batch.biases[layer][:, None, :]
        gain = activation.slopes[activation.piece(stored)]
        value = activation(stored)
        is_open, is_pinned = gain != 0.0, np.zeros(gain.shape, dtype=bool)
        bias_law = hr19_bias_law(law.bias_law(layer))
        for place, index, here in _in_layer(neurons, start, width):
            own = np.take_along_axis(inner, index, axis=-1)[..., 0]
            kink = activation.breakpoints[np.where(here, kinks[..., place], 0)]
            density = density * np.where(here, bias_law.density(own - kink), 1.0)
            flipped = flipped * np.where(here, bias_law.density(kink - own), 1.0)
            column = np.take_along_axis(inner_slope, index[:, :, None, :], axis=-1)[..., 0]
            gradients[:, :, place][here] = column[here]
            chosen = here[..., None] & (np.arange(width) == index)
            is_pinned |= chosen
            if pin:
                value = np.where(chosen, activation(kink)[..., None], value)
        if pin:
            gain = np.where(is_pinned, 0.0, gain)
        # Neurons of earlier layers need this layer; those of this layer do not.
        closed = is_open & ~is_pinned if pin else is_open
        counted = is_open | is_pinned if pin else is_open
        good &= ~after | counted.any(axis=-1)
        good_closed &= ~after | closed.any(axis=-1)
        after |= is_pinned.any(axis=-1)
        slope = inner_slope * gain[:, :, None, :]
        start += width
    return _Factors(
        gram=np.linalg.svd(gradients, compute_uv=False).prod(axis=-1),
        density=density,
        flipped_density=flipped,
        good=good,
        good_closed=good_closed,
    )


def _in_layer(neurons: Ints, start: int, width: int) -> Iterator[tuple[int, Ints, Bools]]:
    """For each place in the sets: the index in this layer (0 elsewhere), and whether it is here."""
    for place in range(neurons.shape[-1]):
        here = (neurons[..., place] >= start) & (neurons[..., place] < start + width)
        yield place, np.where(here, neurons[..., place] - start, 0)[..., None], here
