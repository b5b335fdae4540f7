"""Whether hyperplanes meet in more than general position, where a glance at the network tells.

It decides only which compiled way is tried first: the one for general position gives up at the
first tie, and what it did till then is lost.  It is so much faster that this is a small loss, so
only what is certain counts.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.networks import Network


def foresees_ties(net: Network, domain: Domain) -> bool:
    """Whether more hyperplanes of the first layer than there are dimensions meet at the origin.

    That is what networks without biases are like, if the domain holds the origin.
    """
    if net.depth == 0 or domain.origin.any() or domain.centre.any():
        return False
    alive = np.asarray(net.weights[0].any(axis=1)) & (net.biases[0] == 0)
    at_zero = (net.activations[0].breakpoint_table(len(alive)) == 0).any(axis=1)
    is_many = np.count_nonzero(alive & at_zero) > domain.dim
    return bool(is_many and domain.contains(np.zeros(domain.dim)))
