"""The small boxes that claims, checks and numbers draw in a page.

Made from records alone, so that staging can draw them again after the wording of a claim or the
markup has changed, without running the chapter.
"""

from __future__ import annotations

from html import escape
from typing import Any

from linreg_lib.publishing.plain_values import short_text
from linreg_lib.publishing.registry import PAPERS, find_claim

SYMBOLS = {
    "proved": "∎",
    "exact": "=",
    "supported": "✓",
    "holds": "→",
    "repaired": "✎",
    "false": "✗",
    "ill-posed": "?",
    "definition": "≔",
    "reproduced": "✓",
    "partly": "◐",
    "not-reproduced": "✗",
    "not-testable": "–",
    "open": "○",
}
MEANINGS = {
    "proved": "true as stated; derived on the page, its steps machine-checked where a machine can",
    "exact": "a finite statement, enumerated without rounding",
    "supported": "survived many instances or a Monte Carlo test; not proved here",
    "holds": "true asymptotically or on average, with its constant and error",
    "repaired": "true after a stated change of reading or an extra hypothesis",
    "false": "fails as stated; a counterexample is on the page",
    "ill-posed": "means nothing definite as written; what it could mean is on the page",
    "definition": "well posed, used as stated",
    "reproduced": "experiment: within the tolerance set beforehand",
    "partly": "experiment: some comparisons within the tolerance set beforehand",
    "not-reproduced": "experiment: outside the tolerance set beforehand",
    "not-testable": "cannot be tested, and the page says why",
    "open": "not judged yet",
}


def record_html(record: dict[str, Any]) -> str:
    """The box of a record of any type (``number``, ``check``, ``verdict``)."""
    if record["type"] == "number":
        return (
            '<p class="linreg-number"><span class="linreg-key">'
            f"{escape(record['key'])}</span> = {escape(record['text'])}</p>"
        )
    if record["type"] == "check":
        return (
            f'<p class="linreg-check"><span class="linreg-id">{escape(record["id"])}</span> '
            f"{_check_line(record['check'])}</p>"
        )
    return _verdict_html(record)


def record_text(record: dict[str, Any]) -> str:
    """The same in one or a few lines of plain text."""
    if record["type"] == "number":
        return f"{record['key']} = {record['text']}"
    if record["type"] == "check":
        return f"{record['id']}: {_check_words(record['check'])}"
    lines = [f"{record['id']}: {record['verdict']}"]
    if record.get("note"):
        lines[0] += f" ({record['note']})"
    lines += [f"  {_check_words(check)}" for check in record["checks"]]
    lines += [
        f"  mended ({repair['change']}): {_check_words(repair['check'])}"
        for repair in record["repairs"]
    ]
    return "\n".join(lines)


def verdict_badge(verdict: str) -> str:
    """The verdict as a coloured word; the colour is never the only sign."""
    return (
        f'<span class="linreg-badge linreg-is-{verdict}" title="{escape(MEANINGS[verdict])}">'
        f'<span aria-hidden="true">{SYMBOLS[verdict]}</span> {verdict}</span>'
    )


def _verdict_html(record: dict[str, Any]) -> str:
    claim, verdict = find_claim(record["id"]), record["verdict"]
    label = escape(f"Verdict on {claim.id}: {verdict}", quote=True)
    source = escape(f"{PAPERS[claim.paper]}, {claim.kind}, section {claim.place}")
    parts = [
        f'<div class="linreg-claim linreg-is-{verdict}" id="{claim.anchor}" role="group" '
        f'aria-label="{label}">',
        f'<p class="linreg-head"><span class="linreg-id">{escape(claim.id)}</span> '
        f'{verdict_badge(verdict)} <span class="linreg-source">{source}</span></p>',
        f'<p class="linreg-statement">{escape(claim.statement)}</p>',
    ]
    if record.get("note"):
        parts.append(f'<p class="linreg-note">{escape(record["note"])}</p>')
    rows = [("as stated", check) for check in record["checks"]]
    rows += [
        (f"mended {repair['change']}: {repair['statement']}", repair["check"])
        for repair in record["repairs"]
    ]
    if rows:
        parts.append(evidence_table(rows))
    parts.append("</div>")
    return "\n".join(parts)


def evidence_table(rows: list[tuple[str, dict[str, Any]]]) -> str:
    """A folded table of checks; each row is (which statement, check)."""
    body = "".join(
        f"<tr><td>{escape(which)}</td><td>{escape(check['name'])}</td>"
        f"<td>{escape(short_text(check['measured']))}</td>"
        f"<td>{escape(short_text(check['predicted']))}</td>"
        f"<td>{escape(check['criterion'])}</td>"
        f"<td>{'passed' if check['passed'] else 'failed'}</td></tr>"
        for which, check in rows
    )
    noun = "check" if len(rows) == 1 else "checks"
    return (
        f'<details class="linreg-evidence"><summary>Evidence: {len(rows)} {noun}</summary>'
        '<div class="linreg-scroll"><table><thead><tr><th scope="col">statement</th>'
        '<th scope="col">check</th><th scope="col">measured</th><th scope="col">predicted</th>'
        '<th scope="col">criterion</th><th scope="col">outcome</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def _check_words(check: dict[str, Any]) -> str:
    outcome = "passed" if check["passed"] else "FAILED"
    words = f"{check['name']}: {outcome}; measured {short_text(check['measured'])}"
    if check["predicted"] is not None:
        words += f", predicted {short_text(check['predicted'])}"
    return words + f" ({check['criterion']})"


def _check_line(check: dict[str, Any]) -> str:
    sign = "✓" if check["passed"] else "✗"
    state = "pass" if check["passed"] else "fail"
    return (
        f'<span class="linreg-{state}"><span aria-hidden="true">{sign}</span></span> '
        f"{escape(_check_words(check))}"
    )
