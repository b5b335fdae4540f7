"""Moments of gradients at initialisation, against integrals and networks drawn at random."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, stats

from linreg_lib.estimate import Estimate
from linreg_lib.theory.initialisation import gradient_moments as moments

SEED = 20261


def test_second_and_third_moment_of_a_layer_by_formula():
    for width in range(1, 9):
        n = Fraction(width)
        assert moments.layer_moment(1, width) == 1
        assert moments.layer_moment(2, width) == 1 + 5 / n
        assert moments.layer_moment(3, width) == 1 + 15 / n + 44 / n**2


def test_a_single_neuron_by_the_moments_of_a_normal_variable():
    for order in (1, 2, 3, 4):
        double = math.prod(range(1, 2 * order, 2))
        assert moments.layer_moment(order, 1) == 2 ** (order - 1) * double
        assert moments.normal_moment(order, (1,)) == 2**order * double


@pytest.mark.parametrize("inputs", [1, 3, 6])
def test_mean_norm_of_a_first_layer_by_quadrature(inputs):
    def integrand(r):
        return r * stats.chi.pdf(r, inputs)

    mean, _ = integrate.quad(integrand, 0, np.inf)
    assert moments.normal_mean_norm((inputs,)) == pytest.approx(mean * math.sqrt(2 / inputs))


def test_drawn_networks_have_the_moments():
    rng = np.random.default_rng(SEED)
    for widths in [(2,), (1, 2, 2), (3, 4, 1)]:
        norms = moments.sampled_square_norms(widths, 40000, rng)
        assert norms.shape == (40000,)
        assert Estimate.from_samples(norms).within(2.0, 5)
        exact = moments.normal_mean_norm(widths)
        assert Estimate.from_samples(norms**0.5).within(exact, 5)


def test_areas_of_two_first_neurons_and_of_a_column():
    rng = np.random.default_rng(SEED)
    square = moments.sampled_pair_areas((2, 2), 40000, rng)
    assert Estimate.from_samples(square).within(1.0, 5)  # E |det| of a normal 2 by 2 matrix
    column = moments.sampled_pair_areas((2, 1, 1), 100, rng)
    assert np.allclose(column, 0.0, atol=1e-6)  # the second gradient is a multiple of the first


def test_bound_exceeds_exact_moments_and_is_sharp_for_order_one():
    for widths in [(1,), (2, 3), (1, 1, 1), (4, 8, 8)]:
        assert moments.log_moment_bound(1, 1.0, widths) == pytest.approx(math.log(2))
        for order in (2, 3):
            double = math.prod(range(1, 2 * order, 2))
            exact = math.log(moments.normal_moment(order, widths)) / order
            assert exact <= moments.log_moment_bound(order, double, widths)
