"""Triangulations of the cells of a complex without new vertices: the result that every rule gives.

How many simplices a triangulation has depends on the cell's shape and on the rule.  On a line every
cell is one simplex, in the plane an m-gon is m - 2 triangles whatever the rule; from dimension 3 on
the number depends on which diagonals are drawn (a cube: five or six tetrahedra), and from the order
of the vertices that decides between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.domains.domain import require_bounded
from linreg_lib.geometry.questions.vertex_places import VertexPlaces
from linreg_lib.geometry.triangulations.simplex_volumes import simplex_volumes
from linreg_lib.locked import Locked, kept_answer
from linreg_lib.networks.arguments import checked_count, checked_kind


@dataclass(frozen=True, kw_only=True, repr=False)
class Triangulation(Locked):
    """Simplices whose vertices are those of a complex.

    ``simplices`` (n, d + 1): vertex numbers, rows into ``vertices`` (f_0, d), the complex' rounded
    ones; ``cells`` (n,): the region that each simplex is part of, ascending; ``num_cells``: how
    many regions the complex has; ``places``: where the vertices are before they are rounded, if
    that is known.
    """

    simplices: npt.NDArray[np.int64]
    cells: npt.NDArray[np.int64]
    num_cells: int
    vertices: npt.NDArray[np.float64]
    _places: VertexPlaces | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        for array in (self.simplices, self.cells, self.vertices):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.simplices)

    def __repr__(self) -> str:
        return f"Triangulation(num_simplices={len(self)}, num_cells={self.num_cells})"

    @kept_answer
    def num_simplices(self) -> npt.NDArray[np.int64]:
        """Number of simplices in each region (num_cells,); 0 in regions that were left out."""
        counts = np.bincount(self.cells, minlength=self.num_cells)
        counts.setflags(write=False)
        return counts

    @kept_answer
    def volumes(self) -> npt.NDArray[np.float64]:
        """d-dimensional volume of each simplex (n,), each up to 1e-7 of itself.

        From ``places``, refined or exact where simplices are flat; without, of the simplices with
        exactly these ``vertices``.  OverflowError where one is no normal float64.
        """
        volumes = simplex_volumes(self.simplices, self.vertices, self._places)
        volumes.setflags(write=False)
        return volumes

    @kept_answer
    def f_vector(self) -> tuple[int, ...]:
        """(f_0, ..., f_d): how many different faces of each dimension the simplices have."""
        return tuple(len(self.faces(k)) for k in range(self.simplices.shape[1]))

    @property
    def euler_characteristic(self) -> int:
        """Sum of (-1)^k f_k: 1 for a simplicial complex that fills a bounded convex domain."""
        return sum((-1) ** k * f for k, f in enumerate(self.f_vector))

    def faces(self, k: int) -> npt.NDArray[np.int64]:
        """The different k-dimensional faces (f_k, k + 1), vertex numbers ascending."""
        k = checked_count("k", k, least=0, most=self.simplices.shape[1] - 1)
        rows = np.sort(self.simplices, axis=1)
        chosen = [rows[:, list(columns)] for columns in combinations(range(rows.shape[1]), k + 1)]
        faces = np.concatenate(chosen)
        codes = faces[:, 0]
        for column in faces.T[1:]:  # ranks of prefixes: the codes stay small in any dimension
            _, ranks = np.unique(codes, return_inverse=True)
            codes = ranks * len(self.vertices) + column
        _, first = np.unique(codes, return_index=True)
        return faces[first]


def require_bounded_complex(cx: PolyhedralComplex) -> None:
    """Unbounded regions have no triangulation."""
    checked_kind("cx", cx, PolyhedralComplex, "a complex made by subdivide")
    require_bounded("a triangulation", cx.domain)
