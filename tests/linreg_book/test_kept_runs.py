"""Runs at the papers' size: kept whole or not at all, and held against the book that shows them."""

from __future__ import annotations

import json
import platform
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from linreg_book.errors import PublishingError, StagingError
from linreg_book.markup import prose
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.kept_runs import (
    keep_runs,
    kept_runs_markdown,
    kept_runs_path,
    load_kept_runs,
)
from linreg_book.project import Project
from linreg_book.runs.outcome import OutcomeStore
from tests.linreg_book.page_html import raw_html
from tests.linreg_book.small_chapters import record_output, small_chapter
from tests.linreg_book.test_new_page import found


def chapter(name: str, verdict: str, *, failed: bool = False) -> ExecutedChapter:
    output = record_output(found("tents", verdict=verdict))
    return small_chapter(name, nbformat.v4.new_code_cell("1", outputs=[output]), failed=failed)


def kept(project: Project, *chapters: ExecutedChapter) -> None:
    store = OutcomeStore(project.executed("paper"))
    for each in chapters:
        outcome = replace(each.outcome, profile="paper", seconds=90.0)
        store.save(outcome, nbformat.writes(each.notebook))
    keep_runs(project, [each.name for each in chapters], note="two at a time")


def row_of(markdown: str, name: str) -> Any:
    return next(
        row.get_text(" ")
        for row in raw_html(markdown).find_all("tr")
        if f"About {name}" in str(row)
    )


def test_seconds_stand_side_by_side_and_the_same_verdicts_change_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    here = chapter("01_a", "proved")
    kept(project, here)
    markdown = kept_runs_markdown(load_kept_runs(kept_runs_path(project)), [here])
    assert row_of(markdown, "01_a").split()[-4:] == ["1.0", "90.0", "3", "none"]
    assert "; two at a time." in markdown


def test_another_verdict_is_told_with_both_words(tmp_path: Path) -> None:
    project = Project(tmp_path)
    kept(project, chapter("01_a", "supported"))
    runs = load_kept_runs(kept_runs_path(project))
    row = row_of(kept_runs_markdown(runs, [chapter("01_a", "proved")]), "01_a")
    assert "finding-tents: supported, here proved" in row


def test_a_chapter_that_stopped_says_where(tmp_path: Path) -> None:
    project = Project(tmp_path)
    kept(project, chapter("01_a", "proved", failed=True))
    runs = load_kept_runs(kept_runs_path(project))
    row = row_of(kept_runs_markdown(runs, [chapter("01_a", "proved")]), "01_a")
    assert "stopped: 01_a, code cell 1 (line 1): ValueError: no" in row


def test_half_a_book_is_not_kept(tmp_path: Path) -> None:
    project = Project(tmp_path)
    kept(project, chapter("01_a", "proved"))
    before = kept_runs_path(project).read_bytes()
    with pytest.raises(PublishingError, match="not run at the profile paper: 02_b"):
        keep_runs(project, ["01_a", "02_b"])
    assert kept_runs_path(project).read_bytes() == before


@pytest.mark.parametrize(
    "damage", ["", "[]", json.dumps({"form": 2}), json.dumps({"form": 1, "chapters": {"a": 1}})]
)
def test_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "paper_runs.json"
    path.write_text(damage, encoding="utf-8")
    with pytest.raises(StagingError, match=r"paper_runs\.json cannot be read"):
        load_kept_runs(path)


def test_without_kept_runs_the_page_says_so(tmp_path: Path) -> None:
    assert load_kept_runs(tmp_path / "paper_runs.json") is None
    told = kept_runs_markdown(None, [])
    assert told == "No run of all chapters at the papers' size has been kept yet.\n"


def test_the_machine_stands_above_the_table(tmp_path: Path) -> None:
    project = Project(tmp_path)
    kept(project, chapter("01_a", "proved"))
    runs = load_kept_runs(kept_runs_path(project))
    assert runs is not None
    assert f"Python {platform.python_version()} on " in runs.machine
    told = kept_runs_markdown(runs, [chapter("01_a", "proved")])
    assert prose(runs.machine) in told.partition("```")[0]
