"""Identities behind the boundary formula and its closed forms, each done by sympy."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from linreg_lib.extras import needs_extra
from linreg_lib.theory.proof_step import ProofStep

if TYPE_CHECKING:
    from sympy import Expr, Matrix


def gram_derivation() -> tuple[ProofStep, ...]:
    """What the boundary formula asks of Gram determinants.

    1. Two and three gradients in space: adding to each a combination of those before it (an
       earlier neuron open instead of frozen) does not change det J J^T.
    2. A = (R 0) Q with Q a rotation of space and R triangular: det A A^T = (det R)^2.

    >>> [step.holds for step in gram_derivation()]
    [True, True, True]
    """
    with needs_extra("a derivation"):
        from sympy import Matrix, cos, expand, eye, simplify, sin, symbols, zeros

    steps = []
    for rows in (2, 3):
        gradients = Matrix(rows, 3, symbols(f"g:{3 * rows}"))
        shear = eye(rows)
        for i, j in product(range(rows), repeat=2):
            if j < i:
                shear[i, j] = symbols(f"c{i}{j}")
        before, after = _gram(gradients), _gram(shear * gradients)
        name = f"{rows} gradients sheared"
        steps.append(
            ProofStep(name=name, left=after, right=before, residual=expand(after - before))
        )
    rotation = eye(3)
    for angle, (i, j) in zip(symbols("p q r"), ((0, 1), (1, 2), (0, 1)), strict=True):
        turn = eye(3)
        turn[i, i] = turn[j, j] = cos(angle)
        turn[i, j], turn[j, i] = -sin(angle), sin(angle)
        rotation = rotation * turn
    r00, r10, r11 = symbols("r00 r10 r11")
    triangle = Matrix([[r00, 0], [r10, r11]])
    left, right = _gram(triangle.row_join(zeros(2, 1)) * rotation), triangle.det() ** 2
    steps.append(ProofStep(name="(R 0) Q", left=left, right=right, residual=simplify(left - right)))
    return tuple(steps)


def _gram(rows: Matrix) -> Expr:
    return (rows * rows.T).det()


def ball_derivation() -> tuple[ProofStep, ...]:
    """I_{sin^2 t}(k/2, (n+1-k)/2) in elementary functions for n <= 3, k <= n.

    By n and k the derivative of the closed form is the beta density at sin^2 t times 2 sin t
    cos t, and it vanishes at t = 0: 2t/pi for n = 1; sin t and 1 - cos t for n = 2;
    (2t + sin 2t)/pi, sin^2 t and (2t - sin 2t)/pi for n = 3.

    >>> steps = ball_derivation()
    >>> len(steps), all(step.holds for step in steps)
    (12, True)
    """
    with needs_extra("a derivation"):
        from sympy import Integer, Rational, cos, diff, gamma, pi, simplify, sin, symbols

    t = symbols("theta", positive=True)
    closed = {
        (1, 1): 2 * t / pi,
        (2, 1): sin(t),
        (2, 2): 1 - cos(t),
        (3, 1): (2 * t + sin(2 * t)) / pi,
        (3, 2): sin(t) ** 2,
        (3, 3): (2 * t - sin(2 * t)) / pi,
    }
    steps = []
    for (n, k), formula in closed.items():
        first, second = Rational(k, 2), Rational(n + 1 - k, 2)
        norm = gamma(Rational(n + 1, 2)) / (gamma(first) * gamma(second))
        density = 2 * norm * sin(t) ** (k - 1) * cos(t) ** (n - k)
        left, start = diff(formula, t), formula.subs(t, 0)
        name = f"n = {n}, k = {k}"
        steps += [
            ProofStep(name=name, left=left, right=density, residual=simplify(left - density)),
            ProofStep(name=f"{name}, at 0", left=start, right=Integer(0), residual=start),
        ]
    return tuple(steps)


def plane_derivation() -> tuple[ProofStep, ...]:
    """Mean boundary of one normal layer: the length in a disc, and the density at the origin.

    1. 2 sqrt(g^2 + R^2) (E(M) - g^2 / (g^2 + R^2) K(M)), M = R^2 / (g^2 + R^2), has the derivative
       2 R E(M) / sqrt(g^2 + R^2) in R, which is 2 pi R times the density, and is 0 at R = 0.
    2. For n <= 4, k <= n: the product of the means of chi variables with n, ..., n + 1 - k degrees
       of freedom is 2^(k/2) Gamma((n+1)/2) / Gamma((n+1-k)/2).

    >>> all(step.holds for step in plane_derivation())
    True
    """
    with needs_extra("a derivation"):
        from sympy import (
            Integer,
            Rational,
            diff,
            elliptic_e,
            elliptic_k,
            gamma,
            simplify,
            sqrt,
            symbols,
        )
        from sympy import prod as product_of

    g, radius = symbols("g R", positive=True)
    square = g**2 + radius**2
    modulus = radius**2 / square
    length = 2 * sqrt(square) * (elliptic_e(modulus) - g**2 / square * elliptic_k(modulus))
    left, right = diff(length, radius), 2 * radius * elliptic_e(modulus) / sqrt(square)
    start = length.subs(radius, 0)
    steps = [
        ProofStep(name="disc", left=left, right=right, residual=simplify(left - right)),
        ProofStep(name="disc, at 0", left=start, right=Integer(0), residual=start),
    ]
    for n in range(1, 5):
        for k in range(1, n + 1):
            means = [
                sqrt(2) * gamma(Rational(j + 1, 2)) / gamma(Rational(j, 2))
                for j in range(n + 1 - k, n + 1)
            ]
            whole = gamma(Rational(n + 1, 2)) / gamma(Rational(n + 1 - k, 2))
            left, right = product_of(means), sqrt(2) ** k * whole
            name = f"chi, n = {n}, k = {k}"
            steps.append(
                ProofStep(name=name, left=left, right=right, residual=simplify(left - right))
            )
    return tuple(steps)


def coarea_examples() -> tuple[ProofStep, ...]:
    """The co-area formula for three curved maps, both sides integrated.

    |x| in the plane with exp(-|x|^2); |x|^2 on the unit disc; (|x|, z) on a cylinder in space of
    radius and height 1, with z |x|.

    >>> [step.holds for step in coarea_examples()]
    [True, True, True]
    """
    with needs_extra("a derivation"):
        from sympy import cos, exp, integrate, oo, pi, sin, sqrt, symbols

    t, r, a, z = symbols("t r a z", positive=True)
    # Left: circles of length 2 pi t over the levels. Right: polar coordinates, by the Jacobian
    # of (r cos a, r sin a) and the gradient of the map.
    jacobian = (cos(a) * r * cos(a) + sin(a) * r * sin(a)).simplify()
    turn, radius = (a, 0, 2 * pi), (r, 0, 1)
    sides = {
        "|x|": (
            integrate(2 * pi * t * exp(-(t**2)), (t, 0, oo)),
            integrate(exp(-(r**2)) * jacobian, (r, 0, oo), turn),
        ),
        "|x|^2": (
            integrate(2 * pi * sqrt(t), (t, 0, 1)),
            integrate(2 * r * jacobian, radius, turn),
        ),
        "(|x|, z)": (
            integrate(2 * pi * t * t * z, (t, 0, 1), (z, 0, 1)),
            integrate(z * r * jacobian, radius, turn, (z, 0, 1)),
        ),
    }
    return tuple(
        ProofStep(name=name, left=left, right=right, residual=(left - right).simplify())
        for name, (left, right) in sides.items()
    )


def slice_derivation() -> tuple[ProofStep, ...]:
    """The determinant behind the co-area formula.

    Complete the rows A of the gradient of f to an invertible matrix D by rows P; let C be the last
    n - m columns of the inverse of D, which span the kernel of A.  Then det(A A^T) is det(D)^2
    det(C^T C): for (m, n) = (1, 2), (1, 3), (2, 3), with all entries letters.

    >>> [step.holds for step in slice_derivation()]
    [True, True, True]
    """
    with needs_extra("a derivation"):
        from sympy import Matrix, cancel, symbols

    steps = []
    for m, n in ((1, 2), (1, 3), (2, 3)):
        rows = Matrix(m, n, symbols(f"a:{m * n}"))
        more = Matrix(n - m, n, symbols(f"p:{(n - m) * n}"))
        square = rows.col_join(more)
        across = square.adjugate()[:, m:]  # det(D) times C
        left = _gram(rows) * square.det() ** (2 * (n - m) - 2)
        right = (across.T * across).det()
        name = f"{m} rows in dimension {n}"
        steps.append(ProofStep(name=name, left=left, right=right, residual=cancel(left - right)))
    return tuple(steps)


def depth_derivation() -> tuple[ProofStep, ...]:
    """Two facts about sections, and one about counts.

    1. The section of a ball at distance h over the central one tends to 1, for n = 2, 3, 4.
    2. P(|b + c| < t), b standard normal, falls in c > 0.
    3. sum_{k <= n} binom(N, k) / N^n tends to 1/n!, for n = 1, ..., 4.

    >>> all(step.holds for step in depth_derivation())
    True
    """
    with needs_extra("a derivation"):
        from sympy import (
            Integer,
            Rational,
            diff,
            erf,
            exp,
            expand_func,
            factorial,
            ff,
            limit,
            oo,
            pi,
            simplify,
            sinh,
            sqrt,
            symbols,
        )

    t, h, c = symbols("t h c", positive=True)
    steps = []
    for n in (2, 3, 4):
        found = limit((1 - (h / t) ** 2) ** Rational(n - 1, 2), t, oo)
        steps.append(
            ProofStep(
                name=f"section, n = {n}", left=found, right=Integer(1), residual=simplify(found - 1)
            )
        )
    inside = (erf((t - c) / sqrt(2)) + erf((t + c) / sqrt(2))) / 2
    slope = -sqrt(2 / pi) * exp(-(t**2 + c**2) / 2) * sinh(t * c)
    residual = simplify((diff(inside, c) - slope).rewrite(exp))
    steps.append(ProofStep(name="P falls", left=diff(inside, c), right=slope, residual=residual))
    count = symbols("N", positive=True, integer=True)
    for n in range(1, 5):
        regions = sum(ff(count, k) / factorial(k) for k in range(n + 1))
        left, right = limit(expand_func(regions) / count**n, count, oo), 1 / factorial(n)
        steps.append(
            ProofStep(name=f"regions, n = {n}", left=left, right=right, residual=left - right)
        )
    return tuple(steps)
