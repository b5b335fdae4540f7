"""The whole input space as a domain."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from itertools import product

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.arithmetic.double_description import (
    Vector,
    coprime,
    dot,
    dual_basis,
)
from linreg_lib.geometry.domains.domain import InputDomain, checked_points
from linreg_lib.geometry.faces.lattice import Lattice, simplicial_lattice
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.dyadic import Dyadic
from linreg_lib.networks.exact_rank import integer_rank

#: the least distance of a unit normal from the span of those before it
_LEAST_ANGLE = 2.0**-10


class Space(InputDomain):
    """All of R^dim; its coordinates are the inputs.

    The subdivision starts in homogeneous coordinates from the 2^dim cones between dim hyperplanes.
    These are neurons of the first layer, where that has dim well separated ones; coordinate
    hyperplanes stand in for the others, and the cones are joined at the end.  So no face of the
    complex is an artefact.  Faces at infinity are not counted.

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> cx = lr.subdivide(net, Space(2))
    >>> cx.f_vector, cx.euler_characteristic, int(cx.is_bounded_region.sum())
    ((3, 9, 7), 1, 1)
    """

    is_bounded = False
    is_axis_parallel = False
    #: rows positive on their own rays; homogeneous corners: the apex, then two rays a row
    _rows: tuple[Vector, ...]
    _corners: tuple[Vector, ...]
    _num_neurons: int

    def __init__(self, dim: int) -> None:
        super().__init__(checked_count("dim", dim, most=6))
        self._start_from([_coordinate(i, self.dim) for i in range(self.dim)], num_neurons=0)

    def _start_from(self, rows: list[Vector], num_neurons: int) -> None:
        """Take the hyperplanes ``row . (x, 1) = 0``, the first of them neurons', as walls."""
        *rays, apex = dual_basis([*rows, _coordinate(self.dim, self.dim)])
        corners = (apex, *(tuple(s * x for x in ray) for ray in rays for s in (1, -1)))
        vars(self).update(_rows=tuple(rows), _corners=corners, _num_neurons=num_neurons)

    def __repr__(self) -> str:
        return f"Space({self.dim})"

    def _content(self) -> Hashable:
        return self.dim

    @property
    def walls_are_faces(self) -> bool:
        """Whether all hyperplanes that the subdivision starts from are neurons of the network."""
        return self._num_neurons == self.dim

    def starting_from(self, net: Network) -> Space:
        """The same domain for the subdivision of ``net``, which starts from its neurons."""
        if not net.depth:
            return self
        units, rows = _first_layer(net)
        chosen = _well_separated(units)
        num = len(chosen)
        completed = _well_separated(np.concatenate([units[chosen], np.eye(self.dim)]), num)
        walls = [rows[i] for i in chosen]
        walls += [_coordinate(i - num, self.dim) for i in completed[num:]]
        if not num or integer_rank([list(row[:-1]) for row in walls]) < self.dim:
            return self
        other = Space(self.dim)
        other._start_from(walls, num)
        return other

    def homogeneous_size(self, point: np.ndarray) -> Fraction:
        """Which multiple a homogeneous integer point is of the one that the lattice holds.

        On a cone, the sum of its coordinates with respect to the cone's float corners.
        """
        apex, *rays = self._corners
        exact: Vector = tuple(int(x) for x in point)
        size = Fraction(exact[-1] * _length(apex), apex[-1])
        for row, ray, opposite in zip(self._rows, rays[::2], rays[1::2], strict=True):
            value = dot(row, exact)
            along = ray if value > 0 else opposite
            size += Fraction(abs(value) * _length(along), abs(dot(row, along)))
        return size

    def contains(self, coordinates: npt.ArrayLike) -> np.ndarray:
        """True for every point (..., dim) with finite entries: bool ``(...)``."""
        where = checked_points("coordinates", coordinates, self.dim)
        return np.asarray(np.isfinite(where).all(axis=-1))

    def exact_corners(self) -> np.ndarray | None:
        if not self._num_neurons:
            return None
        corners = np.empty((len(self._corners), self.dim + 1), dtype=object)
        corners[:] = self._corners
        return corners

    def initial_lattice(self) -> Lattice:
        """Each cone is a simplex with the apex and one direction for each hyperplane."""
        points = np.array([[x / _length(corner) for x in corner] for corner in self._corners])
        cones = [
            (0, *(1 + 2 * axis + side for axis, side in enumerate(sides)))
            for sides in product((0, 1), repeat=self.dim)
        ]
        return simplicial_lattice(points, cones)


def _coordinate(axis: int, dim: int) -> Vector:
    return tuple(int(i == axis) for i in range(dim + 1))


def _length(vector: Vector) -> int:
    return sum(abs(entry) for entry in vector)


def _first_layer(net: Network) -> tuple[np.ndarray, list[Vector]]:
    """The hyperplanes of the first layer: rounded unit normals, and exact rows (a, b)."""
    weight, activation = net.weights[0], net.activations[0]
    if not activation.num_breakpoints:
        return np.zeros((0, net.input_dim)), []
    breakpoints = activation.breakpoint_table(len(weight))[:, 0]
    largest = np.abs(weight).max(axis=1)
    alive = np.flatnonzero((largest > 0) & np.isfinite(breakpoints))
    units = weight[alive] / largest[alive, None]
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    rows = []
    for i in alive:
        entries = np.concatenate([weight[i], [net.biases[0][i], breakpoints[i]]])
        *normal, bias, level = Dyadic.of(entries).numerators.tolist()
        rows.append(coprime([*normal, bias - level]))
    return units, rows


def _well_separated(units: np.ndarray, num_given: int = 0) -> list[int]:
    """Rows, the first ``num_given`` and greedily chosen ones, each at an angle to those before."""
    rest = units.copy()
    chosen: list[int] = []
    while len(chosen) < units.shape[1]:
        lengths = np.sqrt((rest**2).sum(axis=1))
        if lengths.max(initial=0.0) < _LEAST_ANGLE:
            break
        best = len(chosen) if len(chosen) < num_given else int(lengths.argmax())
        chosen.append(best)
        along = rest[best] / lengths[best]
        for _ in range(2):  # the second pass removes what rounding left
            rest = rest - (rest @ along)[:, None] * along
        rest[chosen] = 0.0
    return chosen
