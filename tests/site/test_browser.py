"""The site in a real browser, from disk, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from linreg_book.project import Project
from tests.tiny_book import CHAPTERS, TinyBook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHONE = {"width": 375, "height": 740}
DESK = {"width": 1280, "height": 900}
FROM_RECORDS = [f"book/{name}.html" for name in ("ledger", "errata", "new", "gallery")]
PAGES = ["book/index.html", *(f"notebooks/{name}.html" for name in CHAPTERS), *FROM_RECORDS]


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


@pytest.mark.parametrize("name", ["book/index.html", *FROM_RECORDS])
def test_nothing_stays_raw_tex(browser: Browser, built: Project, name: str) -> None:
    """Formulas in what is made from records are typeset, though no Markdown holds them."""
    page = browser.new_page(viewport=DESK)
    page.goto((built.site / name).as_uri())
    raw = """Array.from(document.querySelectorAll('.mathjax_process')).filter(
        place => place.textContent.includes(String.raw`\\(`)).length"""
    page.wait_for_selector("mjx-container", state="attached", timeout=20_000)
    page.wait_for_function(f"{raw} === 0", timeout=20_000)
    page.close()


def test_the_ledger_filters_what_the_records_say(
    browser: Browser, built: Project, tiny_book: TinyBook
) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto((built.site / "book/ledger.html").as_uri() + "?paper=HR19&verdict=proved")
    shown = page.eval_on_selector_all(
        "table.linreg-ledger > tbody > tr",
        "rows => rows.filter(row => row.checkVisibility()).map(row => row.dataset.id)",
    )
    page.close()
    wanted = [
        each["id"]
        for each in tiny_book.records
        if (each["paper"], each["verdict"]) == ("HR19", "proved")
    ]
    assert wanted
    assert shown == wanted


def test_errata_print_without_the_theme(browser: Browser, built: Project) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto((built.site / "book/errata.html").as_uri())
    page.emulate_media(media="print")
    items = page.locator(".linreg-erratum")
    assert items.count() >= 1
    assert items.first.is_visible()
    for around in (".bd-sidebar-primary", ".bd-header-article", ".prev-next-footer"):
        for part in page.locator(around).all():
            assert not part.is_visible()
    page.close()


@pytest.mark.parametrize("name", ["book/index.html", *FROM_RECORDS, PAGES[1]])
def test_dark_mode_follows_the_reader(browser: Browser, built: Project, name: str) -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport=DESK, color_scheme=scheme)
        page.goto((built.site / name).as_uri())
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness[scheme] = sum(int(part) for part in colour.strip("rgba()").split(",")[:3])
        page.close()
    assert brightness["dark"] < 200 < 600 < brightness["light"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_link_to_what_is_folded_opens_it(browser: Browser, built: Project, name: str) -> None:
    """Browsers do so by themselves as long as a fold is a ``details``."""
    page = browser.new_page(viewport=DESK)
    page.goto((built.site / f"notebooks/{name}.html").as_uri())
    folded = page.locator("details:not([open]) :is([id^=claim-], [id^=finding-])")
    for anchor in folded.evaluate_all("all => all.map(each => each.id)"):
        page.evaluate("anchor => { location.hash = anchor; }", anchor)
        page.wait_for_function(
            "anchor => document.getElementById(anchor).checkVisibility()", arg=anchor
        )
    page.close()
