"""Closed counts of regions, and their derivations as identities that sympy checks."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sympy import Expr

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


@dataclass(frozen=True, kw_only=True)
class ProofStep:
    """One identity of a derivation; ``residual`` is what sympy leaves of left - right."""

    name: str
    left: Expr
    right: Expr
    residual: Expr

    @property
    def holds(self) -> bool:
        """Whether sympy reduced the difference to 0."""
        return bool(self.residual == 0)


def _step(name: str, left: Expr, right: Expr) -> ProofStep:
    from sympy import combsimp, expand_func, gamma, gammasimp, simplify

    difference = (left - right).rewrite(gamma)
    residual = simplify(gammasimp(combsimp(expand_func(difference))))
    return ProofStep(name=name, left=left, right=right, residual=residual)


def zaslavsky_induction() -> tuple[ProofStep, ...]:
    """The induction behind Lemma 1, term by term: Z(m, n) = Z(m-1, n) + Z(m-1, n-1).

    With r(A) = r(A without H) + r(A restricted to H) and Z(m, n) = sum_{i<=n} binom(m, i) this is
    the bound for A from the bounds for the two smaller arrangements. It is Pascal's rule for each
    i >= 1; the term i = 0 is 1 on both sides.

    >>> all(step.holds for step in zaslavsky_induction())
    True
    """
    from sympy import binomial, symbols

    m, i = symbols("m i", integer=True, positive=True)
    right = binomial(m - 1, i) + binomial(m - 1, i - 1)
    return (_step("term i >= 1", binomial(m, i), right),)


def central_count_proof() -> tuple[ProofStep, ...]:
    """The steps from Whitney's sum to Lemma 6's closed form, for symbolic m, n >= 1.

    Whitney's sum is sum_{i<=n} binom(m, i) + T(n) with the tail
    T(n) = sum_{i=n+1}^m (-1)^(i-n) binom(m, i).

    1. T(m) = 0 and T(n) = -binom(m, n+1) - T(n+1). Downward induction gives
       T(n) = -binom(m-1, n), because -binom(m-1, n) = -binom(m, n+1) + binom(m-1, n+1)
    2. and binom(m-1, m) = 0.
    3. The closing step of Lemma 6: binom(m, n) - binom(m-1, n) = binom(m-1, n-1).
    4. Doubled form: from n to n + 1 the closed form grows by
       binom(m-1, n) - binom(m-1, n-1) + binom(m, n), the sum 2 sum_{i<n} binom(m-1, i) by
       2 binom(m-1, n): equal;
    5. and at n = 1 both are 2.

    >>> [step.holds for step in central_count_proof()]
    [True, True, True, True, True]
    """
    from sympy import Integer, binomial, symbols

    m, n = symbols("m n", integer=True, positive=True)
    before, same, after = (binomial(m - 1, n + shift) for shift in (-1, 0, 1))
    return (
        _step("tail, downward step", -same, -binomial(m, n + 1) + after),
        _step("tail, start", binomial(m - 1, m), Integer(0)),
        _step("closing step", binomial(m, n) - same, before),
        _step("doubled form, step", same - before + binomial(m, n), 2 * same),
        _step(
            "doubled form, start",
            binomial(m - 1, Integer(0)) + binomial(m, Integer(0)),
            2 * binomial(m - 1, Integer(0)),
        ),
    )


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
