"""The book's own theorems, closed forms and counterexamples, each with its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linreg_book.errors import StagingError
from linreg_book.markup import Html, fill, join, raw_block, typeset
from linreg_book.pages.claim_words import ROOT
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.rests_on import listed_checks
from linreg_book.records.boxes import evidence_table, verdict_badge

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


def new_markdown(results: Sequence[OwnResult]) -> str:
    """One section a chapter."""
    if not results:
        return _NOTHING
    by_chapter: dict[str, list[OwnResult]] = {}
    for result in results:
        by_chapter.setdefault(result.chapter, []).append(result)
    parts = []
    for of_chapter in by_chapter.values():
        parts.append(f"## {of_chapter[0].chapter_title}\n")
        parts.append(raw_block(join(_item(result) for result in of_chapter)))
    return "\n".join(parts)


def _item(result: OwnResult) -> Html:
    content = result.content
    return fill(
        '<div class="linreg-new linreg-is-{verdict}" id="new-{key}" role="group" '
        'aria-label="{plain}">'
        '<p class="linreg-head"><span class="linreg-title">{title}</span> {badge} '
        '<a class="linreg-here" href="#new-{key}" title="Address of this result" '
        'aria-label="Address of this result">¶</a></p>'
        '<p class="linreg-statement">{statement}</p>'
        '<p><span class="linreg-lead">Rests on:</span></p>{rests}{evidence}'
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
