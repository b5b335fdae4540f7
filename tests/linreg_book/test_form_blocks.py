"""Chapter boxes, claim blocks, mentions and the table of what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from linreg_book.chapters.form import find_blocks, read_box
from linreg_book.errors import PublishingError
from linreg_book.pages.form_blocks import Form, stated_in
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.records.registry import find_claim
from tests.linreg_book.synthetic_ledger import check

BOX = """```{chapter-box}
question: How many?
assumes: lines.
minutes: 9
answer: Few,
  or $m$.
```"""


def entry(claim_id: str, chapter: str, verdict: str = "proved", **given: Any) -> LedgerEntry:
    return LedgerEntry(
        claim=replace(find_claim(claim_id), chapter=chapter),
        verdict=verdict,
        note="",
        chapter=chapter,
        cell=None if verdict == "open" else 7,
        evidence=(),
        profile="quick",
        dataset=None,
        seeds={},
        **given,
    )


def form(*entries: LedgerEntry, **given: Any) -> Form:
    made = {"stated": {}, "findings": {}, "added": {}, **given}
    return Form(entries={each.claim.id: each for each in entries}, **made)


def expanded(text: str, made: Form, chapter: str = "04_arrangements") -> tuple[str, list[str]]:
    problems: list[str] = []
    return made.expand(text, chapter=chapter, problems=problems), problems


def test_box_has_its_sentences_and_the_badges_of_its_verdicts() -> None:
    made = form(
        entry("F23-Lem1", "04_arrangements", "false"), entry("F23-Lem5", "05_bounds", "proved")
    )
    text, problems = expanded(BOX, made)
    assert problems == []
    assert "**Question.** How many?" in text
    assert "**Answer.** Few, or $m$." in text
    assert "9 minutes" in text
    assert "ledger.html#ledger-f23-lem1" in text
    assert "lem5" not in text


def test_claim_block_carries_the_verdict_and_links() -> None:
    block = "```{claim} F23-Lem1\nAt most $m$.\n\n$$x$$\n```"
    made = form(entry("F23-Lem1", "04_arrangements", "false"))
    text, problems = expanded(block, made)
    assert problems == []
    assert 'id="stated-f23-lem1"' in text
    assert 'href="#claim-f23-lem1"' in text
    assert "linreg-is-false" in text
    assert "At most $m$.\n\n$$x$$" in text
    elsewhere, _ = expanded(block, made, chapter="12_faces")
    assert 'href="../book/ledger.html#ledger-f23-lem1"' in elsewhere


@pytest.mark.parametrize(
    ("chapter", "stated", "address"),
    [
        ("04_arrangements", {"F23-Lem1": "04_arrangements"}, '"#stated-f23-lem1"'),
        ("12_faces", {"F23-Lem1": "04_arrangements"}, "../notebooks/04_arrangements.html#stated-"),
        ("12_faces", {}, "../book/ledger.html#ledger-f23-lem1"),
    ],
)
def test_mentions_lead_to_where_the_claim_is_stated(
    chapter: str, stated: dict[str, str], address: str
) -> None:
    made = form(entry("F23-Lem1", "04_arrangements"), stated=stated)
    text, problems = expanded("see {claim}`F23-Lem1`.", made, chapter)
    assert problems == []
    assert address in text
    assert text.startswith("see <a ")
    assert text.endswith("</a>.")


def test_unknown_claims_are_problems() -> None:
    for text in ("{claim}`F23-Lem99`", "```{claim} F23-Lem99\nSo.\n```"):
        assert "no such claim" in expanded(text, form())[1][0]


def test_table_of_what_was_found() -> None:
    finding = {
        "key": "ours",
        "title": "Ours",
        "statement": "$1$",
        "verdict": "proved",
        "checks": [check(name="one step", kind="proof")],
    }
    made = form(
        entry("F23-Lem1", "04_arrangements", "false", why="$2$ lines <more>"),
        entry("F23-Lem5", "05_bounds"),
        entry("F23-Lem6", "04_arrangements", "open"),
        findings={"04_arrangements": [finding]},
        added={"04_arrangements": {"F23-Lem5"}},
    )
    text, problems = expanded("```{found}\n```", made)
    assert problems == []
    assert "\\(2\\)</span> lines &lt;more&gt;" in text
    assert "judged elsewhere" in text
    assert "#finding-ours" in text
    assert "Derived on the page, checked by computer:</span> one step" in text
    assert "lem6" not in text.lower()
    assert "Nothing was judged" in expanded("```{found}\n```", form())[0]


def test_where_claims_are_stated() -> None:
    sources = {"a": "```{claim} X-1\nSo.\n```", "b": "{claim}`X-1` and :::{claim} Y-2\nSo.\n:::"}
    assert stated_in({**sources, "b": sources["b"].replace(" and ", "\n")}) == {
        "X-1": "a",
        "Y-2": "b",
    }


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("minutes: 9", "minutes: 0", "minutes: '0'"),
        ("minutes: 9", "minutes: nine", "minutes: 'nine'"),
        ("assumes: lines.\n", "", "lacks 'assumes'"),
        ("assumes:", "question:", "'question' twice"),
        ("question: How many?", "How many?", r"begins with 'How many\?'"),
        ("assumes:", "wants:", "no 'wants'"),
    ],
)
def test_boxes_that_cannot_be_read(before: str, after: str, message: str) -> None:
    (block,) = find_blocks(BOX.replace(before, after))
    with pytest.raises(PublishingError, match=message):
        read_box(block)
