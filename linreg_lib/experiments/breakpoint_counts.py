"""Breakpoints of many networks along one segment or line, counted exactly, one network at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from linreg_lib.geometry import Line, Segment, count_along_lines, subdivide
from linreg_lib.networks import Network


def breakpoint_counts(
    networks: Iterable[Network],
    domain: Segment | Line,
    of: Literal["activation", "linear"] = "linear",
) -> NDArray[np.int64]:
    """Number of breakpoints of each network inside the domain, int (num_networks,).

    Parameters
    ----------
    networks : drawn one after the other; a generator will do, so that none need be kept
    domain : an open segment, or a whole line
    of : ``"activation"``: points at which some neuron switches; ``"linear"``: those at which the
        network along the domain changes its slope. Units that switch at one point count once.

    Raises ``ValueError`` if there are no networks or ``of`` is neither; ``TypeError`` for another
    domain.

    >>> nets = [Network.from_arrays([[[1.0]], [[1.0]]], [[bias], [0.0]]) for bias in (0.5, 3.0)]
    >>> breakpoint_counts(nets, Segment([-1.0], [1.0])).tolist()
    [1, 0]
    >>> breakpoint_counts(nets, Line([0.0], [1.0])).tolist()
    [1, 1]

    Source: HR19, Section 3.1.
    """
    if of not in ("activation", "linear"):
        raise ValueError(f'of must be "activation" or "linear", got {of!r}')
    if not isinstance(domain, Segment | Line):
        raise TypeError(f"domain must be a Segment or a Line, got {type(domain).__name__}")
    counts = np.array([_num_pieces(net, domain, of) for net in networks], dtype=np.int64) - 1
    if not len(counts):
        raise ValueError("networks is empty; give at least one")
    return counts


def _num_pieces(net: Network, domain: Segment | Line, of: str) -> int:
    if isinstance(domain, Segment):
        return int(count_along_lines(net, domain.start[None], domain.end[None], of=of)[0])
    cx = subdivide(net, domain)
    return cx.num_regions if of == "activation" else cx.linear_regions().num_regions
