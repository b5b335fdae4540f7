"""What the landing page makes of the records, and what stops it from contradicting them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from linreg_book.chapters.chapter import Chapter
from linreg_book.errors import StagingError
from linreg_book.pages.citing import bibtex_markdown
from linreg_book.pages.landing_page import (
    GROUPS,
    MOST_CARDS,
    cards_markdown,
    check_sentences,
    progress_markdown,
    repository_markdown,
)
from linreg_book.pages.quoting import Numbers
from linreg_book.pages.reading_order import reading_markdown
from linreg_book.pages.sketches import Sketch, load_sketches, sketch_html
from linreg_book.project import Project
from linreg_book.records.registry import load_registry
from linreg_book.records.verdicts import VERDICTS
from linreg_book.site.live_content import live_content
from tests.linreg_book.page_html import raw_html, rest_of
from tests.linreg_book.synthetic_ledger import HOSTILE, entry, small_ledger

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = small_ledger()
INDEX = (ROOT / "book" / "index.md").read_text(encoding="utf-8")


def sketch(claim: str, alt: str = "A line") -> Sketch:
    return Sketch(
        claim=claim,
        alt=alt,
        window=(0.0, 0.0, 1.0, 1.0),
        lines=(("graph", ((0.0, 0.0), (1.0, 1.0))),),
        dots=(("mark", ((0.5, 0.5),)),),
    )


SKETCHES = tuple(sketch(each.claim.id) for each in ENTRIES)


def test_a_card_says_statement_verdict_and_counterexample() -> None:
    page = raw_html(cards_markdown(ENTRIES, SKETCHES))
    card = page.select_one('.linreg-card[data-id="HR19-Thm1"]')
    assert card is not None
    text = card.get_text()
    assert r"\(2^n\) pieces" in text
    assert "false" in text
    assert "Smallest counterexample:" in text
    assert card.select_one('a[href="errata.html#erratum-hr19-thm1"]')
    assert card.select_one('svg[role="img"][aria-label="A line"] polyline')


def test_a_long_statement_is_said_in_short() -> None:
    short = replace(sketch("HR19-Thm1"), says="About $2N$.")
    page = raw_html(cards_markdown(ENTRIES, [short]))
    says = page.select_one(".linreg-says")
    assert says is not None
    assert says.get_text() == r"About \(2N\)."


def test_open_claims_have_no_card() -> None:
    page = raw_html(cards_markdown(ENTRIES, SKETCHES))
    shown = [card["data-id"] for card in page.select(".linreg-card")]
    assert shown == ["HR19-Thm1", "HR19-vol0", "F23-Lem1", "F23-Fig10"]


def test_there_are_at_most_six_cards() -> None:
    many = [entry(f"F23-Thm{number}", "proved") for number in range(1, 12)]
    page = raw_html(cards_markdown(many, [sketch(each.claim.id) for each in many]))
    assert len(page.select(".linreg-card")) == MOST_CARDS == 6


def test_every_verdict_is_counted_once() -> None:
    grouped = [verdict for verdicts in GROUPS.values() for verdict in verdicts]
    assert sorted([*grouped, "open"]) == sorted(VERDICTS)


def test_progress_is_that_of_the_ledger() -> None:
    page = raw_html(progress_markdown(ENTRIES))
    told = page.select_one("p")
    assert told is not None
    assert told.get_text() == (
        "4 statements of the three papers are judged: 1 holds, 2 need mending, 1 is false. "
        "1 is not judged yet."
    )
    widths = [
        int(re.findall(r"\d+", str(part["style"]))[0]) for part in page.select(".linreg-part")
    ]
    assert sum(widths) == len(ENTRIES)
    links = {str(link["href"]) for link in page.select("a")}
    assert "ledger.html?verdict=false" in links


def test_statements_of_later_works_are_counted_apart() -> None:
    entries = [entry("HR19-Thm1", "false"), entry("GB26-Thm3.1", "proved"), *ENTRIES[4:]]
    told = raw_html(progress_markdown(entries)).select_one("p")
    assert told is not None
    assert told.get_text().startswith(
        "2 statements of the three papers and 1 of later works are judged: 1 holds, "
    )


def test_words_stay_words() -> None:
    hostile = [sketch(each.claim.id, HOSTILE) for each in ENTRIES]
    markdown = cards_markdown(ENTRIES, hostile) + progress_markdown(ENTRIES)
    assert "no heading" not in rest_of(markdown)
    page = raw_html(markdown)
    assert (live_content(str(page)).around, page.find(["img", "script"])) == ([], None)


def test_a_sentence_that_the_ledger_contradicts_is_told() -> None:
    problems: list[str] = []
    text = "% says: HR19-Thm1 proved\nTheorem 1 holds.\n% says: QW23-Eq27 false\nIt fails.\n"
    left = check_sentences(text, ENTRIES, where="book/index.md", problems=problems)
    assert left == "Theorem 1 holds.\nIt fails.\n"
    assert problems == ["book/index.md: % says: HR19-Thm1 proved: the ledger says false"]
    check_sentences("% says: HR19-Thm1 false\n", ENTRIES, where="page", problems=problems)
    assert len(problems) == 1
    check_sentences("% says: HR19-Thm99 false\n", ENTRIES, where="page", problems=problems)
    assert problems[1:] == ["page: % says: HR19-Thm99 false: no such claim"]


def test_the_landing_page_takes_no_verdict_for_granted() -> None:
    """Its own words name no claim and no verdict, unless a note lets the ledger check them."""
    lines = INDEX.splitlines()
    names = re.compile(
        r"\{claim\}|\b(?:Theorem|Lemma|Corollary|Proposition|Eq\.|Fig\.) ?\d|\brefut|\bdisprov|"
        r"\b(?:is|are) (?:false|true|wrong|proved)\b|\b\d+ (?:of|statements|claims|verdicts)\b"
    )
    for number, line in enumerate(lines):
        noted = number and lines[number - 1].startswith("% says: ")
        assert noted or not names.search(line), line
    for part in ("landing-cards", "landing-progress", "landing-reading", "playground", "bibtex"):
        assert f"% insert: {part}" in lines


def test_reports_go_to_the_repository() -> None:
    assert "published at no address" in repository_markdown({"url": ""})
    elsewhere = raw_html(repository_markdown({"url": "https://example.org/regions"}))
    assert [link["href"] for link in elsewhere.select("a")] == ["https://example.org/regions"]
    page = raw_html(repository_markdown({"url": "https://github.com/someone/regions"}))
    assert [link.get_text() for link in page.select("a")] == ["The repository", "Report an error"]


# Drawings ----------------------------------------------------------------------------------------


def test_the_drawings_are_of_registered_claims() -> None:
    drawn = load_sketches(ROOT / "book" / "results" / "sketches.yml")
    registered = {claim.id for claim in load_registry()}
    assert len(drawn) >= MOST_CARDS
    assert {each.claim for each in drawn} <= registered
    statements = {claim.id: claim.statement for claim in load_registry()}
    for each in drawn:
        assert len(each.says or statements[each.claim]) <= 230
        assert each.says.count("$") % 2 == 0
        left, bottom, right, top = each.window
        points = [point for _, points in (*each.lines, *each.dots) for point in points]
        assert points
        assert all(left <= x <= right + 1e-9 and bottom <= y <= top + 0.07 for x, y in points)


def test_coordinates_fill_the_drawing() -> None:
    page = live_content(sketch_html(sketch("HR19-Thm1")))
    assert page.remote == []
    assert 'points="8.0,82.0 152.0,8.0"' in sketch_html(sketch("HR19-Thm1"))
    assert 'cx="80.0" cy="45.0"' in sketch_html(sketch("HR19-Thm1"))


@pytest.mark.parametrize(
    "wrong",
    [
        "[1, 2]",
        "{alt: x, window: [0, 0, 1]}",
        "{alt: x, window: [1, 0, 0, 1]}",
        "{alt: '', window: [0, 0, 1, 1]}",
        "{alt: x, window: [0, 0, 1, 1], lines: [{curve: [[0, 0]]}]}",
        "{alt: x, window: [0, 0, 1, 1], lines: [{graph: [[0]]}]}",
        "{alt: x, window: [0, 0, 1, 1], colour: red}",
    ],
)
def test_a_wrong_drawing_is_named(tmp_path: Path, wrong: str) -> None:
    table = tmp_path / "sketches.yml"
    table.write_text(f"HR19-Thm1: {wrong}\n")
    with pytest.raises(StagingError, match="HR19-Thm1: no drawing"):
        load_sketches(table)


def test_no_table_no_drawings(tmp_path: Path) -> None:
    assert load_sketches(tmp_path / "sketches.yml") == ()


# Reading order and citing ------------------------------------------------------------------------

BOX = """# {title}

