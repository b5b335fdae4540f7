"""The boxes that claims and findings draw in a page.

Made from records alone, so that staging can draw them again after the wording of a claim or the
markup has changed, without running the chapter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from linreg_book.markup import Html, as_sentence, fill, join, typeset
from linreg_book.records.plain_values import short_text
from linreg_book.records.registry import element_id, find_claim
from linreg_book.records.told_words import told_words
from linreg_book.records.verdicts import decides

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


_MENDED_BY = {
    "reading": "Mended, in another reading.",
    "hypothesis": "Mended, with another hypothesis.",
    "conclusion": "True instead.",
}
#: how many checks stand in a box before the fold
_IN_VIEW = 3
#: verdicts that no comparison has earned
UNDECIDED = ("open", "not-testable")


def record_html(record: dict[str, Any], *, ledger: str = "") -> Html:
    """The box of a record; nothing for those that nobody sees (``number``, ``check``).

    Args:
        ledger: where the page of all claims lies, seen from the box; no links without.
    """
    if record["type"] == "verdict":
        return _verdict_html(record, ledger)
    if record["type"] == "evidence":
        return _evidence_html(record, ledger)
    if record["type"] == "finding":
        return _finding_html(record)
    return Html()


def record_text(record: dict[str, Any]) -> str:
    """The same in one or a few lines of plain text."""
    if record["type"] == "evidence":
        lines = [f"adds to the evidence for {record['id']}"]
    elif record["type"] == "finding":
        lines = [f"{record['title']}: {record['verdict']}", f"  {record['statement']}"]
    elif record["type"] == "verdict":
        remarks = [record.get(key) for key in ("why", "note")]
        told = "; ".join(remark for remark in remarks if remark)
        lines = [f"{record['id']}: {record['verdict']}" + (f" ({told})" if told else "")]
    else:
        return ""
    counts = record.get("verdict") not in UNDECIDED
    lines += [f"  {_check_words(check, counts)}" for check in record["checks"]]
    lines += [
        f"  mended ({repair['change']}): {_check_words(repair['check'], counts)}"
        for repair in record.get("repairs", [])
    ]
    return "\n".join(lines)


def verdict_badge(verdict: str, *, told: bool = True) -> Html:
    """The verdict as a coloured word; the colour is never the only sign.

    Args:
        told: whether the badge says what the word means when pointed at; a page of hundreds
            says it once elsewhere.
    """
    title = fill(' title="{}"', MEANINGS[verdict]) if told else Html()
    return fill(
        '<span class="linreg-badge linreg-is-{verdict}"{title}>'
        '<span aria-hidden="true">{symbol}</span> {verdict}</span>',
        verdict=verdict,
        title=title,
        symbol=SYMBOLS[verdict],
    )


def stated_anchor(claim_id: str) -> str:
    """The id of the block that states a claim.

    >>> stated_anchor("F23-Lem1")
    'stated-f23-lem1'
    """
    return element_id("stated", claim_id)


def _verdict_html(record: dict[str, Any], ledger: str) -> Html:
    claim, verdict = find_claim(record["id"]), record["verdict"]
    rows = _rows(record)
    paragraphs = [
        _paragraph("why", record.get("why")),
        _paragraph("counterexample", record.get("counterexample"), "Smallest counterexample."),
        *_mended(record),
        _paragraph("note", record.get("note")),
    ]
    return fill(
        '<div class="linreg-claim linreg-is-{verdict}" id="{anchor}" role="group" '
        'aria-label="{label}">\n{head}\n{paragraphs}{decided}{evidence}</div>',
        verdict=verdict,
        anchor=element_id("claim", claim.id),
        label=f"Verdict on {claim.title}: {verdict}",
        head=_head(record["id"], verdict_badge(verdict), ledger),
        paragraphs=join(paragraphs),
        decided=_decided(record["checks"], verdict),
        evidence=evidence_table(rows, counts=verdict not in UNDECIDED) if rows else Html(),
    )


def _rows(record: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Which statement, and the check: as stated first, then mended."""
    return [("as stated", check) for check in record["checks"]] + [
        (f"mended {repair['change']}: {repair['statement']}", repair["check"])
        for repair in record.get("repairs", [])
    ]


