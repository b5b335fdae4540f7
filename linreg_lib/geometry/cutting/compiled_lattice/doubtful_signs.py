"""Signs that floats do not certify, in rational arithmetic: of those columns alone.

What vertex_signs/float_sign_bounds.py claims of a vertex holds for its stored place, and a value
that is exactly at the breakpoint must be stored as just that, since pieces meet there.  So where a
sign turns out to be 0, the stored place must be as good as the exact one, rounded: if it is not,
the vertex is placed anew and all its values with it.  Otherwise place and values stay.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.compiled_lattice import lattice_state as at
from linreg_lib.geometry.cutting.compiled_lattice.lattice_arrays import LatticeArrays
from linreg_lib.geometry.cutting.compiled_lattice.layer_columns import Columns
from linreg_lib.geometry.faces.pattern_words import packed_rows, unpacked
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.networks.float_constants import PLACE_FLOOR, ROUNDED_UP, UNIT


class DoubtfulSigns:
    """Decides signs of one layer."""

    def __init__(
        self, arrays: LatticeArrays, exact: ExactVertices, layer: int, columns: Columns
    ) -> None:
        self._arrays, self._exact = arrays, exact
        self._layer, self._columns = layer, columns
        self._scales = [scale.as_integer_ratio() for scale in exact.scales.tolist()]

    def decide(self) -> int:
        """All signs that the kernels left; how many vertices they belong to."""
        arrays = self._arrays
        num = int(arrays.counts[at.NUM_DOUBTS])
        bits = unpacked(arrays.doubt_bits[:num], len(self._columns.neurons))
        for i, vertex in enumerate(arrays.doubts[:num].tolist()):
            doubtful = np.flatnonzero(bits[i])
            if arrays.squeezed[i] or not self._exact.domain.is_bounded:
                self._place_anew(vertex)
            else:
                self._decide(vertex, doubtful)
        return num

    def _decide(self, vertex: int, doubtful: np.ndarray) -> None:
        arrays, columns = self._arrays, self._columns
        name, stored = int(arrays.names[vertex]), arrays.points[vertex, :-1]
        off = self._distance(vertex, stored.tolist())
        signs = self._exact.values.signs_of(
            vertex, self._layer, columns.neurons[doubtful], columns.indices[doubtful]
        )
        near = _rounding_of(stored)
        if (signs == 0).any():
            if not off <= near:
                self._place_anew(vertex)
                return
            ties = doubtful[signs == 0]
            arrays.values[vertex, columns.neurons[ties]] = columns.breakpoints[ties]
        for column, sign in zip(doubtful.tolist(), signs.tolist(), strict=True):
            if sign:
                side, bit = int(sign < 0), np.uint64(1) << np.uint64(column & 63)
                arrays.masks[name, side, column >> 6] |= bit
        arrays.floats[name, at.FAR] = min(arrays.floats[name, at.FAR], off)

    def _distance(self, vertex: int, stored: list[float]) -> float:
        """At least how far the stored coordinates are from the exact ones."""
        *point, w = self._exact.point(vertex).tolist()
        off = 0.0
        for x, scale, p in zip(stored, self._scales, point, strict=True):
            (x_above, x_below), (above, below) = x.as_integer_ratio(), scale
            # A quotient of integers is rounded once; one beyond float64 raises.
            off += abs(x_above * below * w - p * above * x_below) / (x_below * below * w)
        return off * ROUNDED_UP + PLACE_FLOOR

    def _place_anew(self, vertex: int) -> None:
        """Exact signs of all columns at a vertex, which is rounded anew."""
        arrays, columns = self._arrays, self._columns
        name = int(arrays.names[vertex])
        num_breakpoints = self._exact.network.net.activations[self._layer].num_breakpoints
        signs = self._exact.signs(vertex, self._layer, num_breakpoints)
        signs = signs[columns.neurons, columns.indices]
        arrays.masks[name] = packed_rows(np.stack([signs > 0, signs < 0]))
        point, values = self._exact.rounded(vertex, self._layer)
        arrays.points[vertex], arrays.values[vertex] = point, values
        arrays.floats[name, at.FAR] = _rounding_of(point)


def _rounding_of(point: np.ndarray) -> float:
    """How far a point that was correctly rounded may be from its exact place."""
    return 4 * UNIT * float(np.abs(point).sum()) + PLACE_FLOOR
