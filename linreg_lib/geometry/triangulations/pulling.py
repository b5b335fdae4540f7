"""Pulling triangulations: every face is the cone from its first vertex over the far side."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.triangulations.triangulation import Triangulation, require_bounded_complex
from linreg_lib.networks.arguments import checked_flag, checked_integers


def lexicographic_order(cx: PolyhedralComplex, exact: bool = False) -> npt.NDArray[np.int64]:
    """Vertex numbers (f_0,) in the lexicographic order of their coordinates.

    By default the rounded coordinates are compared; vertices whose rounded coordinates are all
    equal stay in the order of their numbers.  ``exact=True`` compares exact rational coordinates
    (no ties then, but slower): vertices on a common vertical line, whose rounded first coordinates
    may differ in the last bit, are then ordered by the second one.  Coordinates are the domain's.

    Raises:
        UnboundedQuestionError: an unbounded complex.
    """
    require_bounded_complex(cx)
    if not checked_flag("exact", exact):
        return np.lexsort(cx.vertices.T[::-1]).astype(np.int64)
    points = [cx.record.exact.point(int(v)) for v in cx.record.vertex_ids]
    keys = [tuple(Fraction(int(p), int(point[-1])) for p in point[:-1]) for point in points]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def ranks_of(cx: PolyhedralComplex, order: npt.ArrayLike | None) -> npt.NDArray[np.int64]:
    """The place of each vertex (f_0,) in an order, by default the lexicographic one."""
    require_bounded_complex(cx)
    if order is None:
        numbers = lexicographic_order(cx)
    else:
        numbers = checked_integers("order", order)
        if not np.array_equal(np.sort(numbers), np.arange(len(cx.vertices))):
            raise ValueError(
                f"order must hold each of the vertex numbers 0..{len(cx.vertices) - 1} once"
            )
    ranks = np.empty(len(numbers), dtype=np.int64)
    ranks[numbers] = np.arange(len(numbers))
    return ranks


def _far_sides(cx: PolyhedralComplex, ranks: np.ndarray) -> list[tuple[np.ndarray, Incidence]]:
    """For k = 1..d: the first vertex of each k-face (a rank), and its boundary faces without it.

    A boundary face holds the first vertex of the face iff it is its own first vertex as well.
    """
    levels = []
    below = ranks
    for k in range(1, cx.dim + 1):
        boundary = cx.boundary(k)
        first = boundary.reduce(np.minimum, below)
        far = below[boundary.members] != first[boundary.owners]
        sums = np.concatenate([[0], np.cumsum(far)])
        levels.append((first, Incidence(sums[boundary.offsets], boundary.members[far])))
        below = first
    return levels


def pulling_triangulation(
    cx: PolyhedralComplex, order: npt.ArrayLike | None = None
) -> Triangulation:
    """Triangulate all regions, and so all their faces, by pulling the vertices in one order.

    Each face is the union of the cones from its first vertex over the (triangulated) boundary faces
    that do not hold it.  ``order`` (f_0,) lists the vertex numbers, the vertex pulled first in
    front; by default ``lexicographic_order(cx)``, with its tie rule.  The face lattice alone is
    read, so the result is exact whatever the rounding of the coordinates.  A face gets the same
    simplices from both of its regions: all of them together are a simplicial complex.

    The number of simplices of a region of dimension 3 or more depends on the order; with a fixed
    order it depends on the region's face lattice and vertices alone, not on its neighbours.

    Raises:
        UnboundedQuestionError: an unbounded complex.
        ValueError: an order that is no permutation.

    A cube has six squares; three of them avoid its first vertex, with two triangles each:

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 0, 0]], [[1]]], [[0], [0]])
    >>> cx = lr.subdivide(net, lr.Box(-1, 1, dim=3))
    >>> cells = pulling_triangulation(cx)
    >>> cells.num_simplices.tolist(), cells.euler_characteristic
    ([6, 6], 1)
    >>> print(f"{cells.volumes.sum():.6f}")
    8.000000

    Source: De Loera, Rambau and Santos, Triangulations (2010); F23, Preliminary 2.
    """
    ranks = ranks_of(cx, order)
    simplices = ranks[:, None]  # of the faces one dimension below, face after face
    offsets = np.arange(len(ranks) + 1)
    for first, far in _far_sides(cx, ranks):
        sizes = np.diff(offsets)[far.members]
        ends = np.cumsum(sizes)
        # Rows of the far faces' simplices, one run after the other.
        starts = np.repeat(offsets[far.members] - (ends - sizes), sizes)
        rows = starts + np.arange(len(starts))
        offsets = np.concatenate([[0], ends])[far.offsets]
        apex = np.repeat(first, np.diff(offsets))
        simplices = np.column_stack([apex, simplices[rows]])
    numbers = np.empty_like(ranks)
    numbers[ranks] = np.arange(len(ranks))
    return Triangulation(
        simplices=numbers[simplices],
        cells=np.repeat(np.arange(cx.num_regions), np.diff(offsets)),
        num_cells=cx.num_regions,
        vertices=cx.vertices,
        _places=cx._places,
    )


def pulling_counts(
    cx: PolyhedralComplex, order: npt.ArrayLike | None = None
) -> npt.NDArray[np.int64]:
    """Simplices of each region (num_regions,) in ``pulling_triangulation``, without making them.

    Counted from below: a face has as many as its boundary faces without its first vertex have
    together.  Arguments, ties and errors as there.

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 1]], [[1]]], [[1], [0]])
    >>> pulling_counts(lr.subdivide(net, lr.Box(-1, 1, dim=2))).tolist()  # triangle, pentagon
    [1, 3]
    """
    ranks = ranks_of(cx, order)
    counts = np.ones(len(ranks), dtype=np.int64)
    for _, far in _far_sides(cx, ranks):
        counts = far.reduce(np.add, counts)
    return counts
