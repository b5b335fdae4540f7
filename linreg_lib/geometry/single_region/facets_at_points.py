"""Facets of whole activation regions in the full input space, many points at once.

Points are sorted into regions by their exact patterns; each region is counted once.  Where numba is
installed, compiled kernels count (compiled_cells.py), by certificates in float64.  What they leave
open, and everything without them, is counted one region at a time by ``region_of``.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
import numpy.typing as npt

from linreg_lib.errors import NotCompiledError
from linreg_lib.extras import needs_extra
from linreg_lib.geometry.domains.box import Box
from linreg_lib.geometry.single_region.equal_keys import numbered
from linreg_lib.geometry.single_region.network_tables import (
    NetworkTables,
    is_homogeneous,
    network_tables,
)
from linreg_lib.geometry.single_region.region_polytope import (
    RegionPolytope,
    Wall,
    region_in_box,
)
from linreg_lib.locked import Locked
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_flag, checked_kind
from linreg_lib.networks.exact_floats import exact_floats

#: points times units up to which no kernels are needed: they take seconds to compile
_FEW = 2000
#: inputs up to which they are faster than one linear program after the other; a step of theirs
#: costs the square of the number of inputs, with 784 a region would take a quarter of a minute
_MOST_INPUTS = 30

_Walls = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True, repr=False)
class CellFacets(Locked):
    """What ``facets_of_cells`` found of the region of each point.

    Attributes:
        num_facets: (m,) facets in hyperplanes of neurons, each counted once however many neurons
            have it
        num_wall_facets: (m,) facets in walls of the domain; 0 without one
        num_undecided: (m,) inequalities too close to call. They are left out above, so that the
            facets are lower bounds where there are some
        region_ids: (m,) the point's activation region, numbered as they are first seen
        num_regions: how many different ones there are
    """

    num_facets: npt.NDArray[np.int64]
    num_wall_facets: npt.NDArray[np.int64]
    num_undecided: npt.NDArray[np.int64]
    region_ids: npt.NDArray[np.int64]
    num_regions: int


def facets_of_cells(
    net: Network,
    points: npt.ArrayLike,
    domain: Box | None = None,
    *,
    compiled: bool | None = None,
) -> CellFacets:
    """Facets of the activation regions that hold the given inputs (m, n_in).

    Neurons with the same hyperplane make one facet together; neurons that are constant on the
    region make none.

    Args:
        net: network without ``max_units``
        points: inputs in the interiors of regions; a million take a minute or so
        domain: count facets of the region's part in this box, of dimension n_in: those of neurons
            that meet it in dimension n_in - 1, and those in its walls. A neuron whose hyperplane
            is a wall makes no other facet there. The points lie in the interior of the box
        compiled: use the compiled kernels: None, if numba is installed, but for little work and
            for more than 30 inputs, where they are slower; True insists; False never. Both decide
            alike; inequalities within 1e-6 of touching the region, which ``RegionPolytope.facets``
            often leaves undecided, the kernels decide up to rounding.

    Raises:
        ValueError: points of another dimension, a point on a boundary or not inside the domain.
        DegenerateError: a point too close to a boundary for float64.
        NotCompiledError: ``compiled=True`` for a network without hidden layers, or with numbers
            beyond 1e-100 or 1e100.

    The quadrant of two coordinate neurons, and a third one that cuts off its corner; in the box
    only a corner of the quadrant is left, with two walls:

    >>> net = Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> points = [[1.0, 1.0], [0.2, 0.2], [-1.0, -1.0], [0.1, 0.5]]
    >>> cells = facets_of_cells(net, points)
    >>> cells.num_facets.tolist(), cells.region_ids.tolist()
    ([3, 3, 2, 3], [0, 1, 2, 1])
    >>> within = facets_of_cells(net, points, Box(-2.0, 1.6, dim=2))
    >>> within.num_facets.tolist(), within.num_wall_facets.tolist()
    ([3, 3, 2, 3], [2, 0, 2, 0])

    Source: non-redundant inequalities, F23, Preliminary 5.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    if net.max_units:
        raise ValueError("net takes maxima (net.max_units), whose regions have no facets here yet")
    inputs = np.atleast_2d(exact_floats("points", points))
    if inputs.ndim != 2 or inputs.shape[1] != net.input_dim:
        raise ValueError(f"points needs shape (m, {net.input_dim}), not {inputs.shape}")
    compiled = None if compiled is None else checked_flag("compiled", compiled)
    walls = None if domain is None else _checked_walls(domain, inputs)
    inputs = np.ascontiguousarray(inputs)
    tables = _tables(net, len(inputs), compiled)
    kernels = None if tables is None else _kernels(required=compiled is True)
    if tables is None or kernels is None:
        keys, _ = _exact_keys(net, inputs, np.ones(len(inputs), dtype=bool))
        numbers, firsts = numbered(keys)
        counts = np.zeros((3, len(firsts)), dtype=np.int64)
        is_open = np.ones(len(firsts), dtype=bool)
    else:
        numbers, firsts, counts, is_open = _compiled_counts(net, inputs, walls, tables, kernels)
    for region in np.flatnonzero(is_open).tolist():
        counts[:, region] = _counted(net, inputs, int(firsts[region]), walls)
    return CellFacets(
        num_facets=counts[0, numbers],
        num_wall_facets=counts[1, numbers],
        num_undecided=counts[2, numbers],
        region_ids=numbers,
        num_regions=len(firsts),
    )


