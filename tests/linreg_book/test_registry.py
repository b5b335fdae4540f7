from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from linreg_book.chapters.chapter import NAME
from linreg_book.errors import RecordError
from linreg_book.records.registry import PAPERS, load_registry


def test_every_claim_has_paper_and_owner() -> None:
    claims = load_registry()
    assert Counter(claim.paper for claim in claims) == {"HR19": 65, "QW23": 22, "F23": 40}
    for claim in claims:
        assert claim.paper in PAPERS
        assert claim.id.startswith(claim.paper + "-")
        assert NAME.match(claim.chapter), claim
    anchors = [claim.anchor for claim in claims]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,statement\n", "columns"),
        ("id,paper,kind,place,statement,chapter\na,b,c,d,,f\n", "line 2: empty statement"),
        (
            "id,paper,kind,place,statement,chapter\n" + 2 * "a,F23,c,d,e,04_f\n",
            "line 3: the id a appears twice",
        ),
    ],
)
def test_broken_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "claims.csv"
    table.write_text(text)
    with pytest.raises(RecordError, match=message):
        load_registry(table)
