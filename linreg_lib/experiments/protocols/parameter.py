"""A parameter of a protocol: its size in each profile, and which other values it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from linreg_lib.experiments.width_words import widths_of
from linreg_lib.networks.arguments import checked_count, checked_flag, checked_list
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.short_repr import ShortRepr

#: the sizes of an experiment: for tests, for the book by default, and as large as the papers'
PROFILES = ("tiny", "quick", "paper")

Single: TypeAlias = bool | int | float | str
Value: TypeAlias = Single | tuple[Single, ...]

_WORDS = {bool: "true or false", int: "an integer", float: "a number", str: "a word"}


@dataclass(frozen=True, kw_only=True, repr=False)
class Parameter(ShortRepr):
    """A whole number, a number, a word, hidden widths, a flag, or a tuple of some of one kind.

    Which of these it is, its value in the profile ``paper`` says; widths are words as "64-64".
    ``least`` bounds numbers from below, ``choices`` lists the words that are known.  Other values
    are a ValueError that names it.

    >>> seeds = Parameter(meaning="how many", tiny=2, quick=20, paper=1000, least=1)
    >>> seeds.checked("num_seeds", 30), seeds.parsed("num_seeds", "30")
    (30, 30)
    """

    meaning: str
    tiny: Value
    quick: Value
    paper: Value
    least: float | None = None
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for profile in PROFILES:
            self.checked(profile, self.default(profile))

    def default(self, profile: str) -> Value:
        value: Value = getattr(self, profile)
        return value

    @property
    def is_list(self) -> bool:
        return isinstance(self.paper, tuple)

    @property
    def _kind(self) -> type:
        return type(self.paper[0] if isinstance(self.paper, tuple) else self.paper)

    @property
    def _is_widths(self) -> bool:
        values = self.paper if isinstance(self.paper, tuple) else (self.paper,)
        return self._kind is str and all(re.fullmatch("[0-9]+(-[0-9]+)*", str(v)) for v in values)

    @property
    def words(self) -> str:
        """What it takes, for people: ``"integers, separated by commas"``."""
        one = " or ".join(self.choices) if self.choices else _WORDS[self._kind]
        if self._is_widths:
            one = "hidden widths as 64-64-64"
        return f"{one}; several are separated by commas" if self.is_list else one

    def checked(self, name: str, value: Any) -> Value:
        """``value`` as the protocol gets it: lists as tuples, numbers as floats where it has those.

        Raises:
            TypeError, ValueError: it is of another kind, too small or not known; names it.
        """
        if not self.is_list:
            return self._checked_one(name, value)
        entries = checked_list(name, value, f"values, each {_WORDS[self._kind]}")
        if not entries:
            raise ValueError(f"{name} is empty; give one value at least")
        found = tuple(self._checked_one(f"{name}[{i}]", each) for i, each in enumerate(entries))
        if len(set(found)) < len(found):
            raise ValueError(f"{name} is {list(found)}; each value may stand there once")
        return found

    def parsed(self, name: str, text: str) -> Value:
        """The value that a command line means by ``text``; raises as ``checked`` does."""
        if self.is_list:
            return self.checked(name, [self._parsed_one(name, part) for part in text.split(",")])
        return self.checked(name, self._parsed_one(name, text))

    def told(self, value: Value) -> str:
        """``value`` as a command line has it: what ``parsed`` reads."""
        if isinstance(value, tuple):
            return ",".join(_told_one(each) for each in value)
        return _told_one(value)

    def _checked_one(self, name: str, value: Any) -> Single:
        if self._kind is bool:
            return checked_flag(name, value)
        if self._kind is int:
            least = -(2**63) if self.least is None else int(self.least)
            return checked_count(name, value, least=least)
        if self._kind is float:
            number = exact_number(name, value)
            if self.least is not None and number < self.least:
                raise ValueError(f"{name} is {number!r}; it must be at least {self.least!r}")
            return number
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a word, got {value!r}")
        if self.choices and value not in self.choices:
            raise ValueError(f"{name} is {value!r}; known are {', '.join(self.choices)}")
        if not self.choices and ("," in value or not value.isprintable()):
            raise ValueError(f"{name} is {value!r}; a word has no commas or control characters")
        if self._is_widths:
            widths_of(value, name)
        return value

    def _parsed_one(self, name: str, text: str) -> Any:
        text = text.strip()
        try:
            if self._kind is bool:
                return {"true": True, "false": False}[text.lower()]
            return self._kind(text)
        except (KeyError, ValueError):
            raise ValueError(f"{name} is {text!r}; it must be {_WORDS[self._kind]}") from None


def _told_one(value: Single) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
