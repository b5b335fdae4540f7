"""The small boxes that claims, checks and numbers draw in a page.

Made from records alone, so that staging can draw them again after the wording of a claim or the
markup has changed, without running the chapter.
"""

from __future__ import annotations

from typing import Any

from linreg_book.markup import Html, fill, join
from linreg_book.records.plain_values import short_text
from linreg_book.records.registry import PAPERS, find_claim

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


def record_html(record: dict[str, Any]) -> Html:
    """The box of a record of any type (``number``, ``check``, ``verdict``)."""
    if record["type"] == "number":
        return fill(
            '<p class="linreg-number"><span class="linreg-key">{}</span> = {}</p>',
            record["key"],
            record["text"],
        )
    if record["type"] == "check":
        return fill(
            '<p class="linreg-check"><span class="linreg-id">{}</span> {}</p>',
            record["id"],
            _check_line(record["check"]),
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


def verdict_badge(verdict: str) -> Html:
    """The verdict as a coloured word; the colour is never the only sign."""
    return fill(
        '<span class="linreg-badge linreg-is-{verdict}" title="{meaning}">'
        '<span aria-hidden="true">{symbol}</span> {verdict}</span>',
        verdict=verdict,
        meaning=MEANINGS[verdict],
        symbol=SYMBOLS[verdict],
    )


def _verdict_html(record: dict[str, Any]) -> Html:
    claim, verdict = find_claim(record["id"]), record["verdict"]
    rows = [("as stated", check) for check in record["checks"]]
    rows += [
        (f"mended {repair['change']}: {repair['statement']}", repair["check"])
        for repair in record["repairs"]
    ]
    return fill(
        '<div class="linreg-claim linreg-is-{verdict}" id="{anchor}" role="group" '
        'aria-label="{label}">\n'
        '<p class="linreg-head"><span class="linreg-id">{id}</span> {badge} '
        '<span class="linreg-source">{source}</span></p>\n'
        '<p class="linreg-statement">{statement}</p>\n{note}{evidence}</div>',
        verdict=verdict,
        anchor=claim.anchor,
        label=f"Verdict on {claim.id}: {verdict}",
        id=claim.id,
        badge=verdict_badge(verdict),
        source=f"{PAPERS[claim.paper]}, {claim.label}",
        statement=claim.statement,
        note=note_html(record.get("note")),
        evidence=fill("{}\n", evidence_table(rows)) if rows else "",
    )


def note_html(note: str | None) -> Html:
    """A remark as a paragraph; nothing where there is none."""
    return fill('<p class="linreg-note">{}</p>\n', note) if note else Html()


def evidence_table(rows: list[tuple[str, dict[str, Any]]]) -> Html:
    """A folded table of checks; each row is (which statement, check)."""
    body = join(
        fill(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            which,
            check["name"],
            short_text(check["measured"]),
            short_text(check["predicted"]),
            check["criterion"],
            "passed" if check["passed"] else "failed",
        )
        for which, check in rows
    )
    return fill(
        '<details class="linreg-evidence"><summary>Evidence: {} {}</summary>'
        '<div class="linreg-scroll"><table><thead><tr><th scope="col">statement</th>'
        '<th scope="col">check</th><th scope="col">measured</th><th scope="col">predicted</th>'
        '<th scope="col">criterion</th><th scope="col">outcome</th></tr></thead>'
        "<tbody>{}</tbody></table></div></details>",
        len(rows),
        "check" if len(rows) == 1 else "checks",
        body,
    )


def _check_words(check: dict[str, Any]) -> str:
    outcome = "passed" if check["passed"] else "FAILED"
    words = f"{check['name']}: {outcome}; measured {short_text(check['measured'])}"
    if check["predicted"] is not None:
        words += f", predicted {short_text(check['predicted'])}"
    return words + f" ({check['criterion']})"


def _check_line(check: dict[str, Any]) -> Html:
    return fill(
        '<span class="linreg-{}"><span aria-hidden="true">{}</span></span> {}',
        "pass" if check["passed"] else "fail",
        "✓" if check["passed"] else "✗",
        _check_words(check),
    )
