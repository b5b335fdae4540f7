"""Terms of the field: one line in the text marks the place where a term is defined.

``<!-- term: facet | a side of a region, as a set -->`` stands on a line of its own before the
sentence, the theorem or the label with the definition. After the name comes the meaning in a few
words; after another bar, where the name alone will not do, the words under which the text speaks
of it, between commas (``-``: none). ``<!-- see: NAME | TERM -->`` on the page of the index adds
another name. The lines are comments: no reader of a notebook sees them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

MAX_MEANING = 110
#: Within so many lines below a mark stands the word that is defined.
_NEAR = 30
_LONGEST = 4  # words of a phrase
_LINE = re.compile(r"^<!-- (?P<kind>term|see): (?P<text>[^\n]*) -->[ \t]*$", re.MULTILINE)
_LIKE_ONE = re.compile(r"^[ \t]*<!--[ \t]*(?:terms?|see)\b.*$", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,}|:{3,})(.*)$")
_NO_PROSE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})(?:\{(?:code-cell|code-block|math|raw)\}|\w+|\s*$)"
    r".*?^(?P=fence)[ \t]*$"
    r"|\A---\n.*?\n---\n|<!--.*?-->|\$\$.*?\$\$|^:[\w-]+:.*?$|^\([\w-]+\)=[ \t]*$"
    r"|(?:\{[\w:-]+\})?(?<!`)`[^`\n]+`",
    re.MULTILINE | re.DOTALL,
)
_FORMULA = re.compile(r"\$[^$]*\$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term and where it is defined.

    Attributes:
        name: as the index lists it; what stands in brackets tells namesakes apart.
        meaning: in a few words; formulas between dollar signs.
        words: under which the text speaks of it; empty for a name that is a formula.
        page: of the definition, for instance ``notebooks/04_arrangements``.
        line: of the mark, from 1.
    """

    name: str
    meaning: str
    words: tuple[str, ...]
    page: str
    line: int

    @property
    def anchor(self) -> str:
        """The id of the place.

        >>> Term(name="general position (lines)", meaning="", words=(), page="", line=1).anchor
        'term-general-position-lines'
        """
        plain = re.sub(r"\\[a-z]+", "", self.name.lower())
        return "term-" + re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@dataclass(frozen=True, kw_only=True)
class OtherName:
    """Another name, and the term that it leads to."""

    name: str
    term: str


def find_terms(page: str, source: str) -> tuple[Term, ...]:
    """The terms that a page defines, in order.

    >>> find_terms("p", "<!-- term: facet | a side -->\\nA facet is a side.")[0].words
    ('facet',)
    """
    return tuple(
        _term(page, found, source)
        for found in _LINE.finditer(source)
        if found["kind"] == "term" and _fields(found)
    )


def find_other_names(source: str) -> tuple[OtherName, ...]:
    """The other names that a page lists, in order.

    >>> find_other_names("<!-- see: side | facet -->")
    (OtherName(name='side', term='facet'),)
    """
    return tuple(
        OtherName(name=fields[0], term=fields[1])
        for found in _LINE.finditer(source)
        if found["kind"] == "see" and len(fields := _split(found["text"])) == 2
    )


def replace_marks(text: str, place: Callable[[str], str]) -> str:
    """The text with each mark of a term replaced by what ``place`` makes of its id.

    >>> replace_marks("<!-- term: facet | a side -->", "here is {}".format)
    'here is term-facet'
    """

    def replace(found: re.Match[str]) -> str:
        if found["kind"] == "see" or not _fields(found):
            return ""
        return place(_term("", found, text).anchor)

    return _LINE.sub(replace, text)


