"""The ledger's page and table, from a small ledger."""

from __future__ import annotations

import csv
import io

import pytest

from linreg_book.pages.ledger_page import ledger_csv, ledger_markdown
from linreg_book.site.live_content import live_content
from tests.linreg_book.page_html import raw_html, rest_of
from tests.linreg_book.synthetic_ledger import HOSTILE, check, entry, small_ledger

ENTRIES = small_ledger()
PUBLISHED = {"url": "https://github.com/someone/regions.git"}


def test_every_claim_has_one_row_with_an_address() -> None:
    page = raw_html(ledger_markdown(ENTRIES, {}))
    rows = page.select("table.linreg-ledger > tbody > tr")
    assert [row["id"] for row in rows] == [
        "ledger-hr19-thm1",
        "ledger-hr19-vol0",
        "ledger-qw23-eq27",
        "ledger-f23-lem1",
        "ledger-f23-fig10",
    ]
    for row in rows:
        assert row.select_one(".linreg-badge")


def test_an_address_is_a_selector_too() -> None:
    """The theme's scripts look up ``#address`` as it stands."""
    markdown = ledger_markdown([entry("GB26-Thm3.1", "proved")], {})
    (row,) = raw_html(markdown).select("#ledger-gb26-thm3-1")
    assert row.select_one('a[href="../notebooks/41_good.html#claim-gb26-thm3-1"]')


def test_open_claims_are_folded_and_planned() -> None:
    page = raw_html(ledger_markdown(ENTRIES, {}))
    (fold,) = page.select("details.linreg-waiting")
    assert [row["data-verdict"] for row in fold.select("tbody > tr")] == ["open"]
    assert "1 of 1 not judged yet" in fold.get_text()
    assert "planned: Planned & waiting" in fold.get_text()
    assert fold.select_one(".linreg-where a") is None


def test_what_a_written_chapter_left_open_is_not_planned() -> None:
    page = raw_html(ledger_markdown([entry("F23-Lem2", "open")], {}))
    assert "not judged yet, in: A good chapter" in page.get_text()
    assert "planned" not in page.get_text()


def test_counters_count() -> None:
    page = raw_html(ledger_markdown(ENTRIES, {}))
    counts = {
        item["data-verdict"]: item.select_one(".linreg-count").get_text()  # type: ignore[union-attr]
        for item in page.select(".linreg-summary li")
    }
    assert counts == {"proved": "1", "repaired": "1", "false": "1", "ill-posed": "1", "open": "1"}
    assert "4 of 5 statements are judged" in page.get_text()


def test_a_row_says_all_and_leads_on() -> None:
    row = raw_html(ledger_markdown(ENTRIES, {})).select_one("#ledger-hr19-thm1")
    assert row is not None
    text = row.get_text(" ")
    for words in (
        "HR19, Theorem 1",
        "theorem, section 2.1",
        "The constant depends on the depth.",
        "A good chapter",
        "refutes the claim as stated",
    ):
        assert words in text
    assert row.select_one('a[href="../notebooks/41_good.html#claim-hr19-thm1"]')
    assert row.select_one('a[href="errata.html#erratum-hr19-thm1"]')
    assert not row.select("table")  # the page must stay light: tables stand in the chapters
    (cell,) = row.select("td.mathjax_process")
    assert r"\(2^n\)" in cell.get_text()
    assert not cell.select(".mathjax_process")
    assert "$" not in row.get_text()
    assert "41_good" not in text
    assert "cell" not in text


@pytest.mark.parametrize(
    ("claim", "place", "words"),
    [
        ("HR19-Thm1", "2.1", "section 2.1"),
        ("HR19-Lem12", "C.1", "appendix C.1"),
        ("QW23-Eq27", "A", "appendix A"),
        ("F23-Lem6", "VI.B", "section VI.B"),
        ("QW23-abstract", "abstract", "abstract"),
    ],
)
def test_places_are_sections_or_appendices(claim: str, place: str, words: str) -> None:
    page = raw_html(ledger_markdown([entry(claim, "proved", place=place)], {}))
    source = page.select_one(".linreg-source")
    assert source is not None
    assert source.get_text() == f"theorem, {words}"


def test_mended_statements_stand_in_the_errata_alone() -> None:
    mended = ("At most $2N$.",)
    single = entry("HR19-Thm1", "false", mended=mended, note="stated informally")
    page = raw_html(ledger_markdown([single], {}))
    assert "At most" not in page.get_text(" ")
    assert page.select_one('a[href="errata.html#erratum-hr19-thm1"]')
    assert "Stated informally." in page.get_text(" ")


def test_the_line_in_a_row_is_no_reading_and_no_repair() -> None:
    others = (check(name="sets", role="reading"), check(name="with a tie rule", role="repair"))
    vague = entry("QW23-Def1", "ill-posed", why="a number equals a set", evidence=others)
    text = raw_html(ledger_markdown([vague], {})).get_text(" ")
    assert "A number equals a set." in text
    assert "sets" not in text
    assert "tie rule" not in text
    both = entry("QW23-Def1", "repaired", evidence=(check(name="as it stands"), *others))
    assert "as it stands" in raw_html(ledger_markdown([both], {})).get_text(" ")


def test_nothing_to_report_to_without_a_repository() -> None:
    assert "Report an error" not in ledger_markdown(ENTRIES, {"url": ""})
    row = raw_html(ledger_markdown(ENTRIES, PUBLISHED)).select_one("#ledger-hr19-thm1")
    assert row is not None
    link = row.select_one("a.linreg-report")
    assert link is not None
    address = str(link["href"])
    assert address.startswith(
        "https://github.com/someone/regions/issues/new?title=HR19%2C+Theorem+1"
    )
    assert "HR19-Thm1" in address


@pytest.mark.parametrize("repository", [{}, PUBLISHED])
def test_words_stay_words(repository: dict[str, str]) -> None:
    markdown = ledger_markdown(ENTRIES, repository)
    assert "no heading" not in rest_of(markdown)
    page = raw_html(markdown)
    found = live_content(str(page))
    assert (found.in_article, found.around) == ([], [])
    assert page.find(["img", "script"]) is None
    assert "<script>alert(1)</script>" in page.get_text()


def test_the_table_for_programs_has_every_claim() -> None:
    rows = list(csv.DictReader(io.StringIO(ledger_csv(ENTRIES))))
    assert [row["id"] for row in rows] == [each.claim.id for each in ENTRIES]
    assert rows[0]["verdict"] == "false"
    assert rows[0]["mended"] == "The expected number is at most $2 T N$."
    assert rows[0]["page"] == "notebooks/41_good.html#claim-hr19-thm1"
    assert rows[2]["page"] == ""
    assert rows[4]["statement"] == HOSTILE
