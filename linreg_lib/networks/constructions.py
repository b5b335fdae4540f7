"""Networks built on purpose, and noise on networks."""

from __future__ import annotations

import numpy as np

from linreg_lib.networks.arguments import checked_count, checked_flag, checked_kind, checked_rng
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.network import Network


def sawtooth(num_levels: int, clipped: bool = False) -> Network:
    """A ReLU network R -> R whose graph on [0, 1] is a sawtooth with ``2**num_levels`` teeth.

    Each tooth rises from 0 to 1 and falls back to 0, so there are ``2**(num_levels + 1)`` linear
    pieces on [0, 1]; outside [0, 1] the function is 0, except that for ``num_levels = 0`` and
    ``clipped=False`` it goes on falling beyond 1.

    It is the tent map ``2 relu(x) - 4 relu(x - 1/2)`` composed ``n + 1`` times, ``n`` =
    ``num_levels``. Two hidden neurons a tent suffice, because the output layer of a tent merges
    with the first layer of the next: ``2 n + 2`` hidden neurons in ``n + 1`` layers.
    With ``clipped=True`` a third ReLU follows each tent, as in the original construction:
    ``3 n + 3`` hidden neurons in ``2 n + 2`` layers, with the output neuron ``3 n + 4``. On [0, 1]
    it changes nothing.

    All weights are small integers and halves: the values at multiples of ``2**-k`` are exact.
    Raises ValueError for negative ``num_levels``.
    Source: Telgarsky (2015); HR19, Figure 3.

    >>> net = sawtooth(1)
    >>> net([[0.0], [0.25], [0.5], [0.625], [0.75], [1.0]]).ravel().tolist()
    [0.0, 1.0, 0.0, 0.5, 1.0, 0.0]
    >>> net.num_hidden, sawtooth(1, clipped=True).num_hidden
    (4, 6)
    """
    num_tents = checked_count("num_levels", num_levels, least=0) + 1
    split = np.array([[1.0], [1.0]])
    join = np.array([[2.0, -4.0]])
    shift = np.array([0.0, -0.5])
    none = np.zeros(1)
    if checked_flag("clipped", clipped):
        weights = [split, join] * num_tents + [np.ones((1, 1))]
        biases = [shift, none] * num_tents + [none]
    else:
        weights = [split] + [split @ join] * (num_tents - 1) + [join]
        biases = [shift] * num_tents + [none]
    return Network.from_arrays(weights, biases)


def perturbed(net: Network, sd: float, *, rng: np.random.Generator, biases: bool = True) -> Network:
    """The network with independent normal noise of standard deviation ``sd`` on every weight.

    With ``biases=True`` on every bias too; the output layer is included. ``sd = 0`` gives the same
    network. Raises ValueError if ``sd`` is negative or not finite.
    Source: HR19, Figure 3 (there ``sd = 0.1``).

    >>> net = sawtooth(2)
    >>> perturbed(net, 0.0, rng=np.random.default_rng(7)) == net
    True
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    sd = exact_number("sd", sd)
    if sd < 0:
        raise ValueError(f"sd is {sd}; it must be finite and not negative")
    checked_rng("rng", rng)
    checked_flag("biases", biases)
    noisy_weights, noisy_biases = [], []
    for weight, bias in zip(net.weights, net.biases, strict=True):
        noisy_weights.append(weight + sd * rng.normal(size=weight.shape))
        noisy_biases.append(bias + sd * rng.normal(size=bias.shape) if biases else bias)
    return Network(
        weights=tuple(noisy_weights), biases=tuple(noisy_biases), activations=net.activations
    )
