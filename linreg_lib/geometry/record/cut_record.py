"""What was cut: the frozen record that the cutters make, and that every question reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.faces.face_source import FaceSource
from linreg_lib.geometry.faces.incidence import Incidence
from linreg_lib.geometry.vertex_signs.certificate import Certificate
from linreg_lib.geometry.vertex_signs.crossings import Crossings
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.locked import Locked, kept_answer, locked
from linreg_lib.networks import Network


@dataclass(frozen=True, kw_only=True, eq=False)
class CutRecord(Locked):
    """A network, a domain, and the faces into which the first layers cut it.

    ``faces`` have all dimensions, (d-1)-faces are called facets.  ``vertex_ids`` (vertices,) are
    the numbers of the vertices in ``exact``, which knows where they are, and in ``crossings``,
    which knows how each came about; both may know more vertices.

    Derived here is what follows from incidences alone; it is kept.
    """

    network: Network
    domain: Domain
    upto_layer: int
    faces: FaceSource
    vertex_ids: np.ndarray
    exact: ExactVertices
    crossings: Crossings
    certificate: Certificate

    @property
    def dim(self) -> int:
        """Dimension d of the domain."""
        return self.domain.dim

    @property
    def points(self) -> np.ndarray:
        """Homogeneous coordinates (vertices, d + 1) as the cutters rounded them."""
        return self.faces.points

    @property
    def patterns(self) -> np.ndarray:
        """Pieces uint8 (regions, hidden units up to ``upto_layer``), rows sorted."""
        return self.faces.patterns

    @property
    def cut_cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Pieces uint8 (cells, units) of the cells as they were cut, and the region of each."""
        return self.patterns, np.arange(self.num_regions)

    @property
    def num_regions(self) -> int:
        """Number of cells."""
        return self.faces.num_faces(self.dim)

    @property
    def is_finite(self) -> np.ndarray:
        """Which vertices are no ends at infinity, bool (vertices,)."""
        return locked(self.points[:, -1] > 0)

    @kept_answer
    def f_vector(self) -> tuple[int, ...]:
        """(f_0, ..., f_d), without points at infinity."""
        bounded = self.domain.is_bounded
        finite = self.faces.num_faces(0) if bounded else int(np.count_nonzero(self.is_finite))
        return (finite, *(self.faces.num_faces(k) for k in range(1, self.dim + 1)))

    @property
    def euler_characteristic(self) -> int:
        """Sum of (-1)^k f_k."""
        return sum((-1) ** k * f for k, f in enumerate(self.f_vector))

    def boundary(self, k: int) -> Incidence:
        """Which (k-1)-faces bound each k-face, 1 <= k <= d."""
        return self.faces[k]

    @property
    def ends(self) -> np.ndarray:
        """The two vertices of each edge (f_1, 2)."""
        return self.faces[1].members.reshape(-1, 2)

    @kept_answer
    def facet_cells(self) -> np.ndarray:
        """The two cells beside each facet, the smaller number first; -1: outside."""
        boundary = self.faces[self.dim]
        cells = np.full((self.faces.num_faces(self.dim - 1), 2), -1, dtype=np.int64)
        owners = boundary.owners
        # Writing forwards leaves the last owner, writing backwards the first.
        cells[boundary.members, 1] = owners
        cells[boundary.members[::-1], 0] = owners[::-1]
        cells[cells[:, 0] == cells[:, 1], 1] = -1
        return cells

    @kept_answer
    def facet_is_wall(self) -> np.ndarray:
        """Which facets lie on the domain's own boundary, bool (f_{d-1},)."""
        return np.asarray(self.facet_cells[:, 1] < 0)

    def num_facets(self, chosen: np.ndarray) -> np.ndarray:
        """How many of the ``chosen`` facets (bool) each cell has."""
        if self.dim == 1:
            chosen = chosen & self.is_finite
        return locked(self.faces[self.dim].reduce(np.add, chosen.astype(np.int64)))

    @property
    def is_bounded_region(self) -> np.ndarray:
        """Which cells are bounded, bool (regions,)."""
        is_bounded = self.is_finite
        for k in range(1, self.dim + 1):
            is_bounded = self.faces[k].reduce(np.logical_and, is_bounded)
        return locked(is_bounded)

    def vertices_of_face(self, k: int, face: int) -> np.ndarray:
        """The vertices of one k-face, ascending."""
        faces = np.array([face])
        for level in range(k, 0, -1):
            boundary = self.boundary(level)
            faces = np.unique(np.concatenate([boundary[int(f)] for f in faces]))
        return faces

    def on_wall(self, k: int) -> np.ndarray:
        """Which k-faces lie on the domain's own boundary, bool."""
        if k == self.dim:
            return locked(np.zeros(self.num_regions, dtype=bool))
        flags = self.facet_is_wall
        for level in range(self.dim - 1, k, -1):
            boundary = self.faces[level]
            lower = np.zeros(self.faces.num_faces(level - 1), dtype=bool)
            lower[boundary.members[flags[boundary.owners]]] = True
            flags = lower
        return locked(flags)

    def some_cell(self, k: int) -> np.ndarray:
        """One cell that contains each k-face."""
        cells = np.arange(self.num_regions)
        for level in range(self.dim, k, -1):
            boundary = self.faces[level]
            lower = np.zeros(self.faces.num_faces(level - 1), dtype=np.int64)
            lower[boundary.members] = cells[boundary.owners]
            cells = lower
        return locked(cells)

    def zeros_on(self, k: int) -> np.ndarray:
        """Words of the breakpoints on which a whole k-face lies, as bits."""
        words = self.faces.zeros
        for level in range(1, k + 1):
            words = self.faces[level].reduce(np.bitwise_and, words)
        return locked(words)

    @kept_answer
    def zeros_on_facets(self) -> np.ndarray:
        """The same for facets."""
        return self.zeros_on(self.dim - 1)

    @kept_answer
    def zeros_on_cells(self) -> np.ndarray:
        """The same for cells."""
        return self.faces[self.dim].reduce(np.bitwise_and, self.zeros_on_facets)

    @kept_answer
    def crossing_rows(self) -> np.ndarray:
        """The table of ``crossings`` up to the last vertex of this record."""
        num_corners = self.domain.initial_lattice().points.size
        return self.crossings.table(max(num_corners, int(self.vertex_ids.max(initial=-1)) + 1))
