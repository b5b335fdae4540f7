"""Where a network is looked at: boxes, segments, lines, slices, each a piece of R^n_in.

A domain of dimension d is parametrised by its *frame*: the exact affine map from parameters to
inputs, ``x = origin + sum_i parameter_i * directions[i]``, with dyadic entries.  *Coordinates* are
parameters times ``scales``, so that lengths, areas and volumes in coordinates are ambient Euclidean
ones (up to the rounding of the stored basis).
"""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from linreg_lib.errors import UnboundedQuestionError
from linreg_lib.geometry.faces.lattice import Lattice, cube_lattice
from linreg_lib.locked import locked
from linreg_lib.networks.exact_floats import exact_floats, locked_floats


def checked_vector(name: str, value: npt.ArrayLike) -> np.ndarray:
    array = exact_floats(name, value)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"{name} must be a vector with at least one entry, got shape {array.shape}"
        )
    return locked_floats(name, array)


def checked_points(name: str, values: npt.ArrayLike, dim: int) -> np.ndarray:
    """Points (..., dim) as given; NaN and infinities pass."""
    array = exact_floats(name, values, finite=False)
    if array.ndim == 0 or array.shape[-1] != dim:
        raise ValueError(f"{name} has shape {array.shape}; the last axis must have {dim} entries")
    return array


def checked_sides(
    low: npt.ArrayLike, high: npt.ArrayLike, dim: int | None, what: str
) -> tuple[np.ndarray, np.ndarray]:
    """Two vectors with ``low < high``; a number stands for all entries, ``dim`` of them.

    ``what`` in errors has that many sides.
    """
    bounds = {name: exact_floats(name, each) for name, each in (("low", low), ("high", high))}
    size = dim or max(bound.size if bound.ndim else 1 for bound in bounds.values())
    sides = []
    for name, bound in bounds.items():
        vector = checked_vector(name, np.full(size, bound) if bound.ndim == 0 else bound)
        if vector.shape != (size,):
            raise ValueError(f"{name} has {vector.size} entries, but the {what} has dim={size}")
        sides.append(vector)
    flat = np.flatnonzero(sides[0] >= sides[1])
    if flat.size:
        i, instead = (
            int(flat[0]),
            "for a lower-dimensional domain use Slice, Segment, Line or Plane",
        )
        if what == "slice":
            instead = "leave an input that stays where it is out of axes"
        raise ValueError(
            f"low[{i}] = {sides[0][i]} must be less than high[{i}] = {sides[1][i]}; {instead}"
        )
    return sides[0], sides[1]


