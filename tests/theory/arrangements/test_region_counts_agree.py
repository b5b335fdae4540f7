"""The characteristic polynomial three ways, and the regions listed one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, factorial, prod

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from linreg_lib.errors import WorkLimitError
from linreg_lib.theory import (
    Arrangement,
    alternating_tail,
    central_count,
    central_count_doubled,
    central_count_proof,
    central_subsets_by_size_and_rank,
    characteristic_polynomial,
    enumerate_regions,
    intersection_poset,
    num_bounded_regions,
    num_regions,
    whitney_sum,
    zaslavsky_bound,
    zaslavsky_induction,
)
from linreg_lib.theory.arrangements import families
from linreg_lib.theory.arrangements.derivations import _step
from linreg_lib.theory.linear_algebra.inequalities import (
    nonnegative_solution,
    strictly_positive_point,
)

METHODS = ("flats", "whitney", "deletion-restriction")
T = sympy.Symbol("t")


@st.composite
def small_arrangements(draw):
    dimension = draw(st.integers(1, 3))
    row = st.tuples(*[st.integers(-1, 1)] * dimension).filter(any)
    normals = draw(st.lists(row, max_size=6))
    offsets = [draw(st.integers(-1, 1)) for _ in normals]
    return Arrangement(normals, offsets, dimension)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(small_arrangements())
def test_three_polynomials_and_the_enumeration_agree(arrangement):
    polynomials = {characteristic_polynomial(arrangement, method) for method in METHODS}
    assert len(polynomials) == 1
    regions = enumerate_regions(arrangement)
    assert (
        len(regions)
        == num_regions(arrangement)
        == whitney_sum(arrangement.rows, arrangement.dimension)
    )
    bounded = sum(region.is_relatively_bounded for region in regions)
    assert bounded == num_bounded_regions(arrangement)
    assert len(regions) <= zaslavsky_bound(len(arrangement), arrangement.dimension)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(small_arrangements())
def test_witnesses_lie_in_their_regions_and_no_integer_point_lies_elsewhere(arrangement):
    def signs(point):
        values = [
            sum(a * x for a, x in zip(row[:-1], point, strict=True)) - row[-1]
            for row in arrangement.rows
        ]
        return tuple((value > 0) - (value < 0) for value in values)

    regions = enumerate_regions(arrangement)
    assert all(signs(region.witness) == region.signs for region in regions)
    known = {region.signs for region in regions}
    grid = [Fraction(k, 2) + Fraction(1, 7) for k in range(-5, 6)]
    seen = {signs(point) for point in product(grid, repeat=arrangement.dimension)}
    assert {each for each in seen if 0 not in each} <= known


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("arrangement", "expected", "regions", "bounded"),
    [
        (Arrangement([], [], 2), T**2, 1, 1),
        (families.coordinate(3), (T - 1) ** 3, 8, 0),
        (families.braid(4), T * (T - 1) * (T - 2) * (T - 3), factorial(4), 0),
        (families.parallel(4, 2), T**2 - 4 * T, 5, 3),
        (families.parallel_families([2, 3]), (T - 2) * (T - 3), 12, 2),
        (families.pencil(5, 3), T * (T**2 - 5 * T + 4), 10, 0),
        (families.generic(5, 2), T**2 - 5 * T + 10, 16, 6),
        (families.repeated(families.generic(5, 2), 3), T**2 - 5 * T + 10, 16, 6),
    ],
)
def test_known_polynomials(arrangement, expected, regions, bounded, method):
    assert sympy.expand(characteristic_polynomial(arrangement, method).as_expr() - expected) == 0
    assert num_regions(arrangement, method) == regions
    assert num_bounded_regions(arrangement, method) == bounded


@pytest.mark.parametrize("dimension", range(1, 5))
@pytest.mark.parametrize("count", range(7))
def test_generic_arrangements_reach_the_bound(count, dimension):
    arrangement = families.generic(count, dimension)
    assert arrangement.is_in_general_position
    assert num_regions(arrangement) == zaslavsky_bound(count, dimension)
    if arrangement.is_essential:
        assert num_bounded_regions(arrangement) == comb(count - 1, dimension)


@pytest.mark.parametrize("dimension", range(2, 6))
@pytest.mark.parametrize("count", range(1, 8))
def test_generic_central_arrangements(count, dimension):
    arrangement = families.generic_central(count, dimension)
    expected = num_regions(arrangement)
    assert central_count(count, dimension) == expected
    assert central_count_doubled(count, dimension) == expected
    assert alternating_tail(count, dimension) == -comb(count - 1, dimension)


def test_random_integer_arrangements_are_often_degenerate_and_agree():
    rng = np.random.default_rng(3)
    drawn = [families.random_integer(5, 3, rng, max_entry=1) for _ in range(15)]
    assert any(not each.is_in_general_position for each in drawn)
    for each in drawn:
        assert len(enumerate_regions(each)) == num_regions(each, "whitney")
    central = families.random_integer(4, 3, rng, central=True)
    assert central.is_central


def test_products_multiply():
    sizes = [1, 2, 2]
    assert num_regions(families.parallel_families(sizes)) == prod(size + 1 for size in sizes)


def test_repeated_hyperplanes_in_whitneys_sum():
    rows = families.coordinate(2).rows * 2
    assert whitney_sum(rows, 2) == 4
    assert whitney_sum(rows, 2, repeats_count=False) != 4
    assert whitney_sum(rows, 2, include_empty=False) == 3


def test_central_subsets_of_a_triangle():
    triangle = Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 1])
    counts = central_subsets_by_size_and_rank(triangle.rows, 2)
    assert counts == {(0, 0): 1, (1, 1): 3, (2, 2): 3}


def test_proofs_hold_and_a_planted_error_is_found():
    steps = (*zaslavsky_induction(), *central_count_proof())
    assert all(step.holds for step in steps)
    m, n = sympy.symbols("m n", integer=True, positive=True)
    assert not _step("wrong", sympy.binomial(m, n), sympy.binomial(m - 1, n)).holds


def test_certificates_of_linear_inequalities():
    assert strictly_positive_point([(1, 1), (-1, 1), (0, -1)], 2) is None
    point = strictly_positive_point([(3, -1), (-2, 1)], 2)
    assert point is not None
    assert 3 * point[0] > point[1] > 2 * point[0]
    answer = nonnegative_solution([(-1, 2), (3, 1)], (-4, 8))
    assert answer.solution == (4, 0)
    separated = nonnegative_solution([(1, 0)], (0, -1)).separation
    assert separated is not None
    assert separated[0] >= 0 > -separated[1]


def test_work_limits_and_bad_arguments():
    with pytest.raises(WorkLimitError, match="regions"):
        enumerate_regions(families.generic(6, 2), max_regions=10)
    with pytest.raises(WorkLimitError, match="flats"):
        intersection_poset(families.generic(6, 2), max_flats=10)
    with pytest.raises(WorkLimitError, match="central subsets"):
        central_subsets_by_size_and_rank(families.coordinate(6).rows, 6, max_subsets=20)
    with pytest.raises(ValueError, match="method is"):
        num_regions(families.coordinate(2), "guess")
    with pytest.raises(ValueError, match="m >= 1"):
        central_count(0, 2)
