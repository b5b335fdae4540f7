"""The network that ``torch.nn.Linear`` layers are after ``torch.manual_seed``, without torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_count, checked_counts

#: With it, networks of QW23's widths have 206, 1151 and 4113 activation regions in the square: the
#: numbers of Tables 1 to 3 at epoch 0, up to 3 (see the protocol qw23-epoch0-seeds).
SEED_OF_QW23 = 5


def seeded_like_torch(widths: Sequence[int], seed: int) -> Network:
    """Fully connected ReLU network as torch 1 and 2 draw it on the CPU, bit for bit.

    What ``torch.manual_seed(seed)`` and then ``torch.nn.Linear(n_in, n_out)`` for each pair of
    neighbouring ``widths`` give: weights, then biases, uniform on [-n_in^-1/2, n_in^-1/2], float32.

    The last layer is drawn last, so regions do not depend on the number of outputs.

    Raises:
        ValueError, TypeError: widths that are no list of two or more sizes, a seed out of range.

    >>> net = seeded_like_torch([2, 16, 16, 16, 2], 5)
    >>> [round(float(each), 4) for each in (*net.weights[0][0], net.biases[0][0])]
    [0.467, -0.5288, -0.6446]
    """
    sizes = checked_counts("widths", widths, num_least=2)
    seed = checked_count("seed", seed, least=0, most=2**32 - 1)
    raw = np.random.RandomState(seed)  # MT19937, seeded as torch seeds its own
    weights, biases = [], []
    for num_in, num_out in zip(sizes[:-1], sizes[1:], strict=True):
        # the expressions of torch.nn.init, whose rounding decides the last bit
        bound = math.sqrt(3.0) * (math.sqrt(2.0 / (1.0 + 5.0)) / math.sqrt(num_in))
        weights.append(_uniform(raw, bound, num_out * num_in).reshape(num_out, num_in))
        biases.append(_uniform(raw, 1.0 / math.sqrt(num_in), num_out))
    return Network.from_arrays(weights, biases)


def _uniform(raw: np.random.RandomState, bound: float, size: int) -> NDArray[np.float64]:
    """24 random bits a number; low + u (high - low) is rounded once, to float32."""
    words = raw.randint(0, 2**32, size=size, dtype=np.uint32)
    u = (words & np.uint32(0xFFFFFF)).astype(np.float64) * 2.0**-24
    low, high = np.float32(-bound), np.float32(bound)
    return (u * np.float64(high - low) + np.float64(low)).astype(np.float32).astype(np.float64)
