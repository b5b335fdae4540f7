"""What stands in the place of ``% insert: NAME`` on pages without code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linreg_book.chapters.chapter import Chapter
from linreg_book.pages.benchmark_page import (
    conditions_markdown,
    growth_markdown,
    memory_markdown,
    set_up_markdown,
    speed_markdown,
)
from linreg_book.pages.benchmark_results import load_benchmarks
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.errata_page import errata_markdown
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.pages.ledger_page import ledger_markdown
from linreg_book.pages.tables import run_times_markdown, versions_markdown
from linreg_book.project import Project
from linreg_lib.engine_digest import engine_digest

Inserts = Mapping[str, Callable[[], str]]


@dataclass(frozen=True, kw_only=True)
class PageData:
    """Everything that generated parts of pages are made from.

    Attributes:
        contents: the table of contents, of pages that are shown.
        chapters: those that were executed.
        available: all chapters by name, as text.
    """

    project: Project
    contents: Mapping[str, Any]
    chapters: Sequence[ExecutedChapter]
    available: Mapping[str, Chapter]
    entries: Sequence[LedgerEntry]

    @property
    def repository(self) -> Mapping[str, Any]:
        """Where the project is published, if it is."""
        return self.project.config.get("repository") or {}


def page_inserts(data: PageData) -> Inserts:
    """Name -> what makes the Markdown in its place."""
    return {
        "ledger": lambda: ledger_markdown(data.entries, data.repository),
        "errata": lambda: errata_markdown(data.entries, data.repository),
        "run-times": lambda: run_times_markdown(data.chapters),
        "versions": versions_markdown,
        **_benchmark_inserts(data.project),
    }


def _benchmark_inserts(project: Project) -> Inserts:
    benchmarks = load_benchmarks(
        project.pages / "results" / "benchmarks.json", project.root / "benchmarks" / "reasons.yml"
    )
    return {
        "benchmarks-speed": lambda: speed_markdown(benchmarks),
        "benchmarks-growth": lambda: growth_markdown(benchmarks),
        "benchmarks-memory": lambda: memory_markdown(benchmarks),
        "benchmarks-set-up": lambda: set_up_markdown(benchmarks),
        "benchmarks-conditions": lambda: conditions_markdown(benchmarks, engine_digest()),
    }
