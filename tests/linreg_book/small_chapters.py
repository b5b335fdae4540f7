"""Executed chapters made by hand, for the pages that are made from them."""

from __future__ import annotations

from typing import Any

import nbformat

from linreg_book.pages.collect import ExecutedChapter, executed_chapter
from linreg_book.runs.outcome import Failure, Outcome


def record_output(record: dict[str, Any]) -> Any:
    """A cell's output that carries a record."""
    return nbformat.v4.new_output(
        "display_data", data={"text/plain": ""}, metadata={"linreg": record}
    )


def small_chapter(name: str, *cells: Any, failed: bool = False) -> ExecutedChapter:
    """A chapter with these cells after its title."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(f"# About {name}\n"), *cells]
    )
    failure = Failure(kind="cell", cell=1, line=1, exception="ValueError", message="no")
    outcome = Outcome(
        chapter=name,
        profile="quick",
        parameters={},
        reason="first run",
        seconds=1.0,
        memory=3 * 2**20,
        fingerprint={},
        provenance={},
        failure=failure if failed else None,
    )
    return executed_chapter(outcome, notebook)
