"""Look at the finished site in a headless Chromium, where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from linreg_book.project import Project

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--allow-file-access-from-files",
    "--enable-logging=stderr",
    "--virtual-time-budget=15000",
)
_CONSOLE = re.compile(r'CONSOLE(?::\d+|\(\d+\))\] "(?P<text>.*)", source: (?P<source>\S*)')
_SERIOUS = re.compile(r"error|failed|refused|undefined|ERR_", flags=re.IGNORECASE)
# A page opened from a file may not ask a server for anything; the search index is such a try.
_HARMLESS = re.compile(r"from origin 'null'|has been blocked by CORS|speculation", re.IGNORECASE)


def find_chromium() -> Path | None:
    """An installed Chromium or Chrome, or None."""
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def check_in_browser(project: Project, chromium: Path, pages: Iterable[str]) -> list[str]:
    """What a browser complains about on the given pages (without endings); empty if nothing.

    Formulas must be typeset: a page that contains formulas must contain MathJax's elements after
    loading, and no formula may show an error.
    """
    problems: list[str] = []
    for name in pages:
        path = project.site / f"{name}.html"
        source = path.read_text(encoding="utf-8")
        dom, console = _dump_dom(chromium, path)
        if not dom.strip():
            problems.append(f"{name}: the browser shows nothing")
            continue
        if 'class="math' in source and "<mjx-container" not in dom:
            problems.append(f"{name}: formulas are not typeset")
        if "<mjx-merror" in dom:
            problems.append(f"{name}: a formula shows an error")
        problems += [f"{name}: console: {line}" for line in console]
    return problems


def screenshot(chromium: Path, page: Path, target: Path, *, width: int, height: int) -> None:
    """Save a picture of a page, to be looked at."""
    _run(chromium, [f"--window-size={width},{height}", f"--screenshot={target}", page.as_uri()])


def _dump_dom(chromium: Path, page: Path) -> tuple[str, list[str]]:
    done = _run(chromium, ["--dump-dom", page.as_uri()])
    lines = []
    for found in _CONSOLE.finditer(done.stderr):
        if _SERIOUS.search(found["text"]) and not _HARMLESS.search(found["text"]):
            lines.append(found["text"])
    return done.stdout, list(dict.fromkeys(lines))


def _run(chromium: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(prefix="linreg-browser-") as profile:
        return subprocess.run(
            [str(chromium), *_FLAGS, f"--user-data-dir={profile}", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
        )
