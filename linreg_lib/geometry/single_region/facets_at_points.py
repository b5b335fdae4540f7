"""Facets of whole activation regions in the full input space, many points at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.single_region.region_polytope import region_of
from linreg_lib.locked import Locked
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind
from linreg_lib.networks.exact_floats import exact_floats


@dataclass(frozen=True, kw_only=True, repr=False)
class CellFacets(Locked):
    """``num_facets`` (m,) facets found of each region; ``num_undecided`` (m,) too close to call.

    ``num_facets`` leaves the undecided inequalities out, so it is a lower bound where there are
    some.
    """

    num_facets: npt.NDArray[np.int64]
    num_undecided: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        self.num_facets.setflags(write=False)
        self.num_undecided.setflags(write=False)


def facets_of_cells(net: Network, points: npt.ArrayLike) -> CellFacets:
    """Facets, in all of R^n_in, of the activation regions that hold the given inputs (m, n_in).

    ``region_of`` writes each region as inequalities, ``facets_of_rows`` decides which of them make
    a facet. Neurons with the same hyperplane make one facet together; neurons that are constant on
    the region make none.

    Raises:
        ValueError: points of another dimension, or a point on a boundary.
        DegenerateError: a point too close to a boundary for float64.

    The quadrant of two coordinate neurons, and a third one that cuts off its corner:

    >>> net = Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> facets_of_cells(net, [[1.0, 1.0], [0.2, 0.2], [-1.0, -1.0]]).num_facets.tolist()
    [3, 3, 2]

    Source: non-redundant inequalities, F23, Preliminary 5.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    inputs = np.atleast_2d(exact_floats("points", points))
    if inputs.ndim != 2 or inputs.shape[1] != net.input_dim:
        raise ValueError(f"points needs shape (m, {net.input_dim}), not {inputs.shape}")
    found = []
    for index, point in enumerate(inputs):
        try:
            found.append(region_of(net, point).facets())
        except ValueError as error:
            raise ValueError(f"points[{index}]: {error}") from error
    return CellFacets(
        num_facets=np.array([each.num_facets for each in found], dtype=np.int64),
        num_undecided=np.array([each.num_undecided for each in found], dtype=np.int64),
    )
