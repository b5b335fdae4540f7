"""Whether hyperplanes are likely to meet in more than general position, at a glance.

A guess that costs little, and decides only which compiled way is tried first: the one for general
position gives up at the first tie, and what it did till then is lost.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.networks import Network

#: a neuron without bias and so few inputs is likely to have none that is not 0 somewhere
_FEW_INPUTS = 6


def foresees_ties(net: Network, domain: Domain) -> bool:
    """Whether ties are likely.

    Likely are several hyperplanes through one point, where the first layer has no biases and the
    domain holds the origin; and whole cells at 0, where neurons of later layers have no bias and
    few inputs.
    """
    if net.depth == 0:
        return False
    weight, bias = net.weights[0], net.biases[0]
    through = np.count_nonzero(weight[bias == 0].any(axis=1))
    if through > domain.dim and not domain.origin.any() and not domain.centre.any():
        return True
    for weight, bias in zip(net.weights[1 : net.depth], net.biases[1 : net.depth], strict=True):
        if (np.count_nonzero(weight[bias == 0], axis=1) <= _FEW_INPUTS).any():
            return True
    return False
