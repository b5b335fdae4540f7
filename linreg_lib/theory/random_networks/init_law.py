"""The law of a random network: what is drawn, and the densities that the formulas need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.networks import Network, PiecewiseLinear, activation_named
from linreg_lib.networks.arguments import checked_counts, checked_index, checked_kind
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.networks.initialisation import BiasSpec, InitSpec
from linreg_lib.networks.laws import Constant, Law, Normal, Support, Uniform
from linreg_lib.short_repr import ShortRepr


@dataclass(frozen=True)
class NegatedLaw:
    """The law of -b when b has the law ``law``."""

    law: Law

    @property
    def mean(self) -> float:
        return -self.law.mean

    @property
    def variance(self) -> float:
        return self.law.variance

    @property
    def support(self) -> Support:
        low, high = self.law.support
        return Support(-high, -low)

    def density(self, b: ArrayLike) -> NDArray[np.float64]:
        return self.law.density(-exact_floats("b", b, finite=False))

    def sample(
        self, shape: int | tuple[int, ...], *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        return -self.law.sample(shape, rng=rng)


def hr19_bias_law(law: Law) -> Law:
    """The law of HR19's bias b_z, given the law of the stored bias b: b_z = -b.

    A neuron is stored as W x + b; HR19 writes phi(z(x) - b_z) with z(x) = W x (Eqs. 6-7). This is
    the only place where the sign is changed.

    >>> from linreg_lib.networks.laws import Exponential
    >>> hr19_bias_law(Exponential(1.0)).density([-1.0, 1.0]).round(3).tolist()
    [0.368, 0.0]
    """
    if isinstance(law, NegatedLaw):
        return law.law
    return NegatedLaw(checked_kind("law", law, Law, "a law, such as Normal"))  # type: ignore[type-abstract]


@dataclass(frozen=True, kw_only=True, repr=False)
class InitLaw(ShortRepr):
    """Independent random layers of a network, as ``Network.random`` draws them.

    ``widths`` is (n_in, n_1, ..., n_d, n_out); ``init``, ``biases`` and ``activation`` mean what
    they mean there.

    >>> law = InitLaw(widths=(1, 4, 3, 1), biases=Normal(0.5))
    >>> law.hidden_widths, law.num_neurons, law.bias_law(0).variance
    ((4, 3), 7, 0.25)
    """

    widths: tuple[int, ...]
    init: InitSpec = "he"
    biases: BiasSpec = None
    activation: str | PiecewiseLinear | tuple[str | PiecewiseLinear, ...] = "relu"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(checked_counts("widths", self.widths)))
        if len(self.widths) < 3:
            raise ValueError(
                f"widths is {self.widths}; a hidden layer is needed: (n_in, n_1, n_out)"
            )
        if isinstance(self.biases, list):
            object.__setattr__(self, "biases", tuple(self.biases))
        if isinstance(self.activation, list):
            object.__setattr__(self, "activation", tuple(self.activation))
        for name, num in (("biases", self.depth + 1), ("activation", self.depth)):
            given = getattr(self, name)
            if isinstance(given, tuple) and len(given) != num:
                raise ValueError(f"{name} has {len(given)} entries, {num} are needed")
        _ = self.activations  # errors now, and not when something is asked

    @property
    def input_dim(self) -> int:
        """Number of inputs."""
        return self.widths[0]

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """Number of neurons of each hidden layer."""
        return self.widths[1:-1]

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.widths) - 2

    @property
    def num_neurons(self) -> int:
        """Number of hidden neurons."""
        return sum(self.hidden_widths)

    @property
    def activations(self) -> tuple[PiecewiseLinear, ...]:
        """The activation of each hidden layer."""
        if isinstance(self.activation, tuple):
            return tuple(activation_named(each) for each in self.activation)
        return (activation_named(self.activation),) * self.depth

    @property
    def num_breakpoints(self) -> int:
        """Sum over the hidden neurons of the number T of breakpoints of their activation."""
        pairs = zip(self.hidden_widths, self.activations, strict=True)
        return sum(width * activation.num_breakpoints for width, activation in pairs)

    def bias_law(self, layer: int) -> Law:
        """The law of the stored biases of hidden layer ``layer`` (0-based)."""
        self._check_layer(layer)
        return self._bias_law(layer)

    def weight_law(self, layer: int) -> Law:
        """The law of a single weight into hidden layer ``layer`` where weights are independent.

        Raises:
            ValueError: an initialisation whose weights are not independent with a known law.
        """
        self._check_layer(layer)
        found = self._weight_law(layer)
        if found is None:
            raise ValueError(f"init={self.init!r} has no law of a single independent weight")
        return found

    def entry_laws(self) -> tuple[tuple[Law, Law], ...] | None:
        """By layer, the output's included, the laws of one weight and of one bias.

        None for an initialisation whose weights are not independent with a known law.

        >>> laws = InitLaw(widths=(2, 4, 1), biases=Normal(0.5)).entry_laws()
        >>> [round(weight.variance, 3) for weight, _ in laws]
        [1.0, 0.5]
        >>> InitLaw(widths=(2, 4, 1), init="orthogonal").entry_laws() is None
        True
        """
        pairs = []
        for layer in range(self.depth + 1):
            weight = self._weight_law(layer)
            if weight is None:
                return None
            pairs.append((weight, self._bias_law(layer)))
        return tuple(pairs)

    def _bias_law(self, layer: int) -> Law:
        spec = self.biases
        if spec is None:
            spec = "torch" if self.init == "torch" else 0.0
        if isinstance(spec, tuple):
            spec = spec[layer]
        if isinstance(spec, str):
            bound = self.widths[layer] ** -0.5
            return Uniform(-bound, bound)
        return spec if isinstance(spec, Law) else Constant(exact_number("biases", spec))

    def _weight_law(self, layer: int) -> Law | None:
        fan_in, fan_out = self.widths[layer], self.widths[layer + 1]
        variance = {
            "he": 2.0 / fan_in,
            "he_uniform": 2.0 / fan_in,
            "xavier": 2.0 / (fan_in + fan_out),
            "xavier_normal": 2.0 / (fan_in + fan_out),
            "xavier_uniform": 2.0 / (fan_in + fan_out),
            "torch": 1.0 / (3.0 * fan_in),
        }
        if isinstance(self.init, Law):
            return self.init
        if not isinstance(self.init, str) or self.init not in variance:
            return None
        if self.init.endswith("uniform") or self.init == "torch":
            bound = (3.0 * variance[self.init]) ** 0.5
            return Uniform(-bound, bound)
        return Normal(variance[self.init] ** 0.5)

    def sample(self, *, rng: np.random.Generator) -> Network:
        """One network."""
        return Network.random(
            self.widths,
            init=self.init,
            biases=self.biases,
            rng=rng,
            activation=self.activation,
        )

    def _check_layer(self, layer: int) -> None:
        checked_index("layer", layer, self.depth, "hidden layers")
