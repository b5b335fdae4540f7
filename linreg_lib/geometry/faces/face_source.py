"""All faces of a complex: stored as arrays, or found when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from linreg_lib.geometry.faces.incidence import Incidence, StoredBoundaries
from linreg_lib.locked import Locked


class FaceSource(Protocol):
    """Vertices, cells and the incidences between faces of all dimensions.

    Vertices include the ends of edges at infinity.  Cells are numbered in the order of their
    patterns.
    """

    @property
    def points(self) -> np.ndarray:
        """Homogeneous coordinates (vertices, d + 1), rounded; a last 0 is a point at infinity."""

    @property
    def patterns(self) -> np.ndarray:
        """Pieces uint8 (cells, hidden units)."""

    @property
    def zeros(self) -> np.ndarray:
        """Words (vertices, words): the breakpoints that each vertex lies on, as bits."""

    @property
    def zero_words(self) -> tuple[int, ...]:
        """How many of the words belong to each layer."""

    def num_faces(self, k: int) -> int:
        """Number of k-faces, 0 <= k <= d."""

    def __getitem__(self, k: int) -> Incidence:
        """Which (k-1)-faces bound each k-face, 1 <= k <= d."""

    def starts_group(self, num_layers: int, num_units: int) -> np.ndarray:
        """Which cells differ from the one before on the first layers, of so many units; bool."""

    def pieces_after(self, num_layers: int, num_units: int) -> np.ndarray:
        """The columns of ``patterns`` of all layers but the first."""

    def after_layer(self, num_layers: int) -> tuple[FaceSource, np.ndarray] | None:
        """The faces that the first layers left, and the vertices they have; None: join these."""


class HeldFaces(Locked):
    """What faces in arrays answer, wherever their patterns are from."""

    points: np.ndarray
    boundaries: StoredBoundaries

    def _patterns(self) -> np.ndarray:
        raise NotImplementedError

    def num_faces(self, k: int) -> int:
        return len(self.boundaries[k]) if k else len(self.points)

    def __getitem__(self, k: int) -> Incidence:
        return self.boundaries[k]

    def starts_group(self, num_layers: int, num_units: int) -> np.ndarray:
        patterns = self._patterns()[:, :num_units]
        return np.append(True, (patterns[1:] != patterns[:-1]).any(axis=1))

    def pieces_after(self, num_layers: int, num_units: int) -> np.ndarray:
        return self._patterns()[:, num_units:]

    def after_layer(self, num_layers: int) -> None:
        return None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StoredFaces(HeldFaces):
    """A ``FaceSource`` that is all there."""

    points: np.ndarray
    boundaries: StoredBoundaries
    patterns: np.ndarray
    zeros: np.ndarray
    zero_words: tuple[int, ...]

    def _patterns(self) -> np.ndarray:
        return self.patterns
