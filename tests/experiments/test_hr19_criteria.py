"""Criteria set beforehand: they speak of claims and protocols that there are."""

from __future__ import annotations

import csv
import re

from linreg_lib.experiments.protocols.hr19 import PROTOCOLS
from linreg_lib.experiments.protocols.hr19_criteria import CRITERIA
from tests.project.lock_file import ROOT

CLAIMS = ROOT / "book" / "tools" / "linreg_book" / "records" / "claims.csv"


def test_claims_and_protocols_exist_and_name_each_other() -> None:
    with CLAIMS.open(newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    serves = {each.name: set(each.serves) for each in PROTOCOLS}
    assert set(CRITERIA) <= known
    assert set().union(*serves.values()) <= known
    for claim, criterion in CRITERIA.items():
        assert {name for name in serves if claim in serves[name]} == set(criterion.protocols)


def test_each_limit_stands_in_the_sentence_that_uses_it() -> None:
    for criterion in CRITERIA.values():
        for name in criterion.limits:
            assert re.search(rf"\b{name}\b", criterion.criterion), name


def test_every_experiment_of_sections_3_1_and_3_2_has_a_criterion() -> None:
    figures = {"Fig5a", "Fig5b", "Fig6a", "Fig6b", "Fig6c", "Fig7", "setup", "zero-bias"}
    texts = {"Fig6-predict", "Fig6-points", "run-variance", "Fig7-spread", "far"}
    assert {f"HR19-{each}" for each in figures | texts} <= set(CRITERIA)


def test_paper_sizes_are_those_of_the_paper() -> None:
    sizes = {each.name: each.values("paper") for each in PROTOCOLS}
    assert (sizes["hr19-fig5"]["num_runs"], sizes["hr19-fig5"]["num_lines"]) == (5, 100)
    assert (sizes["hr19-fig6"]["num_runs"], sizes["hr19-fig6"]["num_normal"]) == (12, 10_000)
    assert sizes["hr19-fig7"]["moments"] == (0.0, 1.0, 20.0)
    for name in ("hr19-fig5", "hr19-fig6"):
        moments = sizes[name]["moments"]
        assert isinstance(moments, tuple)
        assert (moments[0], moments[-1]) == (0.0, 20.0)
        assert list(moments) == sorted(moments)  # type: ignore[type-var]
        assert sizes[name]["dataset"] == "mnist"