class Domain:
    """A convex piece of the input space, with a frame; see the subclasses.

    Domains of one class with the same numbers are equal, and hash alike.
    """

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
        # A later change would change answers, and the hash: each part is set once, and of an array
        # a locked copy is stored.
        if name in vars(self):
            raise AttributeError(f"a {type(self).__name__} cannot be changed; make another one")
        if isinstance(value, np.ndarray) and value.flags.writeable:
            value = value.copy()
            value.setflags(write=False)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed; make another one")

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():  # unpickled arrays are writable
            setattr(self, name, value)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Domain):
            return NotImplemented
        return self._content() == other._content()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._content()))

    def _content(self) -> Hashable:
        """What two equal domains have in common."""
        return tuple(sorted((name, hashable(value)) for name, value in vars(self).items()))

    @property
    def input_axes(self) -> tuple[int, ...] | None:
        """Which inputs the coordinates are, one each, if they are inputs: for names of axes."""
        return None

    def embed(self, coordinates: npt.ArrayLike) -> np.ndarray:
        """Inputs ``(..., input_dim)`` of points in the domain's coordinates ``(..., dim)``."""
        return self.origin + checked_points("coordinates", coordinates, self.dim) @ self.basis

    def project(self, points: npt.ArrayLike) -> np.ndarray:
        """Coordinates ``(..., dim)`` of inputs ``(..., input_dim)``: the nearest points' ones."""
        return (checked_points("points", points, self.input_dim) - self.origin) @ self.basis.T

    def contains(self, coordinates: npt.ArrayLike) -> np.ndarray:
        """Which points (given by coordinates) lie in the closed domain: bool ``(...)``."""
        low, high = self.coordinate_bounds()
        where = checked_points("coordinates", coordinates, self.dim)
        return np.asarray(((where >= low) & (where <= high)).all(axis=-1))

    def coordinate_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest coordinates (dim,), where these describe the domain."""
        raise NotImplementedError

    @property
    def centre(self) -> np.ndarray:
        """Coordinates (dim,) from which the lattice counts: not 0 for small windows far away."""
        return locked(np.zeros(self.dim))

    def lattice_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The same, counted from ``centre``."""
        low, high = self.coordinate_bounds()
        return low - self.centre, high - self.centre

    def exact_frame(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Origin and directions as dyadic numbers; ``(None, None)`` if parameters are inputs."""
        return self.origin, self.basis

    def exact_lattice_frame(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """The same for parameters that are counted from ``centre``.

        Domains with a frame of their own have their centre at 0, or override this.
        """
        if self.centre.any():
            return self.centre, np.eye(self.dim)
        return self.exact_frame()

    def exact_corners(self) -> np.ndarray | None:
        """Homogeneous integers (corners, dim + 1) of corners that are rounded in the lattice."""
        return None

    def homogeneous_size(self, point: np.ndarray) -> int | Fraction:
        """Which multiple a homogeneous integer point is of the one that the lattice holds.

        There w = 1 in bounded domains, and ``sum |p| + w = 1`` in others.
        """
        return int(point[-1]) if self.is_bounded else int(sum(abs(p) for p in point))

    def initial_lattice(self) -> Lattice:
        """The domain before any cut, as a face lattice."""
        return cube_lattice(*self.lattice_bounds())


def hashable(value: object) -> Hashable:
    """The same for equal numbers: 0.0 and -0.0 are equal."""
    if isinstance(value, np.ndarray):
        return value.shape, (value + 0.0).tobytes()
    return value if isinstance(value, Hashable) else repr(value)


def far_centre(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """A point inside a window from which both sides differ by floats; 0 unless it is far away."""
    if not ((low > 0) | (high < 0)).any():  # what is usual, and quick to see
        return np.zeros(len(low))
    with np.errstate(over="ignore"):
        width = high - low
    nearest = np.minimum(np.abs(low), np.abs(high))
    is_far = (np.sign(low) == np.sign(high)) & (
        np.maximum(np.abs(low), np.abs(high)) / 9 < nearest / 8
    )
    # Sides within a factor of two of each other: differences are exact (Sterbenz).
    return np.where(is_far, low + np.where(is_far, width, 0.0) / 2, 0.0)


def unbounded(what: str, domain: Domain) -> UnboundedQuestionError:
    """The error of whoever needs a bounded domain; ``what`` begins its sentence."""
    return UnboundedQuestionError(
        f"{what} needs a bounded domain, and {domain!r} is unbounded; subdivide a Box, or another "
        "bounded domain, that holds what you look for"
    )


def require_bounded(what: str, domain: Domain) -> None:
    """Raise ``UnboundedQuestionError`` unless the domain is bounded."""
    if not domain.is_bounded:
        raise unbounded(what, domain)


class InputDomain(Domain):
    """A domain of full dimension; its coordinates are the inputs themselves, exactly."""

    def __init__(self, dim: int) -> None:
        self.dim = self.input_dim = dim
        self.origin = np.zeros(dim)
        self.basis = np.eye(dim)
        self.scales = np.ones(dim)

    @property
    def input_axes(self) -> tuple[int, ...]:
        return tuple(range(self.dim))

    def embed(self, coordinates: npt.ArrayLike) -> np.ndarray:
        return np.array(checked_points("coordinates", coordinates, self.dim))

    def project(self, points: npt.ArrayLike) -> np.ndarray:
        return np.array(checked_points("points", points, self.dim))

    def exact_frame(self) -> tuple[None, None]:
        return None, None
