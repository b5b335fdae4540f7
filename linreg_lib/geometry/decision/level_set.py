"""Where an output takes one value: the cut that one more unit makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg_lib.errors import UnboundedQuestionError
from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.cutting.subdivide import subdivide
from linreg_lib.geometry.decision.decision_complex import original_cells, require_whole_cut
from linreg_lib.geometry.questions.polygons import cycles
from linreg_lib.geometry.questions.pyramids import restricted
from linreg_lib.geometry.questions.volumes import summed
from linreg_lib.locked import Locked, kept_answer, locked
from linreg_lib.networks import Network, PiecewiseLinear
from linreg_lib.networks.arguments import checked_index, checked_limit
from linreg_lib.networks.exact_floats import exact_number


@dataclass(frozen=True, kw_only=True, eq=False)
class LevelSet(Locked):
    """The points of a domain of dimension d where an output is ``level``.  Made by ``level_set``.

    Its (d-1)-dimensional part comes in pieces, in the order of ``regions``: one in each region that
    it crosses, and one for each facet of regions along which it runs, on a wall of the domain too.
    A facet is one piece, however many neurons switch there.  Regions on which the output is
    ``level`` all over are ``flat_regions``; their facets are no pieces.  Parts of lower dimension,
    such as a lowest point, are left out.
    """

    output: int
    level: float
    #: the regions of the complex asked, cut further by the level: of the network that goes on with
    #: one unit, which switches where the output is ``level``
    complex: PolyhedralComplex
    #: (complex.num_regions,) the region of the complex asked in which each of its regions lies
    origin_regions: npt.NDArray[np.int64]
    #: (num_pieces,) the (d-1)-faces of ``complex`` that are the pieces
    facets: npt.NDArray[np.int64]
    #: the regions of ``complex`` on which the output is ``level`` all over
    flat_cells: npt.NDArray[np.int64]

    def __repr__(self) -> str:
        flat = f", {len(self.flat_cells)} flat regions" if len(self.flat_cells) else ""
        return (
            f"LevelSet(output {self.output} = {self.level:g}: {self.num_pieces} pieces{flat}, "
            f"domain={self.complex.domain!r})"
        )

    @property
    def num_pieces(self) -> int:
        """Number of pieces."""
        return len(self.facets)

    @property
    def regions(self) -> npt.NDArray[np.int64]:
        """The two regions of the complex asked beside each piece, (num_pieces, 2).

        Twice the same where the piece crosses a region; -1 outside the domain.
        """
        return locked(_beside(self.complex.facet_cells[self.facets], self.origin_regions))

    @property
    def flat_regions(self) -> npt.NDArray[np.int64]:
        """The regions of the complex asked on which the output is ``level`` all over."""
        return locked(self.origin_regions[self.flat_cells])

    @property
    def is_above(self) -> npt.NDArray[np.bool_]:
        """On which regions of ``complex`` the output is above the level, bool."""
        return locked(self.complex.patterns[:, -1] > 0)

    @kept_answer
    def volumes(self) -> np.ndarray:
        """(d-1)-volume of each piece (num_pieces,): 1, a length, an area; inf if unbounded.

        Relative errors are at most 1e-7.
        """
        k = self.complex.dim - 1
        return self.complex._face_volumes(k, self.facets) if k else np.ones(len(self.facets))

    @property
    def volume(self) -> float:
        """(d-1)-volume of all pieces: a number of points, a length, an area; 0.0 without any."""
        return summed(self.volumes, self.complex.dim - 1)

    @kept_answer
    def _corners(self) -> tuple[np.ndarray, list[np.ndarray]]:
        cx, k = self.complex, self.complex.dim - 1
        if not k:  # vertices; ends at infinity are not counted
            numbers = np.cumsum(cx.record.is_finite) - 1
            return numbers[self.facets], list(np.arange(len(self.facets))[:, None])
        if not cx.domain.is_bounded:
            raise UnboundedQuestionError(
                "the pieces of a level set have corners on a bounded domain alone; subdivide a Box"
            )
        if not len(self.facets):
            return self.facets, []
        vertices, below = restricted(cx.record.faces, k, self.facets)
        if k == 2:
            ends = below[1].members.reshape(-1, 2)[below[2].members]
            return vertices, np.split(cycles(ends, below[2].offsets), below[2].offsets[1:-1])
        rows = np.split(below[1].members, below[1].offsets[1:-1])
        for level in range(2, k + 1):
            faces = (below[level][face] for face in range(len(below[level])))
            rows = [np.unique(np.concatenate([rows[m] for m in face])) for face in faces]
        return vertices, rows

    @property
    def vertices(self) -> np.ndarray:
        """Coordinates (n, d) of the pieces' corners, as ``PolyhedralComplex.vertices``."""
        return locked(self.complex.vertices[self._corners[0]])

    @property
    def pieces(self) -> list[np.ndarray]:
        """The corners of each piece, as rows of ``vertices``.

        One for d = 1, two for d = 2, for d = 3 all of a polygon in order round it; ascending for
        larger d.
        """
        return self._corners[1]


