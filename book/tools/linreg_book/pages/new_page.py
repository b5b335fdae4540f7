"""The book's own theorems, closed forms and counterexamples, each with its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linreg_book.errors import StagingError
from linreg_book.markup import Html, fill, join, raw_block, typeset
from linreg_book.pages.claim_words import ERRATA, ROOT, erratum_anchor
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.pages.rests_on import listed_checks
from linreg_book.records.boxes import evidence_table, verdict_badge
from linreg_book.records.registry import element_id

_NOTHING = "Nothing has been found yet, or no chapter that found something has been run.\n"


@dataclass(frozen=True, kw_only=True)
class OwnResult:
    """One result of the book's own, and the chapter that derives it."""

    chapter: str
    chapter_title: str
    profile: str
    content: Mapping[str, Any]

    @property
    def page(self) -> str:
        """Page and anchor of the result, relative to the site."""
        return f"notebooks/{self.chapter}.html#finding-{self.content['key']}"


def own_results(chapters: Sequence[ExecutedChapter]) -> tuple[OwnResult, ...]:
    """All results of chapters that ran to their end, in the order of the book.

    Raises:
        StagingError: if two have the same key, which is part of their address.
    """
    found: dict[str, OwnResult] = {}
    for chapter in chapters:
        if chapter.outcome.failure is not None:
            continue
        for record in chapter.records:
            if record.content["type"] != "finding":
                continue
            key = record.content["key"]
            if key in found:
                raise StagingError(
                    f"{chapter.name}, code cell {record.cell}: the finding {key!r} is one of "
                    f"{found[key].chapter} already"
                )
            found[key] = OwnResult(
                chapter=chapter.name,
                chapter_title=chapter.title,
                profile=chapter.outcome.profile,
                content=record.content,
            )
    return tuple(found.values())


def chapter_anchor(chapter: str) -> str:
    """The id of a chapter's section on the page of new results.

    >>> chapter_anchor("10_tubes")
    'new-in-10-tubes'
    """
    return element_id("new-in", chapter.replace("_", "-"))


def new_markdown(results: Sequence[OwnResult], entries: Sequence[LedgerEntry] = ()) -> str:
    """One section a chapter, with the errata that the same chapter earned."""
    if not results:
        return _NOTHING
    by_chapter: dict[str, list[OwnResult]] = {}
    for result in results:
        by_chapter.setdefault(result.chapter, []).append(result)
    parts = []
    for chapter, of_chapter in by_chapter.items():
        parts.append(f"({chapter_anchor(chapter)})=\n## {of_chapter[0].chapter_title}\n")
        errata = _errata_of(chapter, entries)
        parts.append(raw_block(join([errata, *(_item(result) for result in of_chapter)])))
    return "\n".join(parts)


def _errata_of(chapter: str, entries: Sequence[LedgerEntry]) -> Html:
    """Links to what of the papers the same chapter found to fail or mended."""
    links = [
        fill('<a href="errata.html#{}">{}</a>', erratum_anchor(each.claim.id), each.claim.title)
        for each in entries
        if each.chapter == chapter and each.verdict in ERRATA
    ]
    if not links:
        return Html()
    return fill(
        '<p class="linreg-links">Errata of the same chapter: {}</p>\n', join(links, between=" · ")
    )


def _item(result: OwnResult) -> Html:
    content = result.content
    return fill(
        '<div class="linreg-new linreg-is-{verdict}" id="new-{key}" role="group" '
        'aria-label="{plain}">'
        '<p class="linreg-head"><span class="linreg-title">{title}</span> {badge} '
        '<a class="linreg-here" href="#new-{key}" title="Address of this result" '
        'aria-label="Address of this result">¶</a></p>'
        '<p class="linreg-statement">{statement}</p>'
        "{rests}{evidence}"
        '<p class="linreg-links"><a href="{root}{page}">Derivation and checks in “{chapter}”</a>'
        " (profile {profile})</p></div>\n",
        verdict=content["verdict"],
        key=content["key"],
        plain=content["title"],
        title=typeset(content["title"]),
        badge=verdict_badge(content["verdict"]),
        statement=typeset(content["statement"]),
        rests=listed_checks(content["checks"]),
        evidence=evidence_table([("as stated", check) for check in content["checks"]]),
        root=ROOT,
        page=result.page,
        chapter=result.chapter_title,
        profile=result.profile,
    )
