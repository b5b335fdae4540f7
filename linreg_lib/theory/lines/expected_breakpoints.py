"""Expected breakpoints along a line by HR19's formula, averaged over networks and points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.estimate import Estimate
from linreg_lib.locked import Locked
from linreg_lib.networks.arguments import (
    checked_choice,
    checked_count,
    checked_index,
    checked_kind,
    checked_rng,
)
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.short_repr import ShortRepr
from linreg_lib.theory.lines.line_piece import LinePiece
from linreg_lib.theory.random_networks.batch import LayerPass, NetworkBatch
from linreg_lib.theory.random_networks.init_law import InitLaw, hr19_bias_law

Of = Literal["activation", "linear"]
OwnBias = Literal["pinned", "free"]

_MAX_ENTRIES = 2_000_000  # of the largest intermediate array, to bound memory


@dataclass(frozen=True, kw_only=True, repr=False)
class BreakpointExpectation(ShortRepr):
    """Expected number of breakpoints on a line piece, in all and by hidden layer."""

    total: Estimate
    per_layer: tuple[Estimate, ...]
    hidden_widths: tuple[int, ...]
    of: Of

    @property
    def num_regions(self) -> Estimate:
        """Expected number of pieces: one more than the breakpoints."""
        return self.total.shifted(1.0)

    @property
    def regions_per_neuron(self) -> Estimate:
        """Pieces divided by hidden neurons, as HR19 Fig. 5 plots."""
        return self.num_regions.scaled(1.0 / sum(self.hidden_widths))

    @property
    def breakpoints_per_neuron(self) -> tuple[Estimate, ...]:
        """By hidden layer, divided by its width."""
        pairs = zip(self.per_layer, self.hidden_widths, strict=True)
        return tuple(estimate.scaled(1.0 / width) for estimate, width in pairs)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RateProfile(Locked):
    """Expected breakpoints per unit length at K positions; arrays (K, L) by hidden layer."""

    positions: NDArray[np.float64]
    mean: NDArray[np.float64]
    stderr: NDArray[np.float64]
    count: int

    def total(self, index: int) -> float:
        """Rate at position ``index``, summed over layers."""
        index = checked_index("index", index, len(self.mean), "positions")
        return float(self.mean[index].sum())


def expected_breakpoints(
    law: InitLaw,
    line: LinePiece,
    *,
    rng: np.random.Generator,
    of: Of = "linear",
    own_bias: OwnBias = "pinned",
    num_networks: int = 1000,
    points_per_network: int = 16,
    spread: float | None = None,
) -> BreakpointExpectation:
    """HR19's Theorems 3 and 6 for k = 1 along a line, by Monte Carlo.

    The sum over neurons z and breakpoints xi of the integral over the line piece of
    ``E[|z'(x)| rho_z(z(x) - xi) 1{z good at x}]``, where z(x) leaves the neuron's own bias out and
    rho_z is the density of b_z = -b. Each network contributes the mean over a stratified sample of
    points; networks are independent, so the standard error is honest. No breakpoint is located.

    Args:
        law: the law of the networks; hidden biases need densities.
        line: where; unbounded pieces need ``spread``.
        rng: source of the networks and of the points.
        of: ``"linear"`` counts where the gradient of some output jumps (HR19's B_N);
            ``"activation"`` counts where any neuron switches, and leaves goodness out.
        own_bias: what the goodness of z is asked of. ``"pinned"``: the network in which z sits at
            its breakpoint, as the proof of Proposition 11 uses; ``"free"``: the network as drawn,
            as the statement of Theorem 3 can be read. They agree for laws symmetric about 0, not
            in general.
        num_networks: independent networks, at least 2.
        points_per_network: strata of the line piece, one point in each.
        spread: points are uniform if None; else they follow a Cauchy density of this scale around
            the point of the line nearest to the origin, cut to the piece (for small biases, where
            most breakpoints are close to the origin, and for whole lines).

    Raises:
        ValueError: a bad argument, a line in another dimension, an unbounded line without
            ``spread``, or biases without a density.

    >>> from linreg_lib.networks.laws import Normal
    >>> law = InitLaw(widths=(1, 5, 1), biases=Normal(1.0))
    >>> whole = LinePiece.whole(0.0, 1.0)
    >>> result = expected_breakpoints(law, whole, rng=np.random.default_rng(1), spread=1.0)
    >>> result.total.within(5.0)                       # each neuron breaks exactly once
    True

    Source: HR19, Theorem 3, Theorem 6, Proposition 11.
    """
    _check(law, line, of, own_bias)
    checked_rng("rng", rng)
    num_networks = checked_count("num_networks", num_networks, least=2)
    points_per_network = checked_count("points_per_network", points_per_network)
    spread = None if spread is None else exact_number("spread", spread)
    chunk = _chunk_size(law, points_per_network, of, own_bias)
    values = np.empty((num_networks, law.depth))
    for start in range(0, num_networks, chunk):
        stop = min(start + chunk, num_networks)
        batch = NetworkBatch.sample(law, stop - start, rng=rng)
        strata = np.arange(points_per_network) + rng.random((stop - start, points_per_network))
        positions, lengths = _place(line, strata / points_per_network, spread)
        for layer, rates in enumerate(_rates(law, batch, line, positions, of, own_bias)):
            values[start:stop, layer] = (rates * lengths).mean(axis=1)
    return BreakpointExpectation(
        total=Estimate.from_samples(values.sum(axis=1)),
        per_layer=tuple(Estimate.from_samples(column) for column in values.T),
        hidden_widths=law.hidden_widths,
        of=of,
    )


def breakpoint_rates(
    law: InitLaw,
    line: LinePiece,
    positions: ArrayLike,
    *,
    rng: np.random.Generator,
    of: Of = "linear",
    own_bias: OwnBias = "pinned",
    num_networks: int = 1000,
) -> RateProfile:
    """The integrand of ``expected_breakpoints`` at given arc length positions (K,).

    This is the local "constant" times the number of neurons in HR19's Theorem 1: the limit of
    ``E[#breakpoints] / |I|`` as the interval I shrinks to the position.
    """
    _check(law, line, of, own_bias)
    checked_rng("rng", rng)
    num_networks = checked_count("num_networks", num_networks, least=2)
    places = np.atleast_1d(exact_floats("positions", positions)).copy()
    chunk = _chunk_size(law, len(places), of, own_bias)
    samples = np.empty((num_networks, len(places), law.depth))
    for start in range(0, num_networks, chunk):
        stop = min(start + chunk, num_networks)
        batch = NetworkBatch.sample(law, stop - start, rng=rng)
        everywhere = np.broadcast_to(places, (stop - start, len(places)))
        for layer, rates in enumerate(_rates(law, batch, line, everywhere, of, own_bias)):
            samples[start:stop, :, layer] = rates
    mean = samples.mean(axis=0)
    stderr = samples.std(axis=0, ddof=1) / math.sqrt(num_networks)
    for array in (places, mean, stderr):
        array.setflags(write=False)
    return RateProfile(positions=places, mean=mean, stderr=stderr, count=num_networks)


def _rates(
    law: InitLaw,
    batch: NetworkBatch,
    line: LinePiece,
    positions: NDArray[np.float64],
    of: Of,
    own_bias: OwnBias,
) -> list[NDArray[np.float64]]:
    """Per hidden layer the sum over its neurons and breakpoints of Y, shape (B, P)."""
    passes = list(batch.walk(line.at(positions), line.direction))
    is_open = [each.is_open for each in passes]
    rates = []
    for layer, state in enumerate(passes):
        terms = _terms(law, layer, state)
        if of == "linear" and own_bias == "pinned":
            terms = terms * batch.reaches_output_when_pinned(layer, state.value)
        elif of == "linear":
            terms = terms * batch.reaches_output(layer, is_open)[..., None]
        rates.append(terms.sum(axis=(2, 3)))
    return rates


def _terms(law: InitLaw, layer: int, state: LayerPass) -> NDArray[np.float64]:
    """|z'(x)| rho_z(z(x) - xi) for each neuron and breakpoint, shape (B, P, n_l, T)."""
    breakpoints = law.activations[layer].breakpoints
    density = hr19_bias_law(law.bias_law(layer)).density(state.inner[..., None] - breakpoints)
    return np.abs(state.slope)[..., None] * density


def _place(
    line: LinePiece, uniforms: NDArray[np.float64], spread: float | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions on the piece and, for each, 1 / (density of the sampling law)."""
    if spread is None:
        if not line.is_finite:
            raise ValueError("points on an unbounded line need a spread (a positive number)")
        return line.low + uniforms * line.length, np.full(uniforms.shape, line.length)
    if not spread > 0.0:
        raise ValueError(f"spread must be positive, got {spread}")
    centre = -float(line.point @ line.direction)
    low = math.atan2(line.low - centre, spread)
    high = math.atan2(line.high - centre, spread)
    angles = low + uniforms * (high - low)
    offsets = spread * np.tan(angles)
    inverse_density = (high - low) * (spread**2 + offsets**2) / spread
    return centre + offsets, inverse_density


def _chunk_size(law: InitLaw, points: int, of: Of, own_bias: OwnBias) -> int:
    widths = law.hidden_widths
    counts = [a.num_breakpoints for a in law.activations]
    largest = max(width * count for width, count in zip(widths, counts, strict=True))
    if of == "linear" and own_bias == "pinned":
        after = [max(widths[layer + 1 :], default=1) for layer in range(law.depth)]
        largest = max(w * c * a for w, c, a in zip(widths, counts, after, strict=True))
    return max(1, _MAX_ENTRIES // (points * max(largest, law.input_dim)))


def _check(law: InitLaw, line: LinePiece, of: str, own_bias: str) -> None:
    checked_kind("law", law, InitLaw, "an InitLaw")
    checked_kind("line", line, LinePiece, "a LinePiece")
    if line.dim != law.input_dim:
        raise ValueError(f"the line lies in R^{line.dim}, the networks take R^{law.input_dim}")
    checked_choice("of", of, ("activation", "linear"))
    checked_choice("own_bias", own_bias, ("pinned", "free"))
    for layer in range(law.depth):
        try:
            law.bias_law(layer).density(0.0)
        except ValueError as error:
            raise ValueError(f"biases of hidden layer {layer + 1}: {error}") from None
