from __future__ import annotations

from dataclasses import replace

import pytest

from linreg_book.errors import RecordError
from linreg_book.records.verdicts import (
    CheckResult,
    Evidence,
    RepairResult,
    judge,
)


def check(passed: bool = True, kind: str = "exact", part: str = "") -> CheckResult:
    return CheckResult(
        name="x",
        kind=kind,
        passed=passed,
        measured=1,
        predicted=1,
        criterion="equal",
        part=part,
        of_paper="Table 1" if kind == "experiment" else "",
    )


def repair(change: str, passed: bool = True, statement: str = "mended") -> RepairResult:
    return RepairResult(statement=statement, change=change, check=check(passed))


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        ("proof", "proved"),
        ("exact", "exact"),
        ("sample", "supported"),
        ("asymptotic", "holds"),
        ("definition", "definition"),
        ("experiment", "reproduced"),
    ],
)
def test_kind_earns_verdict(kind: str, verdict: str) -> None:
    assert judge(Evidence(checks=[check(kind=kind)])).verdict == verdict


def test_strongest_kind_of_a_part_and_weakest_part() -> None:
    both = [check(kind="proof"), check(kind="sample")]
    assert judge(Evidence(checks=both)).verdict == "proved"
    parts = [check(kind="proof", part="a"), check(kind="sample", part="b")]
    assert judge(Evidence(checks=parts)).verdict == "supported"


@pytest.mark.parametrize(
    ("repairs", "verdict"),
    [
        ([], "false"),
        ([repair("reading")], "repaired"),
        ([repair("hypothesis")], "repaired"),
        ([repair("conclusion")], "false"),
        ([repair("hypothesis", passed=False)], "false"),
        # one failing check of the mended statement spoils it
        ([repair("hypothesis"), repair("hypothesis", passed=False)], "false"),
        ([repair("hypothesis", passed=False, statement="other"), repair("reading")], "repaired"),
    ],
)
def test_failed_statement(repairs: list[RepairResult], verdict: str) -> None:
    evidence = Evidence(checks=[check(), check(passed=False)], repairs=repairs)
    assert judge(evidence).verdict == verdict


def test_repairs_alone_decide_nothing() -> None:
    with pytest.raises(RecordError, match="as stated"):
        judge(Evidence(repairs=[repair("reading")]))


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [((True, True), "reproduced"), ((True, False), "partly"), ((False,), "not-reproduced")],
)
def test_experiments(outcomes: tuple[bool, ...], verdict: str) -> None:
    checks = [check(one, kind="experiment") for one in outcomes]
    assert judge(Evidence(checks=checks)).verdict == verdict
    assert judge(Evidence(checks=checks, profile="paper")).verdict == verdict
    assert judge(Evidence(checks=checks, profile="tiny")).verdict == "open"


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([True], "the one comparison is within its tolerance"),
        ([False], "the one comparison is outside its tolerance"),
        ([True, True], "both comparisons are within their tolerances"),
        ([False] * 3, "all 3 comparisons are outside their tolerances"),
        ([True, False], "1 of 2 comparisons is within its tolerance, the other is outside"),
        (
            [True, True, False, False],
            "2 of 4 comparisons are within their tolerances, the others are outside",
        ),
    ],
)
def test_how_many_came_out_well_is_said_in_plain_words(outcomes: list[bool], words: str) -> None:
    checks = [check(one, kind="experiment") for one in outcomes]
    assert judge(Evidence(checks=checks)).note == words


def test_tiny_decides_exact_statements() -> None:
    assert judge(Evidence(checks=[check()], profile="tiny")).verdict == "exact"


def test_stand_in_data_decide_nothing() -> None:
    checks = [check(kind="experiment")]
    held_back = judge(Evidence(checks=checks, dataset="digits"))
    assert held_back.verdict == "open"
    assert "MNIST" in held_back.note
    assert judge(Evidence(checks=checks, dataset="mnist")).verdict == "reproduced"


def test_what_could_not_come_out_otherwise_decides_nothing() -> None:
    identity = replace(check(), consistency=True)
    ours = replace(check(kind="experiment"), of_paper="")
    for checks in ([identity], [ours], [identity, ours]):
        with pytest.raises(RecordError, match="could have come out otherwise"):
            judge(Evidence(checks=checks))
    assert judge(Evidence(checks=[identity, ours, check(kind="sample")])).verdict == "supported"
    with_paper = [check(kind="experiment"), replace(ours, passed=False)]
    assert judge(Evidence(checks=with_paper)).verdict == "reproduced"
