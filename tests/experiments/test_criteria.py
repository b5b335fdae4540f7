"""Criteria set beforehand: they speak of claims and protocols that there are."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

import pytest

from linreg_lib.experiments.protocols import (
    f23_covid_criteria,
    f23_criteria,
    f23_init_criteria,
    f23_lenet_criteria,
    hr19_criteria,
)
from linreg_lib.experiments.protocols.criterion import Criterion
from linreg_lib.experiments.protocols.registry import PAPERS
from tests.project.lock_file import ROOT

CLAIMS = ROOT / "book" / "tools" / "linreg_book" / "records" / "claims.csv"
BY_PAPER = {
    "hr19": hr19_criteria.CRITERIA,
    "f23": {
        **f23_covid_criteria.CRITERIA,
        **f23_criteria.CRITERIA,
        **f23_init_criteria.CRITERIA,
        **f23_lenet_criteria.CRITERIA,
    },
}


@pytest.mark.parametrize("paper", BY_PAPER)
def test_claims_and_protocols_exist_and_name_each_other(paper: str) -> None:
    with CLAIMS.open(newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    serves = {each.name: set(each.serves) for each in PAPERS[paper]()}
    assert set(BY_PAPER[paper]) <= known
    assert set().union(*serves.values()) <= known
    for claim, criterion in BY_PAPER[paper].items():
        assert {name for name in serves if claim in serves[name]} == set(criterion.protocols)


@pytest.mark.parametrize("criteria", BY_PAPER.values(), ids=BY_PAPER)
def test_each_limit_stands_in_the_sentence_that_uses_it(criteria: Mapping[str, Criterion]) -> None:
    for criterion in criteria.values():
        for name in criterion.limits:
            assert re.search(rf"\b{name}\b", criterion.criterion), name


def test_every_experiment_of_hr19_has_a_criterion() -> None:
    figures = {"Fig5a", "Fig5b", "Fig6a", "Fig6b", "Fig6c", "Fig7", "Fig8", "setup", "zero-bias"}
    texts = {"Fig6-predict", "Fig6-points", "run-variance", "Fig7-spread", "far"}
    assert {f"HR19-{each}" for each in figures | texts} <= set(BY_PAPER["hr19"])


def test_paper_sizes_are_those_of_the_papers() -> None:
    sizes = {each.name: each.values("paper") for of in BY_PAPER for each in PAPERS[of]()}
    assert (sizes["hr19-fig5"]["num_runs"], sizes["hr19-fig5"]["num_lines"]) == (5, 100)
    assert (sizes["hr19-fig6"]["num_runs"], sizes["hr19-fig6"]["num_normal"]) == (12, 10_000)
    assert sizes["hr19-fig7"]["moments"] == (0.0, 1.0, 20.0)
    assert (sizes["hr19-fig8"]["architectures"], sizes["f23-fig10"]["hidden"]) == (
        ("64-64-64",),
        "7-7-6",
    )
    lasts = {"hr19-fig5": 20.0, "hr19-fig6": 20.0, "hr19-fig8": 20.0, "f23-fig10": 480.0}
    for name, last in lasts.items():
        moments = sizes[name]["moments"]
        assert isinstance(moments, tuple)
        assert (moments[0], moments[-1]) == (0.0, last)
        assert list(moments) == sorted(moments)  # type: ignore[type-var]
        assert sizes[name]["dataset"] == "mnist"
