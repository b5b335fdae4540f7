"""A comparison in words, as one would say it."""

from __future__ import annotations

from typing import Any

from linreg_book.records.plain_values import short_text

_OPPOSITE = {"at most": "more than", "at least": "less than"}


def told_words(check: dict[str, Any]) -> str:
    """What was measured and what it was held against, as one would say it."""
    measured, predicted = short_text(check["measured"]), short_text(check["predicted"])
    words, passed = check["criterion"], check["passed"]
    num = _how_many(check["measured"])
    if passed and num > 2 and words == "equal":
        told = f"all {num:,} agree" + _in_range(check["measured"])
    elif num > 1 and words == "true":
        told = _in_cases(check["measured"], num, passed)
    elif words == "readings differ":
        told = measured
    elif words == "equal":
        told = f"{measured}, as predicted" if passed else f"{measured}, not {predicted}"
    elif not predicted:
        told = f"{measured}, {'' if passed else 'not '}{words}"
    elif words.startswith(("at most", "at least")):
        bound, _, slack = words.partition(" (")
        if not passed:
            bound = f"not {bound}" if num else _OPPOSITE[bound]
        told = f"{measured}, {bound} {predicted}"
        told += f" ({slack}" if slack else ""
    else:
        told = f"{measured}, predicted {predicted} ({'' if passed else 'not '}{words})"
    return told + (f"; in the paper: {check['of_paper']}" if check.get("of_paper") else "")


def _in_cases(values: Any, num: int, passed: bool) -> str:
    """In how many cases something was true."""
    if passed:
        return "in both cases" if num == 2 else f"in all {num:,} cases"
    true = values.count(True) if isinstance(values, list) else round(values["mean"] * num)
    return f"in {f'{true:,}' if true else 'none'} of {num:,} cases"


def _in_range(values: Any) -> str:
    """Between which values a long list lies; nothing of truth values."""
    if isinstance(values, list):
        if isinstance(values[0], bool) or any(value != values[0] for value in values):
            return ""
        return f", on {short_text(values[0])}"
    low, high = values["min"], values["max"]
    if isinstance(low, bool):
        return ""
    return f", between {short_text(low)} and {short_text(high)}"


def _how_many(value: Any) -> int:
    if isinstance(value, list):
        return len(value)
    return int(value["size"]) if isinstance(value, dict) and "size" in value else 0
