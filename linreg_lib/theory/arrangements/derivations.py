"""Derivations of the closed counts of regions, as identities that sympy checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linreg_lib.extras import needs_extra
from linreg_lib.theory.proof_step import ProofStep

if TYPE_CHECKING:
    from sympy import Expr


def _step(name: str, left: Expr, right: Expr) -> ProofStep:
    with needs_extra("a derivation"):
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
    with needs_extra("a derivation"):
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
    with needs_extra("a derivation"):
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
