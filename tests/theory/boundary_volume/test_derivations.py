"""Each identity holds, and a planted error does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from linreg_lib.theory.boundary_volume.derivations import (
    ball_derivation,
    coarea_examples,
    depth_derivation,
    gram_derivation,
    plane_derivation,
    slice_derivation,
)
from linreg_lib.theory.boundary_volume.worked_examples import (
    column_kinks,
    column_kinks_of_random_weights,
    dependent_bias_kinks,
    three_neuron_corners,
)

DERIVATIONS = [
    ball_derivation,
    coarea_examples,
    depth_derivation,
    gram_derivation,
    plane_derivation,
    slice_derivation,
]


@pytest.mark.parametrize("derivation", DERIVATIONS)
def test_every_step_holds(derivation):
    steps = derivation()
    assert all(step.holds for step in steps)
    names = [step.name for step in steps]
    assert len(set(names)) == len(names)


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


def test_worked_examples_by_simulation():
    """Each reading of the three neurons and of the column, drawn a million times."""
    rng = np.random.default_rng(6)
    x1, x2, b1, b2, b3 = rng.random((5, 1_000_000))
    u, v = np.maximum(x1 - b1, 0.0), np.maximum(x2 - b2, 0.0)
    open3, fits = u + v > b3, u + v < 1.0
    exact = three_neuron_corners()
    simulated = {
        "drawn": 2 * ((v > 0) & fits & open3) + open3,
        "goodness drawn": 2 * ((v > 0) & open3) + open3,
        "density drawn": 2 * ((v > 0) & fits),
        "pair drawn": (v > 0) & fits & open3,
        "pinned": 2 * (b1 + b3 < 1.0),
    }
    for name, values in simulated.items():
        assert values.mean() == pytest.approx(float(exact[name]), abs=0.005)
    column = column_kinks()
    assert (b1 + b2 < 1).mean() == pytest.approx(float(column["pinned"]), abs=0.003)
    drawn = ((x1 > b1 + b2).astype(float) + (x1 > b1)).mean()
    assert drawn == pytest.approx(float(column["drawn"]), abs=0.005)


def test_column_of_random_weights_by_simulation():
    rng = np.random.default_rng(8)
    w1, w2 = rng.uniform(0.5, 1.0, (2, 1_000_000))
    x, b1, b2 = rng.random((3, 1_000_000))
    exact = column_kinks_of_random_weights()
    seen = ((b1 + b2 / w2) / w1 < 1.0).mean()
    first = (w1 * (w2 * (w1 * x - b1) > b2)).mean()
    second = (w1 * w2 * (b1 < w1 * x)).mean()
    assert seen == pytest.approx(float(exact["seen"]), abs=0.003)
    assert second == pytest.approx(float(exact["pinned"]), abs=0.003)
    assert first == pytest.approx(float(exact["first drawn"]), abs=0.003)
    assert first + second == pytest.approx(float(exact["drawn"]), abs=0.003)


def test_dependent_bias_by_simulation():
    rng = np.random.default_rng(7)
    w, c, other_w = 1.0 + rng.random(1_000_000), rng.random(1_000_000), 1.0 + rng.random(1_000_000)
    below = (w * c < other_w).mean()  # F at an independent w
    assert below == pytest.approx(float(dependent_bias_kinks()), abs=0.003)
