"""Closed forms and quadratures for shallow and infinitely wide networks."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from scipy.integrate import quad

from linreg_lib.networks.laws import Exponential, Laplace, Normal, Uniform
from linreg_lib.theory import (
    InitLaw,
    LinePiece,
    breakpoint_rates,
    crossing_probability,
    crossing_rate,
    expected_breakpoints,
    shallow_derivation,
    shallow_expected_breakpoints,
    shallow_rate,
    wide_limit_breakpoints,
    wide_limit_derivation,
    wide_limit_rates,
)
from linreg_lib.theory.lines.hr19_constant import (
    depth_factor,
    shallow_constant,
    unit_constant_bias_sd,
    with_scaled_biases,
)

SHALLOW = {
    "normal": InitLaw(widths=(1, 3, 1), biases=Normal(0.5)),
    "uniform": InitLaw(widths=(1, 3, 1), init="torch", biases=Uniform(-0.3, 1.0)),
    "asymmetric": InitLaw(widths=(1, 3, 1), init=Exponential(1.0), biases=Exponential(0.7)),
    "relu6": InitLaw(widths=(1, 2, 1), init=Laplace(2.0), biases=Laplace(1.0), activation="relu6"),
}


@pytest.mark.parametrize("name", SHALLOW)
def test_theorem_3_and_the_direct_probability_agree(name):
    law = SHALLOW[name]
    direct = shallow_expected_breakpoints(law, -1.0, 2.5)
    by_rate = quad(lambda x: shallow_rate(law, x), -1.0, 2.5, points=[0.0], limit=100)[0]
    assert by_rate == pytest.approx(direct, abs=1e-6)
    sampled = expected_breakpoints(
        law, LinePiece.interval(-1.0, 2.5), rng=np.random.default_rng(9), num_networks=1500
    )
    assert sampled.total.within(direct, num_stderr=5)


def test_normal_closed_form_is_the_arctangent():
    law = SHALLOW["normal"]
    scale = 0.5 / math.sqrt(2.0)
    expected = 3 / math.pi * (math.atan(2.5 / scale) - math.atan(-1.0 / scale))
    assert shallow_expected_breakpoints(law, -1.0, 2.5) == pytest.approx(expected)
    line = LinePiece.interval(-1.0, 2.5)
    assert 3 * crossing_probability(line, math.sqrt(2.0), 0.5) == pytest.approx(expected)
    assert wide_limit_breakpoints(law, line)[0] * 3 == pytest.approx(expected)
    rate = float(crossing_rate(line, 0.4, math.sqrt(2.0), 0.5))
    assert shallow_rate(law, 0.4) == pytest.approx(3 * rate)


def test_probability_is_the_angle_between_the_ends():
    rng = np.random.default_rng(0)
    start, end = rng.normal(size=(2, 5))
    first, last = np.append(0.7 * start, 0.3), np.append(0.7 * end, 0.3)
    cosine = first @ last / np.linalg.norm(first) / np.linalg.norm(last)
    probability = crossing_probability(LinePiece.between(start, end), 0.7, 0.3)
    assert probability == pytest.approx(math.acos(cosine) / math.pi)
    weights = rng.normal(scale=0.7, size=(200_000, 5))
    bias = rng.normal(scale=0.3, size=200_000)
    crossed = ((weights @ start + bias) * (weights @ end + bias) < 0).mean()
    assert abs(crossed - probability) < 5 * math.sqrt(probability / 200_000)


def test_wide_limit_is_approached():
    law = InitLaw(widths=(2, 64, 64, 64, 1), biases=Normal(0.5))
    line = LinePiece.between([-1.0, 0.5], [2.0, 0.5])
    rng = np.random.default_rng(12)
    sampled = expected_breakpoints(law, line, rng=rng, of="activation", num_networks=400)
    limits = wide_limit_breakpoints(law, line)
    for estimate, limit in zip(sampled.breakpoints_per_neuron, limits, strict=True):
        assert abs(estimate.mean - limit) < 5 * estimate.stderr + 1.0 / 64
    assert limits[0] > limits[1] > limits[2]
    profile = breakpoint_rates(law, line, [1.0], rng=rng, of="activation", num_networks=400)
    rates = wide_limit_rates(law, line, [1.0])
    assert (np.abs(profile.mean / 64 - rates) < 5 * profile.stderr / 64 + 1.0 / 64).all()


def test_derivations():
    steps = (*shallow_derivation(), *wide_limit_derivation())
    assert len(steps) == 6
    assert all(step.holds for step in steps)


def test_the_constant_depends_on_bias_place_and_depth():
    assert shallow_constant(0.0, 0.1) == pytest.approx(10 * shallow_constant(0.0, 1.0))
    assert shallow_constant(100.0, 0.1) == pytest.approx(
        0.1 * shallow_constant(100.0, 1.0), rel=1e-3
    )
    law, length = SHALLOW["normal"], 1e-4
    count = shallow_expected_breakpoints(law, 1.0 - length / 2, 1.0 + length / 2)
    constant = count / (length * law.num_breakpoints)
    assert constant == pytest.approx(shallow_constant(1.0, 0.5), rel=1e-6)
    assert depth_factor(4, 0.0, 1.0) == pytest.approx(sum(k**-0.5 for k in range(1, 5)) / 4)
    assert depth_factor(4, 1e6, 1.0) == pytest.approx(sum(k**0.5 for k in range(1, 5)) / 4)


def test_scaling_contradicts_a_universal_constant():
    law = SHALLOW["normal"]
    scaled = with_scaled_biases(law, 3.0)
    assert shallow_expected_breakpoints(scaled, -3.0, 7.5) == pytest.approx(
        shallow_expected_breakpoints(law, -1.0, 2.5)
    )
    sd = unit_constant_bias_sd(0.5)
    special = InitLaw(widths=(1, 4, 1), biases=Normal(sd))
    # |I| times the number of neurons, the constant being 1.
    assert shallow_expected_breakpoints(special, -0.25, 0.25) == pytest.approx(0.5 * 4)
    with pytest.raises(ValueError, match="0 < length < 1"):
        unit_constant_bias_sd(1.0)


def test_closed_forms_refuse_what_they_do_not_cover():
    line = LinePiece.interval(-1.0, 1.0)
    with pytest.raises(ValueError, match="must be Normal"):
        wide_limit_breakpoints(InitLaw(widths=(1, 2, 1), biases=Laplace(1.0)), line)
    for closed_form in (crossing_probability, partial(crossing_rate, positions=0.5)):
        with pytest.raises(ValueError, match="no density"):
            closed_form(line, weight_sd=1.0, bias_sd=0.0)
    with pytest.raises(ValueError, match="He normal"):
        wide_limit_breakpoints(InitLaw(widths=(1, 2, 1), init="xavier", biases=Normal(1.0)), line)
    with pytest.raises(ValueError, match="one hidden layer"):
        shallow_rate(InitLaw(widths=(1, 2, 2, 1), biases=Normal(1.0)), 0.0)