def _evidence_html(record: dict[str, Any], ledger: str) -> Html:
    claim = find_claim(record["id"])
    rows = _rows(record)
    return fill(
        '<div class="linreg-claim linreg-adds" role="group" aria-label="{label}">\n{head}\n'
        "{decided}{evidence}</div>",
        label=f"Evidence for {claim.title}",
        head=_head(record["id"], fill("adds to the evidence"), ledger),
        decided=_decided(record["checks"] or [check for _, check in rows]),
        evidence=evidence_table(rows),
    )


def _finding_html(record: dict[str, Any]) -> Html:
    return fill(
        '<div class="linreg-claim linreg-finding linreg-is-{verdict}" id="finding-{key}" '
        'role="group" aria-label="{label}">\n'
        '<p class="linreg-head"><span class="linreg-title">{title}</span> '
        '<span class="linreg-source">new in this book</span> {badge}</p>\n'
        '<p class="linreg-statement">{statement}</p>\n{decided}{evidence}</div>',
        verdict=record["verdict"],
        key=record["key"],
        label=f"Found here: {record['title']}",
        title=typeset(record["title"]),
        badge=verdict_badge(record["verdict"]),
        statement=typeset(record["statement"]),
        decided=_decided(record["checks"]),
        evidence=evidence_table([("as stated", check) for check in record["checks"]]),
    )


def _head(claim_id: str, badge: Html, ledger: str) -> Html:
    title = fill('<span class="linreg-title">{}</span>', find_claim(claim_id).title)
    if ledger:
        title = fill('<a href="{}#{}">{}</a>', ledger, element_id("ledger", claim_id), title)
    return fill('<p class="linreg-head">{} {}</p>', title, badge)


def _paragraph(kind: str, text: str | None, lead: str = "") -> Html:
    if not text:
        return Html()
    opening = fill('<span class="linreg-lead">{}</span> ', lead) if lead else Html()
    return fill('<p class="linreg-{}">{}{}</p>\n', kind, opening, typeset(as_sentence(text)))


