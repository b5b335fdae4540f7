"""Whole lines: the exact theorem on flipped copies, and the three estimates it predicts."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import numpy as np
import pytest

from linreg_lib.networks import Network
from linreg_lib.networks.laws import Exponential, Laplace, Normal, Uniform
from linreg_lib.theory import (
    InitLaw,
    LinePiece,
    breakpoints_by_masks,
    expected_breakpoints,
    hr19_goodness_bound,
    probability_good,
    second_layer_crossings,
    sign_flipped_copies,
    whole_line_breakpoints,
    whole_line_regions,
)
from tests.theory.lines.count_oracle import count_breakpoints

LEAKY = ([0], [Fraction(1, 8), 1], [0, 0])
RELU = ([0], [0, 1], [0, 0])


def _exact_counts(net, activation, of):
    """Whole-line counts of all flipped copies, in fractions."""
    total, copies = 0, 0
    for copy in sign_flipped_copies(net):
        weights = [[[Fraction(w) for w in row] for row in layer.tolist()] for layer in copy.weights]
        biases = [[Fraction(b) for b in layer.tolist()] for layer in copy.biases]
        activations = [activation] * copy.depth
        total += count_breakpoints(weights, biases, activations, None, None, of)
        copies += 1
    return Fraction(total, copies)


@pytest.mark.parametrize("widths", [(1, 3, 1), (1, 1, 1, 1, 1), (1, 2, 2, 1), (1, 2, 1, 3, 2)])
def test_flipped_copies_of_any_network_together(widths):
    """No randomness in the statement: it holds for each generic network."""
    rng = np.random.default_rng(sum(widths))
    law = InitLaw(widths=widths, biases=Uniform(-1.0, 1.0))
    for _ in range(2):
        sizes = list(zip(widths[1:], widths[:-1], strict=True))
        net = Network.from_arrays(
            [rng.integers(1, 1000, size=size) for size in sizes],
            [rng.integers(1, 1000, size=size[0]) for size in sizes],
        )
        for of in ("activation", "linear"):
            assert _exact_counts(net, RELU, of) == sum(whole_line_breakpoints(law, of))
        assert _exact_counts(net, LEAKY, "linear") == law.num_neurons


def test_copies_are_flips():
    net = InitLaw(widths=(2, 2, 1, 1), biases=Normal(1.0)).sample(rng=np.random.default_rng(0))
    copies = list(sign_flipped_copies(net))
    assert len(copies) == 8
    assert copies[0] == net
    flipped = copies[4]  # the first unit of the first layer
    assert (flipped.weights[0][0] == -net.weights[0][0]).all()
    assert flipped.biases[0].tolist() == [-net.biases[0][0], net.biases[0][1]]
    assert (flipped.weights[1][:, 0] == -net.weights[1][:, 0]).all()
    assert (flipped.weights[1][:, 1] == net.weights[1][:, 1]).all()


@pytest.mark.parametrize("of", ["activation", "linear"])
@pytest.mark.parametrize(
    "law",
    [
        InitLaw(widths=(1, 2, 2, 1), biases=Normal(1.0)),
        InitLaw(widths=(1, 1, 1, 1, 1), biases=Laplace(1.0)),
        InitLaw(widths=(3, 3, 2, 2, 2), init="torch"),
        InitLaw(widths=(2, 2, 3, 1), init="orthogonal", biases=Uniform(-1.0, 1.0)),
        InitLaw(widths=(1, 2, 2, 1), biases=Normal(1.0), activation="leaky_relu"),
    ],
)
def test_the_formula_reaches_the_exact_value(law, of):
    rng = np.random.default_rng(21)
    line = LinePiece.whole(rng.normal(size=law.input_dim), rng.normal(size=law.input_dim))
    sampled = expected_breakpoints(law, line, rng=rng, of=of, num_networks=1500, spread=1.0)
    for estimate, exact in zip(sampled.per_layer, whole_line_breakpoints(law, of), strict=True):
        assert estimate.within(float(exact), num_stderr=5)


@pytest.mark.parametrize("of", ["activation", "linear"])
def test_masks_agree_with_the_formula_on_an_interval(of):
    law, line = InitLaw(widths=(1, 3, 2, 1), biases=Laplace(0.5)), LinePiece.interval(-0.5, 1.0)
    rng = np.random.default_rng(2)
    masks = breakpoints_by_masks(law, line, rng=rng, of=of, num_networks=3000)
    formula = expected_breakpoints(law, line, rng=rng, of=of, num_networks=1000)
    for left, right in zip(masks.per_layer, formula.per_layer, strict=True):
        assert left.within(right, num_stderr=5)


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("offset", [0.0, 5.0])
def test_curves_on_the_sphere_have_the_exact_mean_length(width, offset):
    sampled = second_layer_crossings(
        width, rng=np.random.default_rng(7), offset=offset, second_bias_sd=0.5
    )
    exact = 1 - 2.0**-width
    assert abs(sampled.mean - exact) <= 5 * sampled.stderr + 1e-12


def test_goodness_is_exact_and_the_bound_is_below_it():
    widths = (3, 2, 4)
    for layer in range(3):
        exact = probability_good(widths, layer)
        assert exact == prod(
            (1 - Fraction(1, 2**n) for n in widths[layer + 1 :]), start=Fraction(1)
        )
        assert exact >= hr19_goodness_bound(widths)
    with pytest.raises(ValueError, match="hidden layers are 0..2"):
        probability_good(widths, 3)


def test_goodness_at_a_point_by_sampling():
    law = InitLaw(widths=(2, 3, 2, 1, 1), biases=Normal(0.3))
    rng = np.random.default_rng(14)
    count = 2000
    alive = 0
    for _ in range(count):
        pattern = law.sample(rng=rng).pattern([0.5, -1.0])
        alive += bool(pattern[3:5].any() and pattern[5:].any())
    exact = float(probability_good(law.hidden_widths, 0))
    assert abs(alive / count - exact) < 5 * (exact * (1 - exact) / count) ** 0.5


def test_asymmetric_laws_are_refused():
    for law in (
        InitLaw(widths=(1, 2, 1), biases=Exponential(1.0)),
        InitLaw(widths=(1, 2, 1), biases=Uniform(-1.0, 2.0)),
        InitLaw(widths=(1, 2, 1), init=Normal(1.0, mean=0.5), biases=Normal(1.0)),
        InitLaw(widths=(1, 2, 1), biases=Normal(1.0), activation="hard_tanh"),
        InitLaw(widths=(1, 2, 1)),
    ):
        with pytest.raises(ValueError, match=r"symmetric|kink|density"):
            whole_line_breakpoints(law)
    second = InitLaw(widths=(1, 2, 2, 1), biases=(Normal(1.0), Exponential(1.0), 0.0))
    with pytest.raises(ValueError, match="hidden layer 2: .* not symmetric"):
        whole_line_breakpoints(second)


def test_whole_lines_by_hand():
    # Each layer times the factor of the other: 2 (1 - 1/2) + 1 (1 - 1/4) breakpoints.
    assert whole_line_regions(3)[2, 1] == 1 + 1 + Fraction(3, 4)
    assert set(whole_line_regions(4, "leaky_relu").values()) == {5}
