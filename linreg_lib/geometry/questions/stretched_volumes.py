"""Volumes in coordinates from those in units: along axis i lengths grow by ``units[i]``.

A d-volume grows by the product of all units.  A face of dimension k < d whose directions have the
orthonormal frame Q grows by the length of the vector of ``units_I det(Q_I)`` over all k axes I,
with the product ``units_I`` of their units (Cauchy and Binet).  The minors ``det(Q_I)`` are the
coordinates of a unit vector, which moves by at most ``2 k tilt`` with the directions.

On a wall across an axis a face has no extent along it, exactly: minors with this axis vanish.
Faces with k < d are also measured as they are: those across the long axes are better known so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from linreg_lib.geometry.faces.incidence import Boundaries, Incidence
from linreg_lib.geometry.questions.pyramids import Pyramids
from linreg_lib.geometry.questions.vertex_places import VertexPlaces
from linreg_lib.networks.float_constants import UNIT

_NONE = -(1 << 30)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """How much faces grow; ``powers`` (d,): the ``units`` are 2**powers.

    ``walls``: which walls across an axis each vertex lies on, bool (n, m), and the axes (m,).
    """

    powers: np.ndarray
    walls: tuple[np.ndarray, np.ndarray] | None = None

    @classmethod
    def ways(
        cls, places: VertexPlaces, boundaries: Boundaries | dict[int, Incidence], k: int
    ) -> list[Stretch]:
        """How to measure the k-faces of what was placed."""
        powers = np.frexp(places.units)[1].astype(np.int64) - 1
        if k == len(powers):
            ends = places.points[boundaries[1].members.reshape(-1, 2)] / places.units
            return [cls(powers=np.maximum(powers + _shortness(ends), -1000))]
        if (powers == powers[0]).all():
            return [cls(powers=powers)]
        on_walls, axes = places.meets.walls_across_axes
        as_they_are = cls(powers=np.full_like(powers, powers.max()))
        return [as_they_are, cls(powers=powers, walls=(on_walls[places.numbers], axes))]

    def of(self, vertices: np.ndarray) -> Stretch:
        """The same where there are only some of the vertices."""
        if self.walls is None:
            return self
        return replace(self, walls=(self.walls[0][vertices], self.walls[1]))

    @property
    def units(self) -> np.ndarray:
        """What coordinates are divided by (d,)."""
        return np.ldexp(1.0, self.powers)

    @property
    def needs_directions(self) -> bool:
        """Whether it depends on a face's directions how much it grows."""
        return self.walls is not None

    def __call__(
        self,
        found: Pyramids,
        boundaries: Boundaries | dict[int, Incidence],
        k: int,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | int]:
        """Volumes and errors, both up to the third, powers of two."""
        if self.walls is None:
            powers = self.powers if k == len(self.powers) else self.powers[:k]
            return found.volumes, found.error, int(powers.sum())
        on_walls, axes = self.walls
        for level in range(1, k + 1):
            on_walls = boundaries[level].reduce(np.logical_and, on_walls)
        is_free = np.ones((len(found.volumes), len(self.powers)), dtype=bool)
        for wall, axis in enumerate(axes):
            is_free[:, axis] &= ~on_walls[:, wall]
        factor, error, powers = _growth(found, self.powers, is_free)
        volumes = factor * found.volumes
        rest = error * (found.volumes + found.error) + UNIT * volumes
        return volumes, factor * found.error + rest, powers


def _shortness(ends: np.ndarray) -> np.ndarray:
    """How much shorter cells are along some axes than along others, from edges' ends (n, 2, d).

    Powers of two (d,), in steps of 16: a strip is long, and may be cut into pieces that are not.
    """
    extent = np.abs(ends[:, 1] - ends[:, 0]).mean(axis=0)
    powers = np.frexp(extent)[1].astype(np.int64)
    return 4 * ((powers - powers.max() + 3) // 4)


def _growth(
    found: Pyramids, powers: np.ndarray, is_free: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By how much faces grow that have extent along the free axes; a bound of its error."""
    k = found.frames.shape[1]
    chosen = [list(axes) for axes in combinations(range(len(powers)), k)]
    counts = np.stack([is_free[:, axes].all(axis=1) for axes in chosen], axis=1)
    sums = np.array([powers[axes].sum() for axes in chosen])
    tops = np.where(counts, sums, _NONE).max(axis=1)
    below = np.where(counts, sums - tops[:, None], 0)
    minors = np.stack([np.linalg.det(found.frames[:, :, axes]) for axes in chosen], axis=1)
    minors = np.ldexp(np.where(counts, minors, 0.0), np.maximum(below, -2000))
    factor = np.sqrt(np.einsum("ij,ij->i", minors, minors))
    error = 2 * k * found.tilt + k**2 * 2.0 ** (k + 4) * len(chosen) * UNIT
    is_even = (below == 0).all(axis=1)
    return np.where(is_even, 1.0, factor), np.where(is_even, 0.0, error), tops
