"""Named arrangements, generic and degenerate."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from linreg_lib.theory.arrangements.arrangement import Arrangement


def generic(num_hyperplanes: int, dimension: int) -> Arrangement:
    """Hyperplanes (1, t, ..., t^(n-1)).x = t^n for t = 1, ..., m: in general position.

    Any n normals are a Vandermonde matrix, and so are any n + 1 rows with their offsets.

    >>> generic(5, 2).is_in_general_position
    True
    """
    _check(num_hyperplanes, dimension)
    parameters = range(1, num_hyperplanes + 1)
    normals = [[t**power for power in range(dimension)] for t in parameters]
    return Arrangement(normals, [t**dimension for t in parameters], dimension)


def generic_central(num_hyperplanes: int, dimension: int) -> Arrangement:
    """The same normals, all through the origin; any min(m, n) normals are independent.

    For n = 1 there is only one hyperplane through the origin.
    """
    _check(num_hyperplanes, dimension)
    normals = [[t**p for p in range(dimension)] for t in range(1, num_hyperplanes + 1)]
    return Arrangement(normals, [0] * num_hyperplanes, dimension)


def coordinate(dimension: int) -> Arrangement:
    """The n coordinate hyperplanes (Boolean arrangement): 2^n orthants."""
    _check(0, dimension)
    normals = [[int(i == j) for j in range(dimension)] for i in range(dimension)]
    return Arrangement(normals, [0] * dimension, dimension)


def braid(dimension: int) -> Arrangement:
    """x_i = x_j for all i < j: n! regions, chi(t) = t (t - 1) ... (t - n + 1).

    >>> len(braid(4))
    6
    """
    _check(0, dimension)
    pairs = list(combinations(range(dimension), 2))
    normals = [[(k == i) - (k == j) for k in range(dimension)] for i, j in pairs]
    return Arrangement(normals, [0] * len(pairs), dimension)


def parallel(num_hyperplanes: int, dimension: int) -> Arrangement:
    """x_1 = 1, ..., m: m + 1 slabs."""
    _check(num_hyperplanes, dimension)
    normal = [int(i == 0) for i in range(dimension)]
    return Arrangement([normal] * num_hyperplanes, list(range(1, num_hyperplanes + 1)), dimension)


def parallel_families(sizes: list[int]) -> Arrangement:
    """A grid: x_i = 1, ..., sizes[i] in R^n, n = len(sizes); prod (sizes[i] + 1) boxes.

    >>> len(parallel_families([2, 1]))
    3
    """
    dimension = len(sizes)
    _check(min(sizes, default=0), dimension)
    normals = [
        [int(i == axis) for i in range(dimension)]
        for axis, size in enumerate(sizes)
        for _ in range(size)
    ]
    return Arrangement(
        normals, [offset for size in sizes for offset in range(1, size + 1)], dimension
    )


def pencil(num_hyperplanes: int, dimension: int = 2) -> Arrangement:
    """m hyperplanes x_1 = t x_2, t = 0, ..., m - 1, all through one flat of codimension 2.

    Raises:
        ValueError: fewer than two dimensions.
    """
    _check(num_hyperplanes, dimension)
    if dimension < 2:
        raise ValueError(f"a pencil needs dimension >= 2, got {dimension}")
    normals = [[1, -t] + [0] * (dimension - 2) for t in range(num_hyperplanes)]
    return Arrangement(normals, [0] * num_hyperplanes, dimension)


def repeated(arrangement: Arrangement, times: int) -> Arrangement:
    """The same hyperplanes, each given ``times`` times with different factors.

    Raises:
        ValueError: ``times`` below 1.

    >>> twice = repeated(coordinate(2), 2)
    >>> twice.num_given, twice.num_hyperplanes
    (4, 2)
    """
    if times < 1:
        raise ValueError(f"times must be >= 1, got {times}")
    factors = [(-1) ** k * (k + 1) for k in range(times)]
    rows = [[factor * entry for entry in row] for row in arrangement.rows for factor in factors]
    return Arrangement([row[:-1] for row in rows], [row[-1] for row in rows], arrangement.dimension)


def random_integer(
    num_hyperplanes: int,
    dimension: int,
    rng: np.random.Generator,
    max_entry: int = 2,
    *,
    central: bool = False,
) -> Arrangement:
    """Rows with entries uniform in -max_entry..max_entry; small entries make degeneracies common.

    Zero normals are drawn again. Rows may coincide, so there can be fewer hyperplanes.
    """
    _check(num_hyperplanes, dimension)
    normals: list[list[int]] = []
    while len(normals) < num_hyperplanes:
        normal = rng.integers(-max_entry, max_entry + 1, size=dimension).tolist()
        if any(normal):
            normals.append(normal)
    offsets = rng.integers(-max_entry, max_entry + 1, size=num_hyperplanes) * (not central)
    return Arrangement(normals, offsets.tolist(), dimension)


def _check(num_hyperplanes: int, dimension: int) -> None:
    if num_hyperplanes < 0:
        raise ValueError(f"num_hyperplanes must be >= 0, got {num_hyperplanes}")
    if dimension < 1:
        raise ValueError(f"dimension must be >= 1, got {dimension}")
