"""What every chapter's text keeps, read without running it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from statistics import median

import pytest

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.lint import lint_all
from tests.tiny_book import CHAPTERS

MEDIAN_LINES = 18  # one statement a line, folded cells included; the lint stops at 25
chapters = pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=CHAPTERS)

_ABBREVIATED = r"(?<!\bal)(?<!\bcf)(?<!\bvs)(?<!\bresp)(?<!\bFig)(?<!\bFigs)(?<!\bEq)(?<!\bThm)"
SENTENCE_END_INSIDE = re.compile(rf"[a-z)`*]{{2}}{_ABBREVIATED}[.?!] [A-Z][a-z]")


def test_there_are_chapters() -> None:
    assert len(CHAPTERS) >= 6


def test_lint() -> None:
    assert lint_all(CHAPTERS.values()) == []


@chapters
def test_cells_are_short(chapter: Chapter) -> None:
    lengths = [len([line for line in cell.splitlines() if line]) for cell in chapter.code_cells]
    assert median(lengths) <= MEDIAN_LINES


@chapters
def test_cells_compile_without_a_warning(chapter: Chapter) -> None:
    """A backslash of a formula that Python reads as an escape is a warning on the page."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for cell in chapter.code_cells:
            compile(cell, chapter.name, "exec")


@chapters
def test_one_sentence_a_line(chapter: Chapter) -> None:
    assert [line for line in _prose(chapter.source) if SENTENCE_END_INSIDE.search(line)] == []


@chapters
def test_exercises_have_hidden_solutions(chapter: Chapter) -> None:
    exercises = len(re.findall(r"\{exercise(?:-start)?\}", chapter.source))
    solutions = re.findall(r"\{solution(?:-start)?\}[^\n]*\n((?::[^\n]*\n)*)", chapter.source)
    assert exercises >= 1
    assert len(solutions) == exercises
    assert [options for options in solutions if "dropdown" not in options] == []


def _prose(source: str) -> Iterator[str]:
    """Lines of running text: no front matter, no fenced code or mathematics, no tables."""
    body = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)
    # A chapter's box holds one line a field, however many sentences that is.
    code = (
        r"^(`{3,}|~{3,})\{?(?:code-cell|code-block|math|literalinclude|python|chapter-box)"
        r".*?^\1\s*$"
    )
    body = re.sub(code, "", body, flags=re.DOTALL | re.MULTILINE)
    body = re.sub(r"\$\$.*?\$\$", "", body, flags=re.DOTALL)
    return (line for line in body.splitlines() if not line.lstrip().startswith(("|", ":", "#")))