def _checked_walls(domain: Box, points: np.ndarray) -> _Walls:
    checked_kind("domain", domain, Box, "a Box, or None for all of the input space")
    if domain.dim != points.shape[1]:
        raise ValueError(f"domain has dimension {domain.dim}, net has {points.shape[1]} inputs")
    outside = ~((points > domain.low) & (points < domain.high)).all(axis=1)
    if outside.any():
        index = int(outside.argmax())
        raise ValueError(f"points[{index}] is not in the interior of the domain {domain!r}")
    return domain.low, domain.high


def _tables(net: Network, num: int, compiled: bool | None) -> NetworkTables | None:
    """What the kernels need; None for little work, many inputs, or where they cannot count."""
    is_theirs = num * net.num_hidden > _FEW and net.input_dim <= _MOST_INPUTS
    if compiled is False or compiled is None and not is_theirs:
        return None
    tables = network_tables(net)
    if tables is None and compiled:
        raise NotCompiledError(
            "compiled=True: net has no hidden layer, or numbers too large or small for the "
            "kernels; leave compiled out"
        )
    return tables


def _kernels(required: bool) -> ModuleType | None:
    try:
        with needs_extra("compiled=True", otherwise="leave out compiled"):
            from linreg_lib.geometry.single_region import compiled_cells
    except ImportError:
        if required:
            raise
        return None
    return compiled_cells


def _compiled_counts(
    net: Network,
    points: np.ndarray,
    walls: _Walls | None,
    tables: NetworkTables,
    kernels: ModuleType,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Regions of the points, a point of each, counts (3, regions), and which are still open."""
    keys, in_doubt = kernels.keys_at(tables, points)
    if in_doubt.any():
        exact, _ = _exact_keys(net, points, in_doubt)
        keys[in_doubt] = kernels.packed(exact, kernels.has_two_pieces(tables))
    numbers, firsts = numbered(keys)
    counts = np.zeros((3, len(firsts)), dtype=np.int64)
    counts[0], counts[1], is_open = kernels.facets_at(
        tables, points[firsts], keys[firsts], walls, is_homogeneous(net)
    )
    counts[:, is_open] = 0
    return numbers, firsts, counts, is_open


def _exact_keys(
    net: Network, points: np.ndarray, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest pieces at the chosen points, none of which may lie on a boundary."""
    low, high = net.piece_range(points[chosen])
    at_breakpoint = (low != high).any(axis=1)
    for index in np.flatnonzero(chosen)[at_breakpoint].tolist():
        _region(net, points, index, None)  # units that are constant may be at their breakpoints
    return low, high


def _region(net: Network, points: np.ndarray, index: int, walls: _Walls | None) -> RegionPolytope:
    try:
        return region_in_box(net, points[index], walls)
    except ValueError as error:
        raise ValueError(f"points[{index}]: {error}") from error


def _counted(
    net: Network, points: np.ndarray, index: int, walls: _Walls | None
) -> tuple[int, int, int]:
    """Facets of neurons and of walls, and undecided ones, of one region."""
    region = _region(net, points, index, walls)
    facets = region.facets()
    is_wall = np.array([isinstance(each, Wall) for each in region.supports], dtype=bool)
    in_wall = np.isin(np.arange(len(is_wall)), region.coincides_with[is_wall])
    return (
        int((facets.is_facet & ~in_wall).sum()),
        int((facets.is_facet & in_wall).sum()),
        facets.num_undecided,
    )
