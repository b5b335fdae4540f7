"""A chapter's box, its claim blocks, mentions of claims, and the table of what was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linreg_book.chapters.form import (
    Block,
    find_blocks,
    read_box,
    replace_blocks,
    replace_mentions,
)
from linreg_book.errors import PublishingError
from linreg_book.markup import Html, as_sentence, fill, join, raw_block, typeset
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.pages.rests_on import named_checks
from linreg_book.records.boxes import stated_anchor, verdict_badge
from linreg_book.records.registry import element_id


@dataclass(frozen=True, kw_only=True)
class Form:
    """What the blocks of all chapters are filled from.

    Attributes:
        entries: id -> its entry in the ledger.
        stated: id -> the chapter that states it.
        findings: chapter -> the records of its own results.
        added: chapter -> ids for which it has evidence, though another chapter judges them.
    """

    entries: Mapping[str, LedgerEntry]
    stated: Mapping[str, str]
    findings: Mapping[str, Sequence[Mapping[str, Any]]]
    added: Mapping[str, Collection[str]]

    def expand(self, text: str, *, chapter: str, problems: list[str]) -> str:
        """The text of a chapter with its blocks as the renderer reads them."""

        def block(found: Block) -> str:
            if found.name == "chapter-box":
                return self._box(found, chapter, problems)
            if found.name == "found":
                return self._found(chapter)
            return self._claim(found, chapter, problems)

        text = replace_blocks(text, block)
        return self.mention(text, root="../", chapter=chapter, problems=problems)

    def mention(self, text: str, *, root: str, chapter: str | None, problems: list[str]) -> str:
        """The text with mentions of claims as links; ``root``: of the site, seen from the page."""

        def link(claim_id: str) -> str:
            entry = self.entries.get(claim_id)
            if entry is None:
                problems.append(f"{chapter or 'a page'}: {{claim}}`{claim_id}`: no such claim")
                return claim_id
            return str(
                fill(
                    '<a class="linreg-mention" href="{}">{}</a>',
                    self._address(claim_id, root, chapter),
                    entry.claim.title,
                )
            )

        return replace_mentions(text, link)

    def _address(self, claim_id: str, root: str, chapter: str | None) -> str:
        home = self.stated.get(claim_id)
        if home is None:
            return f"{root}book/ledger.html#{element_id('ledger', claim_id)}"
        page = "" if home == chapter else f"{root}notebooks/{home}.html"
        return f"{page}#{stated_anchor(claim_id)}"

    def _box(self, block: Block, chapter: str, problems: list[str]) -> str:
        try:
            box = read_box(block)
        except PublishingError as error:
            problems.append(f"{chapter}: {error}")
            return ""
        judged = [entry for entry in self.entries.values() if entry.claim.chapter == chapter]
        judged = [entry for entry in judged if entry.claim.id in self.stated or entry.page]
        badges = join(
            fill(
                '<li><a href="{}">{}</a> {}</li>',
                f"../book/ledger.html#{element_id('ledger', entry.claim.id)}",
                entry.claim.title,
                verdict_badge(entry.verdict),
            )
            for entry in judged
        )
        opening = fill(
            '<div class="linreg-box" role="note" aria-label="This chapter in short">\n'
            '<p class="linreg-minutes">{} minutes to read</p>\n',
            box.minutes,
        )
        closing = fill("{}</div>\n", _badge_list(badges))
        return "\n".join(
            [
                raw_block(opening),
                f"**Question.** {as_sentence(box.question)}\n",
                f"**Assumed.** {as_sentence(box.assumes)}\n",
                f"**Answer.** {box.answer}\n",
                raw_block(closing),
            ]
        )

    def _claim(self, block: Block, chapter: str, problems: list[str]) -> str:
        entry = self.entries.get(block.argument)
        if entry is None:
            problems.append(f"{chapter}: ```{{claim}} {block.argument}: no such claim")
            return block.body
        claim = entry.claim
        badge = verdict_badge(entry.verdict)
        if entry.page and claim.chapter == chapter:
            address = f"#{element_id('claim', claim.id)}"
        else:
            address = f"../book/ledger.html#{element_id('ledger', claim.id)}"
            badge = badge if entry.page else fill("judged in another chapter")
        badge = fill('<a href="{}">{}</a>', address, badge)
        opening = fill(
            '<div class="linreg-stated linreg-is-{}" id="{}" role="group" aria-label="{}">\n'
            '<p class="linreg-head"><span class="linreg-title">{}</span> '
            '<span class="linreg-source">the paper\'s claim</span> {}</p>\n',
            entry.verdict,
            stated_anchor(claim.id),
            f"Claim: {claim.title}",
            claim.title,
            badge,
        )
        return "\n".join([raw_block(opening), block.body, "", raw_block(fill("</div>\n"))])

    def _found(self, chapter: str) -> str:
        entries = self.entries.values()
        judged = [each for each in entries if each.claim.chapter == chapter and each.page]
        added = [
            each
            for each in entries
            if each.claim.id in self.added.get(chapter, ()) and each.claim.chapter != chapter
        ]
        rows = [self._row(each, chapter) for each in (*judged, *added)]
        rows += [_finding_row(record) for record in self.findings.get(chapter, ())]
        if not rows:
            return "Nothing was judged in this run.\n"
        heads = ("claim", "verdict", "why")
        return raw_block(
            fill(
                '<div class="linreg-scroll" role="region" aria-label="What we found" tabindex="0">'
                '<table class="linreg-table linreg-found"><thead><tr>{}</tr></thead>'
                "<tbody>{}</tbody></table></div>\n",
                join(fill('<th scope="col">{}</th>', head) for head in heads),
                join(rows),
            )
        )

    def _row(self, entry: LedgerEntry, chapter: str) -> Html:
        claim = entry.claim
        address = self._address(claim.id, "../", chapter)
        if claim.chapter == chapter:
            box = element_id("claim", claim.id)
            why = fill('{} <a href="#{}">evidence</a>', typeset(as_sentence(entry.reason)), box)
        else:
            why = fill("evidence added here; judged elsewhere")
        return fill(
            '<tr><th scope="row"><a href="{}">{}</a>{}</th>'
            '<td data-head="verdict">{}</td><td data-head="why">{}</td></tr>',
            address,
            claim.title,
            _folded_statement(claim.statement),
            verdict_badge(entry.verdict),
            why,
        )


def _finding_row(record: Mapping[str, Any]) -> Html:
    return fill(
        '<tr class="linreg-ours"><th scope="row"><a href="#finding-{key}">{title}</a>{said}</th>'
        '<td data-head="verdict">{badge}</td><td data-head="why">New in this book. {why}. '
        '<a href="#finding-{key}">evidence</a></td></tr>',
        key=record["key"],
        title=typeset(record["title"]),
        said=_folded_statement(record["statement"]),
        badge=verdict_badge(record["verdict"]),
        why=named_checks(record["checks"]),
    )


def _folded_statement(statement: str) -> Html:
    """The page has stated it already, in full view; here it is a reminder for who wants one."""
    return fill(
        '<details class="linreg-said"><summary>what it says</summary>{}</details>',
        typeset(as_sentence(statement)),
    )


def _badge_list(badges: Html) -> Html:
    if not badges:
        return Html()
    return fill('<ul class="linreg-badges" aria-label="Verdicts reached here">{}</ul>', badges)


def stated_in(sources: Mapping[str, str]) -> dict[str, str]:
    """Which chapter states each claim, from the chapters' texts."""
    return {
        block.argument: name
        for name, source in sources.items()
        for block in find_blocks(source)
        if block.name == "claim"
    }
