"""Neurons as affine functions of the coordinates, on given cells, with bounds of rounding errors.

Coordinates are counted in units of each axis (coordinate_units.py), so that norms add up what is
alike.  Rows are multiplied backwards through the layers.  gamma_n = n u bounds the relative error
of a sum of n products, and norms carry the errors from layer to layer.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.vertex_signs.accurate_offset import accurate_offset
from linreg_lib.geometry.vertex_signs.carried_bounds import spectral_bound
from linreg_lib.networks import Network
from linreg_lib.networks.float_constants import FACTOR_FLOOR, ROW_FLOOR, SAFETY, SQUARE_FLOOR, UNIT


class AffineRows:
    """Rows of a network's neurons, affine in the lattice's coordinates / ``units``, on given cells.

    ``precise``: products of matrices lose next to nothing, and take three times as long.
    """

    def __init__(self, net: Network, domain: Domain, units: np.ndarray, precise: bool) -> None:
        self.net, self.precise = net, precise
        weight, basis = net.weights[0], domain.basis * units[:, None]
        #: the first layer in coordinates, and how far each entry may be off
        self.frame, unit = weight @ basis.T, (net.input_dim + 12) * UNIT
        self.frame_error = np.zeros_like(self.frame)
        if precise:
            for axis, direction in enumerate(basis):
                self.frame[:, axis], self.frame_error[:, axis] = accurate_offset(
                    weight, np.zeros(len(weight)), direction
                )
            unit = 8 * UNIT  # a segment's direction is rounded
        # A direction's own entries may have been rounded below the normal range, here or before.
        floors = FACTOR_FLOOR * units + FACTOR_FLOOR
        self.frame_error += unit * (np.abs(weight) @ (np.abs(basis).T + floors)) + ROW_FLOOR
        if basis.shape[0] == basis.shape[1] and (domain.basis == np.eye(len(basis))).all():
            # Products with units are exact where division brings the weights back.
            self.frame = weight * units
            self.frame_error[self.frame / units == weight] = 0.0
        origin, bias = domain.origin + domain.centre @ domain.basis, net.biases[0]
        if precise or not origin.any():
            self.offset, self.offset_error = accurate_offset(weight, bias, origin)
        else:
            self.offset = weight @ origin + bias
            size = np.abs(weight) @ np.abs(origin) + np.abs(bias)
            self.offset_error = (len(origin) + 4) * UNIT * size + ROW_FLOOR
        self.first_unit = np.cumsum([0, *net.hidden_widths])
        self._products = [_Product(*self._layer(layer), precise) for layer in range(net.depth - 1)]
        self._first_error = _norm(self.frame_error.ravel()[None])[0]
        self._first_shift = _norm(self.offset_error[None])[0]

    def _layer(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        if layer:
            return self.net.weights[layer], self.net.biases[layer]
        return self.frame, self.offset

    def of(
        self, layer: int, neurons: np.ndarray, levels: np.ndarray, patterns: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Rows (m, d) and constants (m,) of ``neuron - level``, and bounds of both errors (m,).

        ``patterns`` (m, units) of the cells on which they are meant.
        """
        matrix, vector = self._layer(layer)
        row, constant = matrix[neurons], vector[neurons] - levels
        error = UNIT * np.abs(constant)
        if not layer:
            row_error = _norm(self.frame_error)[neurons]
            return row, constant, row_error, error + self.offset_error[neurons]
        row_error = np.zeros(len(row))
        for before in reversed(range(layer)):
            units = slice(self.first_unit[before], self.first_unit[before + 1])
            activation, pieces = self.net.activations[before], patterns[:, units]
            if activation.largest_offset:
                num = pieces.shape[1] + 4
                largest = activation.largest_offset * num**0.5
                constant += np.einsum("ij,ij->i", row, activation.offsets_on(pieces))
                error += largest * (row_error + num * UNIT * _norm(row))
                error += UNIT * np.abs(constant)
            row = row * activation.slopes_on(pieces)
            size = _norm(row)
            row_error = row_error * activation.steepest
            if not activation.is_exact_in_floats:
                row_error += UNIT * size
            product = self._products[before]
            row, added, rounding, added_rounding = product(row, size)
            constant += added
            error += product.vector_norm * row_error + added_rounding + UNIT * np.abs(constant)
            row_error = product.norm * row_error + rounding + ROW_FLOOR
            if before == 0:
                row_error += size * self._first_error
                error += size * self._first_shift
        return row, constant, row_error * SAFETY, error * SAFETY + ROW_FLOOR


class _Product:
    """Rows times a layer's matrix and vector, with bounds of the rounding errors.

    *Precise*: rows and matrix are split into a part with few bits, whose products and sums are
    exact whatever their order, and a small rest (Ozaki, Ogita, Oishi and Rump, "Error-free
    transformations of matrix multiplication", 2012).
    """

    def __init__(self, matrix: np.ndarray, vector: np.ndarray, precise: bool) -> None:
        self.whole = np.column_stack([matrix, vector])
        self.norm = spectral_bound(matrix)
        self.vector_norm = _norm(vector[None])[0]
        self._unit = (len(matrix) + 4) * UNIT
        self._bits = (52 - len(matrix).bit_length()) // 2 if precise else 0
        parts = [self.whole]
        if precise:
            coarse = _coarse(self.whole.T, self._bits).T
            parts = [coarse, self.whole - coarse]
        self._parts = parts
        self._absolute = [(spectral_bound(np.abs(p[:, :-1])), _norm(p.T[-1:])[0]) for p in parts]

    def __call__(
        self, rows: np.ndarray, size: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Products with matrix and vector, for rows of length ``size``; bounds of their errors."""
        (norm, vector_norm), small = self._absolute[0], self._absolute[-1]
        if not self._bits:
            found, rest = rows @ self.whole, size
        else:
            coarse = _coarse(rows, self._bits)
            fine = rows - coarse
            found = coarse @ self._parts[0] + (fine @ self._parts[0] + rows @ self._parts[1])
            rest = _norm(fine)
        rounding, added_rounding = self._unit * norm * rest, self._unit * vector_norm * rest
        if self._bits:
            rounding += self._unit * small[0] * size + 2 * UNIT * _norm(found[:, :-1])
            added_rounding += self._unit * small[1] * size + 2 * UNIT * np.abs(found[:, -1])
        return found[:, :-1], found[:, -1].copy(), rounding, added_rounding + ROW_FLOOR


def _coarse(rows: np.ndarray, bits: int) -> np.ndarray:
    """Each row rounded to multiples of 2**-bits of a power of two above its largest entry."""
    powers = np.frexp(np.abs(rows).max(axis=1, initial=0.0))[1][:, None] - bits
    return np.ldexp(np.rint(np.ldexp(rows, -powers)), powers)


def _norm(rows: np.ndarray) -> np.ndarray:
    """At least the Euclidean lengths of the rows; squares may underflow."""
    return np.sqrt(np.einsum("ij,ij->i", rows, rows)) * SAFETY + SQUARE_FLOOR
