"""The polyhedral complex: the one object that every count is a question to."""

from __future__ import annotations

import os
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from linreg_lib.drawing import drawn
from linreg_lib.geometry.complex.complex_file import load_record, save_record
from linreg_lib.geometry.complex.region_table import region_table
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.questions.affine_maps import AffineMaps, affine_maps_of
from linreg_lib.geometry.questions.linear_regions import LinearRegions, merged_regions
from linreg_lib.geometry.questions.locate import located
from linreg_lib.geometry.questions.neighbours import NeighbourGraph, neighbour_graph
from linreg_lib.geometry.questions.neurons_of_facet import supports_of_facet
from linreg_lib.geometry.questions.num_vertices import num_vertices
from linreg_lib.geometry.questions.polygons import boundary_polygons
from linreg_lib.geometry.questions.vertex_places import VertexPlaces, vertex_places
from linreg_lib.geometry.questions.volumes import (
    face_volumes,
    interior_coordinates,
    total_volume,
)
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.earlier_record import record_after
from linreg_lib.geometry.record.invariants import require_sound
from linreg_lib.geometry.vertex_signs.certificate import Certificate
from linreg_lib.geometry.vertex_signs.support import Support
from linreg_lib.locked import Locked, kept_answer, locked
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import (
    checked_choice,
    checked_count,
    checked_flag,
    checked_index,
)
from linreg_lib.networks.max_units import settled_pattern
from linreg_lib.networks.pattern import piece_range_at


