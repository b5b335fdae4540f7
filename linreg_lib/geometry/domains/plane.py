"""Squares on a plane in the input space."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.domains.arithmetic.scaled_lengths import scaled_length
from linreg_lib.geometry.domains.arithmetic.smallest_disc import smallest_disc
from linreg_lib.geometry.domains.domain import checked_vector
from linreg_lib.geometry.domains.rectangle import Rectangle
from linreg_lib.networks.exact_floats import exact_number

#: how far rounding may leave the points off their plane, as a share of the disc's radius
_LEAST_ROOM = 2.0**-30


class Plane(Rectangle):
    """The square of inputs ``origin + u e1 + v e2`` with ``|u|, |v| <= half_width``.

    ``basis`` (2, n_in) is orthonormalised once (e1 keeps the direction of basis[0]); exactness
    refers to the stored ``basis``.  Its rows are orthonormal up to 1e-15, and areas and lengths are
    those of the coordinates, so ambient ones up to so much.  ``Rectangle`` has sides that differ.

    >>> Plane(np.zeros(3), [[2.0, 0.0, 0.0], [1.0, 1.0, 0.0]], 1.0).basis
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """

    def __init__(self, origin: npt.ArrayLike, basis: npt.ArrayLike, half_width: float) -> None:
        half_width = exact_number("half_width", half_width)
        if not half_width > 0:
            raise ValueError(f"half_width must be a positive number, got {half_width!r}")
        super().__init__(origin, basis, half_width)

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

    @property
    def half_width(self) -> float:
        """Half of a side, rounded where the square is along inputs."""
        return float(self.half_widths[0])

    def _span(
        self, origin: np.ndarray, basis: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> None:
        sides = [
            Fraction(float(end)) - Fraction(float(start))
            for start, end in zip(low, high, strict=True)
        ]
        if sides[0] != sides[1]:
            raise ValueError(
                f"high - low is {float(sides[0])!r} and {float(sides[1])!r}; a Plane is a square, "
                "say Rectangle.along"
            )
        super()._span(origin, basis, low, high)

    def _sides(self) -> str:
        if (self.low != -self.high).any():
            return super()._sides()
        return f"half_width={self.half_width:g}"


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
