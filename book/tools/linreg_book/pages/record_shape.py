"""What a record in a notebook's output must look like before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from linreg_book.records.verdicts import CHANGES, VERDICT_OF_KIND, VERDICTS

_DEEPEST_VALUE = 20


def record_problem(record: Any) -> str:
    """What is wrong with the shape of a record, in words; empty if nothing is.

    >>> record_problem({"type": "number", "key": "n", "value": 7, "text": "7"})
    ''
    >>> record_problem({"type": "number", "key": "n", "value": 7})
    'text is missing'
    """
    if not isinstance(record, Mapping):
        return f"it is a {type(record).__name__}, not a map"
    kind = record.get("type")
    fields = _RECORDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        return f"its type is {str(kind)[:40]!r}, none of {', '.join(_RECORDS)}"
    if kind == "check" and record.get("role") == "repair":
        fields = fields | _REPAIR_WORDS
    return _misfit(record, fields)


def _misfit(record: Mapping[str, Any], fields: Mapping[str, Callable[[Any], bool]]) -> str:
    for name, fits in fields.items():
        if name not in record:
            return f"{name} is missing"
        if not fits(record[name]):
            return f"{name} is {str(record[name])[:60]!r}"
    return ""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _one_of(words: Any) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _value(value: Any, depth: int = 0) -> bool:
    if depth > _DEEPEST_VALUE:
        return False
    if isinstance(value, dict):
        return all(isinstance(key, str) and _value(value[key], depth + 1) for key in value)
    if isinstance(value, list):
        return all(_value(item, depth + 1) for item in value)
    return value is None or isinstance(value, bool | int | float | str)


def _list_of(fields: Mapping[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(_map_of(fields), value))


def _map_of(fields: Mapping[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, Mapping) and not _misfit(value, fields)


_CHECK: dict[str, Callable[[Any], bool]] = {
    "name": _text,
    "kind": _one_of(VERDICT_OF_KIND),
    "passed": lambda value: isinstance(value, bool),
    "measured": _value,
    "predicted": _value,
    "criterion": _text,
    "part": _text,
    "note": _text,
    "consistency": lambda value: isinstance(value, bool),
    "of_paper": _text,
}
_REPAIR_WORDS: dict[str, Callable[[Any], bool]] = {"statement": _text, "change": _one_of(CHANGES)}
_RECORDS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "number": {"key": _text, "text": _text},
    "check": {
        "id": _text,
        "role": _one_of(("check", "repair")),
        "check": _map_of(_CHECK),
    },
    "verdict": {
        "id": _text,
        "verdict": _one_of(VERDICTS),
        "why": _text,
        "counterexample": _text,
        "rests": _text,
        "note": _text,
        "profile": _text,
        "dataset": lambda value: value is None or _text(value),
        "checks": _list_of(_CHECK),
        "repairs": _list_of({**_REPAIR_WORDS, "check": _map_of(_CHECK)}),
    },
    "evidence": {
        "id": _text,
        "checks": _list_of(_CHECK),
        "repairs": _list_of({**_REPAIR_WORDS, "check": _map_of(_CHECK)}),
    },
    "finding": {
        "key": _text,
        "title": _text,
        "statement": _text,
        "verdict": _one_of(VERDICTS),
        "profile": _text,
        "checks": _list_of(_CHECK),
    },
    "shown": {"alt": _text},
}
