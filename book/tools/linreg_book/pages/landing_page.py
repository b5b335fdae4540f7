"""What the landing page says of the records: cards, how far the work is, sentences it may hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from linreg_book.markup import Html, fill, join, raw_block, typeset
from linreg_book.pages.claim_words import (
    ERRATA,
    chapter_link,
    erratum_anchor,
    labelled,
    ledger_anchor,
    report_address,
)
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.pages.sketches import Sketch, sketch_html
from linreg_book.records.boxes import verdict_badge
from linreg_book.records.registry import THE_THREE

MOST_CARDS = 6
#: Verdicts in the groups that a reader wants to know of first, for one claim and for several.
GROUPS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("holds", "hold"): ("proved", "exact", "supported", "holds", "reproduced"),
    ("is a definition", "are definitions"): ("definition",),
    ("needs mending", "need mending"): ("repaired", "ill-posed"),
    ("experiment came out in part", "experiments came out in part"): ("partly",),
    ("is false", "are false"): ("false",),
    ("experiment did not come out", "experiments did not come out"): ("not-reproduced",),
    ("cannot be tested", "cannot be tested"): ("not-testable",),
}
_IN_ORDER = (*(verdict for verdicts in GROUPS.values() for verdict in verdicts), "open")
_WEB = re.compile(r"https?://[^\s\"'<>]+")
_SAYS = re.compile(
    r"^% says: (?P<claim>[A-Za-z0-9.-]+) (?P<verdict>[a-z-]+)[ \t]*\n", flags=re.MULTILINE
)


def cards_markdown(entries: Sequence[LedgerEntry], sketches: Sequence[Sketch]) -> str:
    """The first judged claims that have a drawing, one card each."""
    by_id = {entry.claim.id: entry for entry in entries if entry.verdict != "open"}
    shown = [(by_id[one.claim], one) for one in sketches if one.claim in by_id][:MOST_CARDS]
    if not shown:
        return "No claim with a drawing has been judged in this build.\n"
    cards = join(_card(entry, sketch) for entry, sketch in shown)
    return raw_block(fill('<div class="linreg-cards">{}</div>', cards))


def _card(entry: LedgerEntry, sketch: Sketch) -> Html:
    claim = entry.claim
    if entry.verdict in ERRATA:
        more = fill('<a href="errata.html#{}">erratum</a>', erratum_anchor(claim.id))
    else:
        more = fill('<a href="ledger.html#{}">ledger</a>', ledger_anchor(claim.id))
    return fill(
        '<div class="linreg-card linreg-is-{verdict}" data-id="{id}">{picture}'
        '<p class="linreg-head"><span class="linreg-title">{title}</span> {badge}</p>'
        '<p class="linreg-says">{statement}</p>{told}'
        '<p class="linreg-made">{link} · {more}</p></div>',
        verdict=entry.verdict,
        id=claim.id,
        picture=sketch_html(sketch),
        title=claim.title,
        badge=verdict_badge(entry.verdict),
        statement=typeset(sketch.says or claim.statement),
        told=labelled("Smallest counterexample:", entry.counterexample)
        or labelled("Why:", entry.why),
        link=chapter_link(entry),
        more=more,
    )


def progress_markdown(entries: Sequence[LedgerEntry]) -> str:
    """How many claims are judged, and how they fared: a sentence, a bar and a legend."""
    counts = Counter(entry.verdict for entry in entries)
    judged = len(entries) - counts["open"]
    groups = [
        f"{number} {words[number > 1]}"
        for words, verdicts in GROUPS.items()
        if (number := sum(counts[verdict] for verdict in verdicts))
    ]
    told = _of_which(entries)
    told += f": {', '.join(groups)}." if groups else "."
    if judged < len(entries):
        waiting = len(entries) - judged
        told += f" {waiting} {'is' if waiting == 1 else 'are'} not judged yet."
    segments = join(
        fill(
            '<span class="linreg-part linreg-is-{}" style="flex-grow: {}"></span>',
            verdict,
            counts[verdict],
        )
        for verdict in _IN_ORDER
        if counts[verdict]
    )
    legend = join(
        fill(
            '<li><a href="ledger.html?verdict={}">{} <span class="linreg-count">{}</span></a></li>',
            verdict,
            verdict_badge(verdict),
            counts[verdict],
        )
        for verdict in _IN_ORDER
        if counts[verdict]
    )
    return raw_block(
        fill(
            '<div class="linreg-progress"><p>{}</p><div class="linreg-bar" role="img" '
            'aria-label="{} of {} judged">{}</div><ul class="linreg-summary">{}</ul></div>',
            told,
            judged,
            len(entries),
            segments,
            legend,
        )
    )


def _of_which(entries: Sequence[LedgerEntry]) -> str:
    """How many statements are judged, those of the three papers and those of later works."""
    judged = [entry for entry in entries if entry.verdict != "open"]
    of_three = sum(entry.claim.paper in THE_THREE for entry in judged)
    later = len(judged) - of_three
    told = f"{_statements(of_three)} of the three papers"
    if later:
        told += f" and {later} of later works"
    return f"{told} {'is' if len(judged) == 1 else 'are'} judged"


def _statements(number: int) -> str:
    return f"{number} statement" if number == 1 else f"{number} statements"


def playground_markdown() -> str:
    """The place that ``_static/playground.js`` fills with a network to play with."""
    return raw_block(
        fill(
            '<div class="linreg-playground"><p>Here a small network is cut while you watch, and '
            "you choose its layers and weights. This needs JavaScript.</p></div>"
        )
    )


def repository_markdown(repository: Mapping[str, Any]) -> str:
    """Links to the sources and to where errors are reported, or what to do without."""
    report = report_address(
        repository,
        title="An error in the book",
        lines=["Page:", "", "What is wrong, and how one sees it:"],
        words="Report an error",
    )
    url = str(repository.get("url") or "")
    if not _WEB.fullmatch(url):
        return "Tell whoever gave you this copy of the book: it is published at no address yet.\n"
    sources = fill('<a href="{}">The repository</a>', url)
    links = [sources, report] if report else [sources]
    return raw_block(fill("<p>{}</p>", join(links, between=" · ")))


def check_sentences(
    text: str, entries: Sequence[LedgerEntry], *, where: str, problems: list[str]
) -> str:
    """A page without its notes ``% says: ID VERDICT``; those that the ledger contradicts are told.

    Such a note stands before a sentence that takes a verdict for granted. A claim that is open in
    this build contradicts nothing.
    """
    verdicts = {entry.claim.id: entry.verdict for entry in entries}

    def check(found: re.Match[str]) -> str:
        earned = verdicts.get(found["claim"])
        if earned is None:
            problems.append(f"{where}: {found[0].strip()}: no such claim")
        elif earned not in ("open", found["verdict"]):
            problems.append(f"{where}: {found[0].strip()}: the ledger says {earned}")
        return ""

    return _SAYS.sub(check, text)
