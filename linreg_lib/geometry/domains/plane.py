"""Squares on a plane in the input space."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.arithmetic.scaled_lengths import scaled, scaled_length, unit_vector
from linreg_lib.geometry.domains.arithmetic.smallest_disc import smallest_disc
from linreg_lib.geometry.domains.domain import Domain, checked_vector
from linreg_lib.networks.dyadic import Dyadic
from linreg_lib.networks.exact_floats import exact_floats, exact_number

#: how far rounding may leave the points off their plane, as a share of the disc's radius
_LEAST_ROOM = 2.0**-30


class Plane(Domain):
    """The square of inputs ``origin + u e1 + v e2`` with ``|u|, |v| <= half_width``.

    ``basis`` (2, n_in) is orthonormalised once (e1 keeps the direction of basis[0]); exactness
    refers to the stored ``basis``.  Its rows are orthonormal up to 1e-15, and areas and lengths are
    those of the coordinates, so ambient ones up to so much.

    >>> Plane(np.zeros(3), [[2.0, 0.0, 0.0], [1.0, 1.0, 0.0]], 1.0).basis
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """

    dim = 2

    def __init__(self, origin: npt.ArrayLike, basis: npt.ArrayLike, half_width: float) -> None:
        self.origin = checked_vector("origin", origin)
        spanning = exact_floats("basis", basis)
        if spanning.shape != (2, self.origin.size):
            raise ValueError(
                f"basis has shape {spanning.shape}; it must be (2, {self.origin.size}), "
                "two rows that span the plane"
            )
        half_width = exact_number("half_width", half_width)
        if not half_width > 0:
            raise ValueError(f"half_width must be a positive number, got {half_width!r}")
        self.basis = _orthonormalised(spanning)
        self.input_dim = self.origin.size
        self.half_width = half_width
        self.scales = np.ones(2)

    @classmethod
    def through(
        cls,
        p: npt.ArrayLike,
        q: npt.ArrayLike,
        r: npt.ArrayLike,
        half_width: float | None = None,
    ) -> Plane:
        """The plane through three inputs, around the smallest disc that holds them.

        Its centre is the circumcentre where the triangle is acute, as in HR19, else the middle of
        the longest side.  The half width is 1.25 radii unless given.  The points lie on the plane
        up to the rounding of its origin and basis.

        Raises:
            ValueError: the points lie on one line, or so nearly (or so far from zero) that the
                rounded plane misses one; or the square with this ``half_width`` misses one.

        >>> plane = Plane.through([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0])
        >>> float(plane.half_width), plane.origin.round(12).tolist()
        (1.25, [0.0, 0.0])
        """
        a, b, c = checked_vector("p", p), checked_vector("q", q), checked_vector("r", r)
        for name, vector in (("q", b), ("r", c)):
            if vector.shape != a.shape:
                raise ValueError(
                    f"{name} has {vector.size} entries, p has {a.size}; they must agree"
                )
        disc = smallest_disc(a, b, c)
        plane = cls(
            disc.centre, disc.rows, 1.25 * disc.radius if half_width is None else half_width
        )
        _require_held({"p": a, "q": b, "r": c}, plane, disc.radius)
        return plane

    def __repr__(self) -> str:
        return f"Plane(half_width={self.half_width:g} in R^{self.input_dim})"

    def coordinate_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return np.full(2, -self.half_width), np.full(2, self.half_width)


def _require_held(points: dict[str, np.ndarray], plane: Plane, radius: float) -> None:
    """ValueError unless the named points lie in the plane's square, up to rounding."""
    for name, point in points.items():
        step = point - plane.origin
        place = plane.basis @ step
        off = scaled_length(step - place @ plane.basis)
        if not off <= _LEAST_ROOM * radius:
            raise ValueError(
                f"the rounded plane misses {name} by {off:.3g}, too much for a triangle of radius "
                f"{radius:.3g}: p, q and r are too close together for their distance from zero, or "
                "too nearly on one line; move the origin or take points farther apart"
            )
        reach = float(np.abs(place).max())
        if not reach <= plane.half_width * (1.0 + 1e-9):
            raise ValueError(
                f"half_width is {plane.half_width!r}, but {name} lies {reach:.6g} from the centre "
                "of the square along an axis; give more, or leave half_width out"
            )


def _orthonormalised(rows: np.ndarray) -> np.ndarray:
    if not rows[0].any():
        raise ValueError("basis[0] is zero; the plane needs two independent directions")
    e1, second = unit_vector(rows[0]), scaled(rows[1])[0]
    e2 = second - (second @ e1) * e1
    if np.linalg.norm(e2) <= 1e-12 * np.linalg.norm(second):
        raise ValueError("basis rows are parallel; the plane needs two independent directions")
    if np.linalg.norm(e2) <= 2.0**-10 * np.linalg.norm(second):
        e2 = _across(scaled(rows[0])[0], second)
    e2 /= np.linalg.norm(e2)
    e2 -= (e2 @ e1) * e1
    e2 /= np.linalg.norm(e2)
    basis = np.stack([e1, e2])
    basis.setflags(write=False)
    return basis


def _across(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The part of ``second`` at right angles to ``first``, rounded once: little is left of it."""
    exact = Dyadic.of(np.stack([first, second]))
    a, b = exact.numerators.reshape(2, -1)
    part = b * int(a @ a) - a * int(a @ b)
    size = 1 << max(int(abs(entry)).bit_length() for entry in part)
    return np.array([int(entry) / size for entry in part])