```{{chapter-box}}
question: How many in {{num}}`n`?
assumes: Nothing.
minutes: {minutes}
answer: Many.
```
"""


def chapters(folder: Path) -> dict[str, Chapter]:
    (folder / "01_a.md").write_text(BOX.format(title="First", minutes=35))
    (folder / "02_b.md").write_text(BOX.format(title="Second", minutes=40))
    (folder / "03_c.md").write_text("# Third\n")
    return {path.stem: Chapter(path) for path in sorted(folder.glob("*.md"))}


def test_reading_order_is_that_of_the_book(tmp_path: Path) -> None:
    contents = {
        "parts": [
            {"caption": "Ground", "chapters": [{"file": "notebooks/02_b"}]},
            {"caption": "More", "chapters": [{"file": "notebooks/01_a"}]},
            {"caption": "Back", "chapters": [{"file": "book/ledger"}]},
            {"caption": "Last", "chapters": [{"file": "notebooks/03_c"}]},
        ]
    }
    numbers = Numbers(by_chapter={"01_a": {"n": "7"}, "02_b": {"n": "9"}})
    told = reading_markdown(contents, chapters(tmp_path), numbers)
    assert told.splitlines() == [
        "**Ground**",
        "",
        "- [Second](../notebooks/02_b), 40 minutes: How many in 9?",
        "",
        "**More**",
        "",
        "- [First](../notebooks/01_a), 35 minutes: How many in 7?",
        "",
        "**Last**",
        "",
        "- [Third](../notebooks/03_c)",
        "",
        "Together about 1 hour of reading.",
    ]


def test_what_to_cite_is_what_the_project_says() -> None:
    told = bibtex_markdown(Project(ROOT))
    assert told.startswith("```bibtex\n@software{")
    for key in ("HR19", "QW23", "F23"):
        assert re.search(rf"^@\w+{{{key},$", told, flags=re.MULTILINE)
    assert told.count("{") == told.count("}")
    assert "executable companion" in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 88  # nothing scrolls on a desk
