"""How a comparison is told in a box, in the errata and on cards."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from linreg_book import at_least, at_most, between, close, equal, true
from linreg_book.records.comparison import compared
from linreg_book.records.criteria import Criterion
from linreg_book.records.told_words import told_words


@pytest.mark.parametrize(
    ("measured", "predicted", "criterion", "told"),
    [
        (3, 3, equal(), "3, as predicted"),
        (3, 4, equal(), "3, not 4"),
        ([1, 1, 1], [1, 1, 1], equal(), "all 3 agree, on 1"),
        ([True] * 40, [True] * 40, equal(), "all 40 agree"),
        (list(range(40)), list(range(40)), equal(), "all 40 agree, between 0 and 39"),
        ([True] * 40, None, true(), "in all 40 cases"),
        ([True, False], None, true(), "in 1 of 2 cases"),
        ([True, True], None, true(), "in both cases"),
        ([False] * 40, None, true(), "in none of 40 cases"),
        ([True] * 37 + [False] * 3, None, true(), "in 37 of 40 cases"),
        (3, 4, at_most(), "3, at most 4"),
        (5, 4, at_most(0.5), "5, more than 4 (slack 0.5)"),
        (-3, -2, at_least(), "−3, less than −2"),
        ([5, 3], 4, at_most(), "5, 3, not at most 4"),
        (1.25, None, between(1, 2), "1.25, between 1 and 2"),
        (-1.25, None, between(-2, -1), "−1.25, between −2 and −1"),
        (1.25, 1.0, close(rtol=0.1), "1.25, predicted 1 (not within a relative error of 0.1)"),
        (
            1.0,
            1.0,
            close(rtol=1e-9, atol=0.5),
            "1, predicted 1 (within a relative error of 10⁻⁹ plus an absolute error of 0.5)",
        ),
    ],
)
def test_a_comparison_is_told_as_one_would_say_it(
    measured: object, predicted: object, criterion: Criterion, told: str
) -> None:
    made = compared(
        "x", name="n", measured=measured, predicted=predicted, criterion=criterion, kind="exact"
    )
    assert told_words(asdict(made)) == told
