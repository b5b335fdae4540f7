"""Canvases in a real browser, from disk, without a network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from linreg_lib.figures import region_canvas, section
from tests.figures.solid_networks import random_complex

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("canvas")
    for dim in (2, 3):
        cx = random_complex(dim)
        values = {"first": np.arange(cx.num_regions)}
        html = region_canvas(cx, "Regions", values=values)._repr_html_()
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{html}</body></html>'
        (folder / f"{dim}.html").write_text(page, encoding="utf-8")
    return folder


def opened(browser: Browser, folder: Path, dim: int, **options: Any) -> Page:
    options.setdefault("viewport", {"width": 700, "height": 1100})
    page = browser.new_page(**options)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto((folder / f"{dim}.html").as_uri())
    page.wait_for_selector(".linreg-canvas[data-state=ready]", timeout=20_000)
    page.wait_for_selector(".linreg-stage[data-frames]", timeout=20_000)
    return page


def told(page: Page) -> str:
    return page.locator(".linreg-told").inner_text()


def region(page: Page) -> int:
    return int(page.locator(".linreg-canvas").get_attribute("data-region") or -1)


def hover(page: Page, x: float, y: float) -> None:
    """Point at a place of the square [-1, 1]^2 that fills 98 per cent of the stage."""
    box = page.locator(".linreg-stage").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(middle[0] + 0.49 * box["width"] * x, middle[1] - 0.49 * box["height"] * y)


def colours_seen(page: Page) -> int:
    """How many colours a screenshot of the stage has: a blank stage has one."""
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(page.locator(".linreg-stage").screenshot())).convert("RGB")
    return len(picture.getcolors(picture.size[0] * picture.size[1]) or ())


def test_pointing_tells_the_region_that_the_complex_knows_there(
    browser: Browser, folder: Path
) -> None:
    cx = random_complex(2)
    page = opened(browser, folder, 2)
    large = np.flatnonzero(cx.volumes > 0.02)
    assert len(large) > 10
    for number in large:
        hover(page, *cx.polygons()[number].mean(axis=0))
        assert region(page) == number
        on = cx.patterns[number]
        assert told(page).startswith(f"Region {number}: area ")
        assert f"{cx.facets_per_region()[number]} facets, first {number}. " in told(page)
        assert told(page).endswith(f": {on[:7].sum()} of 7, {on[7:].sum()} of 5.")
        area = re.search(r"area ([\d.]+)", told(page))
        assert area is not None
        assert float(area[1]) == pytest.approx(cx.volumes[number], rel=5e-3)
    page.close()


def test_pointing_still_works_after_a_move_and_a_zoom(browser: Browser, folder: Path) -> None:
    cx = random_complex(2)
    page = opened(browser, folder, 2)
    page.locator(".linreg-in").click()
    page.locator(".linreg-stage").focus()
    page.keyboard.press("ArrowRight")  # the view goes right by 24 pixels
    box = page.locator(".linreg-stage").bounding_box()
    assert box is not None
    shift = 24 / (0.49 * box["width"]) / 1.5
    for x, y in ((0.21, 0.33), (-0.34, 0.12), (0.05, -0.3)):
        hover(page, 1.5 * (x - shift), 1.5 * y)
        assert region(page) == cx.locate([x, y])
    page.close()


def test_a_region_is_found_by_its_number(browser: Browser, folder: Path) -> None:
    for dim in (2, 3):
        cx = random_complex(dim)
        page = opened(browser, folder, dim)
        smallest = int(np.argmin(cx.volumes))
        page.locator(".linreg-number").fill(str(smallest))
        page.keyboard.press("Enter")
        assert region(page) == smallest
        assert told(page).startswith(f"Region {smallest}:")
        page.locator(".linreg-number").fill(str(cx.num_regions))
        page.keyboard.press("Enter")
        assert told(page) == f"There are regions 0 to {cx.num_regions - 1}."
        page.close()


def test_the_keyboard_reads_the_centre(browser: Browser, folder: Path) -> None:
    cx = random_complex(2)
    page = opened(browser, folder, 2)
    page.locator(".linreg-stage").focus()
    page.keyboard.press("Enter")
    assert region(page) == cx.locate([1e-4, -1e-4])
    assert page.locator(".linreg-told").get_attribute("aria-live") == "polite"
    assert page.locator(".linreg-cross").is_visible()
    page.close()


def test_the_cut_meets_as_many_regions_as_the_section_has(browser: Browser, folder: Path) -> None:
    cx = random_complex(3)
    page = opened(browser, folder, 3)
    for axis in range(3):
        page.locator(".linreg-across").select_option(str(axis))
        for thousandths in (-731, 13, 402):
            page.locator(".linreg-depth").fill(str(thousandths))
            expected = section(cx, np.eye(3)[axis], thousandths / 1000).num_regions
            met = page.locator(".linreg-canvas").get_attribute("data-met")
            assert met == str(expected)
            assert f"{expected} regions met" in page.locator(".linreg-met").inner_text()
    page.close()


def test_the_cut_shows_the_regions_on_it(browser: Browser, folder: Path) -> None:
    cx = random_complex(3)
    page = opened(browser, folder, 3)
    page.locator(".linreg-across").select_option("2")
    page.locator(".linreg-depth").fill("100")
    page.locator(".linreg-stage").focus()
    for _ in range(15):  # look from straight above
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert region(page) in cx.locate([[1e-3, 1e-3, 0.1], [-1e-3, -1e-3, 0.1]])
    page.close()


@pytest.mark.parametrize("dim", [2, 3])
def test_every_colouring_is_drawn(browser: Browser, folder: Path, dim: int) -> None:
    page = opened(browser, folder, dim)
    keys = page.locator(".linreg-colour option").evaluate_all("all => all.map(o => o.value)")
    assert keys == ["region", "volume", "facets", "units", "value0"]
    for key in keys:
        page.locator(".linreg-colour").select_option(key)
        page.wait_for_timeout(60)
        assert colours_seen(page) > 20
        assert page.locator(".linreg-scale").is_visible() is (key != "region")
    page.close()


@pytest.mark.parametrize("dim", [2, 3])
def test_without_scripts_and_on_paper_there_is_the_picture(
    browser: Browser, folder: Path, dim: int
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto((folder / f"{dim}.html").as_uri())
    assert page.locator(".linreg-still").is_visible()
    assert not page.locator(".linreg-live").is_visible()
    page.close()
    page = opened(browser, folder, dim)
    assert not page.locator(".linreg-still").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".linreg-still").is_visible()
    assert not page.locator(".linreg-stage").is_visible()
    page.close()


def test_it_fits_a_phone_and_follows_the_theme(browser: Browser, folder: Path) -> None:
    shade = "getComputedStyle(document.querySelector('.linreg-canvas')).backgroundColor"
    page = opened(browser, folder, 3, viewport={"width": 360, "height": 740}, color_scheme="dark")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert page.evaluate(shade) == "rgb(20, 24, 28)"
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert page.evaluate(shade) == "rgb(255, 255, 255)"
    page.close()


def test_without_webgl_the_picture_stays(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto((folder / "2.html").as_uri())
    page.wait_for_selector(".linreg-canvas[data-state=failed]", timeout=20_000)
    assert page.locator(".linreg-still").is_visible()
    page.close()
