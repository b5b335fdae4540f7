"""The site in a real browser, from disk, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from linreg_book.project import Project
from tests.tiny_book import CHAPTERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHONE = {"width": 375, "height": 740}
DESK = {"width": 1280, "height": 900}
PAGES = ["book/index.html", *(f"notebooks/{name}.html" for name in CHAPTERS)]


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_without_a_network(browser: Browser, built: Project, name: str) -> None:
    page = browser.new_page(viewport=DESK)
    wrong: list[str] = []
    page.on("request", lambda r: wrong.append(r.url) if r.url.startswith("http") else None)
    page.on("requestfailed", lambda r: wrong.append(f"failed: {r.url}"))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((built.site / name).as_uri())
    if page.locator(".math").count():
        page.wait_for_selector("mjx-container", state="attached", timeout=20_000)
    assert page.locator("mjx-merror").count() == 0
    assert page.locator("h1").first.inner_text().strip()
    page.close()
    assert wrong == []


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone(browser: Browser, built: Project, name: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto((built.site / name).as_uri())
    if page.locator(".math").count():
        page.wait_for_selector("mjx-container", state="attached", timeout=20_000)
    width = page.evaluate("document.scrollingElement.scrollWidth")
    page.close()
    assert width <= PHONE["width"]


@pytest.mark.parametrize("name", PAGES[:2])
def test_dark_mode_follows_the_reader(browser: Browser, built: Project, name: str) -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport=DESK, color_scheme=scheme)
        page.goto((built.site / name).as_uri())
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness[scheme] = sum(int(part) for part in colour.strip("rgba()").split(",")[:3])
        page.close()
    assert brightness["dark"] < 200 < 600 < brightness["light"]
