"""Style sheets without the rules that no page of the site can use.

The theme brings the whole of Bootstrap and 2000 icons: 0.5 MB of rules, most of them for classes
that stand on no page.  A rule stays if each class that its selector asks for stands in some page's
markup or as a word in a script, which may add it later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

#: Those of other people; our own are small.
LEAN = (
    "styles/pydata-sphinx-theme.css",
    "styles/sphinx-book-theme.css",
    "sphinx-design.min.css",
    "mystnb.*.css",
)
_CLASSES = re.compile(r'\bclass\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_WORD = re.compile(r"[\w-]+")
_CLASS = re.compile(r"\.((?:[\w-]|\\.)+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LICENCE = re.compile(r"/\*!.*?\*/", re.DOTALL)
_HOLDS_RULES = ("@media", "@supports", "@layer", "@container")


def make_styles_lean(site: Path) -> None:
    """Rewrite the large style sheets of a finished site."""
    words = words_of(site)
    for pattern in LEAN:
        for path in (site / "_static").glob(pattern):
            text = path.read_text(encoding="utf-8")
            path.write_text(lean(text, words), encoding="utf-8")


def words_of(site: Path) -> frozenset[str]:
    """Classes in the pages, and all words of scripts, those in pages included."""
    words: set[str] = set()
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8", errors="replace")
        for found in _CLASSES.finditer(text):
            words |= set((found[1] or found[2] or "").split())
        for script in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL):
            if len(script) < 100_000:  # longer ones are data
                words |= set(_WORD.findall(script))
    for path in (site / "_static").rglob("*.js"):
        if "mathjax" not in path.parts:
            words |= set(_WORD.findall(path.read_text(encoding="utf-8", errors="replace")))
    return frozenset(words)


def lean(css: str, words: frozenset[str]) -> str:
    """A style sheet without rules for classes that are no words.

    >>> print(lean(".a,.b{x:y}.b .c{x:y}@media print{.b{x:y}}p:not(.b){x:y}", frozenset("a")))
    .a{x:y}p:not(.b){x:y}
    """
    licences = "".join(f"{found}\n" for found in _LICENCE.findall(css))
    return licences + "".join(_kept(_COMMENT.sub("", css), words))


def _kept(css: str, words: frozenset[str]) -> Iterator[str]:
    for head, body in _rules(css):
        selector = head.strip()
        if body is None:  # @import, @charset
            yield head
        elif selector.startswith(_HOLDS_RULES):
            inside = "".join(_kept(body, words))
            if inside.strip():
                yield f"{selector}{{{inside}}}"
        elif selector == "@font-face" and "Font Awesome" in body:
            continue  # icons.css draws what is needed
        elif selector.startswith("@"):
            yield f"{selector}{{{body}}}"
        else:
            wanted = [one for one in _selectors(selector) if _can_match(one, words)]
            if wanted:
                yield f"{','.join(wanted)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """(head, body) of each rule at the outermost level; body None for statements."""
    start = place = 0
    while place < len(css):
        sign = css[place]
        if sign in "\"'":
            place = _after_string(css, place)
        elif sign == ";":
            yield css[start : place + 1], None
            start = place = place + 1
        elif sign == "{":
            end = _closing(css, place)
            yield css[start:place], css[place + 1 : end]
            start = place = end + 1
        else:
            place += 1


def _closing(css: str, place: int) -> int:
    depth = 0
    while place < len(css):
        sign = css[place]
        if sign in "\"'":
            place = _after_string(css, place)
            continue
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return place
        place += 1
    return len(css)


def _after_string(css: str, place: int) -> int:
    quote, place = css[place], place + 1
    while place < len(css) and css[place] != quote:
        place += 2 if css[place] == "\\" else 1
    return place + 1


def _selectors(head: str) -> Iterator[str]:
    """The selectors between commas, those in brackets aside."""
    depth = start = 0
    for place, sign in enumerate(head):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            yield head[start:place].strip()
            start = place + 1
    yield head[start:].strip()


def _can_match(selector: str, words: frozenset[str]) -> bool:
    outside = selector
    while (plainer := re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", outside)) != outside:
        outside = plainer
    names = (re.sub(r"\\(.)", r"\1", name) for name in _CLASS.findall(outside))
    return all(name in words for name in names)
