"""Text that became part of a page stays text, whatever it holds."""

from __future__ import annotations

import ast
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser

import linreg_book
from linreg_book.markup import (
    Html,
    code_block,
    code_span,
    fill,
    join,
    one_line,
    prose,
    raw_block,
    readable,
)

TOOLS = Path(linreg_book.__file__).parent
NASTY = st.text(alphabet="<>&'\"`*_{}[]()!|#$~^:=\\/-+.,;%@ \n\t\r\x00\x1b\u202e\u2028abAB01é")
EXTENSIONS = ["amsmath", "colon_fence", "deflist", "dollarmath", "html_image", "substitution"]


def parser() -> Any:
    config = MdParserConfig(enable_extensions=set(EXTENSIONS))
    return create_md_parser(config, DocutilsRenderer)


PARSER = parser()


@settings(max_examples=400, deadline=None)
@given(NASTY)
@example("<script>alert(1)</script>")
@example("- a")
@example("1. a")
@example("(x)=")
@example("% insert: ledger")
@example("+++")
@example("$x$ {num}`y` :::{note} [^1] [a](b) \\(")
def test_prose_is_one_paragraph_of_this_very_text(text: str) -> None:
    shown = one_line(text)
    tokens = [token for token in PARSER.parse(prose(text)) if token.type != "front_matter"]
    if not shown:
        assert tokens == []
        return
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == shown


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += [tag, *(value or "" for _, value in attrs)]

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_filled_text_is_neither_tag_nor_attribute(text: str) -> None:
    found = _Texts()
    found.feed(fill('<p title="{}">{}</p>', text, text))
    found.close()
    assert found.tags == ["p", readable(text)]
    assert found.text == readable(text)


@settings(max_examples=300, deadline=None)
@given(NASTY)
@example("a\n```\n# b")
@example("`````")
def test_nothing_ends_a_block(text: str) -> None:
    for block, content in (
        (raw_block(fill("<p>{}</p>", text)), fill("<p>{}</p>\n", text)),
        (code_block(text), readable(text) + "\n"),
    ):
        (token,) = PARSER.parse(block + "\n")
        assert token.type == "fence"
        assert token.content == content


def test_a_code_span_stays_one() -> None:
    (_, inline, _) = PARSER.parse(f"a {code_span('x`` <b> `y')} b")
    assert [child.type for child in inline.children or []] == ["text", "code_inline", "text"]


def test_text_that_was_not_escaped_is_refused() -> None:
    for wrong in (lambda: raw_block("<b>"), lambda: join(["<b>"])):  # type: ignore[arg-type,list-item]
        with pytest.raises(TypeError, match="not made by fill"):
            wrong()


def test_templates_are_literals_and_nobody_escapes_elsewhere() -> None:
    wrong = []
    sources = sorted(TOOLS.rglob("*.py"))
    assert len(sources) > 40
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.name}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.ImportFrom) and node.module == "html":
                wrong += [place] if path.name != "markup.py" else []
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "fill" and not _is_literal(node.args[0]):
                wrong.append(place)
            # show() alone lets a chapter's own markup through, on purpose.
            if node.func.id == "Html" and node.args and path.name not in ("markup.py", "show.py"):
                wrong.append(place)
    assert wrong == []


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_literal(node.body) and _is_literal(node.orelse)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_markup_is_kept() -> None:
    assert fill("<p>{}</p>", Html("<b>1</b>")) == "<p><b>1</b></p>"
