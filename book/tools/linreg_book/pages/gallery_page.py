"""The papers' figures, tables and numbers beside ours: one card each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from linreg_book.markup import Html, fill, join, raw_block, typeset
from linreg_book.pages.claim_words import (
    ERRATA,
    ROOT,
    chapter_link,
    erratum_anchor,
    labelled,
    ledger_anchor,
    letters_line,
    report_link,
    seed_words,
    source_words,
)
from linreg_book.pages.gallery_pictures import Picture
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.pages.paper_figures import PaperFigure, figures_table
from linreg_book.records.boxes import evidence_table, verdict_badge
from linreg_book.records.plain_values import short_text
from linreg_book.records.registry import PAPERS, element_id

KINDS = ("figure", "table", "number", "experiment")
#: Where the renderer puts what lies in ``book/_static/gallery``.
FOLDER = "book/_static/gallery/"
_HEADS = ("compared", "the paper", "ours", "held against (tolerance)", "outcome")

_ALIKE = 3  # comparisons that say the same and are folded into one row

PicturesOf = Callable[[LedgerEntry], Sequence[Picture]]


def belongs_to_gallery(entry: LedgerEntry) -> bool:
    """Whether the paper shows or measures something there, or a check compares with a number."""
    return entry.claim.kind in KINDS or any(check.get("of_paper") for check in entry.evidence)


def gallery_markdown(
    entries: Sequence[LedgerEntry],
    pictures_of: PicturesOf,
    repository: Mapping[str, Any],
    paper_figures: Sequence[PaperFigure] = (),
) -> str:
    """One section a paper: its figures and tables, cards of what is judged, the others folded."""
    parts = []
    first: dict[str, LedgerEntry] = {}
    for entry in entries:
        if belongs_to_gallery(entry):
            for picture in pictures_of(entry):
                first.setdefault(picture.name, entry)
    for paper, name in PAPERS.items():
        shown = [
            entry for entry in entries if entry.claim.paper == paper and belongs_to_gallery(entry)
        ]
        if not shown:
            continue
        parts.append(f"## {name}\n")
        parts.append(letters_line(paper))
        of_paper = [figure for figure in paper_figures if figure.paper == paper]
        if of_paper:
            parts.append(raw_block(figures_table(of_paper, entries, belongs_to_gallery)))
        judged = [entry for entry in shown if entry.verdict != "open"]
        if judged:
            parts.append(raw_block(_cards(judged, pictures_of, repository, first)))
        waiting = [entry for entry in shown if entry.verdict == "open"]
        if waiting:
            fold = fill(
                '<details class="linreg-waiting"><summary>{} of {} not yet</summary>{}</details>',
                len(waiting),
                len(shown),
                _cards(waiting, pictures_of, repository, first),
            )
            parts.append(raw_block(fold))
    return "\n".join(parts) if parts else "Nothing has been compared yet.\n"


def _cards(
    entries: Sequence[LedgerEntry],
    pictures_of: PicturesOf,
    repository: Mapping[str, Any],
    first: Mapping[str, LedgerEntry],
) -> Html:
    return join(_card(entry, pictures_of(entry), repository, first) for entry in entries)


def _card(
    entry: LedgerEntry,
    pictures: Sequence[Picture],
    repository: Mapping[str, Any],
    first: Mapping[str, LedgerEntry],
) -> Html:
    claim = entry.claim
    anchor = element_id("shot", claim.id)
    return fill(
        '<div class="linreg-shot linreg-is-{verdict}" id="{anchor}" role="group" '
        'aria-label="{title}">'
        '<p class="linreg-head"><span class="linreg-title">{title}</span> '
        '<span class="linreg-source">{source}</span> {badge} '
        '<a class="linreg-here" href="#{anchor}" title="Address of this card" '
        'aria-label="Address of {title}">¶</a></p>'
        '<p class="linreg-says">{statement}</p>{why}{picture}{compared}{fold}'
        '<p class="linreg-made">{made}</p></div>\n',
        verdict=entry.verdict,
        anchor=anchor,
        title=claim.title,
        source=source_words(entry),
        badge=verdict_badge(entry.verdict),
        picture=join(_picture_html(entry, picture, first[picture.name]) for picture in pictures),
        statement=typeset(claim.statement),
        why=labelled("Why:", entry.reason),
        compared=_compared(entry),
        fold=_own_criteria(entry),
        made=_made(entry, repository),
    )


def _picture_html(entry: LedgerEntry, picture: Picture, shown_with: LedgerEntry) -> Html:
    """A picture, or where it stands already; its caption is read in the chapter."""
    if shown_with.claim.id != entry.claim.id:
        return fill(
            '<p class="linreg-made">Our figure stands above: <a href="#{}">{}</a>.</p>',
            element_id("shot", shown_with.claim.id),
            shown_with.claim.title,
        )
    page = f"{ROOT}notebooks/{entry.chapter}.html"
    return fill(
        '<a class="linreg-ours" href="{}"><img loading="lazy" decoding="async" src="{}" '
        'alt="{}"><span class="linreg-made">Our figure; its caption in the chapter</span></a>',
        f"{page}#{picture.anchor}" if picture.anchor else page,
        f"{ROOT}_static/gallery/{picture.name}",
        picture.alt,
    )


def _compared(entry: LedgerEntry) -> Html:
    """The comparisons with something of the paper's, one row each."""
    checks = [check for check in entry.evidence if _of_paper(check)]
    if not checks:
        if entry.verdict == "open":
            return Html()
        return fill('<p class="linreg-nothing">No number of the paper is compared here.</p>')
    rows = join(
        fill(
            "<tr>{}</tr>",
            join(
                fill('<td data-head="{}">{}</td>', head, told)
                for head, told in zip(_HEADS, cells, strict=True)
            ),
        )
        for cells in _rows(checks)
    )
    return fill(
        '<div class="linreg-scroll" role="region" tabindex="0" aria-label="{}">'
        '<table class="linreg-table linreg-compared"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        f"{entry.claim.title}: the paper and ours",
        join(fill('<th scope="col">{}</th>', head) for head in _HEADS),
        rows,
    )


