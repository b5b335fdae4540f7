"""The activation region of a point, in any dimension, as a list of linear inequalities."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from linreg_lib.errors import DegenerateError
from linreg_lib.geometry.domains.arithmetic.scaled_lengths import row_lengths, unit_rows
from linreg_lib.geometry.single_region.breakpoint_gaps import GAP_TOLERANCE, breakpoint_gaps
from linreg_lib.geometry.single_region.equal_rows import (
    ExactRow,
    ExactRows,
    FloatRows,
    first_of_equal,
    is_constant,
    is_exactly_implied,
)
from linreg_lib.geometry.single_region.facet_programs import RegionFacets, facets_of_rows
from linreg_lib.geometry.vertex_signs.accurate_offset import accurate_offset
from linreg_lib.geometry.vertex_signs.support import Support
from linreg_lib.locked import Locked, kept_answer, locked
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.float_constants import ROW_FLOOR, UNIT
from linreg_lib.networks.unit_names import unit_name
from linreg_lib.short_repr import shown

#: normals with larger relative errors than this could mislead the search for facets
_ROUGH = 1e-7
#: rows are looked at only where sums lose so much: their bounds grow with the depth, errors hardly
_CANCELS = 2.0**-13
_EXACT_ROWS = 32  # exact proofs with more rows than this take too long; their rows stay undecided


@dataclass(frozen=True)
class Wall:
    """A wall of the box: of the input ``axis``, counted from 0, at its upper or lower end."""

    axis: int
    is_upper: bool


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RegionPolytope(Locked):
    """``{y : normals @ y <= offsets}``, with a point strictly inside.

    Attributes:
        normals: (K, n), none of them zero
        offsets: (K,)
        slacks: (K,) ``offsets - normals @ point``, positive, without that difference's rounding
        point: (n,)
        supports: K entries, what each inequality belongs to: a ``Support``, a ``Wall``, or its
            number
        coincides_with: (K,) index of the first inequality that is a positive multiple of this one,
            decided exactly; its own index where there is none before it
        exact_row: for an index, ``(normal | -offset)`` as n + 1 fractions, up to a non-zero factor
        num_constant: hidden units and breakpoints that are constant on the region, left out above

    The unit square, with one wall written twice:

    >>> square = RegionPolytope.from_inequalities(
    ...     [[1, 0], [-1, 0], [0, 1], [0, -1], [0, 3]], [1, 0, 1, 0, 3], [0.5, 0.25])
    >>> square.coincides_with.tolist(), square.facets().num_facets
    ([0, 1, 2, 3, 2], 4)

    Source: F23, Preliminaries 4 and 5.
    """

    normals: npt.NDArray[np.float64]
    offsets: npt.NDArray[np.float64]
    slacks: npt.NDArray[np.float64]
    point: npt.NDArray[np.float64]
    supports: tuple[Support | Wall | int, ...]
    coincides_with: npt.NDArray[np.int64]
    exact_row: ExactRow
    num_constant: int = 0

    def __post_init__(self) -> None:
        for name in ("normals", "offsets", "slacks", "point", "coincides_with"):
            getattr(self, name).setflags(write=False)

    @classmethod
    def from_inequalities(
        cls, normals: npt.ArrayLike, offsets: npt.ArrayLike, point: npt.ArrayLike
    ) -> RegionPolytope:
        """The polytope ``normals @ y <= offsets`` (K, n), (K,) with ``point`` (n,) inside it.

        Raises ValueError for shapes that do not fit, entries that are not finite, a zero normal,
        or a point that is not strictly inside.
        """
        matrix = np.array(exact_floats("normals", normals))
        bounds = np.array(exact_floats("offsets", offsets))
        inside = np.array(exact_floats("point", point))
        if inside.ndim != 1 or matrix.ndim != 2 or matrix.shape[1] != len(inside):
            raise ValueError(f"normals {matrix.shape} and point {inside.shape} do not fit")
        if bounds.shape != matrix.shape[:1]:
            raise ValueError(f"offsets has shape {bounds.shape}, not ({len(matrix)},)")
        if (zero := np.flatnonzero(~matrix.any(axis=1))).size:
            raise ValueError(f"normals[{zero[0]}] is zero; leave that inequality out")
        slacks = _exact_slacks(matrix, bounds, inside)
        if (bad := np.flatnonzero(slacks <= 0.0)).size:
            raise ValueError(f"point is not strictly inside inequality {bad[0]}")
        exact = FloatRows(matrix, bounds)
        return cls(
            normals=matrix,
            offsets=bounds,
            slacks=slacks,
            point=inside,
            supports=tuple(range(len(matrix))),
            coincides_with=first_of_equal(matrix, slacks, exact),
            exact_row=exact,
        )

    @property
    def dim(self) -> int:
        """n, the dimension of the space."""
        return int(self.normals.shape[1])

    @property
    def num_inequalities(self) -> int:
        """K, coincident ones counted as often as they are listed."""
        return len(self.normals)

    @property
    def is_repeated(self) -> npt.NDArray[np.bool_]:
        """(K,) whether another inequality has the same hyperplane."""
        listed = np.bincount(self.coincides_with, minlength=self.num_inequalities)
        return locked(np.asarray(listed[self.coincides_with] > 1))

    @kept_answer
    def distinct(self) -> npt.NDArray[np.int64]:
        """Indices of the inequalities that repeat no earlier one."""
        return np.flatnonzero(self.coincides_with == np.arange(self.num_inequalities))

    @kept_answer
    def rows(self) -> npt.NDArray[np.float64]:
        """The distinct inequalities as ``rows @ d <= 1`` in orthonormal coordinates, (k, r).

        The coordinates d are those of ``y - point`` in the span of the normals, whose dimension r
        is often far below n.
        """
        normals = self.normals[self.distinct]
        if not len(normals):
            return np.zeros((0, 0))
        units = unit_rows(normals)
        _, sizes, axes = np.linalg.svd(units, full_matrices=False)
        rank = int((sizes > 1e-12 * sizes[0]).sum())
        return np.asarray((normals @ axes[:rank].T) / self.slacks[self.distinct][:, None])

    def facets(self) -> RegionFacets:
        """Which inequalities make a facet; see ``facets_of_rows`` for method and tolerance.

        Of coincident inequalities the first one stands for all. Inequalities that only touch the
        region are, where floating point finds the reason, proved redundant in exact arithmetic.
        """
        found = facets_of_rows(self.rows, self._is_implied_exactly)
        return found.spread(self.distinct, self.num_inequalities)

    def _is_implied_exactly(self, index: int, others: npt.NDArray[np.int64]) -> bool:
        if len(others) > _EXACT_ROWS:
            return False
        chosen = [self._oriented(int(self.distinct[each])) for each in (index, *others)]
        return is_exactly_implied(chosen[0], chosen[1:])

    def _oriented(self, index: int) -> tuple[Fraction, ...]:
        row = self.exact_row(index)
        lead = int(np.abs(self.normals[index]).argmax())
        agrees = (row[lead] > 0) == (self.normals[index, lead] > 0.0)
        return row if agrees else tuple(-entry for entry in row)


def _exact_slacks(matrix: np.ndarray, bounds: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """``bounds - matrix @ inside`` (K,), each rounded about once; signs are exact."""
    with np.errstate(over="ignore", invalid="ignore"):
        slacks, error = accurate_offset(-matrix, bounds, inside)
    place = [Fraction(x) for x in inside.tolist()]
    for i in np.flatnonzero(~(error <= GAP_TOLERANCE * np.abs(slacks))):
        terms = (Fraction(a) * x for a, x in zip(matrix[i].tolist(), place, strict=True))
        slacks[i] = float(Fraction(float(bounds[i])) - sum(terms, Fraction(0)))
    return slacks


def region_of(
    net: Network, x: npt.ArrayLike, box: tuple[float, float] | None = None
) -> RegionPolytope:
    """The activation region of the input ``x`` (n_in,), one inequality a unit and breakpoint.

    A unit on a middle piece of its activation has two breakpoints and gives two inequalities.
    ``box=(low, high)`` adds the 2 n_in walls of the cube. Units that are constant on the region
    give none, not even at a breakpoint; whether they are is decided exactly, as are coincidences.

    Raises:
        ValueError: ``x`` is not one point (n_in,), lies at a breakpoint, or outside the box; or
            ``net`` has ``max_units``.
        DegenerateError: ``x`` is so close to a breakpoint that rounding hides the distance.

    The quadrant of two coordinate neurons, its corner cut off by a third:

    >>> net = Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> region = region_of(net, [1.0, 1.0])
    >>> region.normals.tolist(), region.offsets.tolist(), region.facets().num_facets
    ([[-1.0, -0.0], [-0.0, -1.0], [-1.0, -1.0]], [0.0, 0.0, -1.0], 3)

    Source: F23, Definition 1 and Preliminary 5.
    """
    point = checked_kind("net", net, Network, "a linreg_lib.Network").points(x)
    if point.ndim != 1:
        raise ValueError(f"x has shape {point.shape}; region_of takes one point ({net.input_dim},)")
    return region_in_box(net, point, None if box is None else _checked_box(box, net.input_dim))


def region_in_box(
    net: Network, point: np.ndarray, box: tuple[np.ndarray, np.ndarray] | None
) -> RegionPolytope:
    """``region_of`` for one point (n,), with the walls ``low``, ``high`` (n,) of a box."""
    if net.max_units:
        raise ValueError(
            "net takes maxima (net.max_units), whose regions region_of does not know; subdivide a "
            "domain around x and use locate"
        )
    pattern, highest = net.piece_range(point)
    exact = ExactRows(net, pattern)
    for unit in np.flatnonzero(pattern != highest).tolist():
        layer = int(np.searchsorted(np.cumsum(net.hidden_widths), unit, side="right"))
        index = unit - sum(net.hidden_widths[:layer])
        if any(exact.unit(layer, index)[:-1]):
            raise ValueError(f"x is on the boundary of {unit_name(layer, index)}; move it")
    normals, slacks, supports, constant = _neuron_rows(net, point, pattern, exact)
    if box is not None:
        walls = _wall_rows(point, *box)
        normals, slacks = np.vstack([normals, walls[0]]), np.append(slacks, walls[1])
        supports = [*supports, *walls[2]]
    exact_row = exact.of(supports, box)
    return RegionPolytope(
        normals=normals,
        offsets=normals @ point + slacks,
        slacks=slacks,
        point=point.copy(),
        supports=tuple(supports),
        coincides_with=first_of_equal(normals, slacks, exact_row),
        exact_row=exact_row,
        num_constant=constant,
    )


def _checked_box(box: tuple[float, float], dim: int) -> tuple[np.ndarray, np.ndarray]:
    ends = exact_floats("box", box)
    if ends.shape != (2,) or not ends[0] < ends[1]:
        raise ValueError(f"box must be a pair (low, high) with low < high, got {box!r:.60}")
    return np.full(dim, ends[0]), np.full(dim, ends[1])


def _neuron_rows(
    net: Network, point: np.ndarray, pattern: np.ndarray, exact: ExactRows
) -> tuple[np.ndarray, np.ndarray, list[Any], int]:
    normals, slacks = [np.zeros((0, net.input_dim))], [np.zeros(0)]
    supports: list[Any] = []
    constant = start = 0
    jacobian, jacobian_error = np.eye(net.input_dim), np.zeros(net.input_dim)
    ends = np.cumsum(net.hidden_widths)[:-1]
    all_gaps = breakpoint_gaps(net, point, np.split(pattern.astype(np.int64), ends)[: net.depth])
    varies = np.ones(net.input_dim, dtype=bool)
    for layer, activation in enumerate(net.activations):
        weight = net.weights[layer]
        gaps = all_gaps[layer]
        gradient = weight @ jacobian
        sizes = np.abs(weight) @ row_lengths(jacobian)
        is_linked = (weight[:, varies] != 0).any(axis=1)
        flat = is_constant(gradient, sizes, is_linked, layer, exact)
        error = np.zeros(len(weight))
        if layer:  # before, rows are those of the weights
            error = np.abs(weight) @ jacobian_error
            error += (weight.shape[1] + 4) * UNIT * sizes + ROW_FLOOR
            length = row_lengths(gradient)
            cancels = ~flat & ~(length > _CANCELS * sizes)
            for unit in np.flatnonzero(cancels & ~(error <= _ROUGH * length)):
                gradient[unit] = [float(entry) for entry in exact.unit(layer, int(unit))[:-1]]
                error[unit] = 2 * UNIT * row_lengths(gradient[unit][None])[0]
            gradient[flat], error[flat] = 0.0, 0.0
        piece = pattern[start : start + len(gaps)].astype(np.int64)
        start += len(gaps)
        most = np.isfinite(activation.breakpoint_table(len(piece))).sum(axis=1)
        for sign, wanted in ((-1.0, piece > 0), (1.0, piece < most)):
            constant += int((wanted & flat).sum())
            units = np.flatnonzero(wanted & ~flat)
            kinks = piece[units] - (sign < 0)
            room = -sign * gaps[units, kinks]
            if (lost := np.flatnonzero(room <= 0.0)).size:
                raise DegenerateError(
                    f"x is too close to the boundary of {unit_name(layer, int(units[lost[0]]))} "
                    "for float64; move it"
                )
            normals.append(sign * gradient[units])
            slacks.append(room)
            supports += [
                Support(layer=layer, neuron=int(u), breakpoint=int(k))
                for u, k in zip(units, kinks, strict=True)
            ]
        gain = activation.slopes_on(piece)
        jacobian = gain[:, None] * gradient
        jacobian_error = np.abs(gain) * (error + UNIT * row_lengths(gradient))
        varies = (gain != 0) & ~flat
    order = sorted(
        range(len(supports)),
        key=lambda i: (supports[i].layer, supports[i].neuron, supports[i].breakpoint),
    )
    rows, room = np.concatenate(normals), np.concatenate(slacks)
    return rows[order], room[order], [supports[i] for i in order], constant


def _wall_rows(
    point: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    room = np.concatenate([high - point, point - low])
    if not np.isfinite(room).all() or (room <= 0.0).any():
        ends = (shown(each) for each in (low, high))
        raise ValueError("x must lie strictly inside the box ({}, {})".format(*ends))
    eye = np.eye(len(point))
    walls = [Wall(axis=i, is_upper=up) for up in (True, False) for i in range(len(point))]
    return np.vstack([eye, -eye]), room, walls
