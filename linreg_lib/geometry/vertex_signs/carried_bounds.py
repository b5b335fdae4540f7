"""Bounds that one layer passes on to the next, entry by entry and in a norm.

Errors of a layer's values, and its gradients, go through the next layer as ``y = W D x + r``: D
holds the slopes of the activation, r is what arises there.  Entry by entry ``|y| <= |W| |D| |x| +
|r|``; this takes no notice of signs, and grows by the rows' sums with every layer.  The Euclidean
norm of ``x`` with each entry in its own unit grows by the largest singular value of the matrix in
these units: less a layer, but it starts from the sum of all entries.  Both are carried, and the
smaller counts.  Units that grow and shrink with what they measure make both independent of the
neurons' units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.networks.float_constants import SAFETY, UNDERFLOW_FLOOR


@dataclass(frozen=True, kw_only=True)
class CarriedBounds:
    """Of vectors, or of matrices (n, m) by rows: ``|x_k| <= bounds[k]``, ``|x / units| <= norm``.

    The norm of a matrix is the largest singular value.
    """

    bounds: np.ndarray
    units: np.ndarray
    norm: float

    @classmethod
    def of(cls, bounds: np.ndarray, units: np.ndarray) -> CarriedBounds:
        """What the bounds of the entries alone say; a unit of 0 is none, and the bound serves."""
        units = np.maximum(np.where(units > 0, units, bounds), UNDERFLOW_FLOOR)
        return cls(bounds=bounds, units=units, norm=_norm(bounds / units))

    def at_most(self, norm: float) -> CarriedBounds:
        """The same with a better norm, if it is."""
        if not norm < self.norm:
            return self
        better = norm
        bounds = np.minimum(self.bounds, self.units * better * SAFETY)
        return CarriedBounds(bounds=bounds, units=self.units, norm=better)

    @np.errstate(over="ignore", invalid="ignore")  # what is not finite bounds nothing
    def after(self, weight: np.ndarray, local: np.ndarray, units: np.ndarray) -> CarriedBounds:
        """Bounds of ``weight @ x + r`` with ``|r| <= local``, in other ``units``."""
        if not weight.shape[1]:
            return self.of(local * SAFETY, units)
        wide = weight * self.units
        sizes = row_norms(wide)
        passed = np.fmin(np.abs(weight) @ self.bounds, sizes * self.norm)
        found = self.of((passed + local) * SAFETY, units)
        norm = spectral_bound(wide / found.units[:, None]) * self.norm
        return found.at_most((norm + _norm(local / found.units)) * SAFETY)


def spectral_bound(matrix: np.ndarray) -> float:
    """At least the largest singular value, and at most about 30 % more where n = 64.

    It is the norm (sum of the 16th powers of the singular values) ** (1/16), which products give,
    in a fraction of the time of a decomposition.
    """
    largest = float(np.abs(matrix).max(initial=0.0))
    if not 0 < largest < np.inf:
        return largest
    scaled = matrix / largest
    if scaled.shape[0] < scaled.shape[1]:
        scaled = scaled.T
    power, norm = scaled.T @ scaled, 1.0
    for root in (2, 4, 8):
        size = float(np.abs(power).max())
        norm *= size ** (1 / root)
        power = power / size
        if root < 8:
            power = power @ power
    return largest * norm * float(np.linalg.norm(power)) ** (1 / 8) * SAFETY


def row_norms(rows: np.ndarray) -> np.ndarray:
    """Euclidean lengths of the rows, safe from underflow and overflow of squares."""
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
    scaled = rows / np.where(largest > 0, largest, 1.0)
    return largest[:, 0] * np.sqrt((scaled**2).sum(axis=1))


def _norm(entries: np.ndarray) -> float:
    if not np.isfinite(entries).all():
        return np.inf
    return float(row_norms(entries[None])[0]) * SAFETY
