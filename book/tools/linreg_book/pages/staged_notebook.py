"""Make an executed notebook ready for the renderer: numbers, boxes, banner, links, footer."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from linreg_book.chapters.chapter import INJECTED_TAG, Chapter, has_tag
from linreg_book.chapters.form import box_end
from linreg_book.markup import code_block, join, one_line, raw_block
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.footer import links_html, profile_stamp_html, provenance_html
from linreg_book.pages.form_blocks import Form
from linreg_book.pages.quoting import Numbers
from linreg_book.pages.shown_figures import is_shown, number_shown
from linreg_book.pages.terms_page import with_places
from linreg_book.records.boxes import record_html, record_text
from linreg_book.records.kernel_display import METADATA_KEY

if TYPE_CHECKING:
    from nbformat import NotebookNode

_NOT_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="60" viewBox="0 0 320 60">'
    '<rect width="320" height="60" fill="#eee"/><text x="160" y="36" text-anchor="middle" '
    'font-family="sans-serif" font-size="16" fill="#333">not drawn</text></svg>'
)
#: records with a box, and those that nobody sees
_REDRAWN = ("verdict", "evidence", "finding")
_SILENT = ("number", "check")
_LEDGER = "../book/ledger.html"


def staged_notebook(
    chapter: ExecutedChapter,
    numbers: Numbers,
    form: Form,
    repository: dict[str, Any],
    problems: list[str],
) -> NotebookNode:
    """A copy of the chapter's notebook for the book; problems with quotes are added to a list."""
    import copy

    notebook = copy.deepcopy(chapter.notebook)
    _quote_all(notebook, chapter.name, numbers, problems)
    if chapter.outcome.failure:
        _stand_in_figures(notebook)
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if has_tag(cell, INJECTED_TAG):
            cell.source = cell.source.replace("# Parameters", "# what this run was given", 1)
    head = raw_block(
        join([links_html(chapter.name, repository), profile_stamp_html(chapter.outcome)])
    )
    _insert_on_top(notebook, head + _failure_banner(chapter))
    _expand_all(notebook, chapter.name, form, problems)
    notebook.cells.append(_markdown_cell(raw_block(provenance_html(chapter.outcome))))
    return notebook


def notebook_without_results(
    chapter: Chapter, numbers: Numbers, form: Form, problems: list[str]
) -> Any:
    """The text of a chapter that was not run yet, so that other pages can refer to it."""
    notebook = chapter.notebook()
    _quote_all(notebook, chapter.name, numbers, problems)
    _stand_in_figures(notebook)
    _insert_on_top(
        notebook,
        "````{admonition} This chapter has not been run yet\n:class: warning\n\n"
        "Its text and code follow, without numbers, figures and verdicts.\n````\n",
    )
    _expand_all(notebook, chapter.name, form, problems)
    return notebook


def _quote_all(notebook: NotebookNode, chapter: str, numbers: Numbers, problems: list[str]) -> None:
    def quote(text: str, *, plain: bool = False) -> str:
        where = f"notebooks/{chapter}.md"
        return numbers.quote(text, chapter=chapter, problems=problems, where=where, plain=plain)

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = quote(cell.source)
        if "mystnb" in cell.metadata:
            cell.metadata["mystnb"] = _quote_everywhere(cell.metadata["mystnb"], quote)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if not _is_silent(output)]
            number_shown(cell, quote, problems)
        for output in cell.get("outputs", []):
            _redraw(output, quote)


def _expand_all(notebook: NotebookNode, chapter: str, form: Form, problems: list[str]) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = form.expand(cell.source, chapter=chapter, problems=problems)
            cell.source = with_places(text)


def _stand_in_figures(notebook: NotebookNode) -> None:
    """An empty picture where a named figure was not drawn: references to it need a target."""
    import nbformat

    for cell in notebook.cells:
        options = cell.metadata.get("mystnb")
        figure = options.get("figure") if isinstance(options, dict) else None
        if cell.cell_type != "code" or not isinstance(figure, dict) or "name" not in figure:
            continue
        if any(kind.startswith("image/") for out in cell.outputs for kind in out.get("data", {})):
            continue
        if any(map(is_shown, cell.outputs)):
            continue
        data = {"image/svg+xml": _NOT_DRAWN, "text/plain": "not drawn"}
        cell.outputs.append(nbformat.v4.new_output("display_data", data=data))


def _quote_everywhere(value: Any, quote: Any, key: str = "") -> Any:
    if isinstance(value, str):
        return quote(value, plain=key != "caption")  # captions alone are read as Markdown
    if isinstance(value, dict):
        return {key: _quote_everywhere(item, quote, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_quote_everywhere(item, quote, key) for item in value]
    return value


def _is_silent(output: Any) -> bool:
    record = output.get("metadata", {}).get(METADATA_KEY)
    return record is not None and record["type"] in _SILENT


def _redraw(output: Any, quote: Any) -> None:
    record = output.get("metadata", {}).get(METADATA_KEY)
    if record is None:
        return
    if record["type"] in _REDRAWN:
        output.data["text/html"] = record_html(record, ledger=_LEDGER)
        output.data["text/plain"] = record_text(record)
    elif "{num}" in output.data.get("text/html", ""):
        output.data["text/html"] = quote(output.data["text/html"])


def _insert_on_top(notebook: NotebookNode, text: str) -> None:
    """Below the chapter's box, or its title where it has none."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        title = re.search(r"^# .+$", cell.source, flags=re.MULTILINE)
        if title:
            end = box_end(cell.source) or title.end()
            cell.source = f"{cell.source[:end]}\n\n{text}\n{cell.source[end:]}"
            return
    notebook.cells.insert(0, _markdown_cell(text))


def _failure_banner(chapter: ExecutedChapter) -> str:
    failure = chapter.outcome.failure
    if failure is None:
        return ""
    sentence = one_line(failure.sentence(chapter.name)).replace("`", "'")
    fence = "`" * 4
    return (
        f"\n{fence}{{admonition}} This chapter did not run to its end\n"
        ":class: error linreg-failed\n\n"
        "What follows stops where it failed, and no verdict of this page counts.\n\n"
        f"{code_block(sentence)}{fence}\n"
    )


def _markdown_cell(source: str) -> NotebookNode:
    import nbformat

    cell = nbformat.v4.new_markdown_cell(source)
    cell["id"] = "staged-" + hashlib.sha256(source.encode()).hexdigest()[:12]
    return cell
