"""Delaunay triangulations of the cells: a float proposal certified, or exact arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial

import numpy as np
import numpy.typing as npt

from linreg_lib.errors import WorkLimitError
from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.triangulations.cell_vertices import (
    exact_points,
    vertices_of_face,
    vertices_of_faces,
)
from linreg_lib.geometry.triangulations.lifted_hull import delaunay_simplices
from linreg_lib.geometry.triangulations.pulling import ranks_of
from linreg_lib.geometry.triangulations.triangulation import Triangulation
from linreg_lib.networks.arguments import checked_limit
from linreg_lib.networks.float_constants import UNIT


def delaunay_triangulation(
    cx: PolyhedralComplex,
    order: npt.ArrayLike | None = None,
    *,
    max_exact_simplices: int | None = 100_000,
) -> Triangulation:
    """The Delaunay triangulation of each region's vertices, without new vertices.

    A simplex is drawn iff the sphere through its vertices, in the domain's coordinates, holds no
    vertex of the region inside.  Where more than d + 1 vertices share an empty sphere, the polytope
    that they span is triangulated by pulling them in ``order`` (f_0,): vertex numbers, the one
    pulled first in front, by default ``lexicographic_order(cx)``.  On a common facet this is the
    Delaunay triangulation of the facet with the same tie rule, so neighbours agree and the
    simplices of all regions are a simplicial complex (not, in general, the Delaunay triangulation
    of all vertices together, whose simplices could cross facets).

    The result is exact, for the exact vertices: Qhull's proposal is taken where every orientation
    and every sphere test is certified against rounding; the other regions (ties, slivers) are
    triangulated in rational arithmetic, about a hundred times slower (ties of many vertices in high
    dimension take seconds a region), up to ``max_exact_simplices`` in all (None: no limit).

    The number of simplices of a region of dimension 3 or more depends on its metric shape, not on
    its face lattice alone, and on the order only where there are ties.

    Raises:
        UnboundedQuestionError: an unbounded complex.
        ValueError: an order that is no permutation, a limit below 1.
        WorkLimitError: more simplices need rational arithmetic than ``max_exact_simplices``.

    All corners of a cube are on one sphere, so the tie rule decides alone:

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 0, 0]], [[1]]], [[2], [0]])
    >>> cx = lr.subdivide(net, lr.Box(-1, 1, dim=3))
    >>> delaunay_triangulation(cx).num_simplices.tolist()
    [6]

    Source: De Loera, Rambau and Santos, Triangulations (2010).
    """
    max_exact_simplices = checked_limit("max_exact_simplices", max_exact_simplices)
    ranks = ranks_of(cx, order)
    cells = vertices_of_faces(cx, cx.dim)
    simple = cells.counts == cx.dim + 1
    alone = np.flatnonzero(simple)
    simplices = [cells.members[np.repeat(simple, cells.counts)].reshape(-1, cx.dim + 1)]
    owners = [alone]
    others = np.flatnonzero(~simple)
    used = np.unique(cells.members[np.repeat(~simple, cells.counts)])
    coordinates = np.full(cx.vertices.shape, np.nan)
    for vertex in used.tolist():
        *point, w = exact_points(cx, [vertex])[0]
        coordinates[vertex] = [p / w for p in point]  # integers: each quotient correctly rounded
    coordinates *= cx.domain.scales
    facets, bounding = vertices_of_faces(cx, cx.dim - 1), cx.boundary(cx.dim)
    proposals = [
        _proposed(coordinates, cells[cell], [set(facets[f].tolist()) for f in bounding[cell]])
        for cell in others.tolist()
    ]
    certified = _certified(cx, others, proposals, coordinates)
    left = max_exact_simplices
    for cell, proposal, sure in zip(others.tolist(), proposals, certified):
        if sure and proposal is not None:
            found = proposal.simplices
        else:
            try:
                found = _exact_simplices(cx, cell, cells[cell], ranks, left)
            except WorkLimitError as error:
                raise WorkLimitError(
                    f"region {cell} with {len(cells[cell])} vertices takes the simplices in "
                    f"rational arithmetic beyond max_exact_simplices={max_exact_simplices}; raise "
                    "the limit (None: no limit), or use pulling_triangulation"
                ) from error
            left = None if left is None else left - len(found)
        simplices.append(found)
        owners.append(np.full(len(found), cell))
    all_owners, rows = np.concatenate(owners), np.concatenate(simplices)
    rows = np.take_along_axis(rows, np.argsort(ranks[rows], axis=1), axis=1)
    by_cell = np.lexsort([*ranks[rows].T[::-1], all_owners])
    return Triangulation(
        simplices=rows[by_cell],
        cells=all_owners[by_cell],
        num_cells=cx.num_regions,
        vertices=cx.vertices,
        _places=cx._places,
    )


def _exact_simplices(
    cx: PolyhedralComplex,
    cell: int,
    vertices: np.ndarray,
    ranks: np.ndarray,
    max_simplices: int | None,
) -> np.ndarray:
    pulled = vertices[np.argsort(ranks[vertices])]
    place = {v: i for i, v in enumerate(pulled.tolist())}
    scales = [Fraction(float(s)) for s in cx.domain.scales]
    points = [
        tuple(Fraction(p, point[-1]) * s for p, s in zip(point, scales))
        for point in exact_points(cx, pulled.tolist())
    ]
    flag, face = [frozenset(range(len(pulled)))], cell
    for k in range(cx.dim, 1, -1):
        face = int(cx.boundary(k)[face][0])
        flag.append(frozenset(place[v] for v in vertices_of_face(cx, k - 1, face)))
    return pulled[np.array(delaunay_simplices(points, flag[::-1], max_simplices))]


@dataclass(frozen=True, kw_only=True)
class _Proposal:
    """``simplices`` (n, d + 1); ``inner`` (p, d + 2): a facet, then the two corners opposite to it.

    All facets with a simplex on one side alone lie on the cell's boundary.
    """

    simplices: np.ndarray
    inner: np.ndarray


def _proposed(
    coordinates: np.ndarray, vertices: np.ndarray, walls: list[set[int]]
) -> _Proposal | None:
    """Qhull's triangulation of rounded points; ``walls`` are the vertices of the cell's facets.

    Rounding can bend a facet outwards; what Qhull puts there is flat in truth, and left out.
    """
    from scipy.spatial import Delaunay, QhullError

    points = coordinates[vertices]
    points = points - points[0]
    with np.errstate(all="ignore"):
        points = points / np.abs(points).max()
    try:
        hull = Delaunay(points)
    except (QhullError, ValueError):
        return None
    held = np.array([[int(v) in wall for v in vertices] for wall in walls])
    flat = held[:, hull.simplices].all(axis=2)
    full = ~np.asarray(flat.any(axis=0))
    num, size = hull.simplices.shape
    inner = []
    for i in range(size):
        facets = np.delete(hull.simplices, i, axis=1)
        across = hull.neighbors[:, i]
        outer = full & ((across < 0) | ~full[across])
        if not held[:, facets[outer]].all(axis=2).any(axis=0).all():
            return None
        first = np.flatnonzero(full & ~outer & (across > np.arange(num)))
        beyond = across[first]
        opposite = hull.simplices[beyond][hull.neighbors[beyond] == first[:, None]]
        if len(opposite) != len(first):
            return None
        inner.append(np.column_stack([facets[first], hull.simplices[first, i], opposite]))
    return _Proposal(
        simplices=vertices[hull.simplices[full]], inner=vertices[np.concatenate(inner)]
    )


def _certified(
    cx: PolyhedralComplex,
    cells: np.ndarray,
    proposals: list[_Proposal | None],
    coordinates: np.ndarray,
) -> np.ndarray:
    """Which proposals are certainly the Delaunay triangulation of their cells, without ties.

    The simplices on the two sides of every inner facet lie on different sides of it, so with no
    outer facet but on the cell's boundary every point is in equally many simplices; the volume
    tells that this number is 1.  Being locally Delaunay at every inner facet is then enough.
    """
    sure = np.array([p is not None and len(p.inner) > 0 for p in proposals], dtype=bool)
    volumes = cx.volumes
    for place in np.flatnonzero(sure).tolist():
        proposal, cell = proposals[place], int(cells[place])
        assert proposal is not None
        corners = coordinates[proposal.simplices]
        sizes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / factorial(cx.dim)
        sure[place] = 0.75 * volumes[cell] < sizes.sum() < 1.25 * volumes[cell]
    chosen = np.flatnonzero(sure).tolist()
    if not chosen:
        return sure
    inner = [p.inner for place in chosen if (p := proposals[place]) is not None]
    owners = np.repeat(chosen, [len(rows) for rows in inner])
    clear = _locally_delaunay(coordinates, np.concatenate(inner))
    sure[owners[~clear]] = False
    return sure


def _locally_delaunay(coordinates: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Rows (p, d + 2) as in ``_Proposal.inner``: is each certainly convex when lifted, bool (p,).

    Certain means for all points that round to the coordinates.  Rows are scaled to their base at 0
    and largest entry 1; a determinant's error is at most the sum over its rows of the row's error
    times the other rows' lengths, which are made 1, plus that of Gaussian elimination.
    """
    corners = coordinates[inner]
    base = corners[:, :1]
    sides = corners[:, 1:] - base
    reach = np.abs(sides).max(axis=(1, 2), keepdims=True)
    with np.errstate(all="ignore"):
        sides = sides / reach
        size = np.abs(corners).max(axis=(1, 2), keepdims=True)
        # Two rounded points (and scales), their difference, its scaling; in every coordinate.
        error = np.sqrt(sides.shape[2]) * UNIT * (4.0 * size / reach + 4.0)
        squares = (sides**2).sum(axis=2, keepdims=True)
        lift_error = 2.0 * np.sqrt(squares) * error + error**2
        lift_error += (sides.shape[2] + 2) * UNIT * squares
        lifted = np.concatenate([sides, squares], axis=2)
        orientation = _signs(sides[:, :-1], error)
        beyond = _signs(np.delete(sides, -2, axis=1), error)
        convex = _signs(lifted, np.sqrt(error**2 + lift_error**2))
    return (orientation * beyond == -1) & (orientation * convex == 1)


def _signs(matrices: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Signs of determinants of rows that are wrong by at most ``error`` each; 0: not certain."""
    n = matrices.shape[1]
    lengths = np.sqrt((matrices**2).sum(axis=2, keepdims=True))
    relative = np.broadcast_to(error, lengths.shape) / lengths + (n + 4) * UNIT
    bound = 2.0 * relative.sum(axis=(1, 2)) * (1.0 + relative).prod(axis=(1, 2))
    bound = bound + 2.0 * n**3.5 * 2.0 ** (n - 1) * UNIT
    values = np.linalg.det(np.nan_to_num(matrices / lengths))
    clear = (np.abs(values) > bound) & np.isfinite(bound)
    return np.where(clear, np.sign(values), 0.0)
