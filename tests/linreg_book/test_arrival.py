"""An address with a place leads there, whatever above it is set or loaded later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

STATIC = Path(__file__).resolve().parents[2] / "book" / "_static"
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PADDING = 64  # pixels that the theme keeps free above a place
TOP = "document.getElementById('place').getBoundingClientRect().top"
SETTLED = "window.settled === true"
# What the theme says; the browser's own hold on the view while content above grows comes besides.
THEME = f"""
:root {{ scroll-behavior: smooth; scroll-padding-top: {PADDING}px; }}
.set {{ height: 70px; }}
"""
# Formulas are set half a second after the page is there, like MathJax does, and the last picture
# comes after them.
LATE = """
window.MathJax = {startup: {promise: new Promise(done => {
  addEventListener('load', () => setTimeout(() => {
    document.querySelectorAll('.math').forEach(each => each.classList.add('set'));
    done();
    setTimeout(() => {
      document.querySelectorAll('.late').forEach(each => { each.style.height = '400px'; });
      requestAnimationFrame(() => requestAnimationFrame(() => { window.settled = true; }));
    }, 300);
  }, 500));
})}};
"""


@pytest.fixture(scope="module", params=["auto", "none"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page of formulas and pictures with a place in their midst."""
    styles = f'<link rel="stylesheet" href="{(STATIC / "custom.css").as_uri()}">'
    script = f'<script src="{(STATIC / "arrive.js").as_uri()}"></script>'
    block = '<p class="math">x</p><div class="late"></div>' * 60
    page = tmp_path_factory.mktemp("arrival") / f"{request.param}.html"
    page.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{THEME} * {{ overflow-anchor: {request.param}; }}</style>{styles}"
        f"<script>{LATE}</script>{script}</head><body><article>"
        f'<a href="#place" id="link">there</a>{block}'
        f'<h2 id="place">Here</h2>{block}</article></body></html>',
        encoding="utf-8",
    )
    return page.as_uri()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_address_leads_to_its_place(browser: Browser, address: str, size: ViewportSize) -> None:
    page = _opened(browser, f"{address}#place", size)
    page.wait_for_function(SETTLED)
    assert page.evaluate(TOP) == pytest.approx(PADDING, abs=2)
    page.close()


def test_a_reader_who_has_scrolled_stays(browser: Browser, address: str) -> None:
    page = _opened(browser, f"{address}#place", DESK)
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"{TOP} > {PADDING + 100}")
    page.wait_for_function(SETTLED)
    assert page.evaluate(TOP) > PADDING + 100
    page.close()


def test_a_link_within_the_page_leads_there_too(browser: Browser, address: str) -> None:
    page = _opened(browser, address, DESK)
    page.locator("#link").click()
    page.wait_for_function(SETTLED)
    assert page.evaluate(TOP) == pytest.approx(PADDING, abs=2)
    page.close()


def test_who_reloads_stays_where_she_was(browser: Browser, address: str) -> None:
    page = _opened(browser, f"{address}#place", DESK)
    page.wait_for_function(SETTLED)
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"{TOP} > {PADDING + 200}")
    page.reload()
    page.wait_for_function(SETTLED)
    assert abs(page.evaluate(TOP) - PADDING) > 100
    page.close()


def _opened(browser: Browser, address: str, size: ViewportSize) -> Page:
    page = browser.new_page(viewport=size)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    return page
