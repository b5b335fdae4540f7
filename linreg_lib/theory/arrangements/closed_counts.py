"""Closed counts of regions: bounds and generic arrangements."""

from __future__ import annotations

from math import comb

from linreg_lib.networks.arguments import checked_count


def zaslavsky_bound(num_hyperplanes: int, dimension: int) -> int:
    """sum_{i<=n} binom(m, i): the largest number of regions of m hyperplanes in R^n.

    >>> zaslavsky_bound(3, 2), zaslavsky_bound(2, 5)
    (7, 4)

    Source: F23, Lemma 1 (Eq. 9).
    """
    _check(num_hyperplanes, dimension)
    return sum(comb(num_hyperplanes, i) for i in range(dimension + 1))


def central_count(num_hyperplanes: int, dimension: int) -> int:
    """binom(m-1, n-1) + sum_{i<n} binom(m, i): regions of m generic hyperplanes through 0.

    It equals ``central_count_doubled``. Needs m >= 1 and n >= 1 (m = 0 would ask for
    binom(-1, n - 1)).

    Raises:
        ValueError: m = 0 or n = 0.

    >>> central_count(3, 2), central_count(3, 3), central_count(2, 4)
    (6, 8, 4)

    Source: F23, Lemma 6.
    """
    _check(num_hyperplanes, dimension)
    if num_hyperplanes < 1 or dimension < 1:
        raise ValueError(
            f"Lemma 6 needs m >= 1 and n >= 1, got m = {num_hyperplanes}, n = {dimension}"
        )
    return comb(num_hyperplanes - 1, dimension - 1) + sum(
        comb(num_hyperplanes, i) for i in range(dimension)
    )


def central_count_doubled(num_hyperplanes: int, dimension: int) -> int:
    """2 sum_{i<n} binom(m-1, i), the usual form of the same number (Cover, Schläfli).

    >>> central_count_doubled(3, 2)
    6
    """
    _check(checked_count("num_hyperplanes", num_hyperplanes) - 1, dimension)
    return 2 * sum(comb(num_hyperplanes - 1, i) for i in range(dimension))


def alternating_tail(num_hyperplanes: int, dimension: int) -> int:
    """sum_{i=n+1}^m (-1)^(i-n) binom(m, i), summed term by term; equals -binom(m-1, n), m >= 1.

    >>> alternating_tail(5, 2), -comb(4, 2)
    (-6, -6)
    """
    _check(num_hyperplanes, dimension)
    return sum(
        (-1) ** (i - dimension) * comb(num_hyperplanes, i)
        for i in range(dimension + 1, num_hyperplanes + 1)
    )


def _check(num_hyperplanes: int, dimension: int) -> None:
    checked_count("num_hyperplanes", num_hyperplanes, least=0)
    checked_count("dimension", dimension, least=0)
