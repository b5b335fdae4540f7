"""The polyhedral complex of a network on the whole input space."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex, complex_of
from linreg_lib.geometry.domains.domain import unbounded
from linreg_lib.geometry.questions.jumping_facets import jumping_facets
from linreg_lib.geometry.questions.vertex_places import VertexPlaces, vertex_places
from linreg_lib.geometry.questions.volumes import summed
from linreg_lib.geometry.questions.whole_space_volumes import face_volumes, interior_coordinates
from linreg_lib.geometry.record.whole_space_record import WholeSpaceRecord
from linreg_lib.locked import kept_answer, locked
from linreg_lib.networks.arguments import checked_choice, checked_count


class UnboundedComplex(PolyhedralComplex):
    """All of R^d cut into activation regions, some of them unbounded.

    As ``PolyhedralComplex``, with these differences: faces may have empty boundaries (a halfspace
    has one facet, which has none); there are no walls; the ends of edges that lie at infinity are
    -1 in ``edges``; volumes of unbounded faces are inf.  ``polygons`` and
    ``volume(codim >= 2, of="linear")`` raise ``UnboundedQuestionError``.
    """

    _record: WholeSpaceRecord

    @kept_answer
    def _part_places(self) -> VertexPlaces:
        return vertex_places(self._record.parts)

    @kept_answer
    def _places(self) -> VertexPlaces:
        return self._part_places.of(self._record.kept)

    @kept_answer
    def interior_coordinates(self) -> np.ndarray:
        """A point inside each region, coordinates (num_regions, d), rounded.

        The mean of the vertices of one of its parts, moved along the part's directions.
        OverflowError where that is no float64.
        """
        return interior_coordinates(self._record, self._part_places)

    @kept_answer
    def volumes(self) -> np.ndarray:
        """d-dimensional Euclidean volume of each region (num_regions,); inf for unbounded ones.

        The others have relative errors of at most 1e-7.
        """
        return locked(self._face_volumes(self.dim))

    def _face_volumes(self, k: int, faces: np.ndarray | None = None) -> np.ndarray:
        volumes = face_volumes(self._record, lambda: self._part_places, k)
        return volumes if faces is None else volumes[faces]

    def volume(self, codim: int = 0, of: str = "activation") -> float:
        """Total (d - codim)-volume of the faces of that codimension: inf if one is unbounded.

        ``of="linear"`` knows codimensions 0 and 1 only.
        """
        codim = checked_count("codim", codim, least=0, most=self.dim)
        checked_choice("of", of, ("activation", "linear"))
        volumes = self._face_volumes(self.dim - codim)
        if of == "linear" and codim == 1:
            jumps = jumping_facets(self._record)
            if self.dim == 1:
                jumps = jumps[self._record.is_finite]
            volumes = volumes[jumps]
        elif of == "linear" and codim:
            raise unbounded('volume(codim >= 2, of="linear")', self.domain)
        return summed(volumes, self.dim - codim)

    def polygons(self) -> list[np.ndarray]:
        """Raises ``UnboundedQuestionError``: unbounded regions are no polygons."""
        raise unbounded("polygons()", self.domain)


complex_of.register(WholeSpaceRecord, UnboundedComplex)
