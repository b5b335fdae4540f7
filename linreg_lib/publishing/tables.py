"""The generated parts of pages: ledger, dashboard, run times, versions."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from importlib import metadata

from linreg_lib.publishing.boxes import evidence_table, verdict_badge
from linreg_lib.publishing.collect import ExecutedChapter
from linreg_lib.publishing.footer import parameters_html
from linreg_lib.publishing.ledger import LedgerEntry
from linreg_lib.publishing.plain_values import short_text
from linreg_lib.publishing.registry import PAPERS
from linreg_lib.publishing.verdicts import VERDICTS

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
    summary = "".join(
        f"<li>{verdict_badge(verdict)} {counts[verdict]}</li>"
        for verdict in VERDICTS
        if counts[verdict]
    )
    parts = [_raw(f'<ul class="linreg-summary">{summary}</ul>')]
    for paper, name in PAPERS.items():
        rows = "".join(_ledger_row(entry) for entry in entries if entry.claim.paper == paper)
        parts.append(f"## {paper}: {name}\n")
        parts.append(
            table_html(
                ["id", "statement", "verdict", "evidence"], rows, f"Claims of {paper}", "ledger"
            )
        )
    return "\n".join(parts)


def _ledger_row(entry: LedgerEntry) -> str:
    claim = entry.claim
    note = f'<p class="linreg-note">{escape(entry.note)}</p>' if entry.note else ""
    if entry.page:
        link = f'<a href="../{entry.page}">{entry.chapter}, cell {entry.cell}</a>'
        made = f" at <code>{escape(entry.profile)}</code>"
    else:
        link, made = f"chapter {escape(entry.chapter)}", ""
    folded = ""
    if entry.evidence:
        folded = evidence_table([(_role(check), check) for check in entry.evidence])
    return (
        f'<tr id="ledger-{claim.id.lower()}"><th scope="row">{escape(claim.id)}<br>'
        f'<span class="linreg-source">{escape(claim.kind)}, section {escape(claim.place)}</span>'
        f"</th><td>{escape(claim.statement)}{note}</td><td>{verdict_badge(entry.verdict)}</td>"
        f"<td>{link}{made}{folded}</td></tr>"
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
        link = f'<a href="../{entry.page}">{escape(entry.claim.id)}</a>'
        for check in comparisons:
            source = check.get("note") or f"{entry.claim.paper}, section {entry.claim.place}"
            seeds = ", ".join(f"{name}={value}" for name, value in entry.seeds.items())
            cells = [
                link if entry.page else escape(entry.claim.id),
                escape(f"{check['name']} ({source})"),
                escape(short_text(check["predicted"])),
                escape(short_text(check["measured"])),
                escape(check["criterion"]) + (" ✓" if check["passed"] else " ✗"),
                escape(seeds),
                f"<code>{escape(entry.profile)}</code>" + _data_note(entry),
                verdict_badge(entry.verdict),
            ]
            rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    if not rows:
        return "No experiment has been run yet."
    heads = ["claim", "what", "compared with", "ours", "tolerance", "seeds", "profile", "verdict"]
    return table_html(heads, "".join(rows), "The papers' experiments beside ours", "dashboard")


def _data_note(entry: LedgerEntry) -> str:
    return f", {escape(entry.dataset)}" if entry.dataset else ""


def run_times_markdown(chapters: Iterable[ExecutedChapter]) -> str:
    """How long each chapter took, and why it ran."""
    rows, total = [], 0.0
    for chapter in chapters:
        outcome = chapter.outcome
        total += outcome.seconds
        status = "failed" if outcome.failure else "done"
        name = escape(chapter.name)
        rows.append(
            f'<tr><th scope="row"><a href="../notebooks/{name}.html">{name}</a></th>'
            f"<td>{status}</td><td>{outcome.seconds:.1f}</td>"
            f"<td><code>{escape(outcome.profile)}</code></td><td>{escape(outcome.reason)}</td>"
            f"<td>{escape(str(outcome.provenance.get('date', '')))}</td>"
            f"<td>{parameters_html(outcome.parameters)}</td></tr>"
        )
    rows.append(
        f'<tr><th scope="row">together</th><td></td><td>{total:.1f}</td>{"<td></td>" * 4}</tr>'
    )
    heads = ["chapter", "status", "seconds", "profile", "why it ran", "when", "parameters"]
    return table_html(heads, "".join(rows), "Run times", "times")


def versions_markdown() -> str:
    """Python and the packages that matter, as installed."""
    rows = [("Python", platform.python_version())]
    for name in _PACKAGES:
        try:
            rows.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{version}</td></tr>' for name, version in rows
    )
    return table_html(["package", "version"], body, "Versions", "versions")


def table_html(heads: Sequence[str], rows: str, label: str, kind: str) -> str:
    """A raw table that scrolls inside itself; ``rows`` is HTML."""
    head = "".join(f'<th scope="col">{title}</th>' for title in heads)
    return _raw(
        f'<div class="linreg-scroll" role="region" aria-label="{escape(label, quote=True)}" '
        f'tabindex="0"><table class="linreg-table linreg-{kind}">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _raw(html: str) -> str:
    return f"```{{raw}} html\n{html}\n```\n"
