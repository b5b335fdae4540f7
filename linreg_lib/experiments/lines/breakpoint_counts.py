"""Breakpoints of many networks along one segment or line, counted exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from linreg_lib.estimate import Estimate
from linreg_lib.geometry import Line, Segment, count_along_lines, subdivide
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_kind, checked_rng


def breakpoint_counts(
    networks: Iterable[Network],
    domain: Segment | Line,
    of: Literal["activation", "linear"] = "linear",
) -> NDArray[np.int64]:
    """Number of breakpoints of each network inside the domain, int (num_networks,).

    Args:
        networks: drawn one after the other; a generator will do, so that none need be kept.
        domain: an open segment, or a whole line.
        of: ``"activation"``: points at which some neuron switches; ``"linear"``: those at which the
            network along the domain changes its slope. Units that switch at one point count once.

    Raises:
        ValueError: there are no networks, or ``of`` is neither.
        TypeError: another domain.

    >>> nets = [Network.from_arrays([[[1.0]], [[1.0]]], [[bias], [0.0]]) for bias in (0.5, 3.0)]
    >>> breakpoint_counts(nets, Segment([-1.0], [1.0])).tolist()
    [1, 0]
    >>> breakpoint_counts(nets, Line([0.0], [1.0])).tolist()
    [1, 1]

    Source: HR19, Section 3.1.
    """
    checked_choice("of", of, ("activation", "linear"))
    if not isinstance(domain, Segment | Line):
        raise TypeError(f"domain must be a Segment or a Line, got {type(domain).__name__}")
    pieces = [_num_pieces(net, domain, of) for net in _checked(networks)]
    counts = np.array(pieces, dtype=np.int64) - 1
    if not len(counts):
        raise ValueError("networks is empty; give at least one")
    return counts


def mean_breakpoints(
    draw: Callable[[np.random.Generator], Network],
    domain: Segment | Line,
    num_networks: int,
    *,
    rng: np.random.Generator,
    of: Literal["activation", "linear"] = "linear",
) -> Estimate:
    """Mean of ``breakpoint_counts`` over networks drawn independently, with its standard error.

    ``draw(rng)`` returns a network, for instance ``InitLaw(...).sample``.

    >>> from linreg_lib.networks.laws import Normal
    >>> one = lambda rng: Network.random([1, 1, 1], biases=Normal(1.0), rng=rng)
    >>> mean_breakpoints(one, Line([0.0], [1.0]), 50, rng=np.random.default_rng(0)).mean
    1.0

    Raises:
        ValueError: fewer than two networks.
    """
    num_networks = checked_count("num_networks", num_networks, least=2)
    checked_rng("rng", rng)
    if not callable(draw):
        raise TypeError(f"draw must be a function of a generator, got {type(draw).__name__}")
    networks = (draw(rng) for _ in range(num_networks))
    return Estimate.from_samples(breakpoint_counts(networks, domain, of))


def exact_mean_breakpoints(
    networks: Iterable[Network],
    domain: Segment | Line,
    of: Literal["activation", "linear"] = "linear",
) -> Fraction:
    """Mean of ``breakpoint_counts`` over a finite family of networks, as a fraction.

    >>> nets = [Network.from_arrays([[[1.0]], [[1.0]]], [[bias], [0.0]]) for bias in (0.5, 3.0)]
    >>> exact_mean_breakpoints(nets, Segment([-1.0], [1.0]))
    Fraction(1, 2)
    """
    counts = breakpoint_counts(networks, domain, of)
    return Fraction(int(counts.sum()), len(counts))


def _checked(networks: Iterable[Network]) -> Iterator[Network]:
    if not isinstance(networks, Iterable):
        raise TypeError(f"networks must hold networks, got {type(networks).__name__}")
    for index, net in enumerate(networks):
        yield checked_kind(f"networks[{index}]", net, Network, "a linreg_lib.Network")


def _num_pieces(net: Network, domain: Segment | Line, of: str) -> int:
    if isinstance(domain, Segment):
        return int(count_along_lines(net, domain.start[None], domain.end[None], of=of)[0])
    cx = subdivide(net, domain)
    return cx.num_regions if of == "activation" else cx.linear_regions().num_regions
