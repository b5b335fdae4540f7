"""What ``show(..., name=...)`` displayed becomes a numbered figure that ``{numref}`` can name.

The renderer makes a figure of whatever a cell displays if the cell's metadata say so; pictures in
chapters are numbered in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from linreg_book.records.kernel_display import METADATA_KEY

if TYPE_CHECKING:
    from nbformat import NotebookNode

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_CALL = re.compile(r"\bshow\([^#]*?\bname=([\"'])(?P<name>[A-Za-z][A-Za-z0-9-]*)\1")
_DISPLAYS = ("display_data", "execute_result")
# The figure that show() draws around what is shown: the renderer's own takes its place.
_FRAME = re.compile(
    r'\A<figure class="linreg-show"(?P<says>[^>]*)>(?P<body>.*?)'
    r"(?:<figcaption>(?:(?!</figcaption>).)*</figcaption>)?</figure>\s*\Z",
    re.DOTALL,
)


def number_shown(cell: NotebookNode, quote: Callable[[str], str], problems: list[str]) -> None:
    """Turn the cell's named display into a numbered figure, in place.

    A cell whose text shows something by name and that was not run, or failed before, gets the
    name all the same, so that references find it.

    Args:
        cell: a cell of a staged notebook; only code cells with ``show(..., name=...)`` change.
        quote: replaces ``{num}`` in a caption, which is read as Markdown.
        problems: gets a sentence if the cell displays something else beside the named figure.
    """
    if cell.cell_type != "code":
        return
    shown = [output for output in cell.outputs if is_shown(output)]
    named = [output for output in shown if _name_of(output)]
    if not named:
        call = _CALL.search(cell.source)
        if call and not shown:
            _set_figure(cell, call["name"], "Not drawn.")
        return
    displayed = [each for each in cell.outputs if each.output_type in _DISPLAYS]
    if len(displayed) > 1:
        problems.append(
            f"{_name_of(named[0])}: the cell that shows this figure displays {len(displayed)} "
            "things; a named figure needs a cell of its own"
        )
        return
    record = named[0].metadata[METADATA_KEY]
    caption = record.get("caption")
    _set_figure(cell, record["name"], quote(caption) if isinstance(caption, str) else "")
    html = _FRAME.match("".join(named[0].data.get("text/html", "")))
    if html:
        named[0].data["text/html"] = f'<div class="linreg-show"{html["says"]}>{html["body"]}</div>'


def is_shown(output: Any) -> bool:
    """Whether an output was made by ``show()``."""
    record = output.get("metadata", {}).get(METADATA_KEY)
    return isinstance(record, dict) and record.get("type") == "shown"


def _name_of(output: Any) -> str:
    name = output.metadata[METADATA_KEY].get("name")
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ""


def _set_figure(cell: NotebookNode, name: str, caption: str) -> None:
    options = cell.metadata.setdefault("mystnb", {})
    options["figure"] = {"name": name, "caption": caption}
