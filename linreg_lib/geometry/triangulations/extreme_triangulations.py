"""The fewest and the most simplices that a cell can be cut into without new vertices."""

from __future__ import annotations

from math import comb

import numpy as np
import numpy.typing as npt

from linreg_lib.errors import WorkLimitError
from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.triangulations.cell_vertices import (
    exact_points,
    orientations,
    vertices_of_face,
)
from linreg_lib.geometry.triangulations.triangulation import Triangulation, require_bounded_complex
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_index
from linreg_lib.networks.exact_floats import exact_number

Chosen = tuple[int, ...]


def extreme_triangulation(
    cx: PolyhedralComplex,
    cell: int,
    sense: str,
    max_candidates: int = 5000,
    time_limit: float = 60.0,
) -> Triangulation:
    """A triangulation of one region with the fewest or the most simplices, without new vertices.

    An integer program over all non-degenerate d-simplices on the region's vertices: on both sides
    of every (d-1)-simplex that is not on the region's boundary lie equally many chosen simplices,
    and a point near a vertex is in exactly one.  These conditions and which simplices are
    degenerate are exact (signs of integer determinants); the answer of the branch-and-bound solver
    is checked exactly to be a triangulation, that it is the best rests on the solver's bounds,
    whose conditions have entries -1, 0 and 1 alone.

    The number depends on the exact position of the vertices (equal face lattices can differ) and
    on no order.  The optimum of one region need not fit that of its neighbour on the common facet.

    Args:
        cx: a bounded complex; ``cell``: the number of the region; ``sense``: "fewest" or "most".
        max_candidates: most (d + 1)-subsets of the vertices that the program may be made of.
        time_limit: seconds for the solver.

    Raises:
        UnboundedQuestionError: an unbounded complex.
        ValueError: no such region, another sense.
        WorkLimitError: too many candidates, or the solver needs longer.

    A cube is five tetrahedra at the least, six at the most:

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 0, 0]], [[1]]], [[2], [0]])
    >>> cx = lr.subdivide(net, lr.Box(-1, 1, dim=3))
    >>> [len(extreme_triangulation(cx, 0, sense)) for sense in ("fewest", "most")]
    [5, 6]

    Source: De Loera, Hosten, Santos and Sturmfels, The polytope of all triangulations of a point
    configuration (1996).
    """
    _check(cx, sense, max_candidates, time_limit)
    cell = checked_index("cell", cell, cx.num_regions, "regions of the complex")
    vertices = vertices_of_face(cx, cx.dim, cell)
    num = comb(len(vertices), cx.dim + 1)
    if num > max_candidates:
        raise WorkLimitError(
            f"region {cell} has {len(vertices)} vertices, so {num} candidate simplices, more than "
            f"max_candidates={max_candidates}; raise it, or take pulling_triangulation"
        )
    place = {v: i for i, v in enumerate(vertices)}
    facets = [
        frozenset(place[v] for v in vertices_of_face(cx, cx.dim - 1, int(facet)))
        for facet in cx.boundary(cx.dim)[cell]
    ]
    chosen = _best(orientations(exact_points(cx, vertices)), facets, sense, time_limit, cell)
    simplices = np.array(vertices, dtype=np.int64)[np.array(chosen)]
    return Triangulation(
        simplices=simplices,
        cells=np.full(len(simplices), cell, dtype=np.int64),
        num_cells=cx.num_regions,
        vertices=cx.vertices,
        _places=cx._places,
    )


