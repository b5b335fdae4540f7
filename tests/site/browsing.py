"""Opening a page of the built site in a browser, and what its elements look like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESK: Any = {"width": 1280, "height": 900}
PHONE: Any = {"width": 390, "height": 780}

# A tap or a click while a page still glides may stop it and do no more, so a test waits for half a
# second without a move. A tap's focus comes with the mouse event that the browser makes of it.
AT_REST = """() => new Promise(done => {
  let last = NaN, since = 0;
  const look = now => {
    if (window.scrollY !== last) { last = window.scrollY; since = now; }
    if (now - since > 500) { done(last); } else { requestAnimationFrame(look); }
  };
  requestAnimationFrame(look);
})"""


def opened(browser: Browser, path: Path | str, **options: Any) -> Page:
    """A page, loaded, its formulas typeset."""
    page = browser.new_page(**options)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(path.as_uri() if isinstance(path, Path) else path)
    settle(page)
    return page


def settle(page: Page) -> None:
    if page.locator("article .math, article .mathjax_process").count():
        page.wait_for_selector("mjx-container", state="attached", timeout=30_000)
        page.evaluate("MathJax.startup.promise")
    page.evaluate("document.fonts.ready")
