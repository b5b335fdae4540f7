"""What the book itself found: results that stand in none of the papers, each with its checks."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from linreg_book.errors import RecordError, VerdictMismatch
from linreg_book.records.boxes import record_html, record_text
from linreg_book.records.comparison import compared
from linreg_book.records.criteria import Criterion
from linreg_book.records.kernel_display import emit, profile_in_use
from linreg_book.records.verdicts import VERDICTS, CheckResult, Evidence, judge

_KEY = re.compile(r"[a-z][a-z0-9-]*\Z")


def finding(key: str, *, title: str, statement: str) -> Finding:
    """A theorem, closed form or counterexample of the book's own.

    Args:
        key: lower-case letters, digits and ``-``; unique in the book, part of its address.
        title: a name in a few words.
        statement: what holds; formulas between dollar signs.

    Raises:
        RecordError: for a key of another form, or an empty title or statement.

    >>> from linreg_book import equal, finding
    >>> tents = finding("tents", title="Tents", statement="$n$ tents make $2^n$ pieces")
    >>> tents.check(name="n = 2", measured=4, predicted=4, criterion=equal(), kind="exact")
    Finding('tents', 1 checks)
    >>> tents.conclude(expect="exact")
    """
    if not _KEY.match(key):
        raise RecordError(f"finding({key!r}): a key is lower-case letters, digits and '-'")
    for name, text in (("title", title), ("statement", statement)):
        if not text.strip():
            raise RecordError(f"finding({key!r}): empty {name}")
    return Finding(key, title, statement)


class Finding:
    """Collects checks of one result until it is concluded."""

    def __init__(self, key: str, title: str, statement: str) -> None:
        self.key, self.title, self.statement = key, title, statement
        self._checks: list[CheckResult] = []

    def check(
        self,
        *,
        name: str,
        measured: Any,
        criterion: Criterion,
        kind: str,
        predicted: Any = None,
        part: str = "",
        consistency: bool = False,
    ) -> Finding:
        """Compare once; arguments and errors as those of ``claim(...).check``."""
        result = compared(
            f"finding {self.key}",
            name=name,
            measured=measured,
            predicted=predicted,
            criterion=criterion,
            kind=kind,
            part=part,
            consistency=consistency,
        )
        self._checks.append(result)
        return self

    def conclude(self, *, expect: str) -> None:
        """Draw the box and leave the record.

        Raises:
            RecordError: nothing was checked that could have come out otherwise.
            VerdictMismatch: the checks earn another verdict than ``expect``; a failed check is
                one, since our own statements are mended, not published.
        """
        if expect not in VERDICTS:
            raise RecordError(f"finding {self.key}: expect={expect!r}; use {', '.join(VERDICTS)}")
        earned = judge(Evidence(checks=self._checks, profile=profile_in_use())).verdict
        record = {
            "type": "finding",
            "key": self.key,
            "title": self.title,
            "statement": self.statement,
            "verdict": earned,
            "profile": profile_in_use(),
            "checks": [asdict(check) for check in self._checks],
        }
        emit(html=record_html(record), text=record_text(record), record=record)
        if earned != expect:
            raise VerdictMismatch(
                f"finding {self.key}: the prose announces {expect!r}, the checks earn {earned!r}\n"
                f"{record_text(record)}"
            )

    def __repr__(self) -> str:
        return f"Finding({self.key!r}, {len(self._checks)} checks)"

    def _ipython_display_(self) -> None:
        """Nothing: the box comes with the conclusion."""