def extreme_counts(
    cx: PolyhedralComplex,
    sense: str,
    max_candidates: int = 5000,
    time_limit: float = 60.0,
) -> npt.NDArray[np.int64]:
    """The fewest or most simplices of each region (num_regions,); see ``extreme_triangulation``.

    Regions with d + 1 vertices, and all in dimension 1 and 2, need no program.  ``time_limit`` is
    for each region.

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 1]], [[1]]], [[1], [0]])
    >>> extreme_counts(lr.subdivide(net, lr.Box(-1, 1, dim=2)), "fewest").tolist()
    [1, 3]
    """
    _check(cx, sense, max_candidates, time_limit)
    if cx.dim <= 2:
        return np.array(cx.boundary(cx.dim).counts - cx.dim, dtype=np.int64)
    counts = np.ones(cx.num_regions, dtype=np.int64)
    for cell in range(cx.num_regions):
        if len(vertices_of_face(cx, cx.dim, cell)) > cx.dim + 1:
            counts[cell] = len(extreme_triangulation(cx, cell, sense, max_candidates, time_limit))
    return counts


def _check(cx: PolyhedralComplex, sense: str, max_candidates: int, time_limit: float) -> None:
    require_bounded_complex(cx)
    checked_choice("sense", sense, ("fewest", "most"))
    checked_count("max_candidates", max_candidates)
    if not exact_number("time_limit", time_limit, finite=False) > 0:
        raise ValueError(f"time_limit is {time_limit}; it must be positive, in seconds")


def _best(
    signs: dict[Chosen, int],
    facets: list[frozenset[int]],
    sense: str,
    time_limit: float,
    cell: int,
) -> list[Chosen]:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    candidates = [chosen for chosen, sign in signs.items() if sign]
    rows, columns, entries = [], [], []
    row_numbers: dict[Chosen, int] = {}
    for column, simplex in enumerate(candidates):
        for i in range(len(simplex)):
            ridge = simplex[:i] + simplex[i + 1 :]
            if any(facet.issuperset(ridge) for facet in facets):
                continue
            # Moving the apex to the front costs i swaps: the sign is the side that it is on.
            rows.append(row_numbers.setdefault(ridge, len(row_numbers)))
            columns.append(column)
            entries.append(signs[simplex] * (-1) ** i)
    covering = [column for column, simplex in enumerate(candidates) if _holds(simplex, signs)]
    rows += [len(row_numbers)] * len(covering)
    columns += covering
    entries += [1] * len(covering)
    right = np.zeros(len(row_numbers) + 1, dtype=np.int64)
    right[-1] = 1
    matrix = coo_array((entries, (rows, columns)), shape=(len(right), len(candidates))).tocsr()
    result = milp(
        np.full(len(candidates), 1.0 if sense == "fewest" else -1.0),
        integrality=np.ones(len(candidates)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix.astype(np.float64), right, right),
        options={"time_limit": time_limit, "mip_rel_gap": 0.0},
    )
    if result.status != 0:
        raise WorkLimitError(
            f"region {cell}: the solver gave up on {len(candidates)} simplices after time_limit="
            f"{time_limit} s ({result.message}); raise it, or take pulling_triangulation"
        )
    chosen = np.rint(result.x).astype(np.int64)
    if (matrix @ chosen != right).any():
        raise WorkLimitError(f"region {cell}: the solver's answer is no triangulation")
    return [candidates[column] for column in np.flatnonzero(chosen)]


def _holds(simplex: Chosen, signs: dict[Chosen, int]) -> bool:
    """Whether a simplex holds v_0 + e v_1 + e^2 v_2 + ... for small e and the first basis v.

    No hyperplane through d vertices holds that point, as none holds the whole basis.  It is in the
    simplex iff putting it in the place of any corner keeps the orientation; that orientation is
    the first that is not 0 when v_0, v_1, ... are put there.
    """
    basis = next(chosen for chosen, sign in signs.items() if sign)
    for i in range(len(simplex)):
        rest = simplex[:i] + simplex[i + 1 :]
        side = next(sign for v in basis if v not in rest and (sign := _side(v, rest, signs)) != 0)
        if side != signs[simplex] * (-1) ** i:
            return False
    return True


def _side(vertex: int, ridge: Chosen, signs: dict[Chosen, int]) -> int:
    """Orientation of a vertex followed by a ridge."""
    position = sum(r < vertex for r in ridge)
    return signs[(*ridge[:position], vertex, *ridge[position:])] * (-1) ** position
