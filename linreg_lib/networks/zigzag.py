"""A network that folds the line four times with three neurons, as often as wanted."""

from __future__ import annotations

import numpy as np

from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.network import Network


def zigzag(num_levels: int) -> Network:
    """A ReLU network R -> R with ``3 * num_levels`` neurons and ``4**num_levels`` pieces on [0, 7].

    Each level is ``f(x) = 35 - 21/2 relu(x - 1) + 7 relu(x - 3) - 7 relu(5 - x)``, which runs
    0, 7, 0, 7, 0 through x = 0, 1, 3, 5, 7. It is composed with itself; output and input weights of
    neighbouring levels merge. Per neuron it makes ``4**(1/3) = 1.587`` times as many pieces, where
    ``sawtooth`` makes ``2**(1/2) = 1.414``; its teeth are not all alike. All its numbers are small
    integers and halves. Raises ValueError unless ``num_levels`` is at least 1.

    >>> net = zigzag(1)
    >>> net([[0.0], [1.0], [3.0], [5.0], [7.0]]).ravel().tolist()
    [0.0, 7.0, 0.0, 7.0, 0.0]
    >>> zigzag(4).hidden_widths
    (3, 3, 3, 3)
    """
    num_folds = checked_count("num_levels", num_levels)
    split, shift = np.array([[1.0], [1.0], [-1.0]]), np.array([-1.0, -3.0, 5.0])
    join, height = np.array([[-10.5, 7.0, -7.0]]), np.array([35.0])
    weights = [split] + [split @ join] * (num_folds - 1) + [join]
    biases = [shift] + [split @ height + shift] * (num_folds - 1) + [height]
    return Network.from_arrays(weights, biases)
