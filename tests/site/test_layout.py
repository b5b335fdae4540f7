"""Nothing is clipped without a cue, on a desk and a phone, in the light and in the dark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from linreg_book.project import Project
from tests.site.browsing import AT_REST, DESK, PHONE, opened
from tests.tiny_book import CHAPTERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = [
    "book/index.html",
    "book/ledger.html",
    "book/errata.html",
    "book/new.html",
    "book/gallery.html",
    "book/notation.html",
    "book/run_times.html",
    "book/reference/regions.html",
    *(f"notebooks/{name}.html" for name in CHAPTERS),
]
LOOKS = [(view, scheme) for view in (DESK, PHONE) for scheme in ("light", "dark")]

# Elements that stick out of the window or of something that hides what sticks out, and scrolling
# boxes that do not show that they scroll.
CLIPPED = """() => {
  const wrong = [], name = e => `${e.tagName.toLowerCase()}.${e.getAttribute('class')} ` +
    `${e.textContent.trim().slice(0, 40)} ${e.scrollWidth} > ${e.clientWidth}`;
  const scrolls = e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
  const cue = e => getComputedStyle(e).backgroundImage.includes('gradient');
  // mjx-ext: the middle of a stretched brace, of which MathJax shows a part by intent
  const quiet = 'mjx-assistive-mml, mjx-assistive-mml *, mjx-ext, ' +
    '.visually-hidden, svg *, [hidden]';
  for (const e of document.querySelectorAll('article *')) {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height || e.matches(quiet)) continue;
    const style = getComputedStyle(e), wide = e.scrollWidth - e.clientWidth;
    if (scrolls(e) && wide > 1 && e.clientWidth && !cue(e)) wrong.push('no cue: ' + name(e));
    if (['hidden', 'clip'].includes(style.overflowX) && wide > 1 && e.clientWidth > 1)
      wrong.push('hides: ' + name(e));
    if (box.right > document.documentElement.clientWidth + 1 || box.left < -1) {
      let above = e.parentElement;
      while (above && !scrolls(above)) above = above.parentElement;
      if (!above || above === document.body) wrong.push('sticks out: ' + name(e));
    }
  }
  return [...new Set(wrong)];
}"""

# Contrast of text with what lies behind it (WCAG 2.2), for all elements that match a selector.
CONTRAST = """selector => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = rgb => rgb.slice(0, 3).map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  ).reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = e => {
    for (let at = e; at; at = at.parentElement) {
      const rgb = numbers(getComputedStyle(at).backgroundColor);
      if (rgb.length < 4 || rgb[3] > 0.99) return rgb;
    }
    return [255, 255, 255];
  };
  return Array.from(document.querySelectorAll(selector)).filter(e => e.offsetWidth).map(e => {
    const style = getComputedStyle(e), pair = [light(numbers(style.color)), light(behind(e))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    return [e.textContent.trim().slice(0, 50), ratio, parseFloat(style.fontSize)];
  });
}"""


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_clipped_without_a_cue(
    browser: Browser, built: Project, name: str, view: Any
) -> None:
    page = opened(browser, built.site / name, viewport=view, color_scheme="light")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
        page.wait_for_timeout(200)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= view["width"]
        assert page.evaluate(CLIPPED) == []
    page.close()


@pytest.mark.parametrize(("view", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES[-3:])
def test_captions_and_verdicts_can_be_read(
    browser: Browser, built: Project, name: str, view: Any, scheme: Any
) -> None:
    page = opened(browser, built.site / name, viewport=view, color_scheme=scheme)
    found = page.evaluate(CONTRAST, "figcaption, figcaption p, .linreg-badge")
    page.close()
    assert found
    assert [each for each in found if each[1] < 4.5] == []
    assert [each for each in found if each[2] < 13] == []


@pytest.mark.parametrize("name", ["book/ledger.html", *(f"notebooks/{c}.html" for c in CHAPTERS)])
def test_verdicts_are_on_the_phones_screen(browser: Browser, built: Project, name: str) -> None:
    page = opened(browser, built.site / name, viewport=PHONE)
    outside = page.evaluate(
        """() => Array.from(document.querySelectorAll('article .linreg-badge'))
          .filter(e => e.offsetWidth)
          .filter(e => { const box = e.getBoundingClientRect();
                         return box.left < 0 || box.right > innerWidth; })
          .map(e => e.textContent)"""
    )
    page.close()
    assert outside == []


@pytest.mark.parametrize("name", [f"notebooks/{name}.html" for name in CHAPTERS])
def test_small_figures_open_large(browser: Browser, built: Project, name: str) -> None:
    """Figures are drawn for 640 pixels with letters of 10.5 or more; 85 per cent leaves 9."""
    page = opened(browser, built.site / name, viewport=PHONE)
    page.wait_for_timeout(300)
    unaided = page.evaluate(
        """() => Array.from(document.querySelectorAll('article :is(figure, .cell_output) img'))
          .filter(e => e.clientWidth && !e.closest('.linreg-canvas, .linreg-evolution, .animation'))
          .filter(e => e.clientWidth < 0.85 * Math.min(640, e.naturalWidth))
          .filter(e => { const button = document.getElementById(e.dataset.enlargedBy);
                         return !button || !button.offsetWidth; })
          .map(e => e.alt)"""
    )
    assert unaided == []
    buttons = page.locator(".linreg-enlarge:visible")
    if buttons.count():
        opener = buttons.first.get_attribute("id")
        buttons.first.focus()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog.linreg-large[open]")
        image = dialog.locator("img")
        assert image.get_attribute("alt")
        assert image.evaluate("e => e.clientWidth") >= 640
        page.keyboard.press("Escape")
        assert dialog.count() == 0
        assert re.match("linreg-enlarge-", page.evaluate("document.activeElement.id"))
        figure = page.locator(f'img[data-enlarged-by="{opener}"]')
        figure.scroll_into_view_if_needed()
        page.evaluate(AT_REST)
        figure.click()
        page.locator("dialog.linreg-large button").click()
        assert dialog.count() == 0
    page.close()
