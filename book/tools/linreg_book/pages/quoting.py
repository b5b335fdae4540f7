"""Replace ``{num}`key``` in prose by the number that a chapter recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from linreg_book.markup import code_span, one_line, prose, with_minus

# Between ticks of its own a quote is code, in which nothing is escaped.
_QUOTE = re.compile(r"(?P<code>(?<!`)`)?\{num\}`(?:(?P<chapter>[^`:]+):)?(?P<key>[^`]+)`(?(code)`)")
_FENCE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})(?P<rest>[^\n]*)\n.*?^(?P=fence)[`~]*\s*$", re.M | re.S
)
NOT_COMPUTED = "(not computed)"


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Everything that prose can quote.

    Attributes:
        by_chapter: chapter -> key -> text.
        missing: chapters that did not run to their end; their unknown keys are quoted as
            :data:`NOT_COMPUTED` instead of being an error.
    """

    by_chapter: Mapping[str, Mapping[str, str]]
    missing: Set[str] = frozenset()

    def quote(
        self,
        text: str,
        *,
        chapter: str | None,
        problems: list[str],
        where: str,
        plain: bool = False,
    ) -> str:
        """The text with its quotes replaced; what cannot be replaced is added to ``problems``.

        Args:
            chapter: whose keys may be quoted without a name before them; None for pages.
            where: names the page in a problem.
            plain: the text is no markup (an alternative text); otherwise what is quoted cannot
                become any, neither in Markdown nor in HTML.

        >>> numbers = Numbers(by_chapter={"02_cutting": {"n": "7"}})
        >>> numbers.quote("has {num}`n`", chapter="02_cutting", problems=[], where="page")
        'has 7'
        """
        if "{num}" not in text:
            return text

        def replace(found: re.Match[str]) -> str:
            named = (found["chapter"] or "").strip() or chapter
            key = found["key"].strip()
            if named is None:
                problems.append(
                    f"{where}: {found[0]}: a page must name the chapter, as NN_name:key"
                )
                return NOT_COMPUTED
            known = self.by_chapter.get(named, {})
            if key in known:
                if found["code"]:
                    return code_span(known[key])
                shown = with_minus(known[key])
                return one_line(shown) if plain else prose(shown)
            if named not in self.missing:
                problems.append(f"{where}: {found[0]}: chapter {named} records no {key!r}")
            return NOT_COMPUTED

        return _outside_code_blocks(text, replace)


def _outside_code_blocks(text: str, replace: object) -> str:
    parts, last = [], 0
    for block in _FENCE.finditer(text):
        if block["rest"].strip().startswith("{"):
            continue  # a directive: its text is prose
        parts += [_QUOTE.sub(replace, text[last : block.start()]), block[0]]  # type: ignore[call-overload]
        last = block.end()
    parts.append(_QUOTE.sub(replace, text[last:]))  # type: ignore[call-overload]
    return "".join(parts)