def lint_terms(pages: Mapping[str, str]) -> list[str]:
    """What is wrong with the marks of the book, one sentence each; empty if nothing is.

    Args:
        pages: page -> its text, of the pages that the table of contents lists.
    """
    problems: list[str] = []
    owners: dict[str, Term] = {}
    for page, source in pages.items():
        problems += [f"{page}: {problem}" for problem in _check_marks(source)]
        for term in find_terms(page, source):
            other = owners.setdefault(term.anchor, term)
            if other is not term:
                problems.append(
                    f"{page}, line {term.line}: the term {term.name!r} is defined in {other.page} "
                    f"already, line {other.line}"
                )
            problems += [f"{page}: {problem}" for problem in _check_term(term, source)]
    names = {term.name for term in owners.values()}
    listed: set[str] = set()
    for page, source in pages.items():
        for other_name in find_other_names(source):
            if other_name.term not in names:
                problems.append(
                    f"{page}: {other_name.name!r} leads nowhere: no term {other_name.term!r}"
                )
            if other_name.name in names | listed:
                problems.append(f"{page}: {other_name.name!r} stands in the index twice")
            listed.add(other_name.name)
    return problems


def phrases(source: str) -> Mapping[str, int]:
    """How often each phrase of up to four words stands in the prose of a text.

    >>> phrases("Two facets. A facet of `code`.")["facet"]
    2
    """
    words = _words(_FORMULA.sub(" , ", _NO_PROSE.sub(" , ", source)))
    counts: dict[str, int] = {}
    for length in range(1, _LONGEST + 1):
        for start in range(len(words) - length + 1):
            phrase = " ".join(words[start : start + length])
            counts[phrase] = counts.get(phrase, 0) + 1
    return counts


def num_mentions(term: Term, counted: Mapping[str, int]) -> int:
    """How often a text speaks of a term, by the phrases counted in it."""
    return sum(counted.get(" ".join(_words(each)), 0) for each in term.words)


def _check_marks(source: str) -> Iterator[str]:
    whole = {source.count("\n", 0, found.start()) for found in _LINE.finditer(source)}
    for found in _LIKE_ONE.finditer(source):
        number = source.count("\n", 0, found.start())
        if number not in whole or not _fields(_LINE.match(source, found.start())):
            yield (
                f"line {number + 1}: {found[0].strip()[:60]!r} is no mark; it has the form "
                "<!-- term: NAME | MEANING --> or <!-- see: NAME | TERM -->"
            )
    fence = ""
    lines = source.splitlines()
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
        if number not in whole:
            continue
        before = lines[number - 1].strip() if number else ""
        if fence:
            yield f"line {number + 1}: a mark stands before a block, not in it"
        elif before and number - 1 not in whole and not before.startswith(("#", "+++")):
            yield f"line {number + 1}: a mark stands before a paragraph, below an empty line"


def _check_term(term: Term, source: str) -> Iterator[str]:
    if len(term.meaning) > MAX_MEANING:
        yield (
            f"line {term.line}: the meaning of {term.name!r} has {len(term.meaning)} letters; "
            f"{MAX_MEANING} at most"
        )
    if any(len(_words(each)) > _LONGEST for each in term.words):
        yield f"line {term.line}: words of {term.name!r} are longer than {_LONGEST} words"
    near = "\n".join(source.splitlines()[term.line : term.line + _NEAR])
    if term.words and not num_mentions(term, phrases(near)):
        yield (
            f"line {term.line}: nothing below speaks of {' or '.join(map(repr, term.words))}; the "
            "mark stands where the term is defined"
        )


def _split(text: str) -> list[str]:
    # A bar in a formula is none of ours.
    parts, formula = [""], False
    for letter in text:
        formula ^= letter == "$"
        if letter == "|" and not formula:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _fields(found: re.Match[str] | None) -> list[str]:
    """Name and meaning, perhaps words; empty for a line that has another form."""
    if found is None:
        return []
    fields = _split(found["text"])
    allowed = (2, 3) if found["kind"] == "term" else (2,)
    return fields if len(fields) in allowed and all(fields) else []


def _term(page: str, found: re.Match[str], source: str) -> Term:
    name, meaning, *more = _split(found["text"])
    plain = re.sub(r"\s*\([^)]*\)", "", name)
    words = [each.strip() for each in more[0].split(",")] if more else [plain]
    return Term(
        name=name,
        meaning=meaning,
        words=tuple(each for each in words if each not in ("", "-") and "$" not in each),
        page=page,
        line=source.count("\n", 0, found.start()) + 1,
    )


def _words(text: str) -> list[str]:
    return [_singular(word) for word in _WORD.findall(text.lower())]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
