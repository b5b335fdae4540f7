"""What F23's Lemmas 1, 5 and 6 need: the smallest failures are found, not written down."""

from __future__ import annotations

import pytest

from linreg_lib.theory import enumerate_regions
from linreg_lib.theory.arrangements.lemma_searches import (
    GENERAL_POSITION_READINGS,
    search_lemma_1,
    search_lemma_5,
    search_lemma_6,
)

STANDARD, NORMALS, CONCURRENT, POINTS = GENERAL_POSITION_READINGS


def _confirm(failure):
    """The counted number, by the enumeration, which the searches do not use."""
    assert len(enumerate_regions(failure.arrangement)) == failure.counted


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("direction", ["bound", "if", "only if"])
def test_lemma_1_holds_with_the_full_definition(direction, repeats):
    search = search_lemma_1(STANDARD, direction=direction, repeats=repeats)
    assert search.failure is None
    assert search.num_tried > 100
    wider = search_lemma_1(
        STANDARD, direction=direction, repeats=repeats, max_dimension=3, max_hyperplanes=2
    )
    assert wider.failure is None


@pytest.mark.parametrize(
    ("reading", "order", "dimension", "count", "predicted", "counted"),
    [
        (NORMALS, "dimension", 2, 3, 7, 6),  # three concurrent lines
        (NORMALS, "hyperplanes", 3, 2, 4, 3),  # two parallel planes in R^3
        (CONCURRENT, "dimension", 2, 2, 4, 3),  # two parallel lines
        (POINTS, "hyperplanes", 3, 2, 4, 3),  # two parallel planes in R^3
    ],
)
def test_lemma_1_fails_for_weaker_readings(reading, order, dimension, count, predicted, counted):
    failure = search_lemma_1(reading, order=order, max_dimension=3).failure
    assert failure is not None
    assert (failure.dimension, failure.num_hyperplanes) == (dimension, count)
    assert (failure.predicted, failure.counted) == (predicted, counted)
    _confirm(failure)


def test_lemma_1_with_a_point_listed_twice():
    failure = search_lemma_1(NORMALS, repeats=True).failure
    assert failure is not None
    assert failure.rows == ((1, 0), (1, 0))


@pytest.mark.parametrize("repeats", [False, True])
def test_lemma_5_needs_the_empty_subarrangement(repeats):
    assert search_lemma_5(repeats=repeats).failure is None
    failure = search_lemma_5(include_empty=False, repeats=repeats).failure
    assert failure is not None
    assert (failure.rows, failure.predicted, failure.counted) == ((), 0, 1)


def test_lemma_6_needs_independence_of_few_normals_too():
    failure = search_lemma_6("any n normals independent").failure
    assert failure is not None
    assert (failure.dimension, failure.num_hyperplanes) == (4, 3)
    assert (failure.predicted, failure.counted) == (8, 6)
    _confirm(failure)
    with_enough = search_lemma_6("m >= n, any n normals independent")
    assert with_enough.failure is None
    assert with_enough.num_tried > 100
    repaired = search_lemma_6("any min(m, n) normals independent", max_dimension=3)
    assert repaired.failure is None
    assert repaired.num_tried > 200
