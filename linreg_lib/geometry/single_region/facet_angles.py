"""How large the sides of a planar region look from its point."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.single_region.region_polytope import RegionPolytope


def facet_angles(polytope: RegionPolytope) -> npt.NDArray[np.float64]:
    """Share of the full circle that each inequality takes, seen from the point; (K,).

    It is the probability that a ray in a uniform direction hits it. Zero for redundant ones; the
    shares sum to 1 exactly if the region is bounded. In dual coordinates the facets are the corners
    of the convex hull of the rows, and two neighbours meet in the direction in which both rows are
    equally high.

    Raises:
        ValueError: the region is not planar, or a facet is undecided.

    >>> square = RegionPolytope.from_inequalities(
    ...     [[1, 0], [-1, 0], [0, 1], [0, -1]], [1, 1, 1, 1], [0, 0])
    >>> facet_angles(square).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    if polytope.dim != 2:
        raise ValueError(f"the region has dimension {polytope.dim}; angles are planar")
    facets = polytope.facets()
    if facets.num_undecided:
        raise ValueError(f"inequality {np.flatnonzero(facets.is_undecided)[0]} is undecided")
    shares = np.zeros(polytope.num_inequalities)
    places = np.flatnonzero(facets.is_facet)
    rows = polytope.normals[places] / polytope.slacks[places][:, None]
    headings = np.arctan2(rows[:, 1], rows[:, 0])
    order = np.argsort(headings)
    rows, headings, places = rows[order], headings[order], places[order]
    gaps = np.diff(headings, append=headings[:1] + 2.0 * np.pi)
    steps = np.roll(rows, -1, axis=0) - rows
    # From heading i to the direction at right angles to the step from row i to the next.
    across = np.arctan2(-steps[:, 0], steps[:, 1])
    after = np.where(gaps < np.pi, (across - headings) % (2.0 * np.pi), np.pi / 2.0)
    after = np.where(after > np.pi, after - 2.0 * np.pi, after)
    before = np.where(gaps < np.pi, gaps - after, np.pi / 2.0)
    shares[places] = (after + np.roll(before, 1)) / (2.0 * np.pi)
    return shares
