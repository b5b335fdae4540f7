"""What a network computes, value by value: inputs, affine maps of earlier values, units.

A value is a vector.  Nothing is multiplied out here: a graph keeps the matrices as they were given.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from linreg_lib.errors import BrokenInvariantError
from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.named_activations import identity

_numbers = itertools.count()

#: a unit that carries its value on, and cuts nothing
CARRY = identity()

#: products of matrices with more summands than this are not formed: units stand between
_MOST_SUMMANDS = 2**23


@dataclass(frozen=True, kw_only=True, eq=False)
class Value:
    """A vector of ``size`` entries; later ones have higher numbers."""

    size: int
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(frozen=True, kw_only=True, eq=False)
class Inputs(Value):
    """The inputs of the network."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Affine(Value):
    """The sum of ``matrix @ value`` over the parts, plus ``bias`` (size,).

    ``summands``: how many products an entry has, all affine maps before it multiplied out.
    """

    parts: tuple[tuple[Value, sparse.csr_array], ...]
    bias: NDArray[np.float64]
    summands: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Units(Value):
    """Units with the entries of ``source`` as pre-activations.

    ``activation``: one that all have, or one for each.
    """

    source: Value
    activation: PiecewiseLinear | tuple[PiecewiseLinear, ...]

    def activations(self) -> tuple[PiecewiseLinear, ...]:
        """One for each unit."""
        if isinstance(self.activation, tuple):
            return self.activation
        return (self.activation,) * self.size


@dataclass(frozen=True, kw_only=True, eq=False)
class Contest:
    """The maxima of groups of values, before the layers of their matches are known.

    ``rounds``: the units of each round's matches.  ``matches``: for each group, the round, the unit
    in it, and the two contestants of each match, as ``max_units.Match`` counts them.
    """

    rounds: tuple[Units, ...]
    num_entries: tuple[int, ...]
    matches: tuple[tuple[tuple[int, int, int, int], ...], ...]


def affine(
    parts: Iterable[tuple[Value, sparse.csr_array]], bias: NDArray[np.float64] | None, size: int
) -> Value:
    """The sum of the parts and a bias (None: zeros)."""
    parts = tuple(parts)
    for value, matrix in parts:
        if matrix.shape != (size, value.size):
            raise BrokenInvariantError(
                f"a matrix {matrix.shape} maps {value.size} to {size} values"
            )
    offset = np.zeros(size) if bias is None else bias
    if len(parts) == 1 and not offset.any() and _is_identity(parts[0][1]):
        return parts[0][0]
    kept = []
    summands = np.zeros(size)
    for value, matrix in parts:
        lengths = _num_summands(value, matrix)
        if isinstance(value, Affine) and not is_selection(matrix):
            if lengths.sum() > _MOST_SUMMANDS:
                value = carried(value)
                lengths = _num_summands(value, matrix)
        summands = summands + lengths
        kept.append((value, matrix))
    return Affine(size=size, parts=tuple(kept), bias=offset, summands=summands)


def _num_summands(value: Value, matrix: sparse.csr_array) -> NDArray[np.float64]:
    if not isinstance(value, Affine):
        return np.diff(matrix.indptr).astype(np.float64)
    pattern = sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape)
    return np.asarray(pattern @ value.summands)


def _is_identity(matrix: sparse.csr_array) -> bool:
    size = matrix.shape[0]
    return bool(
        matrix.shape[1] == size
        and matrix.nnz == size
        and (matrix.data == 1.0).all()
        and np.array_equal(matrix.indices, np.arange(size))
        and np.array_equal(matrix.indptr, np.arange(size + 1))
    )


def is_selection(matrix: sparse.csr_array) -> bool:
    """Whether each row has at most one entry, and that is 1."""
    return bool((np.diff(matrix.indptr) <= 1).all() and (matrix.data == 1.0).all())


def selection(columns: NDArray[np.int64], num_columns: int) -> sparse.csr_array:
    """The matrix whose row ``i`` has a 1 in ``columns[i]``, nothing where that is negative.

    >>> selection(np.array([2, -1, 0]), 3).toarray().tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """
    there = columns >= 0
    indptr = np.concatenate([[0], np.cumsum(there)])
    shape = (len(columns), num_columns)
    return sparse.csr_array((np.ones(int(indptr[-1])), columns[there], indptr), shape=shape)


def carried(value: Value) -> Units:
    """The same entries as units that cut nothing."""
    return Units(size=value.size, source=value, activation=CARRY)


def units(value: Value, activation: PiecewiseLinear | Sequence[PiecewiseLinear]) -> Value:
    """The units with these pre-activations; where all carry, or there are none, the value."""
    if not value.size:
        return value
    if not isinstance(activation, PiecewiseLinear):
        kinds = tuple(activation)
        if any(each is not kinds[0] and each != kinds[0] for each in kinds):
            return Units(size=value.size, source=value, activation=kinds)
        activation = kinds[0]
    if activation == CARRY:
        return value
    return Units(size=value.size, source=value, activation=activation)
