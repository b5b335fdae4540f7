"""Marks of terms in the text, and the index that is made from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from linreg_book.chapters.terms import find_terms, lint_terms, num_mentions, phrases
from linreg_book.pages.contents import listed_texts
from linreg_book.pages.terms_page import ShownPage, most_used, terms_markdown, with_places
from linreg_book.project import Project
from linreg_book.site.live_content import live_content
from tests.linreg_book.page_html import raw_html, rest_of
from tests.linreg_book.synthetic_ledger import HOSTILE

ROOT = Path(__file__).resolve().parents[2]
FACET = "# One\n\n<!-- term: facet | a side, $d-1$ wide -->\nA *facet* is a side.\n"
PAGES = {
    "notebooks/01_one": FACET,
    "notebooks/02_two": "# Two\n\nFacets, and facets. A facet of $facet$, `facet` or ridge.\n",
    "book/terms": "# Terms\n\n<!-- see: side | facet -->\n\n% insert: terms\n",
}


def index(pages: dict[str, str]) -> str:
    shown = {
        page: ShownPage(title=text.partition("\n")[0].lstrip("# "), text=text)
        for page, text in pages.items()
    }
    return terms_markdown(shown)


def test_the_book_defines_each_term_once_and_where_it_says() -> None:
    pages = listed_texts(Project(ROOT))
    assert lint_terms(pages) == []
    assert sum(len(find_terms(page, text)) for page, text in pages.items()) > 100


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (FACET, "the term 'facet' is defined in notebooks/01_one already, line 3"),
        ("\n<!-- term: Facet | other -->\nA facet.\n", "'Facet' is defined in notebooks/01_one"),
        ("\n<!-- see: wall | ridge -->\n", "'wall' leads nowhere: no term 'ridge'"),
        ("\n<!-- see: side | facet -->\n", "'side' stands in the index twice"),
        ("\n<!-- see: facet | facet -->\n", "'facet' stands in the index twice"),
        ("\n<!-- term: ridge | an edge -->\nA rim.\n", "nothing below speaks of 'ridge'"),
        ("\n<!-- term: ridge | an edge -->\n" + "\n" * 40 + "A ridge.\n", "nothing below speaks"),
        ("A line\n<!-- term: ridge | an edge -->\nA ridge.\n", "below an empty line"),
        ("\n```{note}\n\n<!-- term: ridge | an edge -->\nA ridge.\n```\n", "before a block"),
        ("\n<!-- term: ridge -->\nA ridge.\n", "is no mark"),
        ("\n<!--term: ridge | an edge-->\nA ridge.\n", "is no mark"),
        ("\n<!-- see: ridge -->\n", "is no mark"),
        (f"\n<!-- term: ridge | {'long ' * 30}-->\nA ridge.\n", "letters; 110 at most"),
        ("\n<!-- term: ridge | an edge | a b c d ridge -->\nA b c d ridge.\n", "than 4 words"),
    ],
)
def test_what_lint_refuses(page: str, message: str) -> None:
    found = lint_terms({**PAGES, "notebooks/03_three": page})
    assert any(message in problem for problem in found), found


def test_what_lint_lets_pass() -> None:
    ridge = "# Three\n\n<!-- term: ridge | an edge -->\n(label)=\n```{note} A ridge\n```\n"
    assert lint_terms({**PAGES, "notebooks/03_three": ridge}) == []


def test_prose_alone_is_counted() -> None:
    text = PAGES["notebooks/02_two"] + "\n```{code-cell}\nfacet\n```\n\n```{note}\na facet\n```\n"
    (term,) = find_terms("p", FACET)
    assert num_mentions(term, phrases(text)) == 4


def test_the_index_leads_to_the_definition_and_to_the_uses() -> None:
    markdown = index(PAGES)
    assert [line for line in rest_of(markdown).splitlines() if line] == ["## F", "## S"]
    page = raw_html(markdown)
    name = page.select_one("dt#index-term-facet > a")
    assert name is not None
    assert name["href"] == "../notebooks/01_one.html#term-facet"
    told = page.select("dd")[0]
    assert told.get_text().split() == (
        "A side, \\(d-1\\) wide. Defined in One; used most in Two".split()
    )
    other = page.select("dd")[1]
    assert other.get_text() == "see facet"
    assert other.a is not None
    assert other.a["href"] == "#index-term-facet"


def test_few_mentions_are_no_use() -> None:
    (term,) = find_terms("notebooks/01_one", FACET)
    counted = {"a": {"facet": 2}, "b": {"facet": 3}, "c": {"facet": 9}, "notebooks/01_one": {}}
    assert most_used(term, counted) == ["c", "b"]


def test_a_mark_becomes_an_address() -> None:
    text = with_places(FACET + "\n<!-- see: side | facet -->\n<!-- other -->\n")
    assert raw_html(text).select_one("span#term-facet") is not None
    assert "<!-- other -->" in text
    assert "term: facet" not in text
    assert "see:" not in text


def test_nothing_is_defined() -> None:
    assert "defines a term" in index({"notebooks/02_two": "# Two\n"})


def test_words_stay_words() -> None:
    hostile = HOSTILE.replace("\n", " ")
    markdown = index({"p": f"# {hostile}\n\n<!-- term: {hostile} | {hostile} | - -->\n"})
    assert "no heading" not in rest_of(markdown)
    page = raw_html(markdown)
    assert (live_content(str(page)).around, page.find(["img", "script"])) == ([], None)
