"""What stands in the place of ``% insert: NAME`` on pages without code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from linreg_book.chapters.chapter import Chapter
from linreg_book.pages.benchmark_page import (
    conditions_markdown,
    example_markdown,
    growth_markdown,
    load_markdown,
    memory_markdown,
    ratios_markdown,
    set_up_markdown,
    speed_markdown,
)
from linreg_book.pages.benchmark_results import load_benchmarks
from linreg_book.pages.citing import bibtex_markdown
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.contents import CHAPTER_PREFIX, listed_pages
from linreg_book.pages.errata_page import errata_markdown
from linreg_book.pages.gallery_page import FOLDER, belongs_to_gallery, gallery_markdown
from linreg_book.pages.gallery_pictures import Picture, load_figure_names, pictures_of
from linreg_book.pages.kept_runs import kept_runs_markdown, kept_runs_path, load_kept_runs
from linreg_book.pages.landing_page import (
    cards_markdown,
    playground_markdown,
    progress_markdown,
    repository_markdown,
)
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.pages.ledger_page import ledger_markdown
from linreg_book.pages.new_page import new_markdown, own_results
from linreg_book.pages.paper_figures import load_paper_figures
from linreg_book.pages.quoting import Numbers
from linreg_book.pages.reading_order import reading_markdown
from linreg_book.pages.sketches import load_sketches
from linreg_book.pages.tables import run_times_markdown, versions_markdown
from linreg_book.pages.terms_page import ShownPage, terms_markdown
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
    numbers: Numbers

    @property
    def repository(self) -> Mapping[str, Any]:
        """Where the project is published, if it is."""
        return self.project.config.get("repository") or {}

    def pictures_of(self, entry: LedgerEntry) -> list[Picture]:
        """The pictures that go with a claim, of the chapter that judged it."""
        figures = self._figure_names.get(entry.claim.id, ())
        for chapter in self.chapters:
            if chapter.name == entry.chapter and entry.cell is not None:
                return pictures_of(figures, entry.cell, chapter, self.numbers)
        return []

    @cached_property
    def _figure_names(self) -> dict[str, tuple[str, ...]]:
        return load_figure_names(self.project.pages / "results" / "gallery.yml")

    def shown_pages(self) -> dict[str, ShownPage]:
        """Page -> its title and text, in the order of the book; a chapter's as it was run."""
        texts = {
            f"{CHAPTER_PREFIX}{name}": (chapter.title, chapter.source)
            for name, chapter in self.available.items()
        }
        texts |= {
            f"{CHAPTER_PREFIX}{chapter.name}": (chapter.title, chapter.text)
            for chapter in self.chapters
        }
        shown = {}
        for page in listed_pages(self.contents):
            path = self.project.root / f"{page}.md"
            if page in texts:
                title, text = texts[page]
            elif path.is_file():
                text = path.read_text(encoding="utf-8")
                title = text.partition("\n")[0].lstrip("# ")
            else:
                continue
            shown[page] = ShownPage(title=title, text=text)
        return shown

    def gallery_files(self) -> dict[str, bytes]:
        """Path -> content of every picture in the gallery."""
        shown = [each for each in self.entries if belongs_to_gallery(each)]
        pictures = [picture for each in shown for picture in self.pictures_of(each)]
        return {FOLDER + picture.name: picture.content for picture in pictures}


def page_inserts(data: PageData) -> Inserts:
    """Name -> what makes the Markdown in its place."""
    project = data.project
    sketches = load_sketches(project.pages / "results" / "sketches.yml")
    return {
        "landing-cards": lambda: cards_markdown(data.entries, sketches),
        "landing-progress": lambda: progress_markdown(data.entries),
        "landing-reading": lambda: reading_markdown(data.contents, data.available, data.numbers),
        "landing-repository": lambda: repository_markdown(data.repository),
        "playground": playground_markdown,
        "bibtex": lambda: bibtex_markdown(project),
        "ledger": lambda: ledger_markdown(data.entries, data.repository),
        "errata": lambda: errata_markdown(
            data.entries,
            data.repository,
            {result.chapter for result in own_results(data.chapters)},
        ),
        "new": lambda: new_markdown(own_results(data.chapters), data.entries),
        "gallery": lambda: gallery_markdown(
            data.entries,
            data.pictures_of,
            data.repository,
            load_paper_figures(project.pages / "results" / "paper_figures.yml"),
        ),
        "terms": lambda: terms_markdown(data.shown_pages()),
        "run-times": lambda: run_times_markdown(data.chapters),
        "paper-runs": lambda: kept_runs_markdown(
            load_kept_runs(kept_runs_path(project)), data.chapters
        ),
        "versions": versions_markdown,
        **_benchmark_inserts(project),
    }


def _benchmark_inserts(project: Project) -> Inserts:
    benchmarks = load_benchmarks(
        project.pages / "results" / "benchmarks.json", project.root / "benchmarks" / "reasons.yml"
    )
    return {
        "benchmarks-example": lambda: example_markdown(benchmarks),
        "benchmarks-load": lambda: load_markdown(benchmarks),
        "benchmarks-speed": lambda: speed_markdown(benchmarks),
        "benchmarks-growth": lambda: growth_markdown(benchmarks),
        "benchmarks-memory": lambda: memory_markdown(benchmarks),
        "benchmarks-ratios": lambda: ratios_markdown(benchmarks),
        "benchmarks-set-up": lambda: set_up_markdown(benchmarks),
        "benchmarks-conditions": lambda: conditions_markdown(benchmarks, engine_digest()),
    }
