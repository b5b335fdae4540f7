"""The picture of a chapter that goes with a claim: the one named, or the last before its verdict.

Names stand in ``book/results/gallery.yml``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_book.chapters.chapter import INJECTED_TAG, has_tag
from linreg_book.errors import StagingError
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.quoting import Numbers
from linreg_book.yaml_map import read_yaml_map

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ENDINGS = {"image/png": ".png", "image/svg+xml": ".svg", "image/jpeg": ".jpg"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture of a chapter.

    Attributes:
        name: of the file, made from its content.
        anchor: of the figure in its chapter; empty for a picture without a name.
    """

    name: str
    content: bytes
    alt: str
    anchor: str


def load_figure_names(path: Path) -> dict[str, str]:
    """Claim -> name of its figure; empty where there is no file.

    Raises:
        StagingError: for a name that is no text.
    """
    names = read_yaml_map(path) if path.is_file() else {}
    for claim, name in names.items():
        if not isinstance(name, str):
            raise StagingError(f"{path}: {claim}: {str(name)[:60]!r} is no name of a figure")
    return names


def picture_of(
    figure: str, cell: int, chapter: ExecutedChapter, numbers: Numbers
) -> Picture | None:
    """The picture of a name, else the last one up to a code cell.

    Args:
        figure: its name; may be empty.
        cell: where the verdict is given, counted as :class:`FoundRecord` counts.
    """
    nearest, number = None, 0
    for each in chapter.notebook.cells:
        if each.cell_type != "code" or has_tag(each, INJECTED_TAG):
            continue
        number += 1
        found = _picture(each, chapter, numbers)
        if found and figure and found.anchor == figure:
            return found
        if number <= cell:
            nearest = found or nearest
    return nearest


def _picture(cell: NotebookNode, chapter: ExecutedChapter, numbers: Numbers) -> Picture | None:
    drawn = None
    for output in cell.get("outputs", []):
        for kind, ending in _ENDINGS.items():
            content = _content(output.get("data", {}).get(kind), kind)
            if content:
                drawn = (content, ending)
                break
    if drawn is None:
        return None
    options = cell.metadata.get("mystnb")
    image = _map(options, "image")
    figure = _map(options, "figure")
    alt = numbers.quote(
        str(image.get("alt") or f"A figure of the chapter {chapter.title}"),
        chapter=chapter.name,
        problems=[],  # told when the chapter itself is staged
        where=chapter.name,
        plain=True,
    )
    content, ending = drawn
    name = hashlib.sha256(content).hexdigest()[:16] + ending
    return Picture(name=name, content=content, alt=alt, anchor=str(figure.get("name") or ""))


def _content(data: Any, kind: str) -> bytes | None:
    if isinstance(data, list):
        data = "".join(data)
    if not isinstance(data, str) or not data:
        return None
    if kind == "image/svg+xml":
        return data.encode(errors="replace")
    try:
        return base64.b64decode(data)
    except (binascii.Error, ValueError):
        return None


def _map(options: Any, key: str) -> Mapping[str, Any]:
    value = options.get(key) if isinstance(options, Mapping) else None
    return value if isinstance(value, Mapping) else {}
