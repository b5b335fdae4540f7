"""What in a page runs or reaches out by itself, and whether it is ours.

Ours are the theme's own scripts, which stand outside the page's article and on the search page too,
and what a chapter's figures bring, which stands in its executed notebook. Everything else came in
through text that should have been escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from linreg_book.records.kernel_display import METADATA_KEY

#: Pages that hold nothing of the chapters.
_THEME_PAGES = ("search.html", "genindex.html")
_THEME_HANDLERS = ("toggleFullScreen()", "window.print()")
_DRAWN_FROM_RECORDS = ("number", "check", "verdict")
_EMBEDS = ("iframe", "object", "embed", "base", "form", "frame", "applet", "portal")
_ADDRESSES = ("src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href")
_RUNS = ("", "text/javascript", "application/javascript", "module", "importmap")
_REMOTE = re.compile(r"\s*(?:(?:https?|wss?|ftp):)?//", re.IGNORECASE)
_REMOTE_IN_SCRIPT = re.compile(
    r"""(?:https?|wss?|ftp)://(?!www\.w3\.org/)[^\s"'`<>)]*|["'`]//\w[\w.-]*\.\w[^\s"'`]*""",
    re.IGNORECASE,
)
_REMOTE_IN_STYLE = re.compile(
    r"""(?:url\(\s*|@import\s+(?:url\(\s*)?)['"]?\s*((?:https?:|ftp:)?//[^\s'")]*)""", re.IGNORECASE
)
_PAGE_NAME = re.compile(r"DOCUMENTATION_OPTIONS\.(?:pagename = '[\w/.-]*'|COLLAPSE_INDEX = true);")
_MATHJAX = re.compile(r"window\.MathJax = (\{.*\})", re.DOTALL)


@dataclass
class LiveContent(HTMLParser):
    """Scripts, handlers, embedded pages and remote addresses of one piece of HTML.

    Attributes:
        in_article, around: scripts and the like in the page's article, and elsewhere.
        remote: addresses on other machines that a browser would ask for.
    """

    in_article: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    remote: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._articles = 0
        self._open: str | None = None
        self._kind = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name.lower(): value or "" for name, value in attrs}
        self._articles += tag == "article"
        if tag in ("script", "style"):
            self._open, self._text = tag, []
            self._kind = values.get("type", "").strip().lower()
            if "src" in values:
                self._found(f"script from {values['src']}")
        if tag in _EMBEDS and not (tag == "form" and not self._articles):
            self._found(f"{tag} {values.get('src', '') or values.get('data', '')}".strip())
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self._found(f"meta refresh {values.get('content', '')}")
        for name, value in values.items():
            if name.startswith("on"):
                self._found(_normal(value))
            if re.sub(r"[\x00-\x20]", "", value).lower().startswith(("javascript:", "vbscript:")):
                self._found(_normal(value))
            if name in _ADDRESSES and any(map(_REMOTE.match, value.split(","))):
                self.remote.append(value)
            if name == "style":
                self.remote += _REMOTE_IN_STYLE.findall(value)
        if tag in ("link", "use", "image") and "canonical" not in values.get("rel", ""):
            self.remote += [values["href"]] if _REMOTE.match(values.get("href", "")) else []

    def handle_data(self, data: str) -> None:
        if self._open:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._articles -= 1
        if tag != self._open:
            return
        text, self._open = "".join(self._text), None
        if tag == "style":
            self.remote += _REMOTE_IN_STYLE.findall(text)
        elif text.strip():
            self._found(_normal(text))
            if self._kind in _RUNS:
                self.remote += _REMOTE_IN_SCRIPT.findall(text)

    def _found(self, what: str) -> None:
        (self.in_article if self._articles > 0 else self.around).append(what)


def live_content(html: str) -> LiveContent:
    """Read a page or a piece of one."""
    found = LiveContent()
    found.feed(html)
    found.close()
    return found


def live_problems(site: Path) -> Iterable[tuple[str, str]]:
    """(page, sentence) for every script that is not ours and every remote address of a site."""
    theme = set(_THEME_HANDLERS)
    for name in _THEME_PAGES:
        if (site / name).is_file():
            theme |= set(live_content(_read(site / name)).around)
    for path in sorted(site.rglob("*.html")):
        where = path.relative_to(site).as_posix()
        found = live_content(_read(path))
        ours = _from_notebook(site / "executed" / f"{path.stem}.ipynb")
        for what in found.in_article:
            if what not in ours:
                yield where, f"a script or frame that is not ours: {what[:120]}"
        for what in found.around:
            if not (what in theme or _is_theme(what) or (where == "index.html" and _leads(what))):
                yield where, f"a script or frame that is not the theme's: {what[:120]}"
        for address in found.remote:
            yield where, f"loads from the network: {address[:200]}"
    for path in sorted([*site.rglob("*.css"), *site.rglob("*.svg")]):
        for address in _REMOTE_IN_STYLE.findall(_read(path)):
            yield path.relative_to(site).as_posix(), f"loads from the network: {address[:200]}"


def _from_notebook(path: Path) -> set[str]:
    """What the outputs of a chapter bring, those aside that staging draws from records."""
    try:
        cells = json.loads(_read(path))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return set()
    found: set[str] = set()
    for output in outputs:
        record: Any = output.get("metadata", {}).get(METADATA_KEY) or {}
        if record.get("type") in _DRAWN_FROM_RECORDS:
            continue
        html = output.get("data", {}).get("text/html", "")
        live = live_content("".join(html))
        found |= {*live.around, *live.in_article}
    return found


def _is_theme(what: str) -> bool:
    if re.fullmatch(r"script from (?:\.\./)*_static/(?!.*\.\.)[\w./?=&-]+", what):
        return True
    if _PAGE_NAME.fullmatch(what):
        return True
    mathjax = _MATHJAX.fullmatch(what)
    if mathjax is None:
        return False
    try:
        return isinstance(json.loads(mathjax[1]), dict)
    except ValueError:
        return False


def _leads(what: str) -> bool:
    """The start page of a site leads to the first page of its contents."""
    return re.fullmatch(r"meta refresh 0; ?url=[\w./-]+", what, re.IGNORECASE) is not None


def _normal(text: str) -> str:
    return " ".join(text.split())


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
