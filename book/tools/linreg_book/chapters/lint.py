"""Rules that every chapter's text keeps, checked without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.form_lint import check_form
from linreg_book.chapters.parameter_range import FORMS
from linreg_book.errors import PublishingError

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_LINES = 25
MAX_COLUMNS = 80
MAX_CELLS = 40
# Words of which one must appear in some second-level heading.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "question": ("question",),
    "parameters": ("parameters",),
    "exercises": ("exercise",),
    "what we found": ("what we found",),
}
_DRAWS = re.compile(
    r"\bplt\.show\(|\bplt\.figure\(|\bplt\.subplots\(|\bfigures\.(?!use_book_style)\w+\(|\.savefig\(|^\s*fig(?:ure)?\s*$",
    flags=re.MULTILINE,
)
# What keeps books: it stands in a cell whose code is folded or removed.
_KEEPS_BOOKS = re.compile(
    r"\b(?:record|claim|finding|check)\(|\.(?:check|repair|verdict|conclude|evidence)\(|\btime\."
)
_FOLDED = ("hide-input", "hide-cell", "remove-input", "remove-cell")
_MAGIC = re.compile(r"^\s*[%!].*$", flags=re.MULTILINE)

_CELL_OPTIONS = re.compile(r"^`{3,}\{code-cell\}[^\n]*\n---\n(.*?)^---$", re.DOTALL | re.MULTILINE)
# The fence, the kind, and the opening line with the options below it.
_PROOF_BLOCK = re.compile(
    r"^(?:`{3,}|:{3,})\{prf:(\w+)\}[ \t]*([^\n]*(?:\n:[^\n]*)*)", re.MULTILINE
)


def _check_options(source: str) -> Iterator[str]:
    for options in _CELL_OPTIONS.findall(source):
        for line in options.splitlines():
            if len(line) > MAX_COLUMNS:
                yield (
                    f"an option of a cell has {len(line)} columns, {MAX_COLUMNS} at most; "
                    f"fold it by '>-': {line.strip()[:40]}"
                )


def lint_chapter(chapter: Chapter) -> list[str]:
    """What is wrong with a chapter's text, one sentence each; empty if nothing is."""
    try:
        notebook = chapter.notebook()
    except PublishingError as error:
        return [str(error)]
    problems = list(_check_parameters(chapter))
    problems += _check_options(chapter.source)
    problems += _check_headings(chapter)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not code:
        problems.append("has no code cell")
    if len(code) > MAX_CELLS:
        problems.append(f"has {len(code)} code cells; {MAX_CELLS} at most, better 15-25")
    for number, cell in enumerate(code, start=1):
        problems += [f"code cell {number}: {problem}" for problem in _check_cell(cell)]
    problems += _check_markdown_images(notebook)
    problems += _check_directives(notebook)
    problems += check_form(chapter)
    return [f"{chapter.name}: {problem}" for problem in problems]


def lint_all(chapters: Iterable[Chapter]) -> list[str]:
    """The problems of all chapters, and labels that two of them share."""
    problems: list[str] = []
    owners: dict[str, str] = {}
    for chapter in chapters:
        problems += lint_chapter(chapter)
        for label in _labels(chapter.source):
            other = owners.setdefault(label, chapter.name)
            if other != chapter.name:
                problems.append(f"{chapter.name}: label {label!r} is taken by {other}")
    return problems


def _check_parameters(chapter: Chapter) -> Iterable[str]:
    try:
        parameters = chapter.parameters
    except PublishingError as error:
        yield str(error).removeprefix(f"{chapter.path}: ")
        return
    if "PROFILE" not in {parameter.name for parameter in parameters}:
        yield "the parameters cell does not declare PROFILE"
    for parameter in parameters:
        if parameter.range is None:
            yield (
                f"the comment of {parameter.name}: {parameter.type} does not begin with its "
                f"range and a colon, as in {FORMS[parameter.type]!r}"
            )