def _of_paper(check: Mapping[str, Any]) -> bool:
    return bool(check.get("of_paper")) and not check.get("consistency")


def _rows(checks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Html, ...]]:
    """The cells of each row; comparisons in a row that say the same share one."""
    for cells, alike in groupby(checks, key=lambda check: _cells(check)[1:]):
        names = [typeset(check["name"]) for check in alike]
        if len(names) < _ALIKE:
            yield from ((name, *cells) for name in names)
            continue
        listed = join(fill("<li>{}</li>", name) for name in names)
        fold = fill(
            "<details><summary>{} comparisons alike</summary><ul>{}</ul></details>",
            len(names),
            listed,
        )
        yield (fold, *cells)


def _cells(check: Mapping[str, Any]) -> tuple[Html, ...]:
    # What is compared with is ours to choose where the paper gives words, not a number.
    against = "" if isinstance(check["predicted"], bool) else short_text(check["predicted"])
    held = f"{against} ({check['criterion']})" if against else check["criterion"]
    return (
        typeset(check["name"]),
        typeset(check["of_paper"]),
        typeset(short_text(check["measured"])),
        typeset(held),
        fill(
            '<span class="linreg-{}">{}</span>',
            "pass" if check["passed"] else "fail",
            "✓ within" if check["passed"] else "✗ outside",
        ),
    )


def _own_criteria(entry: LedgerEntry) -> Html:
    rest = [check for check in entry.evidence if not _of_paper(check)]
    if not rest:
        return Html()
    rows = [("consistency" if check.get("consistency") else "our own", check) for check in rest]
    return fill(
        '<details class="linreg-own"><summary>Our own criteria and consistency checks</summary>'
        "{}</details>",
        evidence_table(rows),
    )


def _made(entry: LedgerEntry, repository: Mapping[str, Any]) -> Html:
    parts = [chapter_link(entry)]
    if entry.page:
        parts.append(fill("profile {}", entry.profile))
        if entry.dataset:
            parts.append(fill("data: {}", entry.dataset))
        if entry.seeds:
            parts.append(fill("{}", seed_words(entry.seeds)))
    parts.append(fill('<a href="ledger.html#{}">ledger</a>', ledger_anchor(entry.claim.id)))
    if entry.verdict in ERRATA:
        parts.append(fill('<a href="errata.html#{}">erratum</a>', erratum_anchor(entry.claim.id)))
    report = report_link(entry, repository)
    return join([*parts, report] if report else parts, between=" · ")
