"""The values that a parameter may take, as the comment in the parameters cell begins to say.

A colon and what the parameter means follow.  :data:`FORMS` has an example for each type; round
brackets leave out the bound.  The interval of a list is about all entries but a first or last one
that is fixed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from linreg_book.errors import ParameterError

_NUMBER = r"-?(?:2\*\*\d+(?:-1)?|\d+(?:\.\d+)?(?:e-?\d+)?)"
_WHOLE = rf"(?P<low>{_NUMBER})\.\.(?P<high>{_NUMBER})"
_REAL = rf"(?P<left>[\[(])(?P<low>{_NUMBER}), (?P<high>{_NUMBER})(?P<right>[\])])"
_CHOICES = r"(?P<choices>[\w.+-]+(?:(?:, | or )[\w.+-]+)+)"
_COUNT = r"(?P<fewest>\d+)(?:\.\.(?P<most>\d+))? entries"
_RULES = rf"(?P<rules>(?:, (?:increasing|distinct|powers of 2|(?:first|last) {_NUMBER}))*)"
_SINGLE = {
    "int": rf"in {_WHOLE}",
    "float": rf"in {_REAL}",
    "str": rf"one of {_CHOICES}",
    "bool": "True or False",
}
_LISTED = {
    "list[int]": rf"{_COUNT} in {_WHOLE}{_RULES}",
    "list[float]": rf"{_COUNT} in {_REAL}{_RULES}",
    "list[str]": rf"{_COUNT} of {_CHOICES}{_RULES}",
}
_PATTERNS = {kind: re.compile(rf"({form}): ") for kind, form in (_SINGLE | _LISTED).items()}

#: an example of each
FORMS = {
    "int": "in 1..100",
    "float": "in (0, 10]",
    "str": "one of auto, mnist, digits",
    "bool": "True or False",
    "list[int]": "3..6 entries in 1..64, first 2, increasing",
    "list[float]": "3..6 entries in (0, 10], increasing",
    "list[str]": "1..3 entries of auto, mnist, digits, distinct",
}

Number = int | float


@dataclass(frozen=True, kw_only=True)
class ParameterRange:
    """What the beginning of a comment allows.

    Attributes:
        text: the range as it stands in the comment.
        low, high: bounds of a number (of each entry of a list).
        opens, closes: whether the bound itself is left out.
        choices: the allowed texts; empty for numbers.
        fewest, most: length of a list.
        rules: what holds for a list as a whole, in words.
    """

    text: str
    low: Number | None = None
    high: Number | None = None
    opens: bool = False
    closes: bool = False
    choices: tuple[str, ...] = ()
    fewest: int = 1
    most: int = 1
    rules: tuple[str, ...] = field(default=())

    def allows(self, value: Any) -> bool:
        """Whether a value of the right type is in the range."""
        entries = value if isinstance(value, list) else [value]
        if not self.fewest <= len(entries) <= self.most:
            return False
        if not all(_RULES_HOLD[rule.split()[0]](entries, rule) for rule in self.rules):
            return False
        if self.choices:
            return all(entry in self.choices for entry in entries)
        return all(self._holds(entry) for entry in self._free(entries))

    def _free(self, entries: list[Any]) -> list[Any]:
        """Those that the interval is about: a first or last entry that is fixed is not."""
        fixed = {rule.split()[0] for rule in self.rules}
        return entries["first" in fixed : len(entries) - ("last" in fixed)]

    def _holds(self, entry: Number) -> bool:
        low, high = self.low, self.high
        above = low is None or (entry > low if self.opens else entry >= low)
        return bool(above and (high is None or (entry < high if self.closes else entry <= high)))


def read_range(comment: str, kind: str) -> ParameterRange | None:
    """The range at the beginning of a comment on a parameter of type ``kind``; None without one.

    Raises:
        ParameterError: if the range is empty.

    >>> read_range("in 1..100: how many", "int").high
    100
    >>> read_range("how many", "int") is None
    True
    """
    found = _PATTERNS[kind].match(comment)
    if not found:
        return None
    parts = found.groupdict()
    if kind == "bool":
        return ParameterRange(text=found[1])
    fewest = int(parts.get("fewest") or 1)
    most = int(parts.get("most") or fewest)
    low, high = (_number(parts[end]) if parts.get(end) else None for end in ("low", "high"))
    opens, closes = parts.get("left") == "(", parts.get("right") == ")"
    if fewest > most or (
        low is not None and high is not None and (low > high or (low == high and (opens or closes)))
    ):
        raise ParameterError(f"the range {found[1]!r} is empty")
    return ParameterRange(
        text=found[1],
        low=low,
        high=high,
        opens=opens,
        closes=closes,
        choices=tuple(re.split(", | or ", parts["choices"])) if parts.get("choices") else (),
        fewest=fewest,
        most=most,
        rules=tuple(rule for rule in (parts.get("rules") or "").split(", ") if rule),
    )


def _number(text: str) -> Number:
    if "**" in text:
        sign, (power, *less) = text[0] == "-", text.partition("**")[2].split("-")
        size = 2 ** int(power) - len(less)
        return -size if sign else size
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def _in_pairs(holds: Callable[[Any, Any], bool]) -> Callable[[list[Any], str], bool]:
    return lambda entries, rule: all(holds(a, b) for a, b in zip(entries, entries[1:]))


_RULES_HOLD: dict[str, Callable[[list[Any], str], bool]] = {
    "increasing": _in_pairs(lambda a, b: a < b),
    "distinct": lambda entries, rule: len(set(entries)) == len(entries),
    "powers": lambda entries, rule: all(math.frexp(entry)[0] == 0.5 for entry in entries),
    "first": lambda entries, rule: bool(entries) and entries[0] == _number(rule.split()[1]),
    "last": lambda entries, rule: bool(entries) and entries[-1] == _number(rule.split()[1]),
}
