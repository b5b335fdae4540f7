"""The page of the book's own results, from small chapters."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from linreg_book.errors import StagingError
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.new_page import new_markdown, own_results
from linreg_book.site.live_content import live_content
from tests.linreg_book.page_html import raw_html, rest_of
from tests.linreg_book.small_chapters import record_output, small_chapter
from tests.linreg_book.synthetic_ledger import HOSTILE, check, entry

_KEPT = ("name", "kind", "passed", "measured", "predicted", "criterion", "part", "note")


def found(key: str, **changes: Any) -> dict[str, Any]:
    plain = {name: check()[name] for name in (*_KEPT, "consistency", "of_paper")}
    return {
        "type": "finding",
        "key": key,
        "title": "Tents",
        "statement": "$n$ tents make $2^n$ pieces.",
        "verdict": "proved",
        "profile": "quick",
        "checks": [plain],
    } | changes


def chapter(name: str, *records: dict[str, Any], failed: bool = False) -> ExecutedChapter:
    cell = nbformat.v4.new_code_cell("1", outputs=[record_output(each) for each in records])
    return small_chapter(name, cell, failed=failed)


def test_results_stand_under_the_titles_of_their_chapters() -> None:
    results = own_results([chapter("02_b", found("tents")), chapter("01_a", found("walls"))])
    markdown = new_markdown(results)
    heads = [line for line in rest_of(markdown).splitlines() if line.startswith("#")]
    assert heads == ["## About 02_b", "## About 01_a"]
    item = raw_html(markdown).find(id="new-tents")
    assert item is not None
    text = item.get_text()
    assert r"\(n\) tents make \(2^n\) pieces." in text
    assert "proved" in text
    assert item.select_one('a[href="../notebooks/02_b.html#finding-tents"]')  # type: ignore[union-attr]
    assert item.select_one("details")  # type: ignore[union-attr]


def test_a_chapter_names_its_errata() -> None:
    results = own_results([chapter("02_b", found("tents"))])
    entries = [
        entry("HR19-Thm1", "false", chapter="02_b"),
        entry("HR19-vol0", "proved", chapter="02_b"),
        entry("F23-Lem1", "false"),
    ]
    markdown = new_markdown(results, entries)
    assert "(new-in-02-b)=\n## About 02_b" in markdown
    links = raw_html(markdown).select('a[href^="errata.html"]')
    assert [link["href"] for link in links] == ["errata.html#erratum-hr19-thm1"]


def test_a_result_says_what_it_rests_on() -> None:
    checks = [
        {**found("x")["checks"][0], "name": "thrown", "kind": "sample"},
        {**found("x")["checks"][0], "name": "by sympy", "kind": "proof"},
        {**found("x")["checks"][0], "name": "two programs", "consistency": True},
    ]
    page = raw_html(new_markdown(own_results([chapter("02_b", found("tents", checks=checks))])))
    lines = [line.get_text() for line in page.select(".linreg-new ul.linreg-decided > li")]
    assert [line.partition(" ✓")[0] for line in lines] == [
        "Derived on the page, checked by computer:",
        "On samples:",
    ]
    assert "by sympy: 3" in lines[0]


def test_a_chapter_that_failed_found_nothing() -> None:
    results = own_results([chapter("02_b", found("tents"), failed=True)])
    assert results == ()
    assert "Nothing has been found yet" in new_markdown(results)


def test_a_key_is_an_address_and_cannot_be_given_twice() -> None:
    with pytest.raises(StagingError, match="'tents' is one of 02_b already"):
        own_results([chapter("02_b", found("tents")), chapter("03_c", found("tents"))])


def test_words_stay_words() -> None:
    results = own_results(
        [chapter("02_b", found("tents", title=HOSTILE, statement=HOSTILE, why=HOSTILE))]
    )
    markdown = new_markdown(results)
    assert "no heading" not in rest_of(markdown)
    page = raw_html(markdown)
    assert (live_content(str(page)).around, page.find(["img", "script"])) == ([], None)
