"""Pictures with their sizes, so that a page keeps its place when they arrive."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sphinx.util.images import get_image_size

_IMAGE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r'\ssrc="(?P<path>[^":#?]+\.(?:png|webp|jpe?g|gif))"', re.IGNORECASE)
_SIZED = re.compile(r"\s(?:width|height)=")

SizeOf = Callable[[str], tuple[int, int] | None]


def add_image_sizes(site: Path) -> None:
    """Rewrite the pages of a finished site that show pictures from files."""

    @cache
    def size(path: Path) -> tuple[int, int] | None:
        return get_image_size(str(path)) if path.is_file() else None

    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if "<img" in text:
            folder = page.parent
            sources = {found["path"] for found in _SOURCE.finditer(text)}
            known = {source: size((folder / source).resolve()) for source in sources}
            sized = with_sizes(text, known.get)
            if sized != text:
                page.write_text(sized, encoding="utf-8")


def with_sizes(page: str, size_of: SizeOf) -> str:
    """A page whose pictures say how wide and high they are; those that do are left alone.

    Args:
        size_of: address of a picture -> width and height in pixels, if it can be read.

    >>> with_sizes('<img src="a.png" alt="A"/> <img width="3" src="b.png">', lambda _: (40, 30))
    '<img width="40" height="30" src="a.png" alt="A"/> <img width="3" src="b.png">'
    """

    def sized(found: re.Match[str]) -> str:
        source = _SOURCE.search(found[0])
        size = size_of(source["path"]) if source and not _SIZED.search(found[0]) else None
        if size is None:
            return found[0]
        return f'<img width="{size[0]}" height="{size[1]}"' + found[0].removeprefix("<img")

    return _IMAGE.sub(sized, page)
