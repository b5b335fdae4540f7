"""The ledger as a page and as a table for programs.

The page is a plain table; ``_static/ledger.js`` adds filters, search and an address for each state.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from linreg_book.markup import Html, bare_formulas, fill, join, raw_block, typeset
from linreg_book.pages.claim_words import (
    ERRATA,
    chapter_link,
    deciding_line,
    erratum_anchor,
    evidence_links,
    labelled,
    ledger_anchor,
    report_link,
    source_words,
)
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.records.boxes import verdict_badge
from linreg_book.records.registry import PAPERS
from linreg_book.records.verdicts import VERDICTS

_HEADS = ("claim", "verdict", "what the paper says, and what was found")
_COLUMNS = (
    "id",
    "name",
    "paper",
    "kind",
    "place",
    "statement",
    "verdict",
    "why",
    "counterexample",
    "mended",
    "rests",
    "chapter",
    "page",
    "profile",
    "dataset",
)


def ledger_markdown(entries: Sequence[LedgerEntry], repository: Mapping[str, Any]) -> str:
    """How many claims have which verdict, then each paper's claims: the judged ones, the others."""
    parts = [raw_block(_summary(entries))]
    for paper, name in PAPERS.items():
        of_paper = [entry for entry in entries if entry.claim.paper == paper]
        if not of_paper:
            continue
        parts.append(f"## {name}\n")
        judged = [entry for entry in of_paper if entry.verdict != "open"]
        if judged:
            parts.append(raw_block(_table(judged, f"Judged claims of {paper}", repository)))
        waiting = [entry for entry in of_paper if entry.verdict == "open"]
        if waiting:
            table = _table(waiting, f"Claims of {paper} not judged yet", repository)
            parts.append(
                raw_block(
                    fill(
                        '<details class="linreg-waiting"><summary>{} of {} not judged yet'
                        "</summary>{}</details>",
                        len(waiting),
                        len(of_paper),
                        table,
                    )
                )
            )
    return "\n".join(parts)


def _summary(entries: Sequence[LedgerEntry]) -> Html:
    counts = Counter(entry.verdict for entry in entries)
    items = join(
        fill(
            '<li data-verdict="{}">{} <span class="linreg-count">{}</span></li>',
            verdict,
            verdict_badge(verdict),
            counts[verdict],
        )
        for verdict in VERDICTS
        if counts[verdict]
    )
    return fill(
        '<div class="linreg-ledger-top"><p>{} of {} statements are judged.</p>'
        '<ul class="linreg-summary" aria-label="Claims by verdict">{}</ul></div>',
        len(entries) - counts["open"],
        len(entries),
        items,
    )


def _table(entries: Sequence[LedgerEntry], label: str, repository: Mapping[str, Any]) -> Html:
    return fill(
        '<div class="linreg-scroll linreg-ledger-part" role="region" aria-label="{label}" '
        'tabindex="0"><table class="linreg-table linreg-ledger">'
        "<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>",
        label=label,
        heads=join(fill('<th scope="col">{}</th>', head) for head in _HEADS),
        rows=join(_row(entry, repository) for entry in entries),
    )


def _row(entry: LedgerEntry, repository: Mapping[str, Any]) -> Html:
    claim = entry.claim
    return fill(
        '<tr id="{anchor}" data-id="{id}" data-paper="{paper}" data-kind="{kind}" '
        'data-verdict="{verdict}"{planned}>'
        '<th scope="row">{title}<span class="linreg-source">{source}</span></th>'
        '<td class="linreg-judged">{badge}<span class="linreg-where">{link}</span></td>'
        '<td class="linreg-told mathjax_process">{told}</td></tr>',
        anchor=ledger_anchor(claim.id),
        id=claim.id,
        paper=claim.paper,
        kind=claim.kind,
        verdict=entry.verdict,
        planned=Html() if entry.page else fill(' data-chapter="{}"', entry.chapter_title),
        title=claim.title,
        source=source_words(entry),
        badge=verdict_badge(entry.verdict, told=False),
        link=chapter_link(entry),
        told=bare_formulas(_told(entry, repository)),
    )


def _told(entry: LedgerEntry, repository: Mapping[str, Any]) -> Html:
    return fill(
        '<p class="linreg-says">{}</p>{}{}{}{}',
        typeset(entry.claim.statement),
        labelled("Why:", entry.why),
        labelled("Note:", entry.note),
        deciding_line(entry),
        _links(entry, repository),
    )


def _links(entry: LedgerEntry, repository: Mapping[str, Any]) -> Html:
    """Where the rest stands: counterexamples and mended statements are the errata's."""
    links = [*evidence_links(entry)]
    if entry.verdict in ERRATA:
        links.append(fill('<a href="errata.html#{}">Erratum</a>', erratum_anchor(entry.claim.id)))
    report = report_link(entry, repository)
    if report:
        links.append(report)
    return fill('<p class="linreg-links">{}</p>', join(links, " · ")) if links else Html()


def ledger_csv(entries: Sequence[LedgerEntry]) -> str:
    """The ledger without its numbers, for spreadsheets: one line a claim."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for entry in entries:
        claim = entry.claim
        writer.writerow(
            [
                claim.id,
                claim.title,
                claim.paper,
                claim.kind,
                claim.place,
                claim.statement,
                entry.verdict,
                entry.reason,
                entry.counterexample,
                " ".join(entry.mended),
                entry.rests,
                entry.chapter_title,
                entry.page or "",
                entry.profile,
                entry.dataset or "",
            ]
        )
    return out.getvalue()
