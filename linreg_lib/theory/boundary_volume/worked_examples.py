"""Small networks whose expected kinks and corners are rational, in each reading."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from linreg_lib.extras import needs_extra

if TYPE_CHECKING:
    from sympy import Expr


def three_neuron_corners() -> dict[str, Fraction]:
    """Expected corners of x1 - b1, x2 - b2, relu(x1 - b1) + relu(x2 - b2) - b3 in (0, 1)^2.

    Weights 1, biases uniform on (0, 1), independent.  u = relu(x1 - b1) is 0 with probability 1/2
    and has the density 1 - u on (0, 1) elsewhere; so has v.  The names are those of
    ``SampledTerms.by_reading`` (without ``sign``), and ``pair drawn`` for the first and the third
    neuron alone, all factors as drawn.

    >>> [str(value) for value in three_neuron_corners().values()]
    ['1', '29/40', '97/120', '11/12', '0', '2', '1/5']
    """
    with needs_extra("an exact integral"):
        from sympy import Integer, Rational, integrate, symbols

    u, v = symbols("u v", positive=True)

    def mean(function: Expr, small_sum: bool) -> Expr:
        """Over u and v both positive, with u + v < 1 or > 1."""
        inside = (v, 0, 1 - u) if small_sum else (v, 1 - u, 1)
        return integrate(function * (1 - u) * (1 - v), inside, (u, 0, 1))

    alone = integrate(v * (1 - v), (v, 0, 1)) / 2  # E[v; u = 0], the third neuron open: v > b3
    one, many = Integer(1), mean(Integer(1), False)
    # The pair (1, 3): gradients independent if v > 0; rho_3 = 1 if u + v < 1.
    pair_drawn = alone + mean(u + v, True)
    pair_good_drawn = pair_drawn + many  # rho_3 pinned: v < 1 always
    pair_density_drawn = Rational(1, 4) + mean(one, True)
    # The pair (1, 2): seen if the third neuron is open, as drawn; never if pinned.
    first_two = 2 * alone + mean(u + v, True) + many
    return {
        "pinned": Fraction(1),
        "drawn": _fraction(2 * pair_drawn + first_two),
        "goodness drawn": _fraction(2 * pair_good_drawn + first_two),
        "density drawn": _fraction(2 * pair_density_drawn),
        "kinks closed": Fraction(0),
        "ordered": Fraction(2),
        "pair drawn": _fraction(pair_drawn),
    }


def column_kinks() -> dict[str, Fraction]:
    """Expected visible kinks of x - b1, relu(x - b1) - b2 in (0, 1), biases uniform on (0, 1).

    Pinned: only the second neuron's kink b1 + b2 is ever seen.  Drawn: the first one's rate is
    P(b1 + b2 < x) = x^2 / 2, the second one's P(b1 < x) = x.

    >>> column_kinks()
    {'pinned': Fraction(1, 2), 'drawn': Fraction(2, 3)}
    """
    with needs_extra("an exact integral"):
        from sympy import integrate, symbols

    x = symbols("x", positive=True)
    first, second = integrate(x**2 / 2, (x, 0, 1)), integrate(x, (x, 0, 1))
    return {"pinned": _fraction(second), "drawn": _fraction(first + second)}


def column_kinks_of_random_weights() -> dict[str, Fraction]:
    """The column w1 x - b1, w2 relu(w1 x - b1) - b2 with w1, w2 uniform on (1/2, 1).

    Biases uniform on (0, 1), all independent, so A1 and A2 hold.  ``seen``: the probability that
    the second neuron's kink (b1 + b2 / w2) / w1, the only one that is ever seen, is in (0, 1), as
    an area of pairs (b1, b2); ``pinned``: the formula, an integral over x of densities; ``drawn``:
    all factors as drawn; ``first drawn``: what that gives the first neuron alone, instead of 0.

    >>> {name: str(value) for name, value in column_kinks_of_random_weights().items()}
    {'seen': '7/32', 'pinned': '7/32', 'drawn': '71/256', 'first drawn': '15/256'}
    """
    with needs_extra("an exact integral"):
        from sympy import Rational, integrate, symbols

    x, b, w1, w2 = symbols("x b w1 w2", positive=True)

    def mean(function: Expr) -> Expr:
        """Over w1 and w2, whose density is 4."""
        return integrate(4 * function, (w1, Rational(1, 2), 1), (w2, Rational(1, 2), 1))

    # b1 < w1 and b2 < w2 (w1 - b1), which is less than 1.
    seen = mean(integrate(w2 * (w1 - b), (b, 0, w1)))
    # The slope is w1 w2 if b1 < w1 x, and z2 < 1, so that the density of b2 there is 1.
    second = mean(integrate(w1 * w2 * (w1 * x), (x, 0, 1)))
    # The slope is w1, the density of b1 at w1 x < 1 is 1; open as drawn: b2 < w2 (w1 x - b1).
    is_open = integrate(w2 * (w1 * x - b), (b, 0, w1 * x))
    first = mean(integrate(w1 * is_open, (x, 0, 1)))
    return {
        "seen": _fraction(seen),
        "pinned": _fraction(second),
        "drawn": _fraction(first + second),
        "first drawn": _fraction(first),
    }


def dependent_bias_kinks() -> Expr:
    """What the joint density of the biases alone gives one neuron w x - b, b = w c, in (0, 1).

    w is uniform on (1, 2) and c on (0, 1): its kink c is in (0, 1) for certain, and the density of
    b given w gives 1.  The density of b has the distribution function F, and E F(w) comes out.

    >>> dependent_bias_kinks()
    5/4 - log(2)/2
    """
    with needs_extra("an exact integral"):
        from sympy import expand, integrate, log, symbols

    w, b = symbols("w b", positive=True)
    below_one = integrate(1 / w, (w, 1, 2))  # F(1): the density of b is log 2 on (0, 1)
    beyond = integrate(log(2) - log(b), (b, 1, w))
    return expand(integrate(expand(below_one + beyond), (w, 1, 2)))


def _fraction(number: Expr) -> Fraction:
    return Fraction(int(number.p), int(number.q))
