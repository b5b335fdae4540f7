"""The registry of claims: every statement that the book judges, and the chapter that judges it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from linreg_lib.publishing.errors import RecordError

PAPERS = {
    "HR19": "Hanin & Rolnick (2019)",
    "QW23": "Qi & Wei (2023)",
    "F23": "Fan et al. (2023)",
}
COLUMNS = ("id", "paper", "kind", "place", "statement", "chapter")
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
        RecordError: for a wrong header, an empty field, an id that repeats.
    """
    with table.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise RecordError(f"{table}: columns must be {', '.join(COLUMNS)}")
        claims = []
        for row in reader:
            missing = [column for column in COLUMNS if not (row[column] or "").strip()]
            if missing:
                raise RecordError(f"{table}, line {reader.line_num}: empty {', '.join(missing)}")
            claims.append(RegisteredClaim(**row))
    ids = [claim.id for claim in claims]
    repeated = sorted({one for one in ids if ids.count(one) > 1})
    if repeated:
        raise RecordError(f"{table}: ids that appear twice: {', '.join(repeated)}")
    return tuple(claims)


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
    raise RecordError(f"no claim {claim_id!r} in the registry (publishing/claims.csv){hint}")
