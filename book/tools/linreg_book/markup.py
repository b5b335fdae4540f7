"""The one place where text becomes part of a page.

Everything that was recorded, given or measured is text until it goes through :func:`fill`,
:func:`prose` or :func:`code_block`; pages take :class:`Html` alone. Templates are literals of this
project's sources (a test reads them).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Any

# Cc, Cf: control and invisible formatting (text that runs backwards); Cs: halves of characters,
# which no file can hold; Zl, Zp: line separators that only some readers know.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


class Html(str):
    """Markup that may stand in a page as it is."""

    __slots__ = ()


def fill(template: str, /, *values: Any, **named: Any) -> Html:
    """A literal template with its braces filled; what is not :class:`Html` is escaped.

    >>> fill('<p title="{}">{}</p>', 'a "b"', "<script>")
    '<p title="a &quot;b&quot;">&lt;script&gt;</p>'
    >>> fill("<p>{}</p>", fill("<b>{}</b>", 1))
    '<p><b>1</b></p>'
    """
    return Html(
        template.format(*map(_escaped, values), **{k: _escaped(v) for k, v in named.items()})
    )


def join(parts: Iterable[Html], between: str = "") -> Html:
    """Pieces of markup one after the other.

    Raises:
        TypeError: if one of them is text that was not escaped.
    """
    return Html(_escaped(between).join(_checked(part) for part in parts))


def typeset(text: str) -> Html:
    """Text with formulas between dollar signs, as MathJax finds them; all else is escaped.

    >>> typeset("at most $2^n$ & more")
    'at most <span class="mathjax_process">\\\\(2^n\\\\)</span> &amp; more'
    """
    # Every second piece is a formula; the class tells MathJax to look inside.
    return join(
        fill('<span class="mathjax_process">\\({}\\)</span>' if index % 2 else "{}", piece)
        for index, piece in enumerate(_FORMULA.split(with_minus(text)))
    )


def with_minus(text: str) -> str:
    """Text whose negative numbers have a minus sign; formulas stay, hyphens and ranges, too.

    >>> with_minus("from -0.5 to (-1, 2), $x-1$, pages 3-5, $n$-1, two-layer")
    'from −0.5 to (−1, 2), $x-1$, pages 3-5, $n$-1, two-layer'
    """
    return _SIGN.sub(lambda found: found[1] or "−", text)


def bare_formulas(html: Html) -> Html:
    """Markup without the spans of :func:`typeset`, for an element of class ``mathjax_process``.

    >>> bare_formulas(typeset("at most $2^n$ & more"))
    'at most \\\\(2^n\\\\) &amp; more'
    """
    return Html(_FORMULA_SPAN.sub(r"\1", _checked(html)))


def as_sentence(text: str) -> str:
    """The text with a capital letter in front and a point behind, where these can stand.

    >>> as_sentence("two regions may share a map"), as_sentence("$n$ lines"), as_sentence("So?")
    ('Two regions may share a map.', '$n$ lines.', 'So?')
    >>> as_sentence("x = 2 is enough")
    'x = 2 is enough.'
    """
    text = text.strip()
    if not text:
        return ""
    if _WORD_FIRST.match(text):
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?:;" or text[-2:] in (".)", ".'") else f"{text}."


def raw_block(html: Html) -> str:
    """Markup as a block of a Markdown page; nothing in it can end the block.

    Raises:
        TypeError: for text that was not escaped.
    """
    fence = _fence(_checked(html))
    return f"{fence}{{raw}} html\n{html}\n{fence}\n"


def code_block(text: str, language: str = "text") -> str:
    """Text as a block of code of a Markdown page; nothing in it can end the block.

    >>> print(code_block("a ``` b"))
    ````text
    a ``` b
    ````
    <BLANKLINE>
    """
    fence = _fence(text)
    return f"{fence}{language}\n{readable(text)}\n{fence}\n"


def code_span(text: str) -> str:
    """Text as code within a line of Markdown."""
    words = one_line(text).replace("`", "'")
    return f"`{words}`" if words else ""


def prose(text: str) -> str:
    """One line that Markdown and HTML show as it is, whatever it holds; digits stay digits.

    >>> prose("−1,234.5 ± 0.1"), prose("<b>"), prose("[x](y)")
    ('−1,234.5 ± 0.1', '&#60;b&#62;', '&#91;x&#93;(y)')
    """
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", one_line(text))


# A sign or point before a digit or letter begins no list and ends no number, a percent sign after
# one no comment; a parenthesis can only be part of a link after a bracket, which the text around a
# quote may hold.
_SPECIAL = re.compile(r"(?![\w ,±−)]|[.+-](?=[^\W_])|(?<=\w)%|(?<=.)\().|_", re.DOTALL)


def one_line(text: str) -> str:
    """Plain text (alternative texts, names) on one line, without what no reader can see."""
    return " ".join(readable(text).split())


def readable(text: str) -> str:
    """Text without control characters, except for new lines and tabs."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) not in _UNSEEN else "\ufffd"
        for letter in text
    )


# An ordinary word: no name of a variable, a function or a file.
_WORD_FIRST = re.compile(r"(?:a|[a-z][a-z'’-]+)(?=[\s,;:.]|\Z)(?! [=<>])")
_FORMULA = re.compile(r"\$([^$]+)\$")
# A formula, or a hyphen before a number that nothing stands before.
_SIGN = re.compile(r"(\$[^$]+\$)|(?<![\w.)\]$’'\"-])-(?=\.?\d|∞)")
_FORMULA_SPAN = re.compile(r'<span class="mathjax_process">(\\\([^<]*\\\))</span>')


def _escaped(value: Any) -> str:
    return value if isinstance(value, Html) else escape(readable(str(value)), quote=True)


def _checked(value: Html) -> Html:
    if not isinstance(value, Html):
        raise TypeError(f"this text was not made by fill(): {str(value)[:80]!r}")
    return value


def _fence(text: str) -> str:
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)
