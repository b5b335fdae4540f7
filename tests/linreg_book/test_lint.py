from __future__ import annotations

import re
from pathlib import Path

import pytest

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.lint import lint_all, lint_chapter
from tests.linreg_book.book_project import FIXTURES

GOOD = (FIXTURES / "41_good.md").read_text()


def problems_of(folder: Path, text: str, name: str = "41_good") -> list[str]:
    path = folder / f"{name}.md"
    path.write_text(text)
    return lint_chapter(Chapter(path))


def cell(source: str) -> str:
    return f"\n```{{code-cell}} ipython3\n{source}\n```\n"


def test_a_good_chapter_has_no_problems(tmp_path: Path) -> None:
    assert problems_of(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("## Exercises", "## More"), "no section (##) on: exercises"),
        (GOOD.replace("## What we found", "## End"), "no section (##) on: what we found"),
        (GOOD + "\n# Again\n", "2 first-level headings"),
        (GOOD + cell("def f():\n    return 1"), "defines f without a docstring"),
        (GOOD + cell("x = 1; y = 2"), "holds several statements"),
        (GOOD + cell("x" + " + 1" * 20 + "\n"), "columns, 80 at most: x + 1"),
        (
            GOOD + cell("---\nmystnb:\n  image:\n    alt: " + "a word " * 12 + "\n---\nx = 1"),
            "an option of a cell has",
        ),
        (GOOD + cell('record("n", 1)'), "keeps books in view"),
        (
            GOOD + cell('claim("F23-Lem1").verdict(expect="exact", why="as counted")'),
            "keeps books in view",
        ),
        (GOOD.replace("{chapter-box}", "{note}"), "has 0 chapter boxes"),
        (GOOD.replace("minutes: 3", "minutes: 41"), "a chapter takes 1..40"),
        (GOOD.replace("answer: One", "reply: One"), "and no 'reply'"),
        (re.sub("answer:.*\n.*\n", "", GOOD), "lacks 'answer'"),
        (GOOD.replace("{found}", "{note}"), "has not exactly one {found} block"),
        (GOOD.replace("{claim} F23-Lem1", "{claim} F23-Lem5"), "judges F23-Lem1 without a block"),
        (GOOD.replace("{claim} F23-Lem1", "{claim} F23-Lem111"), "the registry has no such claim"),
        (GOOD + "\n```{claim} F23-Lem1\nAgain.\n```\n", "stands 2 times"),
        (GOOD.replace(', why=f"{pieces} pieces, $m + 1$"', ""), "does not say why"),
        (GOOD.replace("{exercise} To code", "{exercise}"), "no exercise to code"),
        (GOOD + "\n```{prf:theorem} F23, Lemma 1\n\nSo.\n```\n", "stands in a claim block"),
        (GOOD + cell("class F:\n    x = 1"), "defines the class F"),
        (GOOD + cell("f = lambda x: x"), "lambda"),
        (GOOD + cell("\n".join(f"x{i} = {i}" for i in range(26))), "26 lines"),
        (GOOD + cell("x = (1"), "does not parse"),
        (GOOD + cell("from numpy import *"), "imports everything"),
        (GOOD + cell("plt.plot([1])\nplt.show()"), "without alternative text"),
        (GOOD + "\n![](picture.png)\n", "no alternative text"),
        (GOOD + "\n```{prf:proof}\n:class: dropdown\n\nBy magic.\n```\n", "stops every toggle"),
        (GOOD + "\n```{prf:theorem} After {cite}`HR19`\n\nSo.\n```\n", "ends the block early"),
        (GOOD + "\n```{figure} picture.png\nCaption\n```\n", "has no :alt:"),
        (GOOD.replace(":tags: [parameters]", ":tags: [other]"), "0 cells are tagged"),
        (GOOD.replace("PROFILE: str", "SIZE: str"), "does not declare PROFILE"),
        (GOOD.replace("in 1..99: cuts", "cuts"), "NUM_CUTS: int does not begin with its range"),
        (
            GOOD.replace("int = 3  # in 1", "int = 0  # in 1"),
            "NUM_CUTS must be int in 1..99, got 0",
        ),
        (GOOD.replace("cuts of the line", "cuts " * 20), "columns, 80 at most: NUM_CUTS"),
    ],
)
def test_problems(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in problem for problem in problems_of(tmp_path, text))


def test_headings_in_code_are_none(tmp_path: Path) -> None:
    assert problems_of(tmp_path, GOOD + "\n```python\n# a comment\n```\n") == []


def test_labels_that_clash(tmp_path: Path) -> None:
    for name in ("41_good", "42_other"):
        (tmp_path / f"{name}.md").write_text(GOOD)
    chapters = [Chapter(tmp_path / f"{name}.md") for name in ("41_good", "42_other")]
    assert lint_all(chapters) == [
        "42_other: label 'fig-good-cuts' is taken by 41_good",
        "42_other: label 'ex-good-count' is taken by 41_good",
    ]
