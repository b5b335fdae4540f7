"""What of the papers fails or has to be mended: one section a paper, one address an item."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from linreg_book.markup import Html, as_sentence, fill, join, raw_block, typeset
from linreg_book.pages.claim_words import (
    ERRATA,
    chapter_link,
    erratum_anchor,
    ledger_anchor,
    letters_line,
    mended_lead,
    report_link,
    source_words,
)
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.pages.new_page import chapter_anchor
from linreg_book.records.boxes import verdict_badge
from linreg_book.records.plain_values import short_text
from linreg_book.records.registry import PAPERS
from linreg_book.records.told_words import told_words

_EXPERIMENTS = ("partly", "not-reproduced")


def errata_markdown(
    entries: Sequence[LedgerEntry],
    repository: Mapping[str, Any],
    with_results: Collection[str] = (),
) -> str:
    """One section a paper of which something is judged; then the others in a sentence.

    Args:
        with_results: chapters that found something of their own.
    """
    parts, waiting = [], []
    for paper, name in PAPERS.items():
        of_paper = [entry for entry in entries if entry.claim.paper == paper]
        judged = [entry for entry in of_paper if entry.verdict != "open"]
        items = [entry for entry in judged if entry.verdict in ERRATA]
        if of_paper and not judged:
            waiting.append(name)
        if not judged:
            continue
        parts.append(f"## {name}\n")
        counted = f"{len(judged)} of {len(of_paper)} claims are judged, {len(items)} stand here."
        parts.append(counted + "\n")
        if not items:
            continue
        parts.append(letters_line(paper))
        parts.append(raw_block(_names(items)))
        cards = join(_item(entry, repository, with_results) for entry in items)
        parts.append(raw_block(cards))
    if waiting:
        parts.append(f"Nothing is judged yet of: {'; '.join(waiting)}.\n")
    return "\n".join(parts)


def _names(items: Sequence[LedgerEntry]) -> Html:
    """The names of all items, folded, each with its verdict and a link."""
    names = join(
        fill(
            '<li><a href="#{}">{}</a> {}</li>',
            erratum_anchor(entry.claim.id),
            entry.claim.label,
            verdict_badge(entry.verdict, told=False),
        )
        for entry in items
    )
    words = "the item" if len(items) == 1 else f"all {len(items)} items"
    return fill(
        '<details class="linreg-waiting linreg-names"><summary>Names and verdicts of {}'
        "</summary><ul>{}</ul></details>\n",
        words,
        names,
    )


def _item(entry: LedgerEntry, repository: Mapping[str, Any], with_results: Collection[str]) -> Html:
    claim = entry.claim
    told_rows = ((head, told) for head, told in _rows(entry, with_results) if told)
    rows = join(fill("<dt>{}</dt><dd>{}</dd>", head, told) for head, told in told_rows)
    report = report_link(entry, repository)
    return fill(
        '<div class="linreg-erratum linreg-is-{verdict}" id="{anchor}" role="group" '
        'aria-label="{title}">'
        '<p class="linreg-head"><span class="linreg-title">{title}</span> '
        '<span class="linreg-source">{source}</span> {badge} '
        '<a class="linreg-here" href="#{anchor}" title="Address of this item" '
        'aria-label="Address of {title}">¶</a></p>'
        "<dl>{rows}</dl>{report}</div>\n",
        verdict=entry.verdict,
        anchor=erratum_anchor(claim.id),
        title=claim.title,
        source=source_words(entry),
        badge=verdict_badge(entry.verdict),
        rows=rows,
        report=fill('<p class="linreg-links">{}</p>', report) if report else Html(),
    )


def _rows(entry: LedgerEntry, with_results: Collection[str]) -> list[tuple[str, Html]]:
    claim = entry.claim
    mended = join(fill("<p>{}</p>", typeset(as_sentence(statement))) for statement in entry.mended)
    evidence = fill(
        '<p>{} (profile {}), <a href="ledger.html#{}">row of the ledger</a>{}</p>',
        chapter_link(entry),
        entry.profile,
        ledger_anchor(claim.id),
        _new_there(entry) if entry.chapter in with_results else Html(),
    )
    readings = entry.verdict == "ill-posed"
    return [
        ("What is claimed", fill("<p>{}</p>", typeset(as_sentence(claim.statement)))),
        ("What fails", _text(entry.reason if readings else entry.why) or _failed(entry)),
        ("What it could mean", _readings(entry) if readings else Html()),
        ("Smallest counterexample", _text(entry.counterexample)),
        ("What came out instead", _compared(entry, passed=False)),
        ("What came out as told", _compared(entry, passed=True)),
        (mended_lead(entry).rstrip(":"), mended or _unmended(entry)),
        ("What rests on it", _text(entry.rests)),
        ("Evidence", evidence),
    ]


def _new_there(entry: LedgerEntry) -> Html:
    return fill(
        ', <a href="new.html#{}">what is new in that chapter</a>', chapter_anchor(entry.chapter)
    )


def _text(text: str) -> Html:
    return fill("<p>{}</p>", typeset(as_sentence(text))) if text else Html()


def _compared(entry: LedgerEntry, *, passed: bool) -> Html:
    """What an experiment gave beside the paper's: its counterexample, and what is left of it."""
    if entry.verdict not in _EXPERIMENTS:
        return Html()
    checks = [
        check
        for check in entry.evidence
        if check["role"] == "check" and check.get("of_paper") and check["passed"] == passed
    ]
    return join(
        fill("<p>{}: {}</p>", typeset(check["name"]), typeset(told_words(check)))
        for check in checks
    )


def _unmended(entry: LedgerEntry) -> Html:
    if entry.verdict != "false":
        return Html()
    return fill("<p>The chapter puts no other statement in its place.</p>")


def _failed(entry: LedgerEntry) -> Html:
    """The comparisons that failed, where no sentence says why."""
    failed = [
        check
        for check in entry.evidence
        if check["role"] == "check" and not check["passed"] and not check.get("consistency")
    ]
    return join(
        fill("<p>{}: {}</p>", typeset(check["name"]), typeset(told_words(check)))
        for check in failed
    )


def _readings(entry: LedgerEntry) -> Html:
    return join(
        fill(
            "<p>{}: {}</p>",
            typeset(check["name"].removeprefix("reading: ")),
            typeset(short_text(check["measured"])),
        )
        for check in entry.evidence
        if check["role"] == "reading"
    )
