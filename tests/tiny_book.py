"""The whole book at the `tiny` profile, made once a session in a copy of the project."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from linreg_lib.publishing.chapter import Chapter, find_chapters
from linreg_lib.publishing.outcome import Outcome, OutcomeStore
from linreg_lib.publishing.project import Project

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
    process: subprocess.CompletedProcess[str]

    @property
    def site(self) -> Path:
        return Project(self.root).site

    @property
    def said(self) -> str:
        return self.process.stdout + self.process.stderr

    def outcome(self, chapter: str) -> Outcome | None:
        """How the chapter's run ended; None if it left nothing."""
        store = self._store
        return store.last_failed(chapter) or store.last_good(chapter)

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


def make_tiny_book(folder: Path) -> TinyBook:
    """Copy the project into a new folder and build its book there."""
    shutil.copytree(ROOT, folder, ignore=_NOT_COPIED)
    process = subprocess.run(
        [sys.executable, "-m", "linreg_lib.publishing", "book", "--profile", "tiny"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return TinyBook(folder, process)
