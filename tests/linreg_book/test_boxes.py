"""What a box says of comparisons that decided, and of those that did not."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from linreg_book.pages.claim_words import deciding_line
from linreg_book.records.boxes import record_html, record_text
from tests.linreg_book.synthetic_ledger import check, entry

OURS = {"kind": "experiment", "of_paper": ""}


def box(verdict: str, *checks: dict[str, Any]) -> BeautifulSoup:
    record = {
        "type": "verdict",
        "id": "F23-Lem1",
        "verdict": verdict,
        "why": "so",
        "note": "",
        "counterexample": "",
        "checks": list(checks),
        "repairs": [],
    }
    return BeautifulSoup(record_html(record), "html.parser")


def adds(*checks: dict[str, Any]) -> BeautifulSoup:
    record = {"type": "evidence", "id": "F23-Lem1", "checks": list(checks), "repairs": []}
    return BeautifulSoup(record_html(record), "html.parser")


def marks(page: BeautifulSoup) -> list[str]:
    return [mark.get_text() for mark in page.select('.linreg-decided [role="img"]')]


def outcomes(page: BeautifulSoup) -> list[str]:
    return [row.select("td")[-1].get_text() for row in page.select(".linreg-evidence tbody tr")]


@pytest.mark.parametrize("verdict", ["open", "not-testable"])
def test_nothing_is_ticked_where_nothing_was_decided(verdict: str) -> None:
    page = box(verdict, check(), check(passed=False), check(**OURS))
    assert marks(page) == ["○"] * 3
    assert "refutes" not in page.get_text()
    lead = page.select_one(".linreg-undecided")
    assert lead is not None
    assert ("nothing yet" in lead.get_text()) is (verdict == "open")
    assert [line.em.get_text() for line in page.select("li")] == [  # type: ignore[union-attr]
        "criterion met",
        "criterion not met",
        "criterion met",
    ]
    assert all(words.endswith("decides nothing") for words in outcomes(page))


def test_a_tick_says_what_it_means() -> None:
    page = box("exact", check())
    (mark,) = page.select('.linreg-decided [role="img"]')
    assert mark.get_text() == "✓"
    assert mark["title"] == mark["aria-label"] == "criterion met"
    assert page.select_one(".linreg-undecided") is None
    assert outcomes(page) == ["criterion met"]


def test_a_verdict_shows_what_decided_it() -> None:
    paper = check(kind="experiment", of_paper="Table 1", name="theirs")
    page = box("reproduced", check(**OURS, passed=False, name="ours"), paper)
    (line,) = page.select("li")
    assert "theirs" in line.get_text()
    assert outcomes(page) == ["criterion not met; decides nothing", "criterion met"]


def test_evidence_held_against_our_own_criterion_decides_nothing() -> None:
    page = adds(check(**OURS))
    assert marks(page) == ["○"]
    assert "criterion of our own" in page.get_text()
    assert marks(adds(check())) == ["✓"]
    assert marks(adds(check(consistency=True))) == []
    assert outcomes(adds(check(consistency=True))) == ["consistent"]


def test_readings_are_no_criteria() -> None:
    reading = check(name="reading: sets", criterion="readings differ", predicted=None)
    page = box("ill-posed", reading)
    assert marks(page) == ["•"]
    assert "criterion" not in page.select("li")[0].get_text()


def test_the_ledger_shows_no_comparison_of_an_open_claim() -> None:
    assert not deciding_line(entry("F23-Lem1", "open", evidence=(check(),)))
    assert "✓" in deciding_line(entry("F23-Lem1", "exact", evidence=(check(),)))


def test_the_same_in_plain_text() -> None:
    record = {"type": "verdict", "id": "F23-Lem1", "verdict": "open", "checks": [check()]}
    assert "criterion met; decides nothing" in record_text(record)
    assert "criterion met; 3" in record_text(record | {"verdict": "exact"})
