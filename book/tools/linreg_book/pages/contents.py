"""The table of contents: which pages the book has, and which of them can be shown now."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from linreg_book.errors import StagingError
from linreg_book.project import Project
from linreg_book.yaml_map import read_yaml_map

CHAPTER_PREFIX = "notebooks/"


def load_contents(project: Project) -> dict[str, Any]:
    """``_toc.yml``.

    Raises:
        StagingError: if it has no root page, has another shape than parts of chapters, or names a
            page twice.
    """
    path = project.root / "_toc.yml"
    contents = read_yaml_map(path)
    if not isinstance(contents.get("root"), str):
        raise StagingError(f"{path} names no root page")
    for part in _maps(contents, "parts", path):
        _check_items(part, "chapters", path)
    _check_items(contents, "chapters", path)
    pages = list(listed_pages(contents))
    repeated = sorted({page for page in pages if pages.count(page) > 1})
    if repeated:
        raise StagingError(f"_toc.yml lists twice: {', '.join(repeated)}")
    return contents


def _check_items(holder: dict[str, Any], key: str, path: Path) -> None:
    for item in _maps(holder, key, path):
        if not isinstance(item.get("file", ""), str):
            raise StagingError(f"{path}: the file {str(item['file'])[:60]!r} is no text")
        _check_items(item, "sections", path)


def _maps(holder: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    items = holder.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise StagingError(f"{path}: {key} must be a list whose items are maps (file: ...)")
    return items


def listed_pages(contents: Any) -> Iterable[str]:
    """Every page of a table of contents, without file endings, in order."""
    if isinstance(contents, dict):
        for key, value in contents.items():
            if key in ("root", "file"):
                yield str(value).removesuffix(".md").removesuffix(".ipynb")
            else:
                yield from listed_pages(value)
    elif isinstance(contents, list):
        for item in contents:
            yield from listed_pages(item)


def listed_texts(project: Project) -> dict[str, str]:
    """Page -> the text of its source, of all pages listed that have one, in order."""
    paths = {page: project.root / f"{page}.md" for page in listed_pages(load_contents(project))}
    return {
        page: path.read_text(encoding="utf-8") for page, path in paths.items() if path.is_file()
    }


def listed_chapters(contents: Any) -> list[str]:
    """Names of the chapters listed."""
    return [
        page.removeprefix(CHAPTER_PREFIX)
        for page in listed_pages(contents)
        if page.startswith(CHAPTER_PREFIX)
    ]


def keep_pages(contents: dict[str, Any], wanted: Callable[[str], bool]) -> dict[str, Any]:
    """The table of contents without the pages that are not wanted, and without empty parts."""
    kept = copy.deepcopy(contents)
    for part in kept.get("parts", []):
        part["chapters"] = _keep(part.get("chapters", []), wanted)
    kept["parts"] = [part for part in kept.get("parts", []) if part["chapters"]]
    if "chapters" in kept:
        kept["chapters"] = _keep(kept["chapters"], wanted)
    return {key: value for key, value in kept.items() if value != []}


def _keep(items: list[dict[str, Any]], wanted: Callable[[str], bool]) -> list[dict[str, Any]]:
    found = []
    for item in items:
        if "file" in item and not wanted(next(iter(listed_pages({"file": item["file"]})))):
            continue
        if "sections" in item:
            item["sections"] = _keep(item["sections"], wanted)
        found.append({key: value for key, value in item.items() if value != []})
    return found
