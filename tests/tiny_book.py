"""The whole book at the `tiny` profile, made once a test run in a copy of the project."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from linreg_book.chapters.chapter import Chapter, find_chapters
from linreg_book.project import Project
from linreg_book.runs.outcome import Outcome, OutcomeStore
from tests.linreg_book.book_project import own_tools

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS: dict[str, Chapter] = find_chapters(ROOT / "notebooks")

# The copy keeps the reader's own _build out of the tests, and the tests out of it.
_NOT_COPIED = shutil.ignore_patterns(
    ".venv", ".git", "_build", "tests", "__pycache__", ".*_cache", ".hypothesis", "*.ipynb"
)


@dataclass(frozen=True)
class TinyBook:
    """The copy of the project, and what `book --profile tiny` said in it."""

    root: Path
    exit_code: int
    said: str

    @property
    def site(self) -> Path:
        return Project(self.root).site

    def outcome(self, chapter: str) -> Outcome | None:
        """How the chapter's run ended; None if it left nothing."""
        return self._store.last_failed(chapter) or self._store.last_good(chapter)

    def executed(self, chapter: str) -> Any:
        return nbformat.read(self._store.folder / f"{chapter}.ipynb", as_version=4)

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        text = (self.site / "records.json").read_text(encoding="utf-8")
        entries: list[dict[str, Any]] = json.loads(text)
        return entries

    @property
    def _store(self) -> OutcomeStore:
        return OutcomeStore(Project(self.root).executed("tiny"))


def shared_tiny_book(folder: Path) -> TinyBook:
    """The book below a folder that all workers of a test run know; the first to come makes it.

    The others wait, and lose nothing: the chapters are run by as many processes as there are
    processors.
    """
    told = folder / "tiny-book.json"
    with (folder / "tiny-book.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text(json.dumps(_make(folder / "tiny-book")), encoding="utf-8")
    return TinyBook(folder / "tiny-book", **json.loads(told.read_text(encoding="utf-8")))


def _make(folder: Path) -> dict[str, Any]:
    shutil.copytree(ROOT, folder, ignore=_NOT_COPIED)
    process = subprocess.run(
        [sys.executable, "-m", "linreg_book", "book", "--profile", "tiny"],
        cwd=folder,
        env=own_tools(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    return {"exit_code": process.returncode, "said": process.stdout + process.stderr}
