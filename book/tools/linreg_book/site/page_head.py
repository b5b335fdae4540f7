"""A Sphinx extension: light pages, and what other sites show of them.

The theme's icon script is left out (see ``templates/static/webpack-macros.html``), scripts for one
thing are loaded where it stands, and every page says in its head what it is about, with the book's
picture.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from linreg_book.markup import fill

_TEMPLATES = Path(__file__).with_name("templates")
_PREVIEW = "_static/preview.png"
# Scripts and style sheets with such a name serve pages with one of such words in their markup.
_SERVES = {
    "playground": ("linreg-playground",),
    "ledger": ("linreg-ledger",),
    "clipboard": ("highlight",),
    "copybutton": ("highlight",),
    "pygments": ("highlight",),
    "togglebutton": ("toggle", "dropdown"),
    "design-tabs": ("sd-tab",),
    "proof": ("proof",),
    "exercise": ("exercise", "solution"),
    "enlarge": ("<img", "<svg"),
}
_LONGEST = 200  # characters of a description that search engines and messengers show


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_config_value("book_description", "", "html")
    app.connect("config-inited", _own_templates_first)
    app.connect("html-page-context", _describe)
    app.connect("html-page-context", _only_what_it_needs, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _own_templates_first(app: Sphinx, config: Config) -> None:
    config.templates_path = [str(_TEMPLATES), *config.templates_path]


def _describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    words = description(doctree) if doctree is not None else ""
    words = words or str(app.config.book_description)
    title = str(context.get("title") or app.config.html_title)
    picture = context["pathto"](_PREVIEW, 1)
    named = {
        "og:type": "article",
        "og:title": title,
        "og:description": words,
        "og:site_name": str(app.config.html_title),
        "og:image": picture,
        "og:image:alt": "A square cut into coloured polygons",
    }
    tags = [fill('<meta name="description" content="{}" />', words)]
    tags += [fill('<meta property="{}" content="{}" />', *pair) for pair in named.items()]
    context["metatags"] = context.get("metatags", "") + "\n    " + "\n    ".join(tags) + "\n"


def _only_what_it_needs(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    body = str(context.get("body", ""))
    idle = [
        f"_static/{name}"
        for name, words in _SERVES.items()
        if not any(word in body for word in words)
    ]
    for files in ("script_files", "css_files"):
        context[files] = [
            each
            for each in context.get(files, [])
            if not str(getattr(each, "filename", "") or "").startswith(tuple(idle))
        ]


def description(doctree: nodes.document) -> str:
    """The first paragraph of a page's own text that holds no formula, cut after whole words."""
    for paragraph in doctree.findall(nodes.paragraph):
        above = paragraph.parent
        if not isinstance(above, nodes.section) or next(paragraph.findall(nodes.math), None):
            continue
        words = " ".join(paragraph.astext().split())
        if len(words) < 40:
            continue
        if len(words) <= _LONGEST:
            return words
        return words[:_LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return ""
