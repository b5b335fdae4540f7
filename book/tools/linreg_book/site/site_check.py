"""Judge the finished site by what it contains, not by the exit code of what made it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from linreg_book.pages.contents import listed_pages, load_contents
from linreg_book.project import Project
from linreg_book.records.registry import load_registry
from linreg_book.records.verdicts import VERDICTS
from linreg_book.site.live_content import live_problems

# Elements that make a browser load something by itself.
_LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
_CODE = ("code", "pre", "script", "style")
_BAD_CLASSES = ("problematic", "system-message", "linreg-failed")
_BAD_TEXT = ("Traceback (most recent call last)", "papermill-error-cell")
# What staging should have replaced; code may speak of it.
_BAD_PROSE = ("{num}", "% insert:", "(not computed)")
_ENTRY_KEYS = {"id", "verdict", "statement", "chapter", "cell", "evidence", "profile"}


@dataclass
class _Page(HTMLParser):
    """What one page links to, loads and shows."""

    path: Path
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    images_without_alt: list[str] = field(default_factory=list)
    bad_classes: set[str] = field(default_factory=set)
    prose: list[str] = field(default_factory=list)
    _code_depth: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if values.get(name)}
        self._code_depth += tag in _CODE
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and "canonical" not in values.get("rel", ""):
            self.loads.append(values.get("href", ""))
        if tag in _LOADS and values.get(_LOADS[tag]):
            self.loads.append(values[_LOADS[tag]])
        decorative = values.get("role") == "presentation" or values.get("aria-hidden") == "true"
        if tag == "img" and not values.get("alt", "").strip() and not decorative:
            self.images_without_alt.append(values.get("src", "")[:80])
        classes = set(values.get("class", "").split())
        self.bad_classes |= classes & set(_BAD_CLASSES)

    def handle_endtag(self, tag: str) -> None:
        self._code_depth -= tag in _CODE

    def handle_data(self, data: str) -> None:
        if self._code_depth == 0:
            self.prose.append(data)


def check_site(project: Project, expected_pages: Iterable[str] | None = None) -> list[str]:
    """Everything that is wrong with ``_build/html``, one sentence each; empty if nothing is.

    Args:
        expected_pages: pages that must exist, without endings; by default those of the staged
            table of contents.
    """
    site = project.site
    if not (site / "index.html").is_file():
        return [f"there is no site at {site}: build the book first"]
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    problems: list[str] = []
    if expected_pages is None:
        expected_pages = listed_pages(load_contents(Project(project.staging)))
    for name in expected_pages:
        if not (site / f"{name}.html").is_file():
            problems.append(f"{name}: the page is missing")
    for path, page in pages.items():
        where = path.relative_to(site).as_posix()
        problems += [f"{where}: {problem}" for problem in _check_page(page, pages, site)]
    problems += [f"{where}: {problem}" for where, problem in live_problems(site)]
    return [*problems, *_check_records(site)]


def _read(path: Path) -> _Page:
    page = _Page(path)
    page.feed(path.read_text(encoding="utf-8", errors="replace"))
    return page


def _check_page(page: _Page, pages: dict[Path, _Page], site: Path) -> Iterable[str]:
    text = page.path.read_text(encoding="utf-8", errors="replace")
    for bad in _BAD_TEXT:
        if bad in text:
            yield f"contains {bad!r}"
    prose = "".join(page.prose)
    for bad in _BAD_PROSE:
        if bad in prose:
            yield f"contains {bad!r}"
    for bad in sorted(page.bad_classes):
        yield f"contains an element of class {bad!r}"
    for image in page.images_without_alt:
        yield f"image without alternative text: {image}"
    for target in page.loads:
        if _is_external(target):
            continue  # live_problems tells
        if not target.startswith("data:") and (problem := _resolve(target, page, pages, site)):
            yield problem
    for target in page.links:
        if not urlsplit(target).scheme and (problem := _resolve(target, page, pages, site)):
            yield problem


def _is_external(target: str) -> bool:
    return target.startswith("//") or urlsplit(target).scheme in ("http", "https", "ftp")


def _resolve(target: str, page: _Page, pages: dict[Path, _Page], site: Path) -> str | None:
    parts = urlsplit(target)
    if not parts.path and not parts.fragment:
        return None
    path = page.path
    if parts.path:
        path = (page.path.parent / unquote(parts.path)).resolve()
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file() or not path.is_relative_to(site.resolve()):
            return f"dead link: {target}"
    linked = pages.get(path) or pages.get(site / path.relative_to(site.resolve()))
    fragment = unquote(parts.fragment)
    if fragment and linked is not None and fragment not in linked.anchors:
        return f"dead anchor: {target}"
    return None


def _check_records(site: Path) -> Iterable[str]:
    path = site / "records.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        yield f"records.json cannot be read: {error}"
        return
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield "records.json is not a list of entries"
        return
    ids = [str(entry.get("id")) for entry in entries]
    registered = [claim.id for claim in load_registry()]
    for missing in sorted(set(registered) - set(ids)):
        yield f"records.json: no entry for {missing}"
    for extra in sorted({one for one in ids if one not in registered or ids.count(one) > 1}):
        yield f"records.json: {extra} is unknown or appears twice"
    yield from _check_table(site, ids)
    for entry in entries:
        if not _ENTRY_KEYS <= set(entry):
            yield f"records.json: {entry.get('id')} lacks {sorted(_ENTRY_KEYS - set(entry))}"
        elif not isinstance(entry["verdict"], str) or entry["verdict"] not in VERDICTS:
            yield f"records.json: {entry['id']} has the unknown verdict {entry['verdict']!r}"
        elif entry["verdict"] not in ("open", "not-testable") and not entry["evidence"]:
            yield f"records.json: {entry['id']} has a verdict without evidence"


def _check_table(site: Path, ids: list[str]) -> Iterable[str]:
    try:
        text = (site / "ledger.csv").read_text(encoding="utf-8")
        listed = [row.get("id") for row in csv.DictReader(io.StringIO(text))]
    except (OSError, ValueError, csv.Error) as error:
        yield f"ledger.csv cannot be read: {error}"
        return
    if listed != ids:
        yield "ledger.csv: its rows are not those of records.json"