class PolyhedralComplex(Locked):
    """A domain cut into activation regions, with all faces of all dimensions.

    Made by ``subdivide``; see there for what is exact.  Regions (the cells) are numbered in the
    lexicographic order of their patterns.  Coordinates are the domain's (``domain.embed`` gives
    inputs).  ``record`` is what was cut; whatever follows from it is computed when first asked for,
    and kept.
    """

    def __init__(self, record: CutRecord) -> None:
        self._record = record

    @property
    def record(self) -> CutRecord:
        """What was cut, read-only: faces, exact vertices, and how each came about."""
        return self._record

    @property
    def network(self) -> Network:
        """The network that cut."""
        return self._record.network

    @property
    def domain(self) -> Domain:
        """The domain that was cut."""
        return self._record.domain

    @property
    def upto_layer(self) -> int:
        """How many hidden layers cut."""
        return self._record.upto_layer

    @property
    def certificate(self) -> Certificate:
        """How the signs were decided."""
        return self._record.certificate

    def __repr__(self) -> str:
        counts = ", ".join(str(f) for f in self.f_vector)
        return (
            f"{type(self).__name__}(dim={self.dim}, num_regions={self.num_regions}, "
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
        return self._record.num_regions

    @property
    def f_vector(self) -> tuple[int, ...]:
        """(f_0, ..., f_d): how many faces of each dimension; points at infinity are none."""
        return self._record.f_vector

    @property
    def euler_characteristic(self) -> int:
        """Sum of (-1)^k f_k: 1 on a bounded domain, (-1)^d on an unbounded open one."""
        return self._record.euler_characteristic

    @property
    def patterns(self) -> npt.NDArray[np.uint8]:
        """Pieces (num_regions, hidden units up to ``upto_layer``), rows sorted.

        A neuron that stays at a breakpoint on a whole region takes the lower piece.  Of a maximum's
        matches (``MaxUnit``) those that do not decide it are on piece 0.
        """
        return self._record.patterns

    def facets_per_region(self, walls: bool = True) -> np.ndarray:
        """Number of facets of each region (num_regions,): geometric facets, coincident ones once.

        ``walls=False`` leaves out the facets on the domain's own boundary.
        """
        facets = ~self.facet_is_wall
        if checked_flag("walls", walls):
            facets = np.ones(len(facets), dtype=bool)
        return self._record.num_facets(facets)

    @property
    def is_bounded_region(self) -> np.ndarray:
        """Which regions are bounded, bool (num_regions,): all of them on a bounded domain."""
        return self._record.is_bounded_region

    # Faces --------------------------------------------------------------------------------------

    @kept_answer
    def vertices(self) -> np.ndarray:
        """Rounded coordinates (f_0, d) of the vertices; a line's two ends at infinity are left out.

        Each is known up to 2**-32 of the window's size along each axis (unbounded domains: of its
        own size) before it is rounded to float64.  So in a window that is small against its
        distance from zero they are no better than the floats there; volumes, lengths and interior
        points do not suffer.
        Distinct vertices may share rounded coordinates.
        """
        places = self._places
        return np.asarray(places.centre + places.points[self._record.is_finite])

    @kept_answer
    def _places(self) -> VertexPlaces:
        return vertex_places(self._record)

    @property
    def edges(self) -> np.ndarray:
        """The two vertices of each 1-face, int (f_1, 2); on a line -1 stands for infinity."""
        ends = self._record.ends
        if self.domain.is_bounded:
            return ends
        finite = self._record.is_finite
        numbers = np.where(finite, np.cumsum(finite) - 1, -1)
        return locked(numbers[ends])

    def boundary(self, k: int) -> Incidence:
        """Which (k-1)-faces bound each k-face, 1 <= k <= d; cells in the order of the regions."""
        return self._record.boundary(checked_count("k", k, most=self.dim))

    @property
    def facet_cells(self) -> np.ndarray:
        """The two regions that each (d-1)-face separates, int (f_{d-1}, 2); -1: outside."""
        return self._record.facet_cells

    @property
    def facet_is_wall(self) -> np.ndarray:
        """Which (d-1)-faces lie on the domain's own boundary, bool (f_{d-1},)."""
        return self._record.facet_is_wall

    def on_wall(self, k: int) -> np.ndarray:
        """Which k-faces lie on the domain's own boundary, bool (f_k,), 0 <= k <= d."""
        return self._record.on_wall(checked_count("k", k, least=0, most=self.dim))

    def supports_of_facet(self, facet: int) -> tuple[Support, ...]:
        """The neurons and breakpoints that a (d-1)-face lies on; none for a facet on a wall.

        A neuron that stays at the breakpoint on both regions beside it is no support.
        """
        facet = checked_index("facet", facet, len(self.facet_cells), "facets")
        return supports_of_facet(self._record, facet)

    # Points and measures ------------------------------------------------------------------------

    @kept_answer
    def interior_coordinates(self) -> np.ndarray:
        """A point inside each region, coordinates (num_regions, d), rounded.

        A region thinner than the spacing of floats holds none; ``interior_certified`` tells.
        """
        return interior_coordinates(self._record, self._places)

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
        net, upto = self.network, self.upto_layer
        found, _ = piece_range_at(net, self.interior_points, upto_layer=upto)
        found = settled_pattern(found, net.max_units, net.hidden_widths[:upto])
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
        return locked(self._face_volumes(self.dim))

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
        codim = checked_count("codim", codim, least=0, most=self.dim)
        of = checked_choice("of", of, ("activation", "linear"))
        return total_volume(self._record, lambda: self._places, codim, of)

    def _face_volumes(self, k: int, faces: np.ndarray | None = None) -> np.ndarray:
        return face_volumes(self._record, lambda: self._places, k, faces)

    def affine_maps(self) -> AffineMaps:
        """The network's affine map on each region, in the domain's coordinates (rounded)."""
        return affine_maps_of(self._record)

    @kept_answer
    def _linear_regions(self) -> LinearRegions:
        return merged_regions(self._record, self)

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
        return neighbour_graph(self._record)

    def locate(self, points: npt.ArrayLike) -> np.ndarray:
        """The region that each input (..., n_in) lies in, int (...); -1: outside the domain.

        On a boundary: the first region, in the regions' order, whose closure holds the point.  On
        a segment, line or plane a point is first projected orthogonally, so points off the domain
        are located by their nearest point in its span.
        """
        return located(self._record, points)

    def polygons(self) -> list[np.ndarray]:
        """For d = 2: each region's vertices (m, 2) in order around its boundary."""
        return locked(boundary_polygons(self._record, lambda: self.vertices))

    # Layers -------------------------------------------------------------------------------------

    #: whether more than the layers tells regions apart
    _is_cut_further = False

    def after_layer(self, layer: int) -> PolyhedralComplex:
        """The complex after hidden layers 1..layer, 0 <= layer <= upto_layer, from this one.

        The same as ``subdivide(network, domain, upto_layer=layer)``, ties included, for a fraction
        of the time; faces other than regions may be numbered otherwise, and the certificate is
        that of the whole cut.

        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1, 0]], [[1]], [[1]]], [[0], [-1], [0]])
        >>> cx = lr.subdivide(net, lr.Box(-2, 2, dim=2))  # layer 1 cuts at x = 0, layer 2 at x = 1
        >>> [cx.after_layer(layer).num_regions for layer in (0, 1, 2)]
        [1, 2, 3]
        """
        layer = checked_count("layer", layer, least=0, most=self.upto_layer)
        if layer == self.upto_layer and not self._is_cut_further:
            return self
        record = record_after(self._record, layer)
        require_sound(record)
        return complex_of(record)

    # To look at ---------------------------------------------------------------------------------

    def table(self) -> dict[str, npt.NDArray[Any]]:
        """What there is to know of each region, as columns: name -> array (num_regions,).

        ``pandas.DataFrame(cx.table())`` makes a table of it.  Rows are in the regions' order, that
        of ``patterns``.  The columns:

        - ``region``: the number of the row
        - ``linear_region``: the linear region it is part of
        - ``volume``: d-dimensional; inf where ``is_bounded`` is False
        - ``num_facets``, ``num_vertices``: walls and corners of the domain included
        - ``u0``, ``u1``, ...: a point inside, in the domain's coordinates (those of the inputs
          for a ``Box``); ``domain.embed`` makes inputs of them
        - ``dy0_du0``, ...: the derivative of each output by each coordinate (for a complex cut up
          to an inner layer: of that layer's outputs)

        A decision complex has ``class`` and ``origin_region`` too.  All are computed here, so it
        takes as long as asking for each.

        Raises:
            OverflowError: as for ``volumes``.

        >>> import linreg_lib as lr
        >>> net = lr.Network.from_arrays([[[1], [-1]], [[1, 1]]], [[0, 0], [0]])  # |x|
        >>> table = lr.subdivide(net, lr.Box(-1, 3, dim=1)).table()
        >>> table["volume"].tolist(), table["u0"].tolist(), table["dy0_du0"].tolist()
        ([1.0, 3.0], [-0.5, 1.5], [-1.0, 1.0])
        """
        return region_table(self, num_vertices(self._record))

    def plot(self, axes: Any = None, **options: Any) -> Any:
        """Draw the complex with matplotlib (the extra ``figures``); returns the ``Axes``.

        Dimension 1: the graph of an output; dimension 2: the regions; dimension 3: a solid, which
        ``cut=(normal, offset)`` opens.  Without ``axes`` a new figure is made.

        Args:
            axes: where to draw, three-dimensional ones for a solid
            options: in dimension 1 ``output=0``, ``marks="auto"``, ``label=``; in dimension 2
                ``colour_by="region"`` (``"linear"``, ``"facets"``, or one number a region),
                ``edges=True`` (``"layer"``: by layer), ``walls=True``; in dimension 3
                ``colour_by``, ``edges``, ``cut``.  ``linreg_lib.figures.plot_complex`` has all.

        Raises:
            ValueError: a dimension above 3, or a value that an option cannot have.
            TypeError: an option that pictures of this dimension do not have.
            UnboundedQuestionError: an unbounded domain.
            ImportError: matplotlib is not installed.
        """
        return drawn(self, axes, **options)

    # Files --------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the complex to a plain ``.npz`` file, whole or not at all; returns the path.

        No pickles, no compression; ``load`` gives the same complex, bit for bit, which answers all
        questions as before.  TypeError for kinds of complexes that are made from others.
        """
        if type(self) is not type(complex_of(self._record)):
            raise TypeError(
                f"a {type(self).__name__} cannot be saved; save what it was made from, the network "
                "or the complex, and make it again"
            )
        return save_record(self._record, path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> PolyhedralComplex:
        """The complex that ``save`` wrote to ``path``; ``DataError`` for other or damaged files."""
        return complex_of(load_record(path))


@singledispatch
def complex_of(record: CutRecord) -> PolyhedralComplex:
    """What users hold of a record: its kind chooses the class (whole_space_complex.py adds one)."""
    return PolyhedralComplex(record)
