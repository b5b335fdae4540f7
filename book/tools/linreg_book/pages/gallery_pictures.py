"""The pictures of a chapter that go with a claim: those named, or the last before its verdict.

Names stand in ``book/results/gallery.yml``: one or more, or ``none`` where only numbers are
compared. Of a film that a name means, the last frame is taken.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_book.chapters.chapter import INJECTED_TAG, has_tag
from linreg_book.errors import StagingError
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.quoting import Numbers
from linreg_book.records.kernel_display import METADATA_KEY
from linreg_book.yaml_map import read_yaml_map

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ENDINGS = {
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
}
_FRAME = re.compile(r"data:(image/(?:png|jpeg|webp));base64,([A-Za-z0-9+/=]+)")
NO_PICTURE = "none"


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


def load_figure_names(path: Path) -> dict[str, tuple[str, ...]]:
    """Claim -> names of its figures; empty where there is no file.

    Raises:
        StagingError: for a name that is no text.
    """
    names = read_yaml_map(path) if path.is_file() else {}
    for claim, name in names.items():
        if not isinstance(name, str):
            raise StagingError(f"{path}: {claim}: {str(name)[:60]!r} is no name of a figure")
    return {claim: tuple(name.split()) for claim, name in names.items()}


def pictures_of(
    figures: Sequence[str], cell: int, chapter: ExecutedChapter, numbers: Numbers
) -> list[Picture]:
    """The pictures of some names; of no name the last picture up to a code cell."""
    if NO_PICTURE in figures:
        return []
    found = [picture_of(figure, cell, chapter, numbers) for figure in figures or ("",)]
    return list(dict.fromkeys(picture for picture in found if picture))


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
        film = _last_frame(each, figure, chapter, numbers) if figure else None
        if film:
            return film
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
    return _named(content, ending, alt=alt, anchor=str(figure.get("name") or ""))


def _last_frame(
    cell: NotebookNode, figure: str, chapter: ExecutedChapter, numbers: Numbers
) -> Picture | None:
    """The last frame of a film that was shown by that name."""
    for output in cell.get("outputs", []):
        record = _map(output.get("metadata"), METADATA_KEY)
        if record.get("type") != "shown" or record.get("name") != figure:
            continue
        frames = _FRAME.findall("".join(output.get("data", {}).get("text/html", "")))
        content = _content(frames[-1][1], frames[-1][0]) if frames else None
        if content:
            said = numbers.quote(
                str(record.get("alt", "")),
                chapter=chapter.name,
                problems=[],
                where=chapter.name,
                plain=True,
            )
            return _named(content, _ENDINGS[frames[-1][0]], alt=said, anchor=figure)
    return None


def _named(content: bytes, ending: str, *, alt: str, anchor: str) -> Picture:
    name = hashlib.sha256(content).hexdigest()[:16] + ending
    return Picture(name=name, content=content, alt=alt, anchor=anchor)


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
