"""Each identity holds, and a planted error does not."""

from __future__ import annotations

import math

import pytest
from scipy import special

from linreg_lib.theory.boundary_volume.derivations import (
    ball_derivation,
    gram_derivation,
    plane_derivation,
)


@pytest.mark.parametrize("steps", [gram_derivation(), ball_derivation(), plane_derivation()])
def test_every_step_holds(steps):
    assert all(step.holds for step in steps)
    names = [step.name for step in steps]
    assert len(set(names)) == len(names)
    # Not because both sides are the same expression, but for the values at 0.
    assert any(step.left != step.right for step in steps)


def test_closed_forms_are_beta_functions():
    """The derivatives that sympy compared, integrated numerically."""
    by_name = {step.name: step for step in ball_derivation()}
    angle, cells = 0.7, 2000
    for n in (1, 2, 3):
        for k in range(1, n + 1):
            slope = by_name[f"n = {n}, k = {k}"].left
            (t,) = slope.free_symbols or (None,)
            middles = [(i + 0.5) * angle / cells for i in range(cells)]
            area = sum(float(slope.subs(t, x)) if t else float(slope) for x in middles[::40])
            area *= 40 * angle / cells
            beta = special.betainc(k / 2, (n + 1 - k) / 2, math.sin(angle) ** 2)
            assert area == pytest.approx(beta, abs=0.02)


def test_a_sheared_gram_is_not_a_scaled_one():
    first = gram_derivation()[0]
    assert not (first.left - 2 * first.right).expand() == 0
