"""Derivations of the closed forms for breakpoints on a line, their integrals done by sympy."""

from __future__ import annotations

from linreg_lib.extras import needs_extra
from linreg_lib.theory.proof_step import ProofStep


def shallow_derivation() -> tuple[ProofStep, ...]:
    """The closed form in one dimension from Theorem 3's integrand, each integral done by sympy.

    1. E|w| rho(w x) for w ~ N(0, v), rho the density of N(0, s^2), is the Cauchy density of scale
       g = s / sqrt(v).
    2. Its primitive is arctan(x/g) / pi.
    3. Over the whole line it is 1.
    """
    with needs_extra("a derivation"):
        from sympy import Integer, atan, exp, integrate, oo, pi, simplify, sqrt, symbols

    x = symbols("x", real=True)
    w, v, s = symbols("w v s", positive=True)
    scale = s / sqrt(v)
    weight = exp(-(w**2) / (2 * v)) / sqrt(2 * pi * v)
    bias = exp(-((w * x) ** 2) / (2 * s**2)) / sqrt(2 * pi * s**2)
    rate = 2 * integrate(w * weight * bias, (w, 0, oo), conds="none")
    cauchy = scale / (pi * (scale**2 + x**2))
    primitive = atan(x / scale) / pi
    total = integrate(cauchy, (x, -oo, oo))
    return (
        ProofStep(name="rate", left=rate, right=cauchy, residual=simplify(rate - cauchy)),
        ProofStep(
            name="primitive",
            left=primitive.diff(x),
            right=cauchy,
            residual=simplify(primitive.diff(x) - cauchy),
        ),
        ProofStep(name="whole line", left=total, right=Integer(1), residual=simplify(total - 1)),
    )


def wide_limit_derivation() -> tuple[ProofStep, ...]:
    """Why layer l crosses like a first layer with a larger bias: the steps sympy can check.

    1. For a centred normal pair E|z'| rho_b(z), with rho_b a normal density of variance q and
       E z^2 = p (own bias left out), is sqrt(D) / (pi (p + q)) with
       D = E z'^2 (p + q) - (E z z')^2: the integral over z' and z.
    2. With E z^2 = c t^2 + r, E z z' = c t, E z'^2 = c and q + r = S^2 this is the Cauchy density
       of scale S / sqrt(c).
    3. Half of a symmetric second moment passes a ReLU: E relu(z)^2 = E z^2 / 2. With weights of
       variance 2 / n the next layer has the same E z'^2 and E z z', and E z^2 plus the bias
       variance.
    """
    with needs_extra("a derivation"):
        from sympy import exp, integrate, oo, pi, simplify, sqrt, symbols

    t, k = symbols("t k", real=True)
    z, slope = symbols("z y", real=True)
    c, s, p, q, e = symbols("c S p q e", positive=True)
    # z' = (k / p) z + residual of variance e; so E z z' = k, E z'^2 = k^2 / p + e.
    # First E|z'| given z = 0 under the tilted law: z has variance p q / (p + q) there.
    tilted = p * q / (p + q)
    spread = symbols("d", positive=True)  # variance of z' under the tilted law
    mean_abs = 2 * integrate(
        slope * exp(-(slope**2) / (2 * spread)) / sqrt(2 * pi * spread), (slope, 0, oo)
    )
    mass = integrate(
        exp(-(z**2) / (2 * p)) / sqrt(2 * pi * p) * exp(-(z**2) / (2 * q)) / sqrt(2 * pi * q),
        (z, -oo, oo),
    )
    rate = (mass * mean_abs).subs(spread, (k / p) ** 2 * tilted + e)
    second = k**2 / p + e
    kac_rice = sqrt(second * (p + q) - k**2) / (pi * (p + q))
    residual = simplify(simplify(rate**2) - simplify(kac_rice**2))
    limit = sqrt(c * (c * t**2 + s**2) - (c * t) ** 2) / (pi * (c * t**2 + s**2))
    scale = s / sqrt(c)
    cauchy = scale / (pi * (scale**2 + t**2))
    half = integrate(z**2 * exp(-(z**2) / (2 * p)) / sqrt(2 * pi * p), (z, 0, oo))
    return (
        ProofStep(name="Kac-Rice (squared)", left=rate**2, right=kac_rice**2, residual=residual),
        ProofStep(name="Cauchy", left=limit, right=cauchy, residual=simplify(limit - cauchy)),
        ProofStep(name="ReLU halves", left=half, right=p / 2, residual=simplify(half - p / 2)),
    )