def _check_headings(chapter: Chapter) -> Iterable[str]:
    headings = _headings(chapter.source)
    titles = [text for level, text in headings if level == 1]
    if len(titles) != 1:
        yield f"has {len(titles)} first-level headings; exactly one must be its title"
    sections = [text.lower() for level, text in headings if level == 2]
    for name, words in SECTIONS.items():
        if not any(word in section for word in words for section in sections):
            yield f"has no section (##) on: {name}"


def _headings(source: str) -> list[tuple[int, str]]:
    found, fence = [], ""
    for line in source.splitlines():
        mark = re.match(r"\s*(`{3,}|~{3,}|:{3,})", line)
        if mark and not fence and mark[1][0] != ":":
            fence = mark[1]
        elif fence and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif not fence and (heading := re.match(r"(#{1,6})\s+(.+?)\s*$", line)):
            found.append((len(heading[1]), heading[2]))
    return found


def _check_cell(cell: Any) -> Iterable[str]:
    source = cell.source.strip()
    lines = [line for line in source.splitlines() if line.strip()]
    tags = cell.metadata.get("tags", [])
    if len(lines) > MAX_LINES and "parameters" not in tags:
        yield f"{len(lines)} lines; {MAX_LINES} at most"
    try:
        tree = ast.parse(_MAGIC.sub("pass", source))
    except SyntaxError as error:
        yield f"does not parse: {error.msg} (line {error.lineno})"
        return
    for line in source.splitlines():
        if len(line) > MAX_COLUMNS:
            yield f"{len(line)} columns, {MAX_COLUMNS} at most: {line.strip()}"
    folded = any(tag in tags for tag in _FOLDED)
    if _KEEPS_BOOKS.search(source) and not folded:
        yield f"keeps books in view; give it one of the tags {', '.join(_FOLDED)}"
    if not folded and "parameters" not in tags:
        yield from _check_visible(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield f"defines the class {node.name}; classes belong to the library"
        if isinstance(node, ast.FunctionDef) and not ast.get_docstring(node):
            yield f"defines {node.name} without a docstring"
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield "gives a lambda a name; functions belong to the library"
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield "imports everything (*); name what is used"
    if _DRAWS.search(source) and not _alternative_text(cell) and "show(" not in _own_shows(source):
        yield "draws a figure without alternative text (mystnb: image: alt)"


def _check_visible(tree: ast.Module) -> Iterable[str]:
    """What a reader sees is read: one statement a line, no prints of names and values."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        lines = [statement.lineno for statement in body if isinstance(statement, ast.stmt)]
        for line in sorted({line for line in lines if lines.count(line) > 1}):
            yield f"line {line} holds several statements; one a line where the reader sees them"


def _own_shows(source: str) -> str:
    # linreg_book.records.show takes its own alt text.
    return " ".join(re.findall(r"(?<![.\w])show\(", source))


def _alternative_text(cell: Any) -> str:
    options = cell.metadata.get("mystnb", {}) or {}
    return str((options.get("image") or {}).get("alt") or "").strip()


def _check_markdown_images(notebook: NotebookNode) -> Iterable[str]:
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for target in re.findall(r"!\[\s*\]\(([^)]*)\)", cell.source):
            yield f"image {target} has no alternative text"
        for block in re.findall(r"(?s)[`:]{3,}\{(?:figure|image)\}.*?\n[`:]{3,}", cell.source):
            if ":alt:" not in block:
                yield f"{block.splitlines()[0]} has no :alt:"


def _check_directives(notebook: NotebookNode) -> Iterable[str]:
    """What the renderer accepts without a word and the page does not survive."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for name, rest in _PROOF_BLOCK.findall(cell.source):
            title, *options = rest.splitlines() or [""]
            if "`" in title:
                yield f"prf:{name} {title!r}: a backtick in the title ends the block early"
            if name == "proof" and any(":class: dropdown" in line for line in options):
                yield "prf:proof with class dropdown stops every toggle of the page"


def _labels(source: str) -> list[str]:
    text = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)  # the notebook's own header
    named = re.findall(r"^\s*(?::label:|:name:|name:)\s*(\S+)", text, flags=re.MULTILINE)
    return [*named, *re.findall(r"^\(([^)\s]+)\)=\s*$", text, flags=re.MULTILINE)]
