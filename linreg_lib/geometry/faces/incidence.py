"""Which (k-1)-faces bound each k-face, stored face after face."""

from __future__ import annotations

from collections import UserDict
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from linreg_lib.locked import Locked, locked


@dataclass(frozen=True, repr=False)
class Incidence(Locked):
    """``members[offsets[f] : offsets[f + 1]]`` are the boundary faces of face ``f``."""

    offsets: np.ndarray
    members: np.ndarray

    def __post_init__(self) -> None:
        self.offsets.setflags(write=False)
        self.members.setflags(write=False)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, face: int) -> np.ndarray:
        return self.members[self.offsets[face] : self.offsets[face + 1]]

    @property
    def counts(self) -> np.ndarray:
        """How many boundary faces each face has."""
        return locked(np.diff(self.offsets))

    @property
    def owners(self) -> np.ndarray:
        """The face to which each entry of ``members`` belongs."""
        return locked(np.repeat(np.arange(len(self)), self.counts))

    def reduce(self, ufunc: np.ufunc, values: np.ndarray) -> np.ndarray:
        """For each face, ``ufunc`` over the values (members' first axis) of its boundary faces."""
        return ufunc.reduceat(values[self.members], self.offsets[:-1], axis=0)


class Boundaries(Protocol):
    """The boundaries of all faces by dimension, whether stored or made when asked for."""

    def __getitem__(self, k: int) -> Incidence:
        """Which (k-1)-faces bound each k-face."""

    def num_faces(self, k: int) -> int:
        """Number of k-faces."""


class StoredBoundaries(UserDict[int, Incidence]):
    """The incidences by dimension."""

    def num_faces(self, k: int) -> int:
        """Number of k-faces."""
        return len(self[k]) if k else int(self[1].members.max()) + 1
