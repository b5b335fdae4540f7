from __future__ import annotations

import pytest

from linreg_book.pages.quoting import NOT_COMPUTED, Numbers

NUMBERS = Numbers(
    by_chapter={
        "02_cutting": {
            "n": "7",
            "c": "python -m a_b --count 3 `<b>`",
            "loss": "-0.5 ± 0.1",
            "power": "-2.5 × 10⁻⁷",
        },
        "04_x": {},
    },
    missing={"04_x"},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{num}`n` of {num}`02_cutting:n`", "7 of 7"),
        ("```python\n{num}`n`\n```\n{num}`n`", "```python\n{num}`n`\n```\n7"),
        ("```{note}\n{num}`n`\n```", "```{note}\n7\n```"),
        ("{num}`04_x:m`", NOT_COMPUTED),
        ("plain `n`", "plain `n`"),
        ("run `{num}`c``, then", "run `python -m a_b --count 3 '<b>'`, then"),
        ("as prose: {num}`c`", "as prose: python -m a&#95;b &#45;-count 3 &#96;&#60;b&#62;&#96;"),
        ("{num}`loss` (all {num}`n`)", "−0.5 ± 0.1 (all 7)"),
        ("$a = {num}`loss`$", "$a = −0.5 ± 0.1$"),
        ("{num}`power`", "−2.5 &#215; 10&#8315;⁷"),
        ("code `{num}`loss``", "code `-0.5 ± 0.1`"),
    ],
)
def test_replaces(text: str, expected: str) -> None:
    problems: list[str] = []
    assert NUMBERS.quote(text, chapter="02_cutting", problems=problems, where="p") == expected
    assert problems == []


def test_a_caption_has_a_minus_sign_too() -> None:
    quoted = NUMBERS.quote(
        "at {num}`loss`", chapter="02_cutting", problems=[], where="p", plain=True
    )
    assert quoted == "at −0.5 ± 0.1"


@pytest.mark.parametrize(
    ("text", "chapter", "message"),
    [
        ("{num}`m`", "02_cutting", "p: {num}`m`: chapter 02_cutting records no 'm'"),
        ("{num}`03_none:m`", "02_cutting", "chapter 03_none records no 'm'"),
        ("{num}`n`", None, "must name the chapter"),
    ],
)
def test_unknown_keys_are_told(text: str, chapter: str | None, message: str) -> None:
    problems: list[str] = []
    NUMBERS.quote(text, chapter=chapter, problems=problems, where="p")
    assert len(problems) == 1
    assert message in problems[0]
