"""The registry of claims: every statement that the book judges, and the chapter that judges it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from linreg_book.errors import RecordError

PAPERS = {
    "HR19": "Hanin & Rolnick (2019)",
    "QW23": "Qi & Wei (2023)",
    "F23": "Fan et al. (2023)",
}
COLUMNS = ("id", "paper", "kind", "place", "statement", "chapter")
CHAPTER_NAME = re.compile(r"\d\d_[a-z0-9_]+\Z")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*\Z")
_LONGEST_FIELD = 4000
_TABLE = Path(__file__).with_name("claims.csv")


@dataclass(frozen=True, kw_only=True)
class RegisteredClaim:
    """One statement of a paper, in our words.

    Attributes:
        id: for instance ``"F23-Lem1"``.
        paper: key of :data:`PAPERS`.
        kind: theorem, lemma, bound, figure, definition, ...
        place: section or appendix of the paper.
        statement: what is claimed.
        chapter: the one chapter whose computation gives the verdict.
    """

    id: str
    paper: str
    kind: str
    place: str
    statement: str
    chapter: str

    @property
    def title(self) -> str:
        """The paper's name of it."""
        return f"{self.paper}, {self.id.partition('-')[2]}"

    @property
    def anchor(self) -> str:
        """The id of the claim's box in its chapter's page.

        >>> find_claim("F23-Lem1").anchor
        'claim-f23-lem1'
        """
        return "claim-" + self.id.lower()


@lru_cache(maxsize=4)
def load_registry(table: Path = _TABLE) -> tuple[RegisteredClaim, ...]:
    """Every claim, in the order of the papers.

    Raises:
        RecordError: naming file, line and field: a table that cannot be read, a wrong header, a
            row of another length, a field that is empty, too long or of another form, a paper
            that is none of :data:`PAPERS`, an id that repeats (capitals do not count, since
            anchors of pages do not know them).
    """
    claims: list[RegisteredClaim] = []
    lines: dict[str, int] = {}
    for line, row in _rows(table):
        claim = _claim(row, f"{table}, line {line}")
        before = lines.setdefault(claim.anchor, line)
        if before != line:
            raise RecordError(
                f"{table}, line {line}: the id {claim.id} appears twice: it is that of line "
                f"{before} already (capitals do not count)"
            )
        claims.append(claim)
    return tuple(claims)


def _rows(table: Path) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of every row below the header."""
    text = _text(table)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for number, row in enumerate(reader):
            if number == 0 and tuple(row) != COLUMNS:
                raise RecordError(f"{table}, line 1: the columns must be {', '.join(COLUMNS)}")
            if number:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise RecordError(
            f"{table}, line {line}: no row of a table ({error}); check its quotes"
        ) from None
    if line == 1:
        raise RecordError(f"{table} is empty; its columns must be {', '.join(COLUMNS)}")


def _text(table: Path) -> str:
    try:
        content = table.read_bytes()
    except OSError as error:
        raise RecordError(
            f"cannot read the table of claims {table}: {error.strerror}; fetch it anew"
        ) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RecordError(
            f"{table}, line {line}: byte {content[error.start]:#04x} is no UTF-8; save the table "
            "as UTF-8"
        ) from None


def _claim(row: Sequence[str], where: str) -> RegisteredClaim:
    if len(row) != len(COLUMNS):
        raise RecordError(
            f"{where}: {len(row)} fields instead of {len(COLUMNS)} ({', '.join(COLUMNS)}); a "
            "statement with commas stands in quotes"
        )
    fields = dict(zip(COLUMNS, row, strict=True))
    for column, text in fields.items():
        if not text.strip():
            raise RecordError(f"{where}: empty {column}")
        if len(text) > _LONGEST_FIELD:
            raise RecordError(
                f"{where}: {column} has {len(text):,} characters, {_LONGEST_FIELD:,} at most"
            )
        if not text.isprintable():
            raise RecordError(f"{where}: {column} holds a line break or what cannot be printed")
    wanted = {
        "id": (_ID.match(fields["id"]), "letters, digits, '-' and '.'"),
        "paper": (fields["paper"] in PAPERS, f"one of {', '.join(PAPERS)}"),
        "chapter": (CHAPTER_NAME.match(fields["chapter"]), "a chapter's name such as 07_line"),
    }
    for column, (fits, form) in wanted.items():
        if not fits:
            raise RecordError(f"{where}: {column} is {fields[column][:60]!r}, not {form}")
    return RegisteredClaim(**fields)


def find_claim(claim_id: str) -> RegisteredClaim:
    """The registered claim of that id.

    Raises:
        RecordError: if there is none; names the nearest ids.

    >>> find_claim("HR19-Thm1").chapter
    '07_line'
    """
    for claim in load_registry():
        if claim.id == claim_id:
            return claim
    import difflib

    near = difflib.get_close_matches(claim_id, [claim.id for claim in load_registry()], n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise RecordError(
        f"no claim {claim_id!r} in the registry (linreg_book/records/claims.csv){hint}"
    )
