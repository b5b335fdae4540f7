"""What every test shares: one thread a process, a word on the data, and who runs beside whom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

# Before numpy is imported anywhere: the parallel work is in the processes, not in the threads.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.tiny_book import TinyBook

MARKERS = {
    "chapters": "runs chapters of the book in a kernel",
    "site": "looks at the rendered site",
    "mnist": "needs the four MNIST files (LINREG_DATA or the cache folder)",
}
LONG = ("chapters", "site")


# The same examples every time, on however slow a machine; `--hypothesis-profile search` draws
# new ones.
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_report_header() -> str:
    folder = os.environ.get("LINREG_DATA")
    if folder is None:
        return "data: LINREG_DATA is not set; MNIST only if cached, else tests of it are skipped"
    state = "found" if (Path(folder) / "mnist").is_dir() else "holds no mnist/ folder"
    return f"data: LINREG_DATA, {state}"


@pytest.fixture(scope="session")
def tiny_book(tmp_path_factory: pytest.TempPathFactory) -> TinyBook:
    """The book at the tiny profile: executed chapters and rendered site."""
    from tests.tiny_book import shared_tiny_book

    base = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    return shared_tiny_book(base.parent if is_worker else base)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser; skips where there is none."""
    from playwright.sync_api import sync_playwright

    from linreg_book.site.browser_check import find_chromium

    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium found (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes make poor names, and compressed ones differ from worker to worker."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder, and start with what takes longest."""
    for item in items:
        if _room(item) in LONG:
            item.add_marker(getattr(pytest.mark, _room(item)))
    items.sort(key=lambda item: _room(item) not in LONG)


def _room(item: pytest.Item) -> str:
    parts = Path(item.path).relative_to(item.config.rootpath).parts
    return parts[1] if len(parts) > 2 and parts[0] == "tests" else ""
