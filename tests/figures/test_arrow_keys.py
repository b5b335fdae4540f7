"""Arrow keys stay in a picture that has the focus, on pages where they open the next chapter."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest
from matplotlib import pyplot as plt

from linreg_lib.figures import Evolution, region_canvas
from tests.figures.solid_networks import random_complex

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

KEYS = ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown")
STOPS = (
    ".linreg-stage",
    ".linreg-in",
    ".linreg-colour",
    ".linreg-number",
    ".linreg-play",
    ".linreg-evolution input",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page that Sphinx's own script turns by arrow keys, with a canvas and a film."""
    folder = tmp_path_factory.mktemp("keys")
    scripts = resources.files("sphinx").joinpath("themes", "basic", "static")
    doctools = scripts.joinpath("doctools.js").read_text(encoding="utf-8")
    options = "const DOCUMENTATION_OPTIONS = {NAVIGATION_WITH_KEYS: true};"
    canvas = region_canvas(random_complex(2), "Regions")._repr_html_()
    film = Evolution([plt.figure(), plt.figure(), plt.figure()], ["a", "b", "c"], "Blank")
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="next" href="next.html">'
        f'<link rel="prev" href="prev.html"><script>{options}{doctools}</script>'
        f"<body>{canvas}{film._repr_html_()}</body></html>"
    )
    for name in ("here", "next", "prev"):
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return (folder / "here.html").as_uri()


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 700, "height": 1600})
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    page.wait_for_selector(".linreg-canvas[data-state=ready]", timeout=20_000)
    return page


@pytest.mark.parametrize("stop", STOPS)
def test_no_arrow_key_leaves_the_page(browser: Browser, address: str, stop: str) -> None:
    page = opened(browser, address)
    page.locator(stop).focus()
    for key in KEYS:
        page.keyboard.press(key)
        page.wait_for_timeout(80)
        assert page.url == address
    page.close()


@pytest.mark.parametrize(("key", "name"), [("ArrowRight", "next"), ("ArrowLeft", "prev")])
def test_elsewhere_they_turn_the_page(browser: Browser, address: str, key: str, name: str) -> None:
    page = opened(browser, address)
    page.locator(".linreg-stage").focus()
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    page.wait_for_url(f"**/{name}.html", timeout=5_000)
    page.close()


def test_a_film_is_stepped_by_arrow_keys(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.locator(".linreg-evolution input").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".linreg-label").inner_text() == "b"
    page.close()
