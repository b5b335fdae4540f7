"""The search page, served as a host would serve it: readable snippets."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from linreg_book.project import Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TEX_LEFT = re.compile(r"\\|\$|[_^]\{")
TEX = {
    r"\frac{1}{2}n^2 \le \binom{n}{k}": "1/2 n² ≤ C(n, k)",
    r"\mathbb{R}^{n_{\mathrm{in}}}": "R^(nᵢₙ)",
    r"\#\{\text{regions}\} = \sum_{i=0}^{d} x_i": "#{regions} = ∑_(i=0)^d xᵢ",
    r"\left\lVert W x + b \right\rVert_2 \leq 2^{-10}": "‖ W x + b ‖₂ ≤ 2⁻¹⁰",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}": "a = b c = d",
}


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(built: Project) -> Iterator[str]:
    handler = functools.partial(_Silent, directory=str(built.site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("word", ["regions", "neuron", "polynomial"])
def test_snippets_hold_no_tex(browser: Browser, address: str, word: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/search.html?q={word}")
    page.wait_for_selector("#search-results li p.context", timeout=20_000)
    page.wait_for_timeout(1500)
    found = page.locator("#search-results li").all_inner_texts()
    page.close()
    assert len(found) >= 2
    assert [each for each in found if TEX_LEFT.search(each)] == []


def test_formulas_become_plain_characters(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/search.html")
    made = {tex: page.evaluate("tex => window.linregPlainTex(tex)", tex) for tex in TEX}
    page.close()
    assert made == TEX
