"""Signs at vertices in doubt in extended precision, before rational arithmetic is called in.

A vertex of a skeleton lies on d hyperplanes, and its bits tell a cell beside it.  There all layers
are affine in the parameters p: pre-activations are M (p, 1).  M is computed in ``longdouble`` with
a bound E of its error, by the usual count of roundings: gamma_n = n eps bounds the relative error
of a sum of n products.  The rows of the d hyperplanes form R (p, 1) = 0.  With an approximate
inverse B of R's square part A, q a bound of ||I - B A||, and rho of the residual of p~, the exact
solution p* has ||p~ - p*|| <= max(|B| rho) / (1 - q) in the maximum norm.  Then
|z(p*) - M (p~, 1)| <= (E + gamma |M|) (|p~|, 1) + |G (p* - p~)| + E ||p~ - p*||, where G is M
but for its constants, and signs beyond are sure.  Where hyperplanes are nearly parallel, p~ may be
far off along all of them alike, which changes no value: for any C the term in the middle is at most
|C| rho + |G - C A| ||p~ - p*||, and C = G B makes the last factor as small as its rounding.

The vertex is handed out as p~ and its values as those at p~, so that what
vertex_signs/float_sign_bounds.py claims will hold for it if only E, and the residuals at its own
hyperplanes, are below the bounds ``value``; the distance of p~ and p* goes into ``slack``.  On a
wall across an axis a coordinate is exact.

What this cannot tell, and whatever is too large, too small or too badly conditioned for it, is left
to vertex_signs/exact_vertices.py; so is everything where ``longdouble`` is no better than float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry.cutting.compiled.exact_places import SkeletonPlaces
from linreg_lib.geometry.vertex_signs.long_floats import rounded
from linreg_lib.networks.float_constants import (
    LONG_IS_LONGER,
    LONG_SAFETY,
    LONG_SPACING,
    PLACE_FLOOR,
    UNIT,
)

#: entries beyond, either way, are left to exact arithmetic; then no bound under- or overflows
_LARGE = 2.0**300
_FLOOR = 2.0**-600


@dataclass(frozen=True, kw_only=True)
class Refined:
    """Exact signs (n, T), rounded coordinates (d,) and values (n,), and how far off the former."""

    signs: np.ndarray
    coordinates: np.ndarray
    values: np.ndarray
    slack: float


@dataclass(frozen=True, kw_only=True)
class _Solved:
    """A vertex' parameters (d,), a bound of the error of each; A, bounds of its error, B, rho."""

    place: np.ndarray
    off: float
    square: np.ndarray
    error: np.ndarray
    inverse: np.ndarray
    residual: np.ndarray

    def moved(self, gradients: np.ndarray) -> np.ndarray:
        """At most how much affine functions (n,) differ between the place and the exact one."""
        shares = gradients @ self.inverse
        sizes, width = np.abs(shares), LONG_SPACING * (len(self.place) + 4)
        rest = np.abs(gradients - shares @ self.square) + width * np.abs(gradients)
        rest += sizes @ (self.error + width * np.abs(self.square))
        moved = sizes @ self.residual + rest.sum(axis=1) * self.off
        return np.asarray(moved * LONG_SAFETY, dtype=np.float64)


