"""The index of terms: each with its meaning, where it is defined, where it is used most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linreg_book.chapters.terms import (
    OtherName,
    Term,
    find_other_names,
    find_terms,
    num_mentions,
    phrases,
    replace_marks,
)
from linreg_book.markup import Html, as_sentence, fill, join, raw_block, typeset
from linreg_book.pages.claim_words import ROOT
from linreg_book.pages.contents import CHAPTER_PREFIX

MOST_PAGES = 3
_FEWEST = 3  # times that a page speaks of a term before the index leads there


@dataclass(frozen=True, kw_only=True)
class ShownPage:
    """A page as the site shows it: its title and its text, without code."""

    title: str
    text: str


def with_places(text: str) -> str:
    """The text of a page, with an address in the place of each mark of a term."""

    def place(anchor: str) -> str:
        return raw_block(fill('<span class="linreg-term-place" id="{}"></span>', anchor))

    return replace_marks(text, place)


def terms_markdown(pages: Mapping[str, ShownPage]) -> str:
    """The index, one section a letter.

    Args:
        pages: page -> what it shows, in the order of the book.
    """
    terms = [term for name, page in pages.items() for term in find_terms(name, page.text)]
    if not terms:
        return "No page that is shown here defines a term.\n"
    names = {term.name for term in terms}
    others = [
        other
        for page in pages.values()
        for other in find_other_names(page.text)
        if other.term in names
    ]
    counted = {
        name: phrases(page.text) for name, page in pages.items() if name.startswith(CHAPTER_PREFIX)
    }
    by_letter: dict[str, list[Term | OtherName]] = {}
    listed: list[Term | OtherName] = [*terms, *others]
    for item in sorted(listed, key=lambda item: _in_order(item.name)):
        by_letter.setdefault(_in_order(item.name)[0].upper(), []).append(item)
    parts = []
    for letter, items in by_letter.items():
        parts.append(f"## {letter}\n")
        rows = join(_row(item, pages, counted, terms) for item in items)
        parts.append(raw_block(fill('<dl class="linreg-terms">{}</dl>\n', rows)))
    return "\n".join(parts)


def _row(
    item: Term | OtherName,
    pages: Mapping[str, ShownPage],
    counted: Mapping[str, Mapping[str, int]],
    terms: Sequence[Term],
) -> Html:
    if isinstance(item, OtherName):
        (term,) = [term for term in terms if term.name == item.term]
        return fill(
            '<dt>{}</dt><dd>see <a href="#{}">{}</a></dd>\n',
            typeset(item.name),
            _row_id(term),
            typeset(term.name),
        )
    return fill(
        '<dt id="{}"><a href="{}">{}</a></dt><dd>{} <span class="linreg-uses">{}</span></dd>\n',
        _row_id(item),
        f"{_address(item.page)}#{item.anchor}",
        typeset(item.name),
        typeset(as_sentence(item.meaning)),
        _places(item, pages, counted),
    )


def _places(
    term: Term, pages: Mapping[str, ShownPage], counted: Mapping[str, Mapping[str, int]]
) -> Html:
    """The page of the definition, then those that speak of it most."""
    told = fill("Defined in {}", _page_link(term.page, pages))
    uses = most_used(term, counted)
    if not uses:
        return told
    links = join((_page_link(page, pages) for page in uses), between=" · ")
    return fill("{}; used most in {}", told, links)


def most_used(term: Term, counted: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Up to three other chapters that speak of a term most often, the most talkative first."""
    numbers = {
        page: num_mentions(term, words) for page, words in counted.items() if page != term.page
    }
    enough = [page for page, number in numbers.items() if number >= _FEWEST]
    return sorted(enough, key=lambda page: -numbers[page])[:MOST_PAGES]


def _page_link(page: str, pages: Mapping[str, ShownPage]) -> Html:
    return fill('<a href="{}">{}</a>', _address(page), typeset(pages[page].title))


def _address(page: str) -> str:
    return f"{ROOT}{page}.html"


def _row_id(term: Term) -> str:
    return f"index-{term.anchor}"


def _in_order(name: str) -> str:
    """What a name is sorted by: letters and digits, no formulas' dress."""
    plain = re.sub(r"\\(?:mathcal|mathrm|operatorname|mathbb)", "", name)
    return re.sub(r"[^a-z0-9 ]", "", plain.lower()).strip() or name
