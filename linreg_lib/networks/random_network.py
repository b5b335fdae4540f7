"""Random networks, as a function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.initialisation import BiasSpec, InitSpec, random_layers
from linreg_lib.networks.network import Network
from linreg_lib.networks.same_help import give_help


def random_network(
    widths: Sequence[int],
    init: InitSpec = "he",
    biases: BiasSpec = None,
    *,
    rng: np.random.Generator,
    activation: str | PiecewiseLinear | Sequence[str | PiecewiseLinear] = "relu",
) -> Network:
    """A network with independent random layers of widths ``[n_in, h_1, .., n_out]``.

    Args:
        widths: at least two positive integers
        init: how the weights (n_out, n_in) of every layer, the output layer included, are drawn

            - ``"he"``: normal, variance 2 / n_in; ``"he_uniform"``: uniform, same variance
            - ``"xavier"`` or ``"xavier_normal"``: normal, variance 2 / (n_in + n_out);
              ``"xavier_uniform"``: uniform, same variance
            - ``"orthogonal"``: uniformly distributed with orthonormal rows or columns, whichever
              are fewer (as ``torch.nn.init.orthogonal_`` with gain 1)
            - ``"torch"``: uniform on +-1 / sqrt(n_in), the default of ``torch.nn.Linear``
            - a law, or a function ``(shape, rng) -> array``
        biases: a law, a number (the same bias everywhere), ``"torch"`` (uniform on
            +-1 / sqrt(n_in)), or a sequence of these, one per layer, the output layer included. By
            default ``"torch"`` if ``init`` is ``"torch"`` and zero otherwise, so that all regions
            are cones.
        rng: source of randomness. Layer by layer weights come first, then biases.
        activation: as in ``Network.from_arrays``

    Raises:
        ValueError, TypeError: for unknown names and wrong widths, lengths or shapes.

    >>> from linreg_lib import Network
    >>> net = Network.random([2, 3, 1], biases=1.0, rng=np.random.default_rng(7))
    >>> net, net.biases[0].tolist()
    (Network(widths=(2, 3, 1), activation=relu()), [1.0, 1.0, 1.0])
    """
    weights, bias_vectors = random_layers(widths, init, biases, rng)
    return Network.from_arrays(weights, bias_vectors, activation=activation)


give_help(Network, "random", random_network)
