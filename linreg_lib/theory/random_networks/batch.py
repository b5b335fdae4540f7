"""Many networks of the same widths, run at once along a direction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks import Network, PiecewiseLinear
from linreg_lib.theory.random_networks.init_law import InitLaw

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerPass:
    """One hidden layer at P points of each of B networks, arrays (B, P, n_l).

    ``inner`` is the pre-activation without the neuron's own bias (HR19's z(x)), ``slope`` its
    derivative along the direction (z'(x)), ``value`` the post-activation, ``is_open`` whether the
    activation's slope there is not 0.
    """

    inner: Floats
    slope: Floats
    value: Floats
    is_open: Bools


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkBatch:
    """B networks: ``weights[l]`` (B, n_out, n_in), ``biases[l]`` (B, n_out), shared activations."""

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    activations: tuple[PiecewiseLinear, ...]

    @property
    def size(self) -> int:
        """B, the number of networks."""
        return len(self.weights[0])

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.activations)

    @classmethod
    def sample(cls, law: InitLaw, count: int, *, rng: np.random.Generator) -> NetworkBatch:
        """``count`` independent networks of that law.

        Independent weights are drawn in bulk; others network by network, by ``Network.random``.
        """
        pairs = law.entry_laws()
        if pairs is not None:
            shapes = list(zip(law.widths[1:], law.widths[:-1], strict=True))
            return cls(
                weights=tuple(
                    weight.sample((count, *shape), rng=rng)
                    for (weight, _), shape in zip(pairs, shapes, strict=True)
                ),
                biases=tuple(
                    bias.sample((count, shape[0]), rng=rng)
                    for (_, bias), shape in zip(pairs, shapes, strict=True)
                ),
                activations=law.activations,
            )
        nets = [law.sample(rng=rng) for _ in range(count)]
        layers = range(law.depth + 1)
        return cls(
            weights=tuple(np.stack([net.weights[i] for net in nets]) for i in layers),
            biases=tuple(np.stack([net.biases[i] for net in nets]) for i in layers),
            activations=law.activations,
        )

    def networks(self) -> list[Network]:
        """The networks one by one.

        >>> law = InitLaw(widths=(2, 3, 1))
        >>> batch = NetworkBatch.sample(law, 2, rng=np.random.default_rng(0))
        >>> bool((batch.networks()[1].weights[0] == batch.weights[0][1]).all())
        True
        """
        return [
            Network.from_arrays(
                [weight[index] for weight in self.weights],
                [bias[index] for bias in self.biases],
                self.activations,
            )
            for index in range(self.size)
        ]

    def walk(self, points: Floats, direction: Floats) -> Iterator[LayerPass]:
        """Hidden layers at ``points`` (B, P, n_in); slopes along ``direction`` (n_in,)."""
        value, slope = points, np.broadcast_to(direction, points.shape)
        for layer, activation in enumerate(self.activations):
            transposed = self.weights[layer].swapaxes(1, 2)
            inner, inner_slope = value @ transposed, slope @ transposed
            stored = inner + self.biases[layer][:, None, :]
            gain = activation.slopes[activation.piece(stored)]
            value, slope = activation(stored), gain * inner_slope
            yield LayerPass(inner=inner, slope=inner_slope, value=value, is_open=gain != 0.0)

    def reaches_output(self, layer: int, is_open: list[Bools]) -> Bools:
        """Which neurons of ``layer`` have an open path to some output; shape (B, P, n_l).

        ``is_open[j]`` (B, P, n_j) for the hidden layers j; the neuron itself need not be open,
        and a zero weight is no edge.
        """
        edges = self.weights[-1] != 0.0
        reach = np.broadcast_to(edges.any(axis=1)[:, None, :], is_open[-1].shape)
        for later in range(self.depth - 1, layer, -1):
            usable = (reach & is_open[later]).astype(np.float32)
            reach = usable @ (self.weights[later] != 0.0).astype(np.float32) > 0.0
        return np.asarray(reach)

    def reaches_output_when_pinned(self, layer: int, value: Floats) -> Bools:
        """Which neurons have an open path when they sit exactly on a breakpoint.

        ``value`` (B, P, n_l) are the post-activations of ``layer``. The neuron's own value is
        replaced by its activation at each breakpoint and the later layers are run again. Shape
        (B, P, n_l, T).
        """
        activation = self.activations[layer]
        num_nets, num_points, width = value.shape
        pinned = activation(activation.breakpoints)
        shape = (num_nets, num_points, width, len(pinned))
        weights = self.weights[layer + 1]
        if layer + 1 == self.depth:
            reach = (weights != 0.0).any(axis=1)
            return np.broadcast_to(reach[:, None, :, None], shape)
        change = pinned - value[..., None]
        stored = value @ weights.swapaxes(1, 2) + self.biases[layer + 1][:, None, :]
        into = weights.swapaxes(1, 2)[:, None, :, None, :]
        moved = stored[:, :, None, None, :] + change[..., None] * into
        flat = moved.reshape(num_nets, -1, moved.shape[-1])
        reach = np.broadcast_to(into != 0.0, moved.shape).reshape(flat.shape)
        for later in range(layer + 1, self.depth):
            step = self.activations[later]
            reach = reach & (step.slopes[step.piece(flat)] != 0.0)
            weights = self.weights[later + 1].swapaxes(1, 2)
            reach = reach.astype(np.float32) @ (weights != 0.0).astype(np.float32) > 0.0
            if later + 1 < self.depth:
                flat = step(flat) @ weights + self.biases[later + 1][:, None, :]
        return np.asarray(reach.any(axis=-1).reshape(shape))
