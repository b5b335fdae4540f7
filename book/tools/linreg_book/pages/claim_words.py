"""How pages speak of a claim: its name, its chapter, its evidence, and where to report an error."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from linreg_book.markup import Html, as_sentence, fill, join, typeset
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.records.boxes import UNDECIDED, check_line, deciding_checks
from linreg_book.records.plain_values import short_text
from linreg_book.records.registry import element_id

#: Where a page of ``book/`` finds the site's root.
ROOT = "../"
#: Verdicts that the page of errata is about.
ERRATA = ("false", "repaired", "ill-posed", "not-reproduced", "partly")
#: What letters count in the statements of a paper, as its own text has them; Markdown.
LETTERS = {
    "HR19": "$n_{\\mathrm{in}}$ counts inputs, $n_j$ neurons of layer $j$, $d$ hidden layers",
    "F23": "$d$ counts inputs, $n$ neurons of a hidden layer, $L$ hidden layers",
    "GB26": "$d$ counts inputs",
}
_LETTERED_SECTIONS = ("F23",)
_GITHUB = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+?(?:\.git)?/?")


def ledger_anchor(claim_id: str) -> str:
    """The id of a claim's row.

    >>> ledger_anchor("F23-Lem1")
    'ledger-f23-lem1'
    """
    return element_id("ledger", claim_id)


def erratum_anchor(claim_id: str) -> str:
    """The id of a claim's item on the page of errata.

    >>> erratum_anchor("F23-Lem6")
    'erratum-f23-lem6'
    """
    return element_id("erratum", claim_id)


def source_words(entry: LedgerEntry) -> str:
    """Kind and place: ``theorem, section 2.1``."""
    place = entry.claim.place
    if place[:1].islower():  # abstract, caption, ...
        return f"{entry.claim.kind}, {place}"
    # F23 numbers its sections by letters too: VI.B.
    is_appendix = place[:1].isalpha() and entry.claim.paper not in _LETTERED_SECTIONS
    return f"{entry.claim.kind}, {'appendix' if is_appendix else 'section'} {place}"


def chapter_link(entry: LedgerEntry) -> Html:
    """The chapter's title: a link to the evidence, or why there is none yet."""
    if entry.page:
        return fill('<a href="{}{}">{}</a>', ROOT, entry.page, entry.chapter_title)
    if entry.planned:
        return fill("planned: {}", entry.chapter_title)
    return fill("not judged yet, in: {}", entry.chapter_title)


def letters_line(paper: str) -> str:
    """What letters count below the heading of a paper; nothing where none needs a word.

    >>> letters_line("GB26")
    'In formulas $d$ counts inputs, unless an item says otherwise.\\n'
    """
    told = LETTERS.get(paper)
    return f"In formulas {told}, unless an item says otherwise.\n" if told else ""


def labelled(lead: str, text: str) -> Html:
    """A paragraph that begins with what it is; nothing where there is no text."""
    if not text:
        return Html()
    return fill('<p><span class="linreg-lead">{}</span> {}</p>', lead, typeset(as_sentence(text)))


def mended_lead(entry: LedgerEntry) -> str:
    """What a mended statement is called."""
    return "Mended:" if entry.verdict == "repaired" else "True instead:"


def deciding_line(entry: LedgerEntry) -> Html:
    """The first check that decided, with its numbers; nothing where there are none.

    One reading of several, or a check of the mended statement, would tell a wrong story alone.
    """
    if entry.verdict in UNDECIDED:
        return Html()
    shown = deciding_checks([each for each in entry.evidence if each["role"] == "check"])[:1]
    return join(fill('<p class="linreg-decided">{}</p>', check_line(check)) for check in shown)


def evidence_links(entry: LedgerEntry) -> Iterator[Html]:
    """Links to other chapters that add evidence; the owner's box is where the verdict links."""
    num_checks = Counter(check["chapter"] for check in entry.evidence)
    titles = {check["chapter"]: check["chapter_title"] for check in entry.evidence}
    for name, num in num_checks.items():
        if name != entry.chapter or not entry.page:
            words = f"{_checks(num)} in {titles[name]}"
            yield fill('<a href="{}notebooks/{}.html">{}</a>', ROOT, name, words)


def _checks(num: int) -> str:
    return f"{num} check" if num == 1 else f"{num} checks"


def seed_words(seeds: Mapping[str, Any]) -> str:
    """Seeds in a few words.

    >>> seed_words({"SEED": 7, "SLICE_SEEDS": [0, 1]})
    'seed 7, slice seeds 0, 1'
    """
    return ", ".join(
        f"{name.lower().replace('_', ' ')} {short_text(value)}" for name, value in seeds.items()
    )


def report_link(entry: LedgerEntry, repository: Mapping[str, Any]) -> Html:
    """Where to report an error in a claim; nothing while the project is published nowhere."""
    claim = entry.claim
    return report_address(
        repository,
        title=f"{claim.title} ({claim.id})",
        lines=[
            f"Claim: {claim.id}",
            f"Verdict: {entry.verdict}, at {entry.profile}",
            f"Chapter: {entry.chapter_title}",
            "",
            "What is wrong, and how one sees it (a counterexample with a seed is best):",
        ],
        words="Report an error in this claim",
    )


def report_address(
    repository: Mapping[str, Any], *, title: str, lines: Sequence[str], words: str
) -> Html:
    """A link to a new report in the project's repository; nothing without a public one."""
    url = str(repository.get("url") or "")
    if not _GITHUB.fullmatch(url):
        return Html()
    query = urlencode({"title": title, "body": "\n".join(lines) + "\n"})
    return fill(
        '<a class="linreg-report" href="{}/issues/new?{}">{}</a>',
        url.rstrip("/").removesuffix(".git"),
        query,
        words,
    )
