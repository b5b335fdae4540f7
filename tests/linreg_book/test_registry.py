from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from linreg_book.chapters.chapter import NAME
from linreg_book.errors import RecordError
from linreg_book.records.boxes import element_id
from linreg_book.records.registry import (
    KINDS,
    PAPERS,
    find_claim,
    load_registry,
    planned_title,
    planned_titles,
)

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
HEADER = "id,paper,label,kind,place,statement,chapter\n"
FORMULA = re.compile(r"\$[^$]*\$")
UNTYPESET = re.compile(r"[\^_*\\{}]|>=|<=|->|\|\|")


def test_every_claim_has_paper_and_owner() -> None:
    claims = load_registry()
    assert Counter(claim.paper for claim in claims) == {
        "HR19": 100,
        "QW23": 32,
        "F23": 68,
        "HR19b": 1,
        "SHR25": 1,
        "GB26": 7,
    }
    for claim in claims:
        assert claim.paper in PAPERS
        assert claim.id.startswith(claim.paper + "-")
        assert NAME.match(claim.chapter), claim
    anchors = [element_id("claim", claim.id) for claim in claims]
    assert len(set(anchors)) == len(anchors)
    assert {claim.kind for claim in claims} == set(KINDS)


def test_statements_ask_for_few_fonts() -> None:
    """The ledger shows all of them: each alphabet more is 35 kB for everybody who opens it."""
    used = {
        command
        for claim in load_registry()
        for formula in FORMULA.findall(claim.statement)
        for command in re.findall(r"\\(?:math[a-z]+|boldsymbol|bm)\b", formula)
    }
    assert used <= {r"\mathbb", r"\mathcal", r"\mathrm"}


def test_every_chapter_is_written_or_planned() -> None:
    written = {path.stem for path in NOTEBOOKS.glob("*.md")}
    named = {claim.chapter for claim in load_registry()}
    assert named - written - set(planned_titles()) == set()
    assert set(planned_titles()) - named == set()


def test_every_written_chapter_judges_only_registered_claims() -> None:
    registered = {claim.id for claim in load_registry()}
    for path in NOTEBOOKS.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r"""\bclaim\(\s*["']([^"']+)["']""", text))
        named |= set(re.findall(r"^`{3,}\{claim\} *(\S+)", text, flags=re.MULTILINE))
        assert named - registered == set(), path.name


def test_formulas_are_typeset() -> None:
    for claim in load_registry():
        for text in (claim.statement, claim.label):
            assert text.count("$") % 2 == 0, claim.id
            assert not UNTYPESET.search(FORMULA.sub("", text)), claim.id
            assert "$$" not in text, claim.id


def test_statements_are_sentences() -> None:
    for claim in load_registry():
        assert claim.statement.endswith("."), claim.id
        assert "?" not in claim.statement, claim.id


def test_the_title_names_paper_and_number() -> None:
    assert find_claim("HR19-Thm1").title == "HR19, Theorem 1"
    assert find_claim("HR19-Thm2b").title == "HR19, Theorem 2, second half"
    titles = [claim.title.lower() for claim in load_registry()]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 60


def test_a_written_chapter_is_not_planned() -> None:
    with pytest.raises(RecordError, match=r"no planned chapter '01_conventions'"):
        planned_title("01_conventions")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,statement\n", "columns"),
        (HEADER + "a,b,l,c,d,,f\n", "line 2: empty statement"),
        (HEADER + "a,F23,,lemma,d,e,04_f\n", "line 2: empty label"),
        (HEADER + 2 * "a,F23,l,lemma,d,e,04_f\n", "line 3: the id a appears twice"),
        (
            HEADER + "a,F23,Lemma 1,lemma,d,e,04_f\nb,F23,Lemma 1,lemma,d,e,04_f\n",
            "line 3: the label F23, Lemma 1 appears twice",
        ),
        (HEADER + "a,F23,l,belief,d,e,04_f\n", "line 2: kind is 'belief', not one of definition"),
        (HEADER + "a,F23,l,lemma,d,$e,04_f\n", r"line 2: statement has a \$ without its partner"),
    ],
)
def test_broken_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "claims.csv"
    table.write_text(text)
    with pytest.raises(RecordError, match=message):
        load_registry(table)


def test_one_label_may_serve_two_papers(tmp_path: Path) -> None:
    table = tmp_path / "claims.csv"
    rows = "a,F23,Lemma 1,lemma,d,e,04_f\nb,HR19,Lemma 1,lemma,d,e,04_f\n"
    table.write_text(HEADER + rows)
    assert [claim.title for claim in load_registry(table)] == ["F23, Lemma 1", "HR19, Lemma 1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,chapter\n", "line 1: the columns must be name, title"),
        ("name,title\n05_a,\n", "line 2: empty title"),
        ("name,title\n5a,t\n", "line 2: name is '5a'"),
        ("name,title\n05_a,t\n05_a,u\n", "line 3: the chapter 05_a appears twice"),
    ],
)
def test_broken_tables_of_chapters_are_refused(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "chapters.csv"
    table.write_text(text)
    with pytest.raises(RecordError, match=message):
        planned_titles(table)
