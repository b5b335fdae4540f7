"""Generated Markdown as the page that a reader gets: raw blocks and headings."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

_BLOCK = re.compile(r"^(`{3,})\{raw\} html\n(.*?)^\1$", flags=re.MULTILINE | re.DOTALL)


def raw_html(markdown: str) -> BeautifulSoup:
    """All raw blocks together."""
    return BeautifulSoup("\n".join(found[2] for found in _BLOCK.finditer(markdown)), "html.parser")


def rest_of(markdown: str) -> str:
    """What is not in a raw block."""
    return _BLOCK.sub("", markdown)
