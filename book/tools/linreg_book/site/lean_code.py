"""Code without marks that nobody sees.

Pygments puts each name, bracket and space into a span, though most of these have the colour of the
block around them: half of a long chapter's code.
"""

from __future__ import annotations

import re
from pathlib import Path

_RULE = re.compile(
    r'^html\[data-theme="(?P<theme>\w+)"\] \.highlight(?: \.(?P<name>[\w-]+))? \{(?P<body>[^}]*)\}',
    flags=re.MULTILINE,
)
_BLOCK = re.compile(r'(?<=<div class="highlight">)<pre>.*?</pre>', flags=re.DOTALL)


def make_code_lean(site: Path) -> None:
    """Rewrite the pages of a finished site that show code."""
    styles = site / "_static" / "pygments.css"
    plain = plain_marks(styles.read_text(encoding="utf-8")) if styles.is_file() else frozenset()
    if not plain:
        return
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if '<div class="highlight">' in text:
            path.write_text(without_marks(text, plain), encoding="utf-8")


def plain_marks(css: str) -> frozenset[str]:
    """Classes of code to which every theme gives its block's colour, and nothing else.

    >>> rule = 'html[data-theme="{}"] .highlight{} {{ color: #{} }}'
    >>> light = [rule.format("light", *each) for each in (("", 1), (" .n", 1), (" .p", 1))]
    >>> dark = [rule.format("dark", *each) for each in (("", 2), (" .n", 2), (" .p", 3))]
    >>> sorted(plain_marks("\\n".join(light + dark)))
    ['n']
    """
    colours: dict[str, str] = {}
    looks: dict[str, list[bool]] = {}
    for rule in _RULE.finditer(css):
        declared = (each.partition(":") for each in rule["body"].split(";") if each.strip())
        said = {what.strip(): how.strip() for what, _, how in declared}
        if rule["name"] is None:
            colours[rule["theme"]] = said.get("color", "")
        else:
            same = said == {"color": colours.get(rule["theme"])}
            looks.setdefault(rule["name"], []).append(same)
    return frozenset(name for name, same in looks.items() if all(same))


def without_marks(page: str, plain: frozenset[str]) -> str:
    """A page whose code has no spans of these classes.

    >>> page = '<div class="highlight"><pre><span class="n">x</span> <b>1</b></pre></div>'
    >>> without_marks(page, frozenset("n"))
    '<div class="highlight"><pre>x <b>1</b></pre></div>'
    """
    names = "|".join(map(re.escape, sorted(plain)))
    mark = re.compile(rf'<span class="(?:{names})">([^<]*)</span>')
    return _BLOCK.sub(lambda block: mark.sub(r"\1", block[0]), page)
