"""The polyhedral complex of a network on the whole input space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from linreg_lib.errors import LinregError
from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.faces.incidence import Incidence, StoredBoundaries
from linreg_lib.geometry.questions.pyramids import restricted
from linreg_lib.geometry.questions.vertex_places import (
    VertexHyperplanes,
    VertexPlaces,
    vertex_places,
)
from linreg_lib.geometry.questions.volumes import measured, summed
from linreg_lib.geometry.record.joined_cones import finite_faces, joined_faces, regions_by_pattern
from linreg_lib.locked import kept_answer, locked
from linreg_lib.networks.arguments import checked_choice, checked_count


class UnboundedQuestionError(LinregError, NotImplementedError):
    """A question that the complex of an unbounded domain does not answer."""


class UnboundedComplex(PolyhedralComplex):
    """All of R^d cut into activation regions, some of them unbounded.

    As ``PolyhedralComplex``, with these differences: faces may have empty boundaries (a halfspace
    has one facet, which has none); there are no walls; the ends of edges that lie at infinity are
    -1 in ``edges``; volumes of unbounded faces are inf.  ``polygons`` and
    ``volume(codim >= 2, of="linear")`` raise ``UnboundedQuestionError``.
    """

    def __init__(
        self,
        *,
        points: np.ndarray,
        boundaries: Mapping[int, Incidence],
        patterns: np.ndarray,
        zeros: np.ndarray,
        vertex_ids: np.ndarray,
        regions: np.ndarray | None = None,
        **others: Any,
    ) -> None:
        """As ``PolyhedralComplex``, from parts that are joined to ``regions`` (cells,).

        By default regions are told apart by their patterns.
        """
        self._part_points, self._parts, self._part_zeros = points, boundaries, zeros
        is_finite = points[:, -1] > 0
        if regions is None and others["domain"].walls_are_faces and others["upto_layer"]:
            self._joined = finite_faces(boundaries, is_finite)
        else:
            regions = regions_by_pattern(patterns) if regions is None else regions
            self._joined = joined_faces(boundaries, is_finite, regions)
        joined = self._joined
        at_infinity = np.unique(joined.ends[points[joined.ends, -1] == 0])
        kept = np.concatenate([joined.some_part[0], at_infinity])
        self._kept_parts = kept
        place = np.full(len(points), -1, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        ends = place[joined.ends].ravel()
        offsets = np.arange(0, len(ends) + 1, 2, dtype=np.int64)
        super().__init__(
            points=points[kept],
            boundaries=StoredBoundaries({**joined.boundaries, 1: Incidence(offsets, ends)}),
            patterns=patterns[joined.some_part[-1]],
            zeros=zeros[kept],
            vertex_ids=vertex_ids[kept],
            **others,
        )

    def part_arrays(self) -> dict[str, np.ndarray]:
        """The arrays, beside the boundaries of the parts, that this complex was made from."""
        return {
            "points": self._part_points,
            "patterns": self.patterns[self.part_regions()],
            "zeros": self._part_zeros,
            "vertex_ids": np.arange(len(self._part_points)),
        }

    def part_regions(self) -> np.ndarray:
        """The region to which each cell among the parts belongs."""
        return self._joined.face_of[-1]

    def part_boundary(self, k: int) -> Incidence:
        """Which parts of dimension k - 1 bound each part of dimension k."""
        return self._parts[k]

    @kept_answer
    def _part_places(self) -> VertexPlaces:
        cells = self.part_regions()
        for k in range(self.dim, 0, -1):
            boundary = self._parts[k]
            num = len(self._parts[k - 1]) if k > 1 else len(self._part_points)
            lower = np.zeros(num, dtype=np.int64)
            lower[boundary.members] = cells[boundary.owners]
            cells = lower
        meets = VertexHyperplanes(
            net=self.network,
            domain=self.domain,
            zeros=self._part_zeros,
            zero_words=self._zero_words,
            patterns=self.patterns,
            cells=cells,
            walls=None,
        )
        ids = np.arange(len(self._part_points))
        return vertex_places(self._part_points, meets, self._exact, ids)

    @kept_answer
    def _places(self) -> VertexPlaces:
        return self._part_places.of(self._kept_parts)

    @property
    def is_bounded_region(self) -> np.ndarray:
        """Which regions are bounded, bool (num_regions,)."""
        return self._joined.is_bounded[-1]

    def _facet_counts(self, chosen: np.ndarray) -> np.ndarray:
        boundary = self._boundaries[self.dim]
        if self.dim == 1:
            chosen = chosen & (self._points[:, -1] > 0)
        return np.bincount(boundary.owners[chosen[boundary.members]], minlength=self.num_regions)

    def on_wall(self, k: int) -> np.ndarray:
        """No face lies on a wall, bool (f_k,), 0 <= k <= d."""
        k = checked_count("k", k, least=0, most=self.dim)
        num = len(self._points) if k == 0 else len(self._boundaries[k])
        return locked(np.zeros(num, dtype=bool))

    def _zeros_on(self, k: int) -> np.ndarray:
        if k == 0:
            return self._zeros
        words = self._part_zeros
        for level in range(1, k + 1):
            words = self._parts[level].reduce(np.bitwise_and, words)
        return words[self._joined.some_part[k]]

    @kept_answer
    def _cell_zero_words(self) -> np.ndarray:
        return self._zeros_on(self.dim)

    @kept_answer
    def interior_coordinates(self) -> np.ndarray:
        """A point inside each region, coordinates (num_regions, d), rounded.

        The mean of the vertices of one of its parts, moved along the part's directions.
        OverflowError where that is no float64.
        """
        members = _with_vertices(self._parts, self._joined.some_part[-1])
        finite, places = self._part_points[:, -1] > 0, self._part_places.points
        centre, outward = np.zeros((2, self.num_regions, self.dim))
        for region, vertices in enumerate(members):
            is_finite = finite[vertices]
            centre[region] = places[vertices[is_finite]].mean(axis=0)
            outward[region] = self._part_points[vertices[~is_finite], :-1].sum(axis=0)
        points = centre + np.maximum(1.0, np.abs(centre).max(axis=1, keepdims=True)) * outward
        if not np.isfinite(points).all():
            raise OverflowError(
                "a region is so far away that float64 has no point for it; scale the first weights"
            )
        points.setflags(write=False)
        return points

    @kept_answer
    def volumes(self) -> np.ndarray:
        """d-dimensional Euclidean volume of each region (num_regions,); inf for unbounded ones.

        The others have relative errors of at most 1e-7.
        """
        return locked(self._face_volumes(self.dim))

    def _face_volumes(self, k: int) -> np.ndarray:
        """k-volumes of all k-faces, inf for unbounded ones."""
        if k == 0:
            return np.ones(int(np.count_nonzero(self._points[:, -1])))
        face_of, bounded = self._joined.face_of[k], self._joined.is_bounded[k]
        volumes = np.where(bounded, 0.0, np.inf)
        chosen = np.flatnonzero(face_of >= 0)
        chosen = chosen[bounded[face_of[chosen]]]
        if len(chosen):
            vertices, boundaries = restricted(self._parts, k, chosen)
            places = self._part_places.of(vertices)
            np.add.at(
                volumes,
                face_of[chosen],
                measured(places, boundaries, k, np.ones(len(chosen), dtype=bool)),
            )
        return volumes

    def volume(self, codim: int = 0, of: str = "activation") -> float:
        """Total (d - codim)-volume of the faces of that codimension: inf if one is unbounded.

        ``of="linear"`` knows codimensions 0 and 1 only.
        """
        codim = checked_count("codim", codim, least=0, most=self.dim)
        checked_choice("of", of, ("activation", "linear"))
        volumes = self._face_volumes(self.dim - codim)
        if of == "linear" and codim == 1:
            from linreg_lib.geometry.questions.gradient_jumps import gradient_jumps

            jumps = gradient_jumps(self)
            if self.dim == 1:
                jumps = jumps[self._points[:, -1] > 0]
            volumes = volumes[jumps]
        elif of == "linear" and codim:
            raise UnboundedQuestionError(
                'volume(codim >= 2, of="linear") needs a bounded domain; subdivide a Box'
            )
        return summed(volumes, self.dim - codim)

    def polygons(self) -> list[np.ndarray]:
        """Raises ``UnboundedQuestionError``: unbounded regions are no polygons."""
        raise UnboundedQuestionError(
            "polygons need a bounded domain: subdivide a Box that is large enough"
        )


def _with_vertices(parts: Mapping[int, Incidence], cells: np.ndarray) -> list[np.ndarray]:
    """The vertices of some cells, once each."""
    found = []
    for cell in cells:
        faces = np.array([cell])
        for k in range(len(parts), 0, -1):
            faces = np.unique(np.concatenate([parts[k][int(face)] for face in faces]))
        found.append(faces)
    return found
