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
    "HR19b": "Hanin & Rolnick (2019b)",
    "SHR25": "Stargalla, Hertrich & Reichman (2025)",
    "GB26": "Gaines & Bi (2026)",
}
#: The papers that the book is about; the others came after.
THE_THREE = ("HR19", "QW23", "F23")
KINDS = (
    "definition",
    "assumption",
    "theorem",
    "proposition",
    "lemma",
    "corollary",
    "bound",
    "formula",
    "statement",
    "remark",
    "construction",
    "proof step",
    "heuristic",
    "conclusion",
    "experiment",
    "figure",
    "table",
    "number",
    "citation",
)
COLUMNS = ("id", "paper", "label", "kind", "place", "statement", "chapter")
CHAPTER_NAME = re.compile(r"\d\d_[a-z0-9_]+\Z")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*\Z")
_LONGEST_FIELD = 4000
_TABLE = Path(__file__).with_name("claims.csv")
_CHAPTERS = Path(__file__).with_name("chapters.csv")
_CHAPTER_COLUMNS = ("name", "title")


@dataclass(frozen=True, kw_only=True)
class RegisteredClaim:
    """One statement of a paper, in our words.

    Attributes:
        id: for instance ``"F23-Lem1"``.
        paper: key of :data:`PAPERS`.
        label: the paper's own name of it, for instance ``"Lemma 1"``.
        kind: one of :data:`KINDS`.
        place: section or appendix of the paper.
        statement: what is claimed; formulas are LaTeX between dollars.
        chapter: the one chapter whose computation gives the verdict.
    """

    id: str
    paper: str
    label: str
    kind: str
    place: str
    statement: str
    chapter: str

    @property
    def title(self) -> str:
        """The paper's key and the paper's own name of the statement.

        >>> find_claim("F23-Lem1").title
        'F23, Lemma 1'
        """
        return f"{self.paper}, {self.label}"


@lru_cache(maxsize=4)
def load_registry(table: Path = _TABLE) -> tuple[RegisteredClaim, ...]:
    """Every claim, in the order of the papers.

    Raises:
        RecordError: naming file, line and field: a table that cannot be read, a wrong header, a
            row of another length, a field that is empty, too long or of another form, a paper
            that is none of :data:`PAPERS`, a kind that is none of :data:`KINDS`, a dollar
            without its partner, an id that repeats (capitals do not count, since anchors of
            pages do not know them) or a label that repeats within a paper.
    """
    claims: list[RegisteredClaim] = []
    lines: dict[str, int] = {}
    for line, row in _rows(table, COLUMNS):
        where = f"{table}, line {line}"
        claim = _claim(row, where)
        _note_line(
            lines, element_id("claim", claim.id), line, f"{where}: the id {claim.id} appears twice"
        )
        _note_line(
            lines, claim.title.lower(), line, f"{where}: the label {claim.title} appears twice"
        )
        claims.append(claim)
    return tuple(claims)


@lru_cache(maxsize=4)
def planned_titles(table: Path = _CHAPTERS) -> dict[str, str]:
    """Chapter -> title, for the chapters that the registry names and that are not written yet.

    Raises:
        RecordError: as :func:`load_registry`.
    """
    titles: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(table, _CHAPTER_COLUMNS):
        where = f"{table}, line {line}"
        fields = _fields(row, _CHAPTER_COLUMNS, where)
        name, title = fields["name"], fields["title"]
        if not CHAPTER_NAME.match(name):
            raise RecordError(f"{where}: name is {name[:60]!r}, not a chapter's name")
        _note_line(lines, name, line, f"{where}: the chapter {name} appears twice")
        titles[name] = title
    return titles


def planned_title(chapter: str) -> str:
    """The title of a chapter that is not written yet.

    Raises:
        RecordError: if the table of planned chapters has no such name.

    >>> planned_title("05_bounds")
    'How many regions could there be?'
    """
    try:
        return planned_titles()[chapter]
    except KeyError:
        raise RecordError(
            f"no planned chapter {chapter!r} in linreg_book/records/chapters.csv; a chapter that "
            "is written has its title in its own file"
        ) from None


def _note_line(lines: dict[str, int], key: str, line: int, twice: str) -> None:
    before = lines.setdefault(key, line)
    if before != line:
        raise RecordError(f"{twice}: it is that of line {before} already (capitals do not count)")


def _rows(table: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of every row below the header."""
    text = _text(table)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for number, row in enumerate(reader):
            if number == 0 and tuple(row) != tuple(columns):
                raise RecordError(f"{table}, line 1: the columns must be {', '.join(columns)}")
            if number:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise RecordError(
            f"{table}, line {line}: no row of a table ({error}); check its quotes"
        ) from None
    if line == 1:
        raise RecordError(f"{table} is empty; its columns must be {', '.join(columns)}")


def _text(table: Path) -> str:
    try:
        content = table.read_bytes()
    except OSError as error:
        raise RecordError(
            f"cannot read the table {table}: {error.strerror}; fetch it anew"
        ) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RecordError(
            f"{table}, line {line}: byte {content[error.start]:#04x} is no UTF-8; save the table "
            "as UTF-8"
        ) from None


def _fields(row: Sequence[str], columns: Sequence[str], where: str) -> dict[str, str]:
    """Column -> text, none of them empty, too long, unprintable or with an odd dollar."""
    if len(row) != len(columns):
        raise RecordError(
            f"{where}: {len(row)} fields instead of {len(columns)} ({', '.join(columns)}); text "
            "with commas stands in quotes"
        )
    fields = dict(zip(columns, row, strict=True))
    for column, text in fields.items():
        if not text.strip():
            raise RecordError(f"{where}: empty {column}")
        if len(text) > _LONGEST_FIELD:
            raise RecordError(
                f"{where}: {column} has {len(text):,} characters, {_LONGEST_FIELD:,} at most"
            )
        if not text.isprintable():
            raise RecordError(f"{where}: {column} holds a line break or what cannot be printed")
        if text.count("$") % 2:
            raise RecordError(f"{where}: {column} has a $ without its partner")
    return fields


def _claim(row: Sequence[str], where: str) -> RegisteredClaim:
    fields = _fields(row, COLUMNS, where)
    wanted = {
        "id": (_ID.match(fields["id"]), "letters, digits, '-' and '.'"),
        "paper": (fields["paper"] in PAPERS, f"one of {', '.join(PAPERS)}"),
        "kind": (fields["kind"] in KINDS, f"one of {', '.join(KINDS)}"),
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


def element_id(kind: str, claim_id: str) -> str:
    """The id of an element about a claim, the same on every page.

    No points: scripts of the theme look elements up by selectors, in which a point begins a class.

    >>> element_id("ledger", "GB26-Thm3.1")
    'ledger-gb26-thm3-1'
    """
    return f"{kind}-{claim_id.lower().replace('.', '-')}"
