"""The polyhedral complex: the one object that every count is a question to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.faces.incidence import Boundaries, Incidence
from linreg_lib.geometry.faces.pattern_words import unpacked
from linreg_lib.geometry.signs.exact_vertices import ExactVertices
from linreg_lib.geometry.signs.sign_record import Certificate
from linreg_lib.locked import Locked, kept_answer, locked
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import (
    checked_choice,
    checked_count,
    checked_flag,
    checked_index,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    from linreg_lib.geometry.questions.affine_maps import AffineMaps
    from linreg_lib.geometry.questions.linear_regions import LinearRegions
    from linreg_lib.geometry.questions.neighbours import NeighbourGraph
    from linreg_lib.geometry.questions.vertex_places import VertexPlaces


@dataclass(frozen=True, kw_only=True)
class Support:
    """What a facet lies on: a neuron at a breakpoint; layers, neurons, breakpoints count from 0."""

    layer: int
    neuron: int
    breakpoint: int


class PolyhedralComplex(Locked):
    """A domain cut into activation regions, with all faces of all dimensions.

    Made by ``subdivide``; see there for what is exact.  Regions (the cells) are numbered in the
    lexicographic order of their patterns.  Coordinates are the domain's (``domain.embed`` gives
    inputs).  Derived quantities are computed when first asked for, and kept.
    """

    def __init__(
        self,
        *,
        network: Network,
        domain: Domain,
        upto_layer: int,
        points: np.ndarray | Callable[[], np.ndarray],
        boundaries: Boundaries,
        patterns: np.ndarray | Callable[[], np.ndarray],
        zeros: np.ndarray | Callable[[], np.ndarray],
        zero_words: tuple[int, ...],
        exact: ExactVertices,
        vertex_ids: np.ndarray,
        certificate: Certificate,
    ) -> None:
        self.network = network
        self.domain = domain
        self.upto_layer = upto_layer
        self.certificate = certificate
        self._boundaries = boundaries
        # Functions stay until what they make is kept, lest an interrupt leave nothing.
        self._given = {"points": points, "patterns": patterns, "zeros": zeros}
        self._zero_words = zero_words
        self._exact = exact
        self._vertex_ids = vertex_ids

    def _made(self, name: str) -> np.ndarray:
        """An array that was given, or is made now by the function that was."""
        given = self._given[name]
        if not isinstance(given, np.ndarray):
            given = self._given[name] = given()
        return given

    @kept_answer
    def _points(self) -> np.ndarray:
        return self._made("points")

    @kept_answer
    def _patterns(self) -> np.ndarray:
        return self._made("patterns")

    @kept_answer
    def _zeros(self) -> np.ndarray:
        return self._made("zeros")

    def __repr__(self) -> str:
        counts = ", ".join(str(f) for f in self.f_vector)
        return (
            f"PolyhedralComplex(dim={self.dim}, num_regions={self.num_regions}, "
            f"f_vector=({counts}), domain={self.domain!r})"
        )

    # Counts -------------------------------------------------------------------------------------

    @property
    def dim(self) -> int:
        """Dimension d of the domain."""
        return self.domain.dim

    @property
    def num_regions(self) -> int:
        """Number of activation regions: patterns whose inputs have interior in the domain."""
        return self._boundaries.num_faces(self.dim)

    @kept_answer
    def f_vector(self) -> tuple[int, ...]:
        """(f_0, ..., f_d): how many faces of each dimension; points at infinity are none."""
        if self.domain.is_bounded:
            finite = self._boundaries.num_faces(0)
        else:
            finite = int(np.count_nonzero(self._points[:, -1]))
        return (finite, *(self._boundaries.num_faces(k) for k in range(1, self.dim + 1)))

    @property
    def euler_characteristic(self) -> int:
        """Sum of (-1)^k f_k: 1 on a bounded domain, (-1)^d on an unbounded open one."""
        return sum((-1) ** k * f for k, f in enumerate(self.f_vector))

    @property
    def patterns(self) -> npt.NDArray[np.uint8]:
        """Pieces (num_regions, hidden units up to ``upto_layer``), rows sorted.

        A neuron that stays at a breakpoint on a whole region takes the lower piece.
        """
        return self._patterns

    def facets_per_region(self, walls: bool = True) -> np.ndarray:
        """Number of facets of each region (num_regions,): geometric facets, coincident ones once.

        ``walls=False`` leaves out the facets on the domain's own boundary.
        """
        if checked_flag("walls", walls):
            return locked(self._facet_counts(np.ones(len(self.facet_is_wall), dtype=bool)))
        return locked(self._facet_counts(~self.facet_is_wall))

    def _facet_counts(self, chosen: np.ndarray) -> np.ndarray:
        if self.dim == 1:
            chosen = chosen & (self._points[:, -1] > 0)
        return self._boundaries[self.dim].reduce(np.add, chosen.astype(np.int64))

    @property
    def is_bounded_region(self) -> np.ndarray:
        """Which regions are bounded, bool (num_regions,): all of them on a bounded domain."""
        is_bounded = self._points[:, -1] > 0
        for k in range(1, self.dim + 1):
            is_bounded = self._boundaries[k].reduce(np.logical_and, is_bounded)
        return locked(is_bounded)

    # Faces --------------------------------------------------------------------------------------

    @kept_answer
    def vertices(self) -> np.ndarray:
        """Rounded coordinates (f_0, d) of the vertices; a line's two ends at infinity are left out.

        Each is known up to 2**-32 of the window's size (unbounded domains: of its own size) before
        it is rounded to float64.  So in a window that is small against its distance from zero they
        are no better than the floats there; volumes, lengths and interior points do not suffer.
        Distinct vertices may share rounded coordinates.
        """
        places = self._places
        return np.asarray(places.centre + places.points[self._points[:, -1] > 0])

    @kept_answer
    def _places(self) -> VertexPlaces:
        from linreg_lib.geometry.questions.volumes import located_vertices

        return located_vertices(self)

    @property
    def edges(self) -> np.ndarray:
        """The two vertices of each 1-face, int (f_1, 2); on a line -1 stands for infinity."""
        ends = self._boundaries[1].members.reshape(-1, 2)
        if self.domain.is_bounded:
            return ends
        finite = self._points[:, -1] > 0
        numbers = np.where(finite, np.cumsum(finite) - 1, -1)
        return locked(numbers[ends])

    def boundary(self, k: int) -> Incidence:
        """Which (k-1)-faces bound each k-face, 1 <= k <= d; cells in the order of the regions."""
        return self._boundaries[checked_count("k", k, most=self.dim)]

    @kept_answer
    def facet_cells(self) -> np.ndarray:
        """The two regions that each (d-1)-face separates, int (f_{d-1}, 2); -1: outside."""
        boundary = self._boundaries[self.dim]
        num = len(self._points) if self.dim == 1 else self._boundaries.num_faces(self.dim - 1)
        cells = np.full((num, 2), -1, dtype=np.int64)
        owners = boundary.owners
        # Writing forwards leaves the last owner, writing backwards the first.
        cells[boundary.members, 1] = owners
        cells[boundary.members[::-1], 0] = owners[::-1]
        cells[cells[:, 0] == cells[:, 1], 1] = -1
        return cells

    @kept_answer
    def facet_is_wall(self) -> np.ndarray:
        """Which (d-1)-faces lie on the domain's own boundary, bool (f_{d-1},)."""
        return self.facet_cells[:, 1] < 0

    def on_wall(self, k: int) -> np.ndarray:
        """Which k-faces lie on the domain's own boundary, bool (f_k,), 0 <= k <= d."""
        k = checked_count("k", k, least=0, most=self.dim)
        if k == self.dim:
            return locked(np.zeros(self.num_regions, dtype=bool))
        flags = self.facet_is_wall
        for level in range(self.dim - 1, k, -1):
            boundary = self._boundaries[level]
            num = len(self._points) if level == 1 else self._boundaries.num_faces(level - 1)
            lower = np.zeros(num, dtype=bool)
            lower[boundary.members[flags[boundary.owners]]] = True
            flags = lower
        return locked(flags)

    def _zeros_on(self, k: int) -> np.ndarray:
        """Bits (f_k, words) of the breakpoints on which a whole k-face lies."""
        words = self._zeros
        for level in range(1, k + 1):
            words = self._boundaries[level].reduce(np.bitwise_and, words)
        return words

    def supports_of_facet(self, facet: int) -> tuple[Support, ...]:
        """The neurons and breakpoints that a (d-1)-face lies on; none for a facet on a wall.

        A neuron that stays at the breakpoint on both regions beside it is no support.
        """
        facet = checked_index("facet", facet, len(self.facet_cells), "facets")
        cells = self.facet_cells[facet]
        if cells[1] < 0:
            return ()
        on_facet = self._facet_zero_words[facet]
        on_cells = self._cell_zero_words[cells[0]] & self._cell_zero_words[cells[1]]
        words = on_facet & ~on_cells
        supports, start = [], 0
        for layer, num_words in enumerate(self._zero_words):
            num_breakpoints = self.network.activations[layer].num_breakpoints
            count = self.network.hidden_widths[layer] * num_breakpoints
            bits = unpacked(words[None, start : start + num_words], count)[0]
            start += num_words
            supports += [
                Support(
                    layer=layer, neuron=row // num_breakpoints, breakpoint=row % num_breakpoints
                )
                for row in np.flatnonzero(bits).tolist()
            ]
        return tuple(supports)

    @kept_answer
    def _facet_zero_words(self) -> np.ndarray:
        return self._zeros_on(self.dim - 1)

    @kept_answer
    def _cell_zero_words(self) -> np.ndarray:
        return self._boundaries[self.dim].reduce(np.bitwise_and, self._facet_zero_words)

    # Points and measures ------------------------------------------------------------------------

    @kept_answer
    def interior_coordinates(self) -> np.ndarray:
        """A point inside each region, coordinates (num_regions, d), rounded.

        A region thinner than the spacing of floats holds none; ``interior_certified`` tells.
        """
        from linreg_lib.geometry.questions.volumes import interior_coordinates

        return interior_coordinates(self)

    @kept_answer
    def interior_points(self) -> np.ndarray:
        """The same points as inputs (num_regions, n_in)."""
        return self.domain.embed(self.interior_coordinates)

    @kept_answer
    def interior_certified(self) -> np.ndarray:
        """Whether its interior point, as rounded, is in the region, bool (num_regions,).

        That is, in the domain, and the network has the region's pattern there.  Both are decided
        exactly, so False means that the region holds no such float (a sliver, or a point rounded
        off its plane), never a wrong region.
        """
        found = self.network.pattern(self.interior_points)[:, : self.patterns.shape[1]]
        inside = self.domain.contains(self.interior_coordinates)
        return np.asarray((found == self.patterns).all(axis=1) & inside)

    @kept_answer
    def volumes(self) -> np.ndarray:
        """d-dimensional Euclidean volume of each region (num_regions,); inf for unbounded ones.

        Each has a relative error of at most 1e-7, whatever its shape (typically 1e-12): what float
        vertices do not give so well is computed from exact ones.  On a plane or segment it is the
        volume in coordinates, whose unit vectors are rounded once.

        Raises:
            OverflowError: a volume is too large or too small for float64's normal range.
        """
        from linreg_lib.geometry.questions.volumes import face_volumes

        return locked(face_volumes(self, self.dim))

    def volume(self, codim: int = 0, of: str = "activation") -> float:
        """Total (d - codim)-volume of the faces of that codimension inside the domain.

        Faces on walls are left out and coincident faces count once; codimension 0 is the domain's
        volume, codimension d the number of interior vertices.  ``of="linear"`` takes only the
        faces of linear regions: the pieces B_{N,codim} of the set where the gradient jumps (HR19,
        Eqs. 4, 5).  The relative error is at most 1e-9; OverflowError as for ``volumes``.

        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
        >>> cx = lr.subdivide(net, lr.Box(-1, 1, dim=2))
        >>> cx.volume(codim=0), cx.volume(codim=1), cx.volume(codim=2)
        (4.0, 4.0, 1.0)
        """
        from linreg_lib.geometry.questions.volumes import total_volume

        codim = checked_count("codim", codim, least=0, most=self.dim)
        return total_volume(self, codim, checked_choice("of", of, ("activation", "linear")))

    def affine_maps(self) -> AffineMaps:
        """The network's affine map on each region, in the domain's coordinates (rounded)."""
        from linreg_lib.geometry.questions.affine_maps import affine_maps_of

        return affine_maps_of(self)

    @kept_answer
    def _linear_regions(self) -> LinearRegions:
        from linreg_lib.geometry.questions.linear_regions import merged_regions

        return merged_regions(self)

    def linear_regions(self) -> LinearRegions:
        """Activation regions joined across facets where the affine map is the same, exactly."""
        return self._linear_regions

    def neighbours(self) -> NeighbourGraph:
        """Which regions share a facet: a sparse matrix, and the facet of each pair of neighbours.

        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
        >>> graph = lr.subdivide(net, lr.Box(-1, 1, dim=2)).neighbours()
        >>> graph.adjacency.shape, graph.num_edges, graph.of(0).tolist()
        ((4, 4), 4, [1, 2])
        """
        from linreg_lib.geometry.questions.neighbours import neighbour_graph

        return neighbour_graph(self)

    def locate(self, points: npt.ArrayLike) -> np.ndarray:
        """The region that each input (..., n_in) lies in, int (...); -1: outside the domain.

        On a boundary: the first region, in the regions' order, whose closure holds the point.  On
        a segment, line or plane a point is first projected orthogonally, so points off the domain
        are located by their nearest point in its span.
        """
        from linreg_lib.geometry.questions.locate import located

        return located(self, points)

    def polygons(self) -> list[np.ndarray]:
        """For d = 2: each region's vertices (m, 2) in order around its boundary."""
        from linreg_lib.geometry.questions.polygons import boundary_polygons

        return locked(boundary_polygons(self))

    # Files --------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the complex to a plain ``.npz`` file, whole or not at all; returns the path.

        No pickles, no compression; ``load`` gives the same complex, bit for bit, which answers all
        questions as before.  TypeError for kinds of complexes that are made from others.
        """
        from linreg_lib.geometry.complex.complex_file import save_complex

        return save_complex(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> PolyhedralComplex:
        """The complex that ``save`` wrote; ``DataError`` for any other or a damaged file."""
        from linreg_lib.geometry.complex.complex_file import load_complex

        return load_complex(path)
