"""Every chapter at the tiny profile, as the book runs it."""

from __future__ import annotations

import pytest

from linreg_book.records.registry import load_registry
from tests.tiny_book import CHAPTERS, TinyBook


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_runs(tiny_book: TinyBook, name: str) -> None:
    outcome = tiny_book.outcome(name)
    assert outcome is not None, tiny_book.said
    assert outcome.failure is None, outcome.failure.sentence(name)
    assert outcome.parameters["PROFILE"] == "tiny"
    cells = [cell for cell in tiny_book.executed(name).cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells if cell.execution_count is None] == []
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output.ename for output in outputs if output.output_type == "error"] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_warnings_stay_out_of_the_page(tiny_book: TinyBook, name: str) -> None:
    outputs = [
        output for cell in tiny_book.executed(name).cells for output in cell.get("outputs", [])
    ]
    said = [output.text for output in outputs if output.get("name") == "stderr"]
    assert said == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_claim_it_owns_is_judged(tiny_book: TinyBook, name: str) -> None:
    owned = {claim.id for claim in load_registry() if claim.chapter == name}
    judged = {
        output["metadata"]["linreg"]["id"]
        for cell in tiny_book.executed(name).cells
        for output in cell.get("outputs", [])
        if output.get("metadata", {}).get("linreg", {}).get("type") == "verdict"
    }
    assert owned - judged == set()
