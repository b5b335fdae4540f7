"""On what a result rests: the checks that decided, told in view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linreg_book.markup import Html, fill, join, typeset
from linreg_book.records.boxes import check_line, deciding_checks

#: What a kind of check is called before its name, the strongest first.
KINDS = {
    "proof": "Derived on the page, checked by computer:",
    "exact": "Every case, without rounding:",
    "asymptotic": "In the limit:",
    "sample": "On samples:",
    "experiment": "By experiment:",
}
_NAMED = 2  # checks in the row of a table
_LISTED = 3  # checks with their numbers


def named_checks(checks: Sequence[dict[str, Any]]) -> Html:
    """The names of the first checks that decided, by their kind."""
    deciding = _strongest_first(checks)
    parts = []
    for kind, lead in KINDS.items():
        named = [typeset(each["name"]) for each in deciding[:_NAMED] if each["kind"] == kind]
        if named:
            told = fill('<span class="linreg-lead">{}</span> {}', lead, join(named, "; "))
            parts.append(told)
    more = len(deciding) - _NAMED
    if more > 0:
        parts.append(fill("and {} more", more))
    return join(parts, between="; ")


def listed_checks(checks: Sequence[dict[str, Any]]) -> Html:
    """The first checks that decided, each with what was measured."""
    lines = join(
        fill(
            '<li><span class="linreg-lead">{}</span> {}</li>',
            KINDS.get(check["kind"], ""),
            check_line(check),
        )
        for check in _strongest_first(checks)[:_LISTED]
    )
    return fill('<ul class="linreg-decided">{}</ul>', lines) if lines else Html()


def _strongest_first(checks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    order = list(KINDS)
    deciding = deciding_checks(list(checks))
    return sorted(
        deciding,
        key=lambda each: order.index(each["kind"]) if each["kind"] in order else len(order),
    )
