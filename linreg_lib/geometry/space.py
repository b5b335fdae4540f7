"""The whole input space as a domain."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains import Domain
from linreg_lib.geometry.lattice import Lattice, simplicial_lattice


class Space(Domain):
    """All of R^dim; its coordinates are the inputs.

    The subdivision works in homogeneous coordinates on the 2^dim orthants and joins them at the
    end, so no face of the complex is an artefact.  Faces at infinity are not counted.

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> cx = lr.subdivide(net, Space(2))
    >>> cx.f_vector, cx.euler_characteristic, int(cx.is_bounded_region.sum())
    ((3, 9, 7), 1, 1)
    """

    is_bounded = False
    is_axis_parallel = False

    def __init__(self, dim: int) -> None:
        if isinstance(dim, bool) or int(dim) != dim or not 1 <= dim <= 6:
            raise ValueError(f"dim must be a whole number from 1 to 6, got {dim!r}")
        self.dim = self.input_dim = int(dim)
        self.origin = np.zeros(self.dim)
        self.basis = np.eye(self.dim)
        self.scales = np.ones(self.dim)

    def __repr__(self) -> str:
        return f"Space({self.dim})"

    def contains(self, coordinates: npt.ArrayLike) -> np.ndarray:
        """True for every point (..., dim) with finite entries: bool ``(...)``."""
        return np.asarray(np.isfinite(np.asarray(coordinates, dtype=np.float64)).all(axis=-1))

    def embed(self, coordinates: npt.ArrayLike) -> np.ndarray:
        return np.array(coordinates, dtype=np.float64)

    def project(self, points: npt.ArrayLike) -> np.ndarray:
        return np.array(points, dtype=np.float64)

    def exact_frame(self) -> tuple[None, None]:
        return None, None

    def initial_lattice(self) -> Lattice:
        """Each orthant is a simplex with the corner 0 and one direction +-e_i for each axis."""
        axes = np.eye(self.dim)
        points = np.zeros((1 + 2 * self.dim, self.dim + 1))
        points[0, -1] = 1.0
        points[1::2, :-1], points[2::2, :-1] = axes, -axes
        orthants = [
            (0, *(1 + 2 * axis + side for axis, side in enumerate(sides)))
            for sides in product((0, 1), repeat=self.dim)
        ]
        return simplicial_lattice(points, orthants)
