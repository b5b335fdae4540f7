"""Where a network is looked at: boxes, segments, lines and planes, each a piece of R^n_in.

A domain of dimension d is parametrised by its *frame*: the exact affine map from parameters to
inputs, ``x = origin + sum_i parameter_i * directions[i]``, with dyadic entries.  *Coordinates* are
parameters times ``scales``, so that lengths, areas and volumes in coordinates are ambient Euclidean
ones (up to the rounding of the stored basis).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.lattice import Lattice, cube_lattice, line_lattice
from linreg_lib.geometry.plane_through import require_held, smallest_disc
from linreg_lib.geometry.scaled_lengths import scaled, scaled_length
from linreg_lib.locked import locked
from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.dyadic import Dyadic
from linreg_lib.networks.exact_floats import exact_floats, exact_number, locked_floats
from linreg_lib.networks.float_constants import SMALLEST_NORMAL


def _vector(name: str, value: npt.ArrayLike) -> np.ndarray:
    array = exact_floats(name, value)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"{name} must be a vector with at least one entry, got shape {array.shape}"
        )
    return locked_floats(name, array)


def _points(name: str, values: npt.ArrayLike, dim: int) -> np.ndarray:
    """Points (..., dim) as given; NaN and infinities pass."""
    array = exact_floats(name, values, finite=False)
    if array.ndim == 0 or array.shape[-1] != dim:
        raise ValueError(f"{name} has shape {array.shape}; the last axis must have {dim} entries")
    return array


class Domain:
    """A convex piece of the input space, with a frame; see the subclasses."""

    dim: int
    input_dim: int
    is_bounded: bool = True
    #: whether vertices that are rounded on a face of the domain stay on it exactly
    is_axis_parallel: bool = True
    #: float64 (input_dim,) and (dim, input_dim): x = origin + coordinates @ basis
    origin: np.ndarray
    basis: np.ndarray
    #: float64 (dim,): coordinates = parameters * scales
    scales: np.ndarray

    def __setattr__(self, name: str, value: object) -> None:
        # A later change of an array would change answers: what is stored is a locked copy.
        if isinstance(value, np.ndarray) and value.flags.writeable:
            value = value.copy()
            value.setflags(write=False)
        super().__setattr__(name, value)

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():  # unpickled arrays are writable
            setattr(self, name, value)

    def embed(self, coordinates: npt.ArrayLike) -> np.ndarray:
        """Inputs ``(..., input_dim)`` of points in the domain's coordinates ``(..., dim)``."""
        return self.origin + _points("coordinates", coordinates, self.dim) @ self.basis

    def project(self, points: npt.ArrayLike) -> np.ndarray:
        """Coordinates ``(..., dim)`` of inputs ``(..., input_dim)``: the nearest points' ones."""
        return (_points("points", points, self.input_dim) - self.origin) @ self.basis.T

    def contains(self, coordinates: npt.ArrayLike) -> np.ndarray:
        """Which points (given by coordinates) lie in the closed domain: bool ``(...)``."""
        low, high = self._bounds()
        where = _points("coordinates", coordinates, self.dim)
        return np.asarray(((where >= low) & (where <= high)).all(axis=-1))

    def _bounds(self) -> tuple[np.ndarray, np.ndarray]:
        raise NotImplementedError

    @property
    def centre(self) -> np.ndarray:
        """Coordinates (dim,) from which the lattice counts: not 0 for small windows far away."""
        return locked(np.zeros(self.dim))

    def _lattice_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = self._bounds()
        return low - self.centre, high - self.centre

    def exact_frame(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Origin and directions as dyadic numbers; ``(None, None)`` if parameters are inputs."""
        return self.origin, self.basis

    def exact_lattice_frame(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """The same for parameters that are counted from ``centre``."""
        if self.centre.any():
            return self.centre, np.eye(self.dim)
        return self.exact_frame()

    def exact_corners(self) -> np.ndarray | None:
        """Homogeneous integers (corners, dim + 1) of corners that are rounded in the lattice."""
        return None

    def exact_parameters(self, coordinates: np.ndarray) -> list[Fraction]:
        """One point's parameters as fractions, from its float coordinates."""
        return [
            Fraction(float(c)) / Fraction(float(s))
            for c, s in zip(coordinates, self.scales, strict=True)
        ]

    def initial_lattice(self) -> Lattice:
        """The domain before any cut, as a face lattice."""
        return cube_lattice(*self._lattice_bounds())


def far_centre(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """A point inside a window from which both sides differ by floats; 0 unless it is far away."""
    with np.errstate(over="ignore"):
        width = high - low
    nearest = np.minimum(np.abs(low), np.abs(high))
    if not ((low > 0) | (high < 0)).any():  # what is usual, and quick to see
        return np.zeros(len(low))
    is_far = (np.sign(low) == np.sign(high)) & (
        np.maximum(np.abs(low), np.abs(high)) / 9 < nearest / 8
    )
    # Sides within a factor of two of each other: differences are exact (Sterbenz).
    return np.where(is_far, low + np.where(is_far, width, 0.0) / 2, 0.0)


class InputDomain(Domain):
    """A domain of full dimension; its coordinates are the inputs themselves, exactly."""

    def __init__(self, dim: int) -> None:
        self.dim = self.input_dim = dim
        self.origin = np.zeros(dim)
        self.basis = np.eye(dim)
        self.scales = np.ones(dim)

    def embed(self, coordinates: npt.ArrayLike) -> np.ndarray:
        return np.array(_points("coordinates", coordinates, self.dim))

    def project(self, points: npt.ArrayLike) -> np.ndarray:
        return np.array(_points("points", points, self.dim))

    def exact_frame(self) -> tuple[None, None]:
        return None, None


class Box(InputDomain):
    """An axis-parallel box ``low_i <= x_i <= high_i``; its coordinates are the inputs themselves.

    ``low`` and ``high`` are numbers (then ``dim`` says how many) or vectors of equal length.

    >>> Box(-1.0, 1.0, dim=3)
    Box([-1, 1]^3)
    """

    def __init__(self, low: npt.ArrayLike, high: npt.ArrayLike, dim: int | None = None) -> None:
        bounds = {name: exact_floats(name, each) for name, each in (("low", low), ("high", high))}
        if dim is None and not any(bound.ndim for bound in bounds.values()):
            raise ValueError("dim is missing: with numbers for low and high, say Box(-1, 1, dim=2)")
        if dim is not None:
            size = checked_count("dim", dim)
        else:
            size = max(bound.size if bound.ndim else 1 for bound in bounds.values())
        sides = {}
        for name, bound in bounds.items():
            vector = _vector(name, np.full(size, bound) if bound.ndim == 0 else bound)
            if vector.shape != (size,):
                raise ValueError(f"{name} has {vector.size} entries, but the box has dim={size}")
            sides[name] = vector
        self.low, self.high = sides["low"], sides["high"]
        flat = np.flatnonzero(self.low >= self.high)
        if flat.size:
            i = int(flat[0])
            raise ValueError(
                f"low[{i}] = {self.low[i]} must be less than high[{i}] = {self.high[i]}; "
                "for a lower-dimensional domain use Segment, Line or Plane"
            )
        super().__init__(size)

    def __repr__(self) -> str:
        if (self.low == self.low[0]).all() and (self.high == self.high[0]).all():
            return f"Box([{self.low[0]:g}, {self.high[0]:g}]^{self.dim})"
        return f"Box({self.low.tolist()}, {self.high.tolist()})"

    def _bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return self.low, self.high

    @property
    def centre(self) -> np.ndarray:
        return locked(far_centre(self.low, self.high))


class Segment(Domain):
    """The straight segment from input ``start`` to input ``end``; coordinate: arc length.

    Exactly the points ``start + t (end - start)`` with the stored ends and 0 <= t <= 1.

    >>> Segment([0.0, 0.0], [3.0, 4.0]).length
    5.0
    """

    dim = 1

    def __init__(self, start: npt.ArrayLike, end: npt.ArrayLike) -> None:
        self.start, self.end = _vector("start", start), _vector("end", end)
        if self.start.shape != self.end.shape:
            raise ValueError(
                f"start has {self.start.size} entries, end has {self.end.size}; they must agree"
            )
        if (self.start == self.end).all():
            raise ValueError("start and end are the same point; a segment needs two")
        self.input_dim = self.start.size
        with np.errstate(over="ignore"):
            difference = self.end - self.start
        self.length = scaled_length(difference) if np.isfinite(difference).all() else np.inf
        if not SMALLEST_NORMAL <= self.length < np.inf:
            raise ValueError(
                f"the segment's length {self.length} is not a positive float64 number in its "
                "normal range; measure inputs in other units"
            )
        self.origin = self.start
        self.basis = _unit(difference)[None]
        self.scales = np.array([self.length])

    def __repr__(self) -> str:
        return f"Segment(length {self.length:g} in R^{self.input_dim})"

    def _bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(1), self.scales

    def exact_frame(self) -> tuple[np.ndarray, np.ndarray]:
        ends = [[Fraction(float(v)) for v in end] for end in (self.start, self.end)]
        directions = np.array([[b - a for a, b in zip(*ends, strict=True)]], dtype=object)
        return np.array(ends[0], dtype=object), directions


class Line(Domain):
    """The whole line through ``point`` along ``direction``, both ways; coordinate: arc length.

    The stored unit vector is ``direction`` divided by its length once, in float64 (so its length is
    1 up to 1e-15); exactness refers to that vector.
    """

    dim = 1
    is_bounded = False

    def __init__(self, point: npt.ArrayLike, direction: npt.ArrayLike) -> None:
        self.point, along = _vector("point", point), _vector("direction", direction)
        if self.point.shape != along.shape:
            raise ValueError(
                f"point has {self.point.size} entries, direction has {along.size}; they must agree"
            )
        if not along.any():
            raise ValueError("direction has length 0.0; it must have an entry that is not 0")
        self.input_dim = self.point.size
        self.direction = _unit(along)
        lost = np.flatnonzero((along != 0) & (np.abs(self.direction) < SMALLEST_NORMAL))
        if lost.size:
            raise ValueError(
                f"direction[{lost[0]}] = {float(along[lost[0]])!r} is so small against the other "
                "entries that float64 loses it in the unit vector; set it to 0 or scale that input"
            )
        self.origin = self.point
        self.basis = self.direction[None]
        self.scales = np.ones(1)

    def __repr__(self) -> str:
        return f"Line(in R^{self.input_dim})"

    def _bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return np.array([-np.inf]), np.array([np.inf])

    def initial_lattice(self) -> Lattice:
        return line_lattice()


class Plane(Domain):
    """The square of inputs ``origin + u e1 + v e2`` with |u|, |v| <= half_width (ambient length).

    ``basis`` (2, n_in) is orthonormalised once (e1 keeps the direction of basis[0]); exactness
    refers to the stored ``basis``.  Its rows are orthonormal up to 1e-15, and areas and lengths are
    those of the coordinates, so ambient ones up to so much.

    >>> Plane(np.zeros(3), [[2.0, 0.0, 0.0], [1.0, 1.0, 0.0]], 1.0).basis
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """

    dim = 2

    def __init__(self, origin: npt.ArrayLike, basis: npt.ArrayLike, half_width: float) -> None:
        self.origin = _vector("origin", origin)
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
        a, b, c = _vector("p", p), _vector("q", q), _vector("r", r)
        for name, vector in (("q", b), ("r", c)):
            if vector.shape != a.shape:
                raise ValueError(
                    f"{name} has {vector.size} entries, p has {a.size}; they must agree"
                )
        disc = smallest_disc(a, b, c)
        plane = cls(
            disc.centre, disc.rows, 1.25 * disc.radius if half_width is None else half_width
        )
        require_held({"p": a, "q": b, "r": c}, plane, disc.radius)
        return plane

    def __repr__(self) -> str:
        return f"Plane(half_width={self.half_width:g} in R^{self.input_dim})"

    def _bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return np.full(2, -self.half_width), np.full(2, self.half_width)


def _orthonormalised(rows: np.ndarray) -> np.ndarray:
    if not rows[0].any():
        raise ValueError("basis[0] is zero; the plane needs two independent directions")
    e1, second = _unit(rows[0]), scaled(rows[1])[0]
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


def _unit(vector: np.ndarray) -> np.ndarray:
    """The direction of a vector that is not 0, of any size."""
    part, _ = scaled(vector)
    return part / np.linalg.norm(part)


def _across(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The part of ``second`` at right angles to ``first``, rounded once: little is left of it."""
    exact = Dyadic.of(np.stack([first, second]))
    a, b = exact.numerators.reshape(2, -1)
    part = b * int(a @ a) - a * int(a @ b)
    size = 1 << max(int(abs(entry)).bit_length() for entry in part)
    return np.array([int(entry) / size for entry in part])
