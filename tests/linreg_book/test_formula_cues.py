"""Formulas in running text, in a real browser: no line begins with a comma."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STATIC = Path(__file__).resolve().parents[2] / "book" / "_static"
FORMULA = (
    '<span class="math"><mjx-container style="display: inline-block; width: {}px">x'
    "</mjx-container></span>"
)


def drop(browser: Browser, folder: Path, width: int) -> float:
    """How far below its formula a comma stands, in a paragraph that is 200 pixels wide."""
    page = folder / "page.html"
    page.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<link rel="stylesheet" href="{(STATIC / "reading.css").as_uri()}">'
        f'<script defer src="{(STATIC / "cues.js").as_uri()}"></script>'
        "<style>p {width: 200px; font: 16px/20px monospace}</style></head>"
        f'<body><main class="bd-content"><p>Then {FORMULA.format(width)}, and</p></main></body>',
        encoding="utf-8",
    )
    opened = browser.new_page()
    opened.goto(page.as_uri())
    opened.wait_for_function("document.querySelector('.linreg-together')")
    first = opened.evaluate("document.querySelector('mjx-container').getBoundingClientRect().top")
    comma = opened.evaluate(
        """() => {
          const range = document.createRange();
          range.selectNode(document.querySelector('.linreg-together').lastChild);
          return range.getBoundingClientRect().top;
        }"""
    )
    opened.close()
    return float(comma - first)


@pytest.mark.parametrize("width", [50, 145, 150, 155, 185])
def test_a_comma_stays_with_its_formula(browser: Browser, tmp_path: Path, width: int) -> None:
    assert abs(drop(browser, tmp_path, width)) < 10
