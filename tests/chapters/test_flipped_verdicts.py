"""No verdict can be written by hand: the evidence of the chapters lets through one alone.

The checks that each chapter made are given again to a claim, and every other word than the one
they earn is announced in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from linreg_book.errors import VerdictMismatch
from linreg_book.records.claims import Claim
from linreg_book.records.findings import Finding
from linreg_book.records.verdicts import VERDICTS, CheckResult, Evidence, RepairResult, judge
from tests.tiny_book import CHAPTERS, TinyBook

# Two are said, not earned (see the tests below); of an open claim nothing is said yet.
NOT_EARNED = ("ill-posed", "not-testable", "open")
WORDS = {"why": "because", "counterexample": "the smallest", "rests": "nothing else"}


def judged_records(book: TinyBook, chapter: str, kind: str) -> Iterator[dict[str, Any]]:
    for cell in book.executed(chapter).cells:
        for output in cell.get("outputs", []):
            record = output.get("metadata", {}).get("linreg", {})
            if record.get("type") == kind:
                yield record


def evidence_of(record: dict[str, Any]) -> Evidence:
    """As if it had been gathered at a size that decides, on the data themselves."""
    repairs = [
        RepairResult(**{**repair, "check": CheckResult(**repair["check"])})
        for repair in record.get("repairs", [])
    ]
    checks = [CheckResult(**check) for check in record["checks"]]
    return Evidence(checks=checks, repairs=repairs, profile="quick")


def announced(record: dict[str, Any], evidence: Evidence, verdict: str) -> None:
    if record["type"] == "finding":
        found = Finding(record["key"], record["title"], record["statement"])
        found._checks = list(evidence.checks)
        found.conclude(expect=verdict)
        return
    claim = Claim(record["id"])
    claim._checks, claim._repairs = list(evidence.checks), list(evidence.repairs)
    claim.verdict(expect=verdict, **WORDS)


@pytest.mark.parametrize("kind", ["verdict", "finding"])
@pytest.mark.parametrize("name", CHAPTERS)
def test_every_other_verdict_stops_the_chapter(tiny_book: TinyBook, name: str, kind: str) -> None:
    for record in judged_records(tiny_book, name, kind):
        if record["verdict"] in NOT_EARNED:
            continue
        evidence = evidence_of(record)
        earned = judge(evidence).verdict
        if not any(check.kind == "experiment" for check in evidence.checks):
            assert earned == record["verdict"]
        announced(record, evidence, earned)
        for other in sorted(set(VERDICTS) - {earned}):
            with pytest.raises(VerdictMismatch):
                announced(record, evidence, other)


@pytest.mark.parametrize("kind", ["verdict", "finding"])
@pytest.mark.parametrize("name", CHAPTERS)
def test_other_outcomes_earn_another_verdict(tiny_book: TinyBook, name: str, kind: str) -> None:
    for record in judged_records(tiny_book, name, kind):
        if record["verdict"] in NOT_EARNED:
            continue
        evidence = evidence_of(record)
        # A claim that fails in one part may hold in another: what is turned is the whole.
        one_failed = not all(check["passed"] for check in record["checks"])
        turned = [CheckResult(**{**check, "passed": one_failed}) for check in record["checks"]]
        assert judge(evidence).verdict != judge(Evidence(checks=turned)).verdict or (
            judge(evidence).verdict == "partly"
        )


@pytest.mark.parametrize("name", CHAPTERS)
def test_readings_that_agree_are_not_ill_posed(tiny_book: TinyBook, name: str) -> None:
    for record in judged_records(tiny_book, name, "verdict"):
        if record["verdict"] == "ill-posed":
            readings = {check["name"]: check["measured"] for check in record["checks"]}
            one = next(iter(readings.values()))
            with pytest.raises(VerdictMismatch):
                Claim(record["id"]).ill_posed(readings=dict.fromkeys(readings, one), reason="none")
