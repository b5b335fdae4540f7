"""What a page loads: little, and nothing for show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from linreg_book.project import Project
from tests.site.browsing import DESK, opened, settle
from tests.tiny_book import CHAPTERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MOST = 1_500_000  # bytes, uncompressed, the pictures of the notebook aside
PAGES = ["book/index.html", "book/ledger.html", *(f"notebooks/{name}.html" for name in CHAPTERS)]
PICTURES = re.compile(
    r"data:image/[^\"')]*"
    r"|(?<=class=\"linreg-data\">)[^<]*"  # a canvas's complex
)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_light(browser: Browser, built: Project, name: str) -> None:
    path = built.site / name
    asked: set[str] = set()
    page = browser.new_page(viewport=DESK)
    page.on("request", lambda request: asked.add(request.url))
    page.goto(path.as_uri())
    settle(page)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(500)
    page.close()
    weights = {}
    for url in asked:
        found = Path(unquote(urlsplit(url).path))
        if url.startswith("file:") and found != path and "_images" not in found.parts:
            weights[found] = found.stat().st_size
    html = path.read_text(encoding="utf-8")
    weights[path] = len(PICTURES.sub("", html).encode())
    assert any(found.name == "startup.js" for found in weights) is ("MathJax" in html)
    heaviest = [(str(found), size) for found, size in weights.items() if size > 50_000]
    assert sum(weights.values()) <= MOST, heaviest


def test_buttons_of_the_theme_work_and_have_icons(browser: Browser, built: Project) -> None:
    page = opened(browser, built.site / f"notebooks/{next(iter(CHAPTERS))}.html", viewport=DESK)
    bare = page.evaluate(
        """() => Array.from(document.querySelectorAll('[class*="fa-"]')).filter(e =>
          /(^| )fa[srb]?-?(solid|regular|brands)?( |$)/.test(e.className) && e.offsetWidth &&
          getComputedStyle(e, '::before').maskImage === 'none').map(e => e.className)"""
    )
    assert bare == []
    switch = page.locator("button.theme-switch-button:visible").first
    seen = set()
    for _ in range(3):
        switch.click()
        seen.add(page.evaluate("document.documentElement.dataset.mode"))
        icons = switch.locator(".theme-switch:visible")
        assert icons.count() == 1
        assert icons.bounding_box()["width"] > 8  # type: ignore[index]
    assert seen == {"auto", "light", "dark"}
    page.locator("button.search-button__button:visible, .search-button:visible").first.click()
    assert page.locator("dialog#pst-search-dialog[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("dialog#pst-search-dialog[open]").count() == 0
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_head_says_what_the_page_is(built: Project, name: str) -> None:
    path = built.site / name
    head = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").head
    assert head is not None
    said = {
        str(meta.get("name") or meta.get("property")): str(meta["content"])
        for meta in head.find_all("meta")
        if meta.get("content")
    }
    for key in ("description", "og:title", "og:description", "og:image", "og:image:alt"):
        assert len(said[key]) > 3, key
    assert 40 <= len(said["description"]) <= 210
    assert not re.search(r"[\\$`{}]", said["description"])
    icon = head.find("link", rel="icon") or head.find("link", rel="shortcut icon")
    assert icon is not None
    for target in (said["og:image"], str(icon["href"])):
        assert (path.parent / urlsplit(target).path).resolve().is_file(), target


def test_there_is_a_logo_for_each_theme(browser: Browser, built: Project) -> None:
    for scheme in ("light", "dark"):
        page = opened(browser, built.site / PAGES[0], viewport=DESK, color_scheme=scheme)
        logo = page.locator(".navbar-brand img:visible").first
        assert logo.evaluate("e => e.naturalWidth") > 0
        assert ("dark" in str(logo.get_attribute("src"))) is (scheme == "dark")
        page.close()


def test_scripts_for_one_thing_stand_where_it_stands(built: Project) -> None:
    for script, word in (("playground", "linreg-playground"), ("ledger", "linreg-ledger")):
        loading = {
            path.name
            for path in (built.site / "book").glob("*.html")
            if f"_static/{script}.js" in path.read_text(encoding="utf-8")
        }
        holding = {
            path.name
            for path in (built.site / "book").glob("*.html")
            if f'"{word}' in path.read_text(encoding="utf-8")
        }
        assert loading == holding
        assert len(loading) == 1
