"""Tables on a phone, in a real browser: the last column is on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from linreg_book.records.boxes import evidence_table
from linreg_book.records.value_table import ValueTable
from tests.linreg_book.synthetic_ledger import check

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STATIC = Path(__file__).resolve().parents[2] / "book" / "_static"
PHONE: Any = {"width": 390, "height": 780}
DESK: Any = {"width": 1280, "height": 900}

WIDE = ValueTable(
    {
        "network": ["small", "large"],
        **{
            f"mean number after {k} epochs": [f"{1234.5 * k:.1f} ± 0.2", "-1.5 ± 0.25"]
            for k in range(1, 6)
        },
        "remark": ["a sentence that is longer than a column of numbers would be", "none"],
        "holds": [True, False],
    },
    label="Regions of two networks, with a caption that is longer than a small table is wide",
)
SMALL = ValueTable({"$n$": [1, 2], "pieces": [2, 4]}, label=WIDE.label)
TIGHT = ValueTable(
    {f"column number {k}": ["123.45 ± 12", "about right"] for k in range(4)}, label="Nearly fits"
)
#: parts of a table that are seen but lie outside the window
OUTSIDE = """table => Array.from(table.querySelectorAll('caption, tbody *, .linreg-column'))
  .filter(e => e.offsetWidth && (e.getBoundingClientRect().right > innerWidth ||
                                 e.getBoundingClientRect().left < 0)).map(e => e.textContent)"""


def opened(browser: Browser, folder: Path, *tables: str, **options: Any) -> Page:
    styles = "".join(
        f'<link rel="stylesheet" href="{(STATIC / name).as_uri()}">'
        for name in ("custom.css", "pages.css", "pipeline.css", "reading.css")
    )
    scripts = "".join(
        f'<script src="{(STATIC / name).as_uri()}"></script>' for name in ("cues.js", "tables.js")
    )
    (folder / "page.html").write_text(
        '<!doctype html><html lang="en" data-theme="dark"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">{styles}{scripts}'
        "<style>html {--pst-color-text-base: #ced6dd; --pst-color-background: #14181e;"
        " background: #14181e; color: #ced6dd; font: 16px/1.6 sans-serif}"
        " body {margin: 0 16px} table {border-collapse: collapse; margin: 0 auto}</style></head>"
        f'<body><main class="bd-content">{"".join(tables)}</main></body></html>',
        encoding="utf-8",
    )
    page = browser.new_page(**options)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto((folder / "page.html").as_uri())
    page.wait_for_timeout(300)
    return page


def html_of(table: ValueTable) -> str:
    return str(table._repr_html_())


def test_a_wide_table_stands_in_blocks_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, html_of(WIDE), viewport=PHONE)
    table = page.locator("table")
    assert "linreg-stacked" in str(table.get_attribute("class"))
    assert table.evaluate(OUTSIDE) == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    place = page.locator(".linreg-scroll")
    assert place.evaluate("e => e.scrollWidth <= e.clientWidth")
    last = page.locator("tbody tr:first-child td:last-child")
    assert last.inner_text().split() == ["holds", "yes"]
    assert last.locator(".linreg-column").is_visible()
    names = page.locator(".linreg-column")
    assert names.evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth)")
    # numbers share a line, one below the other in all rows; prose has a line of its own
    cells = page.locator("tbody tr:first-child > *")
    tops = [cells.nth(k).bounding_box()["y"] for k in range(cells.count())]  # type: ignore[index]
    assert tops[1] == tops[2] < tops[6] < tops[7]
    below = [
        [row.locator("td").nth(k).bounding_box()["x"] for k in range(7)]  # type: ignore[index]
        for row in page.locator("tbody tr").all()
    ]
    assert below[0] == below[1]
    page.close()


def test_blocks_are_still_a_table_to_whoever_listens(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, html_of(WIDE), viewport=PHONE)
    told = page.locator("main").aria_snapshot()
    assert told.count("- columnheader") == 8
    assert told.count("- rowheader") == 2
    assert told.count("- cell") == 14
    assert '- cell "yes"' in told  # the column's name is not read twice
    assert page.get_by_role("table", name=WIDE.label).count() == 1
    page.close()


def test_a_small_table_stays_a_table(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, html_of(SMALL), html_of(TIGHT), viewport=PHONE)
    assert page.locator(".linreg-stacked").count() == 0
    small, tight = page.locator("table").all()
    assert small.get_attribute("class") == "linreg-table linreg-values"
    assert "linreg-close" in str(tight.get_attribute("class"))
    assert tight.evaluate(OUTSIDE) == []
    page.close()


def test_nothing_changes_on_a_desk(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, html_of(WIDE), html_of(SMALL), viewport=DESK)
    assert page.locator(".linreg-stacked, .linreg-close, .linreg-column").count() == 0
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(300)
    assert page.locator(".linreg-stacked").count() == 1
    page.set_viewport_size(DESK)
    page.wait_for_timeout(300)
    assert page.locator(".linreg-stacked").count() == 0
    assert page.locator(".linreg-column:visible").count() == 0
    page.close()


def test_folded_evidence_is_in_blocks_once_it_is_open(browser: Browser, tmp_path: Path) -> None:
    long = check(name="mean number of regions of networks with forty neurons", measured=[12345] * 9)
    rows = [("as stated", long), ("mended hypothesis: with biases that are not zero", long)]
    page = opened(browser, tmp_path, str(evidence_table(rows)), viewport=PHONE)
    page.locator("summary").click()
    page.wait_for_timeout(300)
    table = page.locator("table")
    assert table.evaluate(OUTSIDE) == []
    assert page.locator("tbody tr:first-child td:last-child").inner_text().startswith("outcome")
    page.close()


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_a_caption_is_as_wide_as_the_page_lets_it(
    browser: Browser, tmp_path: Path, viewport: Any
) -> None:
    page = opened(browser, tmp_path, html_of(SMALL), viewport=viewport)
    table, caption = page.locator("thead"), page.locator("caption > span")
    narrow, wide = table.bounding_box(), caption.bounding_box()
    assert narrow is not None
    assert wide is not None
    assert narrow["width"] < 200 < 300 < wide["width"]
    assert wide["x"] + wide["width"] <= viewport["width"]
    assert wide["y"] < narrow["y"]
    colour = page.locator("caption").evaluate("e => getComputedStyle(e).color")
    assert colour == "rgb(206, 214, 221)"
    assert page.locator(".linreg-scroll").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.close()
