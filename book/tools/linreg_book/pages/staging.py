"""Make the tree that the renderer reads, from executed chapters and pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linreg_book.chapters.chapter import Chapter, find_chapters
from linreg_book.errors import StagingError
from linreg_book.pages.collect import ExecutedChapter, executed_chapter
from linreg_book.pages.contents import (
    CHAPTER_PREFIX,
    keep_pages,
    listed_chapters,
    listed_pages,
    load_contents,
)
from linreg_book.pages.form_blocks import Form, stated_in
from linreg_book.pages.inserts import PageData, page_inserts
from linreg_book.pages.landing_page import check_sentences
from linreg_book.pages.ledger import LedgerEntry, ledger_json, make_ledger
from linreg_book.pages.ledger_page import ledger_csv
from linreg_book.pages.mathjax import mathjax_files
from linreg_book.pages.quoting import Numbers
from linreg_book.pages.staged_notebook import notebook_without_results, staged_notebook
from linreg_book.pages.terms_page import with_places
from linreg_book.pages.tree_sync import Tree
from linreg_book.project import Project
from linreg_book.records.registry import load_registry
from linreg_book.runs.outcome import OutcomeStore

_INSERT = re.compile(r"^% insert: (?P<name>[\w-]+)[ \t]*$", flags=re.MULTILINE)
_PAGE_ENDINGS = (".md",)
# Left out of the staged pages: tables read by chapters, and what makes the book.
_NOT_STAGED = ("results", "tools")


@dataclass(frozen=True, kw_only=True)
class StagedBook:
    """What was staged.

    Attributes:
        without_results: chapters that were never executed: their text is shown, with nothing in
            the place of numbers and figures, so that what refers to them still does.
    """

    chapters: tuple[ExecutedChapter, ...]
    entries: tuple[LedgerEntry, ...]
    without_results: tuple[str, ...]
    tree: Tree


def stage_book(project: Project, profile: str) -> StagedBook:
    """Write the staging tree; files that do not change keep their dates.

    Raises:
        StagingError: listing every unknown ``{num}`` key with its page, every unknown insert and
            every page of the table of contents that does not exist.
    """
    import nbformat

    contents = load_contents(project)
    chapters = load_executed(project, profile, listed_chapters(contents))
    shown = {chapter.name for chapter in chapters}
    available = find_chapters(project.notebooks)
    absent = [name for name in listed_chapters(contents) if name not in shown]
    without_results = tuple(name for name in absent if name in available)
    left_out = set(absent) - set(without_results)
    entries = make_ledger(
        load_registry(),
        chapters,
        profile,
        written={name: chapter.title for name, chapter in available.items()},
    )
    numbers = Numbers(
        by_chapter={chapter.name: chapter.numbers for chapter in chapters},
        missing=frozenset(absent)
        | {chapter.name for chapter in chapters if chapter.outcome.failure}
        | {entry.claim.chapter for entry in entries if entry.claim.chapter not in shown},
    )
    form = _form(entries, chapters, available)
    tree = Tree(project.staging)
    problems: list[str] = []
    kept = keep_pages(contents, lambda page: page.removeprefix(CHAPTER_PREFIX) not in left_out)
    data = PageData(
        project=project,
        contents=kept,
        chapters=chapters,
        available=available,
        entries=entries,
        numbers=numbers,
    )
    _add_pages(tree, project, numbers, form, data, problems)
    for path, content in data.gallery_files().items():
        tree.add(path, content)
    _add_chapters(tree, project, numbers, form, chapters, problems)
    for name in without_results:
        notebook = notebook_without_results(available[name], numbers, form, problems)
        tree.add(f"{CHAPTER_PREFIX}{name}.ipynb", nbformat.writes(notebook))
    pages = {str(Path(path).with_suffix("")) for path in tree.paths}
    problems += [
        f"_toc.yml: there is no page {page}"
        for page in listed_pages(contents)
        if page not in pages and page.removeprefix(CHAPTER_PREFIX) not in left_out
    ]
    if problems:
        raise StagingError("the book cannot be staged:\n  " + "\n  ".join(problems))
    import yaml

    tree.add("_toc.yml", yaml.safe_dump(kept, sort_keys=False, allow_unicode=True))
    tree.add("_config.yml", yaml.safe_dump(_config(project, tree), sort_keys=False))
    tree.add("records.json", ledger_json(entries))
    tree.add("ledger.csv", ledger_csv(entries))
    tree.write()
    return StagedBook(
        chapters=chapters, entries=entries, without_results=without_results, tree=tree
    )


def _form(
    entries: Sequence[LedgerEntry],
    chapters: Sequence[ExecutedChapter],
    available: Mapping[str, Chapter],
) -> Form:
    findings: dict[str, list[dict[str, Any]]] = {chapter.name: [] for chapter in chapters}
    added: dict[str, set[str]] = {chapter.name: set() for chapter in chapters}
    for chapter in chapters:
        for record in chapter.records:
            if record.content["type"] == "finding":
                findings[chapter.name].append(record.content)
            if record.content["type"] == "evidence":
                added[chapter.name].add(record.content["id"])
    return Form(
        entries={entry.claim.id: entry for entry in entries},
        stated=stated_in({name: chapter.source for name, chapter in available.items()}),
        findings=findings,
        added=added,
    )


def load_executed(
    project: Project, profile: str, names: Sequence[str]
) -> tuple[ExecutedChapter, ...]:
    """The chapters to show: the failed run where the last one failed, else the last good one."""
    import nbformat

    store = OutcomeStore(project.executed(profile))
    chapters = []
    for name in names:
        outcome = store.last_failed(name) or store.last_good(name)
        if outcome is not None:
            path = store.notebook_path(outcome)
            try:
                notebook = nbformat.read(path, as_version=4)
            except Exception as error:  # nbformat lets errors of several libraries through
                raise StagingError(
                    f"cannot read {path} ({type(error).__name__}); delete it and build again"
                ) from error
            chapters.append(executed_chapter(outcome, notebook))
    return tuple(chapters)


def _add_pages(
    tree: Tree,
    project: Project,
    numbers: Numbers,
    form: Form,
    data: PageData,
    problems: list[str],
) -> None:
    inserts = page_inserts(data)
    for path in sorted(project.pages.rglob("*")):
        relative = path.relative_to(project.root).as_posix()
        inside = path.relative_to(project.pages).parts
        if not path.is_file() or inside[0] in _NOT_STAGED or path.name.startswith("."):
            continue
        if path.suffix not in _PAGE_ENDINGS:
            tree.add(relative, path.read_bytes())
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise StagingError(f"{relative}: no UTF-8 ({error.reason}); save it as UTF-8") from None
        for found in _INSERT.finditer(text):
            if found["name"] not in inserts:
                problems.append(f"{relative}: unknown insert {found['name']!r}")
        text = check_sentences(text, data.entries, where=relative, problems=problems)
        quoted = numbers.quote(text, chapter=None, problems=problems, where=relative)
        root = "../" * (len(inside))
        quoted = with_places(form.mention(quoted, root=root, chapter=None, problems=problems))
        tree.add(
            relative,
            _INSERT.sub(lambda found: inserts.get(found["name"], str)(), quoted),
        )


def _add_chapters(
    tree: Tree,
    project: Project,
    numbers: Numbers,
    form: Form,
    chapters: Sequence[ExecutedChapter],
    problems: list[str],
) -> None:
    import nbformat

    repository = project.config.get("repository") or {}
    for chapter in chapters:
        notebook = staged_notebook(chapter, numbers, form, repository, problems)
        tree.add(f"{CHAPTER_PREFIX}{chapter.name}.ipynb", nbformat.writes(notebook))


def _config(project: Project, tree: Tree) -> dict[str, Any]:
    """``_config.yml`` with the style sheets, scripts and the part of MathJax that are staged."""
    import copy

    config = copy.deepcopy(project.config)
    if not (config.get("repository") or {}).get("url"):
        config.pop("repository", None)
    sphinx = config["sphinx"] = config.get("sphinx") or {}
    options = sphinx["config"] = sphinx.get("config") or {}
    static = "book/_static/"
    for ending, option in ((".css", "html_css_files"), (".js", "html_js_files")):
        options[option] = sorted(
            path.removeprefix(static)
            for path in tree.paths
            if path.startswith(static) and path.endswith(ending)
        )
    options["html_static_path"] = ["book/_static"]
    for name, content in mathjax_files().items():
        tree.add(f"{static}mathjax/{name}", content)
    return config


def clean_build(project: Project) -> None:
    """Remove everything that the pipeline made, the executed chapters included.

    Raises:
        StagingError: naming what could not be removed.
    """
    names = ("executed", "scratch", "staging", "render", "html", "html.new", "html.old")
    for name in names:
        shutil.rmtree(project.build / name, ignore_errors=True)
    left = [str(project.build / name) for name in names if (project.build / name).exists()]
    if left:
        raise StagingError(f"could not remove {', '.join(left)}; remove it by hand")