class RefinedVertices:
    """Refines vertices of one skeleton."""

    def __init__(self, places: SkeletonPlaces) -> None:
        self._places = places
        self._layers: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray] | None] = {}

    def at(
        self, vertex: int, layer: int, constant: np.ndarray, value_error: list[np.ndarray]
    ) -> Refined | None:
        """Signs of a layer at a vertex, all but those of ``constant`` neurons; None: not sure.

        ``value_error`` are the bounds ``value`` (n,) of the layers so far.
        """
        if not LONG_IS_LONGER:
            return None
        with np.errstate(all="ignore"):
            return self._at(vertex, layer, constant, value_error)

    def places_of(self, v: int, w: int) -> tuple[np.ndarray, float] | None:
        """From one vertex to another (d,) in coordinates, and how far off each; None: not known."""
        if not LONG_IS_LONGER:
            return None
        with np.errstate(all="ignore"):
            here, there = self._place(v), self._place(w)
            if here is None or there is None:
                return None
            scales = np.abs(self._places.scales)
            size = np.maximum(np.abs(here.place), np.abs(there.place)).astype(np.float64)
            off = (here.off + there.off + 4 * LONG_SPACING * size) * scales * LONG_SAFETY
            return (there.place - here.place) * self._places.scales, float(off.max())

    def _place(self, vertex: int) -> _Solved | None:
        """Where a vertex is, whatever its residuals."""
        own = [at.layer for at in self._places.hyperplanes_of(vertex)]
        maps = self._affine_maps(vertex, max(own, default=0))
        return None if maps is None else self._solved(vertex, maps)

    def _at(
        self, vertex: int, layer: int, constant: np.ndarray, value_error: list[np.ndarray]
    ) -> Refined | None:
        maps = self._affine_maps(vertex, layer)
        if maps is None:
            return None
        solved = self._solved(vertex, maps, value_error)
        if solved is None:
            return None
        place, off = solved.place, solved.off
        coordinates = np.array(place * self._places.scales, dtype=np.float64)
        scale = float(np.abs(self._places.scales).max())
        matrix, error = maps[layer]
        size = np.append(np.abs(place).astype(np.float64), 1.0)
        values = matrix[:, :-1] @ place + matrix[:, -1]
        width = LONG_SPACING * (len(place) + 4)
        steep = np.abs(matrix).astype(np.float64)
        rounding = ((error + width * steep) @ size) * LONG_SAFETY + _FLOOR
        stored = rounding + 2 * UNIT * np.abs(values).astype(np.float64)
        if not (stored <= value_error[layer])[~constant].all():
            return None
        moved = solved.moved(matrix[:, :-1]) + error[:, :-1].sum(axis=1) * off
        bound = (rounding + moved) * LONG_SAFETY
        activation = self._places.network.net.activations[layer]
        breakpoints = activation.breakpoint_table(len(values))
        gaps = values[:, None] - breakpoints
        signs = np.sign(gaps).astype(np.int8)
        sure = np.abs(gaps) > (bound + LONG_SPACING * np.abs(values).astype(np.float64))[:, None]
        values = values.astype(np.float64)
        for own in self._places.hyperplanes_of(vertex):
            if own.layer == layer:
                column = own.neuron, own.breakpoint
                signs[column], sure[column] = 0, True
                values[own.neuron] = breakpoints[column]
        if not sure[~constant].all() or not np.isfinite(values).all():
            return None
        slack = 4 * UNIT * float(np.abs(coordinates).sum()) + PLACE_FLOOR
        slack += 2 * len(place) ** 0.5 * off * scale
        return Refined(signs=signs, coordinates=coordinates, values=values, slack=slack)

    # Affine maps --------------------------------------------------------------------------------

    def _layer(self, layer: int) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """Weights in longdouble and their absolute values, biases; None if out of range."""
        if layer not in self._layers:
            net = self._places.network.net
            weight, bias = net.weights[layer], net.biases[layer]
            entries = np.abs(np.column_stack([weight, bias]))
            fits = (entries < _LARGE) & ((entries > 1 / _LARGE) | (entries == 0))
            parts = weight.astype(np.longdouble), np.abs(weight), bias.astype(np.longdouble)
            self._layers[layer] = parts if fits.all() else None
        return self._layers[layer]

    def _offsets_on(self, layer: int, pieces: np.ndarray) -> np.ndarray:
        """The activation's offsets, which are no floats in general, in longdouble."""
        activation = self._places.network.net.activations[layer]
        if not activation.largest_offset:
            return np.zeros(len(pieces), dtype=np.longdouble)
        units = enumerate(pieces.tolist())
        return rounded([activation.unit(i).exact_offsets[piece] for i, piece in units])

    def _affine_maps(self, vertex: int, layer: int) -> list[tuple[np.ndarray, np.ndarray]] | None:
        """For each layer up to this one M (n, d + 1) and E, on the cell below the vertex."""
        net = self._places.network.net
        matrix = self._places.first_layer
        error = 4 * LONG_SPACING * np.abs(matrix).astype(np.float64)
        maps = [(matrix, error)]
        for after in range(1, layer + 1):
            parts = self._layer(after)
            if parts is None or not np.abs(matrix).max() < _LARGE:
                return None
            weight, size, bias = parts
            activation = net.activations[after - 1]
            piece = self._places.pieces(vertex, after - 1)
            slopes, offsets = activation.slopes_on(piece), self._offsets_on(after - 1, piece)
            rows = slopes[:, None] * matrix
            rows[:, -1] += offsets
            absolute = np.abs(rows).astype(np.float64)
            absolute[:, -1] += np.abs(offsets).astype(np.float64)
            incoming = np.abs(slopes)[:, None] * error + 4 * LONG_SPACING * absolute + _FLOOR
            matrix = weight @ rows
            matrix[:, -1] += bias
            width = LONG_SPACING * (size.shape[1] + 4)
            error = size @ (incoming + width * absolute)
            error[:, -1] += width * np.abs(bias).astype(np.float64)
            error = error * LONG_SAFETY + _FLOOR
            maps.append((matrix, error))
        return maps if np.abs(matrix).max() < _LARGE else None

    # The vertex ---------------------------------------------------------------------------------

    def _solved(
        self,
        vertex: int,
        maps: list[tuple[np.ndarray, np.ndarray]],
        value_error: list[np.ndarray] | None = None,
    ) -> _Solved | None:
        """Where the vertex is; with ``value_error`` None, too, where residuals exceed it."""
        rows, errors, allowed = [], [], []
        activations = self._places.network.net.activations
        for wall in self._places.wall_rows(vertex):
            rows.append(wall)
            errors.append(4 * LONG_SPACING * np.abs(wall).astype(np.float64))
            allowed.append(np.inf if value_error is None else UNIT)
        for own in self._places.hyperplanes_of(vertex):
            matrix, error = maps[own.layer]
            row, bound = matrix[own.neuron].copy(), error[own.neuron].copy()
            row[-1] -= activations[own.layer].unit(own.neuron).breakpoints[own.breakpoint]
            bound[-1] += LONG_SPACING * float(np.abs(row[-1])) + _FLOOR
            rows.append(row)
            errors.append(bound)
            limit = np.inf if value_error is None else float(value_error[own.layer][own.neuron])
            allowed.append(limit)
        system, error = np.array(rows), np.array(errors)
        norm = np.abs(system[:, :-1]).max(axis=1, keepdims=True)
        if not (norm > 1 / _LARGE).all():
            return None
        system, error = system / norm, error / norm.astype(np.float64)
        error += 2 * LONG_SPACING * np.abs(system).astype(np.float64)
        square, constant = system[:, :-1], system[:, -1]
        try:
            inverse = np.linalg.inv(square.astype(np.float64)).astype(np.longdouble)
        except np.linalg.LinAlgError:
            return None
        inverse += (np.eye(len(square)) - inverse @ square) @ inverse
        place = np.zeros(len(square), dtype=np.longdouble)
        for _ in range(4):
            place = place - inverse @ (square @ place + constant)
        for axis, value in self._places.fixed_parameters(vertex):
            place[axis] = value
        size = np.append(np.abs(place).astype(np.float64), 1.0)
        width = LONG_SPACING * (len(place) + 4)
        absolute = np.abs(system).astype(np.float64)
        residual = np.abs(square @ place + constant).astype(np.float64)
        residual = (residual + (error + width * absolute) @ size) * LONG_SAFETY + _FLOOR
        if not (residual <= np.array(allowed) / norm[:, 0].astype(np.float64)).all():
            return None
        spread = np.abs(inverse)
        defect = np.abs(np.eye(len(place)) - inverse @ square).astype(np.float64)
        defect += spread @ (error[:, :-1] + width * absolute[:, :-1]) + width
        contraction = float(defect.sum(axis=1).max()) * LONG_SAFETY
        if not contraction < 0.5:
            return None
        off = float((spread @ residual).max()) / (1 - contraction) * LONG_SAFETY
        return _Solved(
            place=place,
            off=off,
            square=square,
            error=error[:, :-1],
            inverse=inverse,
            residual=residual,
        )
