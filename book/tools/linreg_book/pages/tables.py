"""The generated parts of pages: ledger, dashboard, run times, versions."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib import metadata

from linreg_book.markup import Html, fill, join, raw_block
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.footer import parameters_html
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.records.boxes import evidence_table, note_html, verdict_badge
from linreg_book.records.plain_values import short_text
from linreg_book.records.registry import PAPERS
from linreg_book.records.verdicts import VERDICTS

_PACKAGES = (
    "numpy",
    "scipy",
    "torch",
    "sympy",
    "matplotlib",
    "scikit-learn",
    "jupyter-book",
    "sphinx",
    "myst-nb",
    "papermill",
    "jupytext",
    "nbclient",
    "ipykernel",
)


def ledger_markdown(entries: Sequence[LedgerEntry]) -> str:
    """Counts by verdict, then one table a paper."""
    counts = Counter(entry.verdict for entry in entries)
    summary = join(
        fill("<li>{} {}</li>", verdict_badge(verdict), counts[verdict])
        for verdict in VERDICTS
        if counts[verdict]
    )
    parts = [raw_block(fill('<ul class="linreg-summary">{}</ul>', summary))]
    for paper, name in PAPERS.items():
        rows = join(_ledger_row(entry) for entry in entries if entry.claim.paper == paper)
        parts.append(f"## {paper}: {name}\n")
        parts.append(
            table_html(
                ["id", "statement", "verdict", "evidence"], rows, f"Claims of {paper}", "ledger"
            )
        )
    return "\n".join(parts)


def _ledger_row(entry: LedgerEntry) -> Html:
    claim = entry.claim
    if entry.page:
        link = fill(
            '<a href="../{}">{}, cell {}</a> at <code>{}</code>',
            entry.page,
            entry.chapter,
            entry.cell,
            entry.profile,
        )
    else:
        link = fill("chapter {}", entry.chapter)
    folded = Html()
    if entry.evidence:
        folded = evidence_table([(_role(check), check) for check in entry.evidence])
    return fill(
        '<tr id="ledger-{anchor}"><th scope="row">{id}<br>'
        '<span class="linreg-source">{label}</span></th>'
        "<td>{statement}{note}</td><td>{badge}</td><td>{link}{folded}</td></tr>",
        anchor=claim.id.lower(),
        id=claim.id,
        label=claim.label,
        statement=claim.statement,
        note=note_html(entry.note),
        badge=verdict_badge(entry.verdict),
        link=link,
        folded=folded,
    )


def _role(check: dict[str, object]) -> str:
    if check["role"] == "repair":
        return f"mended {check['change']}: {check['statement']}"
    return "reading" if check["role"] == "reading" else f"as stated ({check['chapter']})"


def dashboard_markdown(entries: Sequence[LedgerEntry]) -> str:
    """The papers' numbers beside ours, one row a comparison."""
    rows = []
    for entry in entries:
        comparisons = [check for check in entry.evidence if check["kind"] == "experiment"]
        link = fill('<a href="../{}">{}</a>', entry.page, entry.claim.id)
        for check in comparisons:
            source = check.get("note") or f"{entry.claim.paper}, section {entry.claim.place}"
            cells = [
                link if entry.page else entry.claim.id,
                f"{check['name']} ({source})",
                short_text(check["predicted"]),
                short_text(check["measured"]),
                check["criterion"] + (" ✓" if check["passed"] else " ✗"),
                ", ".join(f"{name}={value}" for name, value in entry.seeds.items()),
                fill("<code>{}</code>{}", entry.profile, _data_note(entry)),
                verdict_badge(entry.verdict),
            ]
            rows.append(fill("<tr>{}</tr>", join(fill("<td>{}</td>", cell) for cell in cells)))
    if not rows:
        return "No experiment has been run yet."
    heads = ["claim", "what", "compared with", "ours", "tolerance", "seeds", "profile", "verdict"]
    return table_html(heads, join(rows), "The papers' experiments beside ours", "dashboard")


def _data_note(entry: LedgerEntry) -> str:
    return f", {entry.dataset}" if entry.dataset else ""


def run_times_markdown(chapters: Iterable[ExecutedChapter]) -> str:
    """How long each chapter took, and why it ran."""
    rows, total = [], 0.0
    for chapter in chapters:
        outcome = chapter.outcome
        total += outcome.seconds
        rows.append(
            fill(
                '<tr><th scope="row"><a href="../notebooks/{name}.html">{name}</a></th>'
                "<td>{status}</td><td>{seconds}</td><td><code>{profile}</code></td>"
                "<td>{reason}</td><td>{date}</td><td>{parameters}</td></tr>",
                name=chapter.name,
                status="failed" if outcome.failure else "done",
                seconds=f"{outcome.seconds:.1f}",
                profile=outcome.profile,
                reason=outcome.reason,
                date=outcome.provenance.get("date", ""),
                parameters=parameters_html(outcome.parameters),
            )
        )
    rows.append(
        fill(
            '<tr><th scope="row">together</th><td></td><td>{}</td>'
            "<td></td><td></td><td></td><td></td></tr>",
            f"{total:.1f}",
        )
    )
    heads = ["chapter", "status", "seconds", "profile", "why it ran", "when", "parameters"]
    return table_html(heads, join(rows), "Run times", "times")


def versions_markdown() -> str:
    """Python and the packages that matter, as installed."""
    rows = [("Python", platform.python_version())]
    for name in _PACKAGES:
        try:
            rows.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    body = join(fill('<tr><th scope="row">{}</th><td>{}</td></tr>', *row) for row in rows)
    return table_html(["package", "version"], body, "Versions", "versions")


def table_html(heads: Sequence[str], rows: Html, label: str, kind: str) -> str:
    """A raw table that scrolls inside itself."""
    return raw_block(
        fill(
            '<div class="linreg-scroll" role="region" aria-label="{label}" '
            'tabindex="0"><table class="linreg-table linreg-{kind}">'
            "<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>",
            label=label,
            kind=kind,
            heads=join(fill('<th scope="col">{}</th>', title) for title in heads),
            rows=join([rows]),
        )
    )
