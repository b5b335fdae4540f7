"""The ledger in a real browser: filters, search, addresses, and the page without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linreg_book.pages.ledger_page import ledger_markdown
from tests.linreg_book.page_html import raw_html
from tests.linreg_book.synthetic_ledger import check, entry

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STATIC = Path(__file__).resolve().parents[2] / "book" / "_static"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
ENTRIES = (
    entry("HR19-Thm1", "false", why="a longer line", evidence=(check(passed=False), check())),
    entry("HR19-Eq4", "definition", kind="definition", statement="The boundary is closed."),
    entry("QW23-Eq27", "false", kind="statement"),
    entry("F23-Lem1", "proved", kind="lemma", chapter_title="Arrangements", why="recursion"),
    entry("F23-Lem2", "open", kind="lemma", chapter_title="Bounds", statement="Zonotopes."),
    entry("F23-Thm8", "open", chapter_title="The average polytope"),
)
ROWS = "table.linreg-ledger > tbody > tr"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The generated part of the page, in a bare document with the book's styles and script."""
    body = raw_html(ledger_markdown(ENTRIES, {}))
    styles = "".join(
        f'<link rel="stylesheet" href="{(STATIC / name).as_uri()}">'
        for name in ("custom.css", "pipeline.css", "pages.css")
    )
    script = f'<script defer src="{(STATIC / "ledger.js").as_uri()}"></script>'
    page = tmp_path_factory.mktemp("ledger") / "ledger.html"
    page.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<style>[hidden] {{display: none !important}}</style>{styles}{script}</head>"
        f'<body><main class="bd-content">{body}</main></body></html>',
        encoding="utf-8",
    )
    return page.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = browser.new_page(viewport=DESK)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto(address)
    yield opened
    opened.close()
    assert wrong == []


def shown(page: Page) -> list[str]:
    """Ids of the rows that a reader sees."""
    found: list[str] = page.eval_on_selector_all(
        ROWS, "rows => rows.filter(row => row.checkVisibility()).map(row => row.dataset.id)"
    )
    return found


def query(page: Page) -> str:
    return page.url.partition("?")[2]


def test_judged_first_and_open_ones_folded(page: Page) -> None:
    assert shown(page) == ["HR19-Thm1", "HR19-Eq4", "QW23-Eq27", "F23-Lem1"]
    assert page.locator(".linreg-status").inner_text() == "6 statements"


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        ("paper", "HR19", ["HR19-Thm1", "HR19-Eq4"]),
        ("kind", "definition", ["HR19-Eq4"]),
        ("verdict", "proved", ["F23-Lem1"]),
        ("verdict", "open", ["F23-Lem2", "F23-Thm8"]),
        ("chapter", "Arrangements", ["F23-Lem1"]),
    ],
)
def test_each_filter_leaves_its_rows(page: Page, field: str, value: str, left: list[str]) -> None:
    page.select_option(f"#ledger-by-{field}", value)
    assert shown(page) == left
    assert query(page) == f"{field}={value}"
    page.get_by_role("button", name="Show all").click()
    assert len(shown(page)) == 4
    assert query(page) == ""


def test_counters_are_filters(page: Page) -> None:
    counter = page.locator(".linreg-counter[data-verdict=false]")
    counter.click()
    assert shown(page) == ["HR19-Thm1", "QW23-Eq27"]
    assert counter.get_attribute("aria-pressed") == "true"
    assert page.locator(".linreg-status").inner_text() == "2 of 6 statements"
    counter.click()
    assert counter.get_attribute("aria-pressed") == "false"
    assert len(shown(page)) == 4


def test_search_looks_everywhere_and_opens_folds(page: Page) -> None:
    page.fill("#ledger-search", "zonotopes lem2")
    assert shown(page) == ["F23-Lem2"]
    page.fill("#ledger-search", "LONGER line")
    assert shown(page) == ["HR19-Thm1"]
    page.fill("#ledger-search", "no such words")
    assert shown(page) == []


def test_filters_work_together(page: Page) -> None:
    page.select_option("#ledger-by-paper", "F23")
    page.select_option("#ledger-by-kind", "lemma")
    page.fill("#ledger-search", "recursion")
    assert shown(page) == ["F23-Lem1"]


def test_the_address_brings_the_state_back(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(address + "?verdict=false&paper=QW23")
    assert shown(page) == ["QW23-Eq27"]
    assert page.locator("#ledger-by-paper").input_value() == "QW23"
    page.goto(address + "?verdict=nonsense&q=boundary")
    assert shown(page) == ["HR19-Eq4"]
    page.close()


@pytest.mark.parametrize("before", ["", "?verdict=false"])
def test_the_address_of_a_row_shows_it(browser: Browser, address: str, before: str) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(f"{address}{before}#ledger-f23-lem2")
    assert "F23-Lem2" in shown(page)
    page.close()


def test_every_row_has_a_link_to_itself(page: Page) -> None:
    links = page.locator(f"{ROWS} > th > .linreg-here")
    assert links.count() == len(ENTRIES)
    assert links.evaluate_all("all => all.every(a => a.hash === '#' + a.closest('tr').id)")


def test_a_link_copies_the_address_of_its_row(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + "?q=closed")
    page.locator("#ledger-hr19-eq4 .linreg-here").click()
    page.wait_for_function("document.querySelector('.linreg-copied')")
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}#ledger-hr19-eq4"
    context.close()


def test_without_a_script_it_is_a_plain_table(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator(f"{ROWS}").count() == len(ENTRIES)
    assert page.locator(f"{ROWS}").first.is_visible()
    assert page.locator("button, select, input").count() == 0
    page.locator("details.linreg-waiting > summary").click()
    assert page.locator("#ledger-f23-lem2").is_visible()
    context.close()


def test_rows_are_cards_on_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(address)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    for row in page.locator(f"{ROWS}:visible").all():
        card, badge = row.bounding_box(), row.locator(".linreg-badge").bounding_box()
        assert card is not None
        assert badge is not None
        assert card["x"] >= 0
        assert card["x"] + card["width"] <= PHONE["width"]
        assert badge["x"] + badge["width"] <= card["x"] + card["width"]
        assert badge["y"] - card["y"] < 120
    for control in page.locator(".linreg-filters select, .linreg-filters input").all():
        box = control.bounding_box()
        assert box is not None
        assert 30 < box["height"] < 60
    page.close()