def mended_statements(repairs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What holds instead: the statements whose repairs passed all their checks."""
    passed: dict[str, bool] = {}
    for repair in repairs:
        statement = repair["statement"]
        passed[statement] = passed.get(statement, True) and repair["check"]["passed"]
    return tuple(statement for statement, holds in passed.items() if holds)


def _mended(record: dict[str, Any]) -> list[Html]:
    repairs = record["repairs"]
    change = {repair["statement"]: repair["change"] for repair in repairs}
    return [
        _paragraph("mended", each, _MENDED_BY[change[each]]) for each in mended_statements(repairs)
    ]


def note_html(note: str | None) -> Html:
    """A remark as a paragraph; nothing where there is none."""
    return _paragraph("note", note)


def _decided(checks: Sequence[dict[str, Any]], verdict: str = "") -> Html:
    counts = verdict not in UNDECIDED
    shown = deciding_checks(checks, counts=counts)[:_IN_VIEW]
    if not shown:
        return Html()
    lead = ""
    if verdict == "open":
        lead = "Compared so far; this decides nothing yet."
    elif verdict == "not-testable":
        lead = "What we see; it does not test the claim."
    elif not any(map(decides, shown)):
        lead = "Held against a criterion of our own; this decides nothing."
    return fill(
        '{}<ul class="linreg-decided">{}</ul>\n',
        fill('<p class="linreg-undecided">{}</p>\n', lead) if lead else Html(),
        join(fill("<li>{}</li>", check_line(check, counts=counts)) for check in shown),
    )


def deciding_checks(
    checks: Sequence[dict[str, Any]], *, counts: bool = True
) -> list[dict[str, Any]]:
    """The comparisons that decided: the failed ones, or all if none failed.

    Where none decides, those that could have come out otherwise.

    Args:
        counts: whether anything was decided by comparisons; if not, none is left out.
    """
    told = [check for check in checks if not check.get("consistency")]
    deciding = [check for check in told if decides(check)]
    if not counts or not deciding:
        return told
    return [check for check in deciding if not check["passed"]] or deciding


def evidence_table(rows: list[tuple[str, dict[str, Any]]], *, counts: bool = True) -> Html:
    """A folded table of checks; each row is (which statement, check).

    Which statement is told only where one was mended.

    Args:
        counts: whether the checks decided anything; those of a claim that is still open did not.
    """
    told = any(which != "as stated" for which, _ in rows)
    body = join(
        fill(
            '<tr>{}<th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>',
            fill("<td>{}</td>", typeset(which)) if told else Html(),
            typeset(check["name"]),
            typeset(short_text(check["measured"])),
            typeset(_against(check)),
            typeset(check["criterion"]),
            _outcome(check, counts),
        )
        for which, check in rows
    )
    return fill(
        '<details class="linreg-evidence"><summary>All evidence: {} {}</summary>'
        '<div class="linreg-scroll" tabindex="0" role="region" aria-label="Evidence"><table>'
        "<thead><tr>{}"
        '<th scope="col">check</th><th scope="col">measured</th><th scope="col">compared with</th>'
        '<th scope="col">criterion</th><th scope="col">outcome</th></tr></thead>'
        "<tbody>{}</tbody></table></div></details>",
        len(rows),
        "check" if len(rows) == 1 else "checks",
        fill('<th scope="col">statement</th>') if told else Html(),
        body,
    )


def _against(check: dict[str, Any]) -> str:
    parts = [short_text(check["predicted"]), check.get("of_paper") or ""]
    return "; ".join(part for part in parts if part)


def _outcome(check: dict[str, Any], counts: bool) -> str:
    if check.get("consistency"):
        return "consistent"
    if check["criterion"] == "readings differ":
        return "another reading"
    if not counts or not decides(check):
        return f"criterion {'met' if check['passed'] else 'not met'}; decides nothing"
    return "criterion met" if check["passed"] else _refutes(check, "it")


def _refutes(check: dict[str, Any], what: str) -> str:
    if check["kind"] == "experiment":
        return "outside the tolerance"
    return f"refutes {what} as stated"


def _check_words(check: dict[str, Any], counts: bool) -> str:
    return f"{check['name']}: {_outcome(check, counts)}; {told_words(check)}"


def check_line(check: dict[str, Any], *, counts: bool = True) -> Html:
    """A check in one line: what was compared, what came out, whether it agrees.

    A tick or a cross says that a criterion was met or not, and stands only where that decided
    something.

    Args:
        counts: whether anything was decided by comparisons.
    """
    told = typeset(check["name"].removeprefix("reading: "))
    if not isinstance(check["measured"], bool):
        told = fill("{}: {}", told, typeset(told_words(check)))
    if check["criterion"] == "readings differ":
        return fill("{} {}", _mark("neutral", "•", "a reading"), told)
    met = "criterion met" if check["passed"] else "criterion not met"
    if not counts or not decides(check):
        return fill("{} {} <em>{}</em>", _mark("neutral", "○", "decides nothing"), told, met)
    if check["passed"]:
        return fill("{} {}", _mark("pass", "✓", met), told)
    return fill("{} {} <em>{}</em>", _mark("fail", "✗", met), told, _refutes(check, "the claim"))


def _mark(kind: str, symbol: str, meaning: str) -> Html:
    """A sign that says what it means when pointed at, and to whoever does not see it."""
    return fill(
        '<span class="linreg-{}" role="img" aria-label="{}" title="{}">{}</span>',
        kind,
        meaning,
        meaning,
        symbol,
    )
