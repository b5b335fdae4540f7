"""Sparse matrices whose entries are exact: sums and products are not rounded until the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from linreg_lib.networks.dyadic import Dyadic


@dataclass(frozen=True, kw_only=True, eq=False)
class ExactRows:
    """Entry ``k`` is ``values[k] * 2**-shift`` at (``rows[k]``, ``columns[k]``); no place twice.

    ``values`` holds floats (then ``shift`` is 0) or Python integers; places are sorted by row, then
    by column.
    """

    shape: tuple[int, int]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[Any]
    shift: int = 0

    @classmethod
    def of(cls, matrix: Any) -> ExactRows:
        """The same numbers as a scipy matrix of floats.

        >>> ExactRows.of(sparse.csr_array([[0.0, 0.5]])).rounded().toarray().tolist()
        [[0.0, 0.5]]
        """
        return _merged([_Terms.of(sparse.coo_array(matrix))], matrix.shape)

    def rounded(self) -> sparse.csr_array:
        """Each entry rounded to the nearest float.

        Raises OverflowError for one that is beyond all floats.
        """
        values = self.values
        if values.dtype == object:
            scale = 1 << self.shift
            # The quotient of two Python integers is rounded once, to the nearest float.
            values = np.array([value / scale for value in values.tolist()], dtype=np.float64)
        matrix = sparse.csr_array((values, (self.rows, self.columns)), shape=self.shape)
        matrix.eliminate_zeros()
        return matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class _Terms:
    """Summands at places that may repeat."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[Any]
    shift: int

    @classmethod
    def of(cls, matrix: Any) -> _Terms:
        return cls(
            rows=matrix.row.astype(np.int64),
            columns=matrix.col.astype(np.int64),
            values=matrix.data,
            shift=0,
        )

    def integers(self, shift: int) -> NDArray[Any]:
        if self.values.dtype == object:
            return self.values * (1 << (shift - self.shift))
        return Dyadic.of(self.values).shifted_to(shift)

    @property
    def needed_shift(self) -> int:
        return self.shift if self.values.dtype == object else Dyadic.of(self.values).shift


def combined(
    parts: Sequence[tuple[sparse.csr_array, ExactRows]], shape: tuple[int, int]
) -> ExactRows:
    """The sum of ``matrix @ rows`` over the parts, exactly.

    >>> third = ExactRows.of(sparse.csr_array([[1 / 3]]))
    >>> total = combined([(sparse.csr_array([[1.0], [3.0]]), third)], (2, 1))
    >>> total.shift, total.rounded().toarray().tolist()
    (54, [[0.3333333333333333], [1.0]])
    """
    return _merged([_product(matrix, rows) for matrix, rows in parts], shape)


def _product(matrix: sparse.csr_array, rows: ExactRows) -> _Terms:
    """All summands of the entries of ``matrix @ rows``."""
    lengths = np.bincount(rows.rows, minlength=rows.shape[0])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    left = sparse.coo_array(matrix)
    counts = lengths[left.col]
    first = np.repeat(np.arange(left.nnz), counts)
    within = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    second = starts[left.col[first]] + within
    factors, values, shift = left.data[first], rows.values[second], rows.shift
    if (left.data == 1.0).all():
        product = values
    elif values.dtype != object and (rows.values == 1.0).all():
        product = factors
    else:
        exact = Dyadic.of(left.data)
        if values.dtype == object:
            others = rows.values
        else:
            other = Dyadic.of(rows.values)
            others, shift = other.numerators, other.shift
        product = exact.numerators[first] * others[second]
        shift += exact.shift
    return _Terms(
        rows=left.row[first].astype(np.int64),
        columns=rows.columns[second],
        values=product,
        shift=shift if product.dtype == object else 0,
    )


def _merged(terms: Sequence[_Terms], shape: tuple[int, int]) -> ExactRows:
    """Summands of the same place added up, zeros left out."""
    terms = [each for each in terms if len(each.rows)]
    if not terms:
        none = np.zeros(0, dtype=np.int64)
        return ExactRows(shape=shape, rows=none, columns=none, values=np.zeros(0))
    rows = np.concatenate([each.rows for each in terms])
    columns = np.concatenate([each.columns for each in terms])
    place = rows * shape[1] + columns
    order = np.argsort(place, kind="stable")
    place = place[order]
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    are_floats = all(each.values.dtype != object for each in terms)
    if are_floats and len(starts) == len(place):
        values, shift = np.concatenate([each.values for each in terms])[order], 0
    else:
        shift = max(each.needed_shift for each in terms)
        values = np.concatenate([each.integers(shift) for each in terms])[order]
        values = np.add.reduceat(values, starts)
    kept = np.asarray(values != 0, dtype=bool)
    first = order[starts][kept]
    return ExactRows(
        shape=shape, rows=rows[first], columns=columns[first], values=values[kept], shift=shift
    )
