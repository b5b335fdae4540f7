"""Extended precision at vertices: signs against rational arithmetic, places within their bounds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.networks import Normal, PiecewiseLinear

pytest.importorskip("numba")
from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision
from linreg_lib.networks.float_constants import LONG_IS_LONGER

pytestmark = pytest.mark.skipif(not LONG_IS_LONGER, reason="longdouble is float64 on this machine")
BENT = PiecewiseLinear([-0.3, 0.1], [0.7, -0.2, 1.3], value_at=(0.2, 0.9))


def domains() -> list[Domain]:
    rng = np.random.default_rng(3)
    return [
        lr.Box(-1.0, 1.0, dim=1),
        lr.Box([-1.0, 0.3], [1.0, 0.7]),
        lr.Box(-1.0, 1.0, dim=3),
        lr.Box(-1.0, 1.0, dim=4),
        lr.Segment(rng.normal(size=3), rng.normal(size=3)),
        lr.Plane(1e3 * rng.normal(size=3), rng.normal(size=(2, 3)), 3.0),
        lr.Simplex([[0.0, 0.0], [3.0, 0.1], [1.0, 2.0]]),
    ]


def refined_of_all(net: lr.Network, domain: Domain) -> tuple[int, int]:
    """Every vertex, layer by layer; how many were refined, and how many there are."""
    run = SkeletonSubdivision(net, domain, None)
    num_sure = num = 0
    for layer in range(net.depth):
        run.add_layer(layer, None)
        breakpoints = net.activations[layer].breakpoints
        for vertex in range(len(run.vertex_slack)):
            num += 1
            refined = run._refined.at(vertex, layer, run._constant, run._value_bounds)
            if refined is None:
                continue
            num_sure += 1
            exact = run.exact.signs(vertex, layer, len(breakpoints))
            np.testing.assert_array_equal(refined.signs[~run._constant], exact[~run._constant])
            place = zip(refined.coordinates.tolist(), run.exact.coordinates(vertex), strict=True)
            off = sum((Fraction(x) - p) ** 2 for x, p in place)
            assert off <= Fraction(refined.slack) ** 2
    return num_sure, num


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("activation", ["relu", "hard_tanh", BENT], ids=["relu", "tanh", "bent"])
def test_refined_signs_are_exact(number: int, activation: str | PiecewiseLinear) -> None:
    domain = domains()[number]
    rng = np.random.default_rng(number)
    widths = [domain.input_dim, 5, 4, 4, 1] if domain.dim < 4 else [4, 5, 3, 1]
    net = lr.Network.random(widths, biases=Normal(0.3), rng=rng, activation=activation)
    if np.abs(domain.origin).max() > 100:
        bias = net.biases[0] - net.weights[0] @ domain.origin
        net = lr.Network(
            weights=net.weights, biases=(bias, *net.biases[1:]), activations=net.activations
        )
    num_sure, num = refined_of_all(net, domain)
    assert num_sure > 0.95 * num


def test_hyperplanes_that_nearly_meet() -> None:
    """Bundles of lines through nearly one point, off by 2**-44 to 2**-62: none decided wrongly."""
    rng = np.random.default_rng(5)
    num_sure = num = 0
    for exponent in range(44, 63, 3):
        weights = rng.normal(size=(5, 2))
        centre = np.array([0.25, -0.375])
        biases = -(weights @ centre) + rng.normal(size=5) * 2.0**-exponent
        net = lr.Network.from_arrays(
            [weights, rng.normal(size=(2, 5)), [[1, 1]]], [biases, [0.1, 0.2], [0]]
        )
        sure, all_ = refined_of_all(net, lr.Box(-1.0, 1.0, dim=2))
        num_sure, num = num_sure + sure, num + all_
    assert 0 < num_sure < num  # the nearest are left to rational arithmetic


def test_extreme_weights_are_left_alone() -> None:
    for size in (2.0**400, 2.0**-400):
        net = lr.Network.from_arrays(
            [[[1.0], [-1.0]], [[size, 1.0]], [[1.0]]], [[0.25, 0.5], [-0.1], [0]]
        )
        run = SkeletonSubdivision(net, lr.Box(-1.0, 1.0, dim=1), None)
        run.add_layer(0, None)
        run.add_layer(1, None)
        assert run._refined.at(1, 1, run._constant, run._value_bounds) is None


def test_deep_nets_need_no_rational_arithmetic() -> None:
    rng = np.random.default_rng(0)
    net = lr.Network.random([2, *[8] * 20, 1], biases=Normal(0.1), rng=rng)
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2))
    assert cx.certificate.compiled
    assert cx.certificate.num_exact_vertices <= cx.certificate.num_refined_vertices / 10
    assert cx.f_vector == lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2), compiled=False).f_vector


def nearly_parallel(spread: float, num: int, seed: int = 1) -> lr.Network:
    """Planes whose normals and offsets differ by a share ``spread``."""
    rng = np.random.default_rng(seed)
    weight = np.array([1.0, 0.7, 0.3]) + spread * rng.normal(size=(num, 3))
    weights = [weight, rng.normal(size=(2, num)), [[1.0, 1.0]]]
    return lr.Network.from_arrays(weights, [spread * rng.normal(size=num), [0.1, 0.2], [0.0]])


def test_places_far_along_nearly_parallel_planes_change_no_sign() -> None:
    """A vertex may be 1e-6 off along all of them alike: that moves no value across zero."""
    box = lr.Box(-1.0, 1.0, dim=3)
    for spread in (1e-9, 1e-10):
        found = lr.subdivide(nearly_parallel(spread, 24), box, compiled=True, upto_layer=1)
        assert found.certificate.compiled
        assert found.certificate.num_exact_vertices == 0
        if spread == 1e-9:  # beyond, extended precision must help
            assert found.certificate.num_refined_vertices <= found.f_vector[0] / 100


@pytest.mark.parametrize("spread", [1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13])
def test_nearly_parallel_planes_are_cut_as_the_reference_cuts_them(spread: float) -> None:
    box = lr.Box(-1.0, 1.0, dim=3)
    for seed in range(3):
        net = nearly_parallel(spread, 7, seed)
        one, other = (lr.subdivide(net, box, compiled=compiled) for compiled in (True, False))
        assert one.f_vector == other.f_vector
        np.testing.assert_array_equal(one.patterns, other.patterns)
        refined_of_all(net, box)