def level_set(
    cx: PolyhedralComplex,
    output: int = 0,
    level: float = 0.0,
    *,
    max_regions: int | None = None,
) -> LevelSet:
    """Where an output of ``cx.network`` is ``level``; ``cx`` stays as it is.

    The network is continued by one unit that switches there, and subdivided: so every piece is
    decided exactly, as in ``subdivide``, and ties are right: where the set runs along a face, and
    where the output is ``level`` on a whole region.  ``max_regions`` limits the regions of that
    cut.

    Raises:
        TypeError: if ``cx`` is no complex made by ``subdivide``.
        ValueError: for a complex cut up to an inner layer, or an output that is not there.
        WorkLimitError, OverflowError: as ``subdivide``.

    ``|x| + |y|`` is 1 on a square's four sides:

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays(
    ...     [[[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, 1, 1, 1]]], [[0, 0, 0, 0], [0]])
    >>> found = level_set(lr.subdivide(net, lr.Box(-2, 2, dim=2)), level=1.0)
    >>> found.num_pieces, found.regions.tolist()
    (4, [[0, 0], [1, 1], [2, 2], [3, 3]])
    >>> sorted(found.vertices[found.pieces[0]].tolist()), round(found.volume / 2**0.5, 6)
    ([[-1.0, 0.0], [0.0, -1.0]], 4.0)
    """
    require_whole_cut(cx)
    net, before = cx.network, cx.record
    output = checked_index("output", output, net.output_dim, "outputs")
    level = exact_number("level", level)
    max_regions = checked_limit("max_regions", max_regions)
    fine = subdivide(_continued(net, output, level), cx.domain, max_regions=max_regions)
    record = fine.record
    # The last layer has one unit, whose one breakpoint is the lowest bit of the last word.
    at_level = (record.faces.zeros[:, -1] & np.uint64(1)).astype(bool)
    for k in range(1, record.dim + 1):
        on_facet, at_level = at_level, record.boundary(k).reduce(np.logical_and, at_level)
    is_flat = at_level
    if record.dim == 1:
        on_facet &= record.is_finite
    cells = record.facet_cells
    beside_flat = (is_flat[cells] & (cells >= 0)).any(axis=1)
    facets = np.flatnonzero(on_facet & ~beside_flat)
    origin_regions = original_cells(record, before)
    return LevelSet(
        output=output,
        level=level,
        complex=fine,
        origin_regions=origin_regions,
        facets=facets[np.lexsort(_beside(cells[facets], origin_regions).T[::-1])],
        flat_cells=np.flatnonzero(is_flat),
    )


def _beside(cells: np.ndarray, origin_regions: np.ndarray) -> np.ndarray:
    """The original regions (m, 2) of cells, the smaller number first; -1 stays."""
    return np.sort(np.where(cells < 0, -1, origin_regions[cells]), axis=1)


def _continued(net: Network, output: int, level: float) -> Network:
    """The network with one more unit: an output, above ``level`` or not."""
    return Network.from_arrays(
        [*net.weights[:-1], net.weights[-1][output : output + 1], np.ones((1, 1))],
        [*net.biases[:-1], net.biases[-1][output : output + 1], np.zeros(1)],
        [*net.activations, PiecewiseLinear([level], [0.0, 1.0])],
        max_units=net.max_units,
    )
