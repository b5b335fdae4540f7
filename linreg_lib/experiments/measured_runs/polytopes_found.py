"""Which polytopes of a random network are found by random points, and which ones there are."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.width_words import widths_of
from linreg_lib.geometry import Box, facets_of_cells, subdivide
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.exact_floats import exact_number

_NUM_INPUTS = 3


def polytopes_found(
    *,
    hidden: str,
    init: str,
    bias: float,
    half_side: float,
    seed: int,
    num_points: int,
    most_regions: int,
) -> dict[str, Any]:
    """Faces of the polytopes of one untrained network in a cube: those found, and all of them.

    ``network_and_points`` draws both from ``seed``.  All regions are cut where planes in general
    position, as many as there are neurons, would make at most ``most_regions`` of them.  A row of
    the table that is returned is a number of ``faces``, from the least to the largest that occur:

    - ``num_neurons``; ``num_found``: different regions of the points; ``num_once``: those that
      hold one point; ``num_regions``: all in the cube, 0 where they are not cut;
      ``num_undecided``: inequalities that might be faces of the regions found, and are not counted;
    - ``found``: regions found that have so many faces, those on the cube's walls counted;
      ``found_inner``: the same regions by faces that lie on no wall; ``in_points``: points whose
      region has so many, walls counted;
    - ``all``, ``all_inner``: the same of all regions; ``volume``: their share of the cube;
      ``expected``: how many such regions so many points find on average; ``corrected``: the sum
      over those found of 1 over the probability to be found.  0 where they are not cut.

    Faces are exact, volumes rounded.  One piece of the protocols ``f23-init`` and ``f23-deep``.

    Raises:
        ValueError: a half side that is not positive, no point, an unknown initialisation.

    Source: F23, Section V.A and Figs. 4 to 6.
    """
    num_points = checked_count("num_points", num_points)
    most_regions = checked_count("most_regions", most_regions, least=0)
    net, points = network_and_points(
        hidden=hidden, init=init, bias=bias, half_side=half_side, seed=seed, num_points=num_points
    )
    cube = Box(-half_side, half_side, dim=_NUM_INPUTS)
    neurons = net.num_hidden
    if sum(comb(neurons, k) for k in range(_NUM_INPUTS + 1)) <= most_regions:
        counts = _by_cutting(net, cube, points)
    else:
        counts = _by_inequalities(net, cube, points)
    return {"num_neurons": neurons, **counts}


def network_and_points(
    *, hidden: str, init: str, bias: float, half_side: float, seed: int, num_points: int
) -> tuple[Network, NDArray[np.float64]]:
    """The network, every bias ``bias``, and uniform points (num_points, 3) in the cube around 0.

    Weights depend on ``hidden``, ``init`` and ``seed`` alone, points on ``seed`` and ``half_side``:
    networks with other biases have the same weights, in larger cubes points are multiples.

    >>> net, points = network_and_points(
    ...     hidden="4-2", init="he", bias=0.5, half_side=2.0, seed=0, num_points=5)
    >>> net.hidden_widths, points.shape
    ((4, 2), (5, 3))
    """
    widths = widths_of(hidden)
    bias, half_side = exact_number("bias", bias), exact_number("half_side", half_side)
    seed = checked_count("seed", seed, least=0, most=None)
    if not half_side > 0:
        raise ValueError(f"half_side is {half_side}; it must be positive")
    weights = np.random.default_rng(np.random.SeedSequence([seed, 4]))
    places = np.random.default_rng(np.random.SeedSequence([seed, 5]))
    net = Network.random([_NUM_INPUTS, *widths, 1], init=init, biases=bias, rng=weights)
    return net, half_side * places.uniform(-1.0, 1.0, (num_points, _NUM_INPUTS))


def _by_cutting(net: Network, cube: Box, points: NDArray[np.float64]) -> dict[str, Any]:
    cx = subdivide(net, cube)
    faces, inner = cx.facets_per_region(walls=True), cx.facets_per_region(walls=False)
    volumes = np.asarray(cx.volumes) / cx.volumes.sum()
    chances = -np.expm1(len(points) * np.log1p(-volumes))
    regions, hits = np.unique(cx.locate(points), return_counts=True)
    row = np.arange(min(faces.min(), inner.min()), max(faces.max(), inner.max()) + 1)
    return {
        **_found(row, faces[regions], inner[regions], hits),
        "num_regions": cx.num_regions,
        "num_undecided": 0,
        "all": _counted(row, faces),
        "all_inner": _counted(row, inner),
        "volume": _weighed(row, faces, volumes),
        "expected": _weighed(row, faces, chances),
        "corrected": _weighed(row, faces[regions], 1 / chances[regions]),
    }


def _by_inequalities(net: Network, cube: Box, points: NDArray[np.float64]) -> dict[str, Any]:
    cells = facets_of_cells(net, points, domain=cube)
    _, first, hits = np.unique(cells.region_ids, return_index=True, return_counts=True)
    inner = cells.num_facets[first]
    faces = inner + cells.num_wall_facets[first]
    row = np.arange(inner.min(), faces.max() + 1)
    nothing = np.zeros(len(row))
    return {
        **_found(row, faces, inner, hits),
        "num_regions": 0,
        "num_undecided": int(cells.num_undecided[first].sum()),
        "all": np.zeros(len(row), dtype=np.int64),
        "all_inner": np.zeros(len(row), dtype=np.int64),
        "volume": nothing,
        "expected": nothing,
        "corrected": nothing,
    }


def _found(
    row: NDArray[Any], faces: NDArray[Any], inner: NDArray[Any], hits: NDArray[Any]
) -> dict[str, Any]:
    """Of regions found, each once: faces, faces on no wall, points in it."""
    return {
        "num_found": len(faces),
        "num_once": int((hits == 1).sum()),
        "faces": row,
        "found": _counted(row, faces),
        "found_inner": _counted(row, inner),
        "in_points": _weighed(row, faces, hits).astype(np.int64),
    }


def _counted(row: NDArray[Any], numbers: NDArray[Any]) -> NDArray[np.int64]:
    return np.bincount(numbers - row[0], minlength=len(row))


def _weighed(row: NDArray[Any], numbers: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    return np.bincount(numbers - row[0], weights=weights, minlength=len(row))
