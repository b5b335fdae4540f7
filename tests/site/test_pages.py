"""The rendered site, read as files: nothing missing, nothing failed, nothing from elsewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from linreg_book.project import Project
from linreg_book.records.verdicts import EXPERIMENT_VERDICTS
from linreg_book.site.site_check import check_site
from tests.tiny_book import CHAPTERS, TinyBook

# Roles that a renderer left as they were written.
UNFILLED = re.compile(r"\{(?:num|cite|numref|eq|prf:ref|ref|doc)(?::\w+)?\}`")
# What numpy's types consist of, and what was taken for the type of a property.
NOT_A_NAME = re.compile(r"_NestedSequence|ndarray\[(?!source)|\bnpt\.|\bType:")
# Styles must not fetch from elsewhere either.
FETCHING = re.compile(r"""(?:url\(|@import)\s*['"]?(?:https?:)?//""")


def test_site_is_sound(built: Project) -> None:
    assert check_site(built) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_page_is_finished(built: Project, name: str) -> None:
    page = BeautifulSoup(_page(built, name), "html.parser").find("article")
    assert page is not None
    for code in page.find_all(["pre", "code"]):
        code.decompose()
    assert UNFILLED.findall(page.get_text()) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_footer_says_how_it_was_made(built: Project, name: str) -> None:
    footer = BeautifulSoup(_page(built, name), "html.parser").find(class_="linreg-provenance")
    assert footer is not None
    said = [row.get_text() for row in footer.find_all("th")]
    assert {"With another seed", "To run it"} & set(said)
    assert {"Commit", "Lock file", "Profile", "Parameters", "Run time"} <= set(said)
    assert "tiny" in footer.get_text()


def test_types_of_the_reference_are_short_names(built: Project) -> None:
    pages = sorted((built.site / "book" / "reference").glob("*.html"))
    texts = {page.name: BeautifulSoup(page.read_text(), "html.parser").get_text() for page in pages}
    assert "ArrayLike" in texts["networks.html"]
    assert [
        (name, found) for name, text in texts.items() if (found := NOT_A_NAME.findall(text))
    ] == []


def test_styles_fetch_nothing_from_elsewhere(built: Project) -> None:
    styles = list(built.site.rglob("*.css"))
    assert styles
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in styles}
    assert [name for name, text in texts.items() if FETCHING.search(text)] == []


def test_some_claims_are_judged(tiny_book: TinyBook) -> None:
    judged = {entry["chapter"] for entry in tiny_book.records if entry["verdict"] != "open"}
    assert len(judged) >= 4


def test_tiny_decides_no_experiment(tiny_book: TinyBook) -> None:
    decided = [e["id"] for e in tiny_book.records if e["verdict"] in EXPERIMENT_VERDICTS]
    assert decided == []


@pytest.fixture(scope="module")
def copy(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the site to plant faults in."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(built.site, Project(root).site)
    return Project(root)


PAGE = "book/index.html"  # the root's index.html only leads here


def _in_page(words: str) -> Callable[[str], str]:
    return lambda text: text.replace("</body>", words + "</body>")


def _in_records(key: str, value: object) -> Callable[[str], str]:
    def plant(text: str) -> str:
        entries = json.loads(text)
        entries[0] = {**entries[0], "verdict": "proved", key: value}
        return json.dumps(entries)

    return plant


FAULTS = {
    "dead link": (PAGE, _in_page('<a href="nowhere.html">x</a>')),
    "dead anchor": (PAGE, _in_page('<a href="#nowhere">x</a>')),
    "loads from the network": (
        PAGE,
        _in_page('<script src="//cdn.example/x.js"></script>'),
    ),
    "without alternative text": (PAGE, _in_page('<img src="data:,">')),
    "Traceback": (PAGE, _in_page("<pre>Traceback (most recent call last)</pre>")),
    "unknown verdict": ("records.json", _in_records("verdict", "obvious")),
    "without evidence": ("records.json", _in_records("evidence", [])),
    "no entry for": ("records.json", lambda text: json.dumps(json.loads(text)[1:])),
    "its rows are not those": ("ledger.csv", lambda text: "\n".join(text.splitlines()[:-1])),
}


@pytest.mark.parametrize("complaint", FAULTS)
def test_the_alarm_rings(copy: Project, complaint: str) -> None:
    name, plant = FAULTS[complaint]
    path = copy.site / name
    whole = path.read_text(encoding="utf-8")
    path.write_text(plant(whole), encoding="utf-8")
    try:
        problems = check_site(copy, expected_pages=["book/index"])
    finally:
        path.write_text(whole, encoding="utf-8")
    assert any(complaint in problem for problem in problems)
    # A script from elsewhere is two faults: it loads, and it is nobody's. A row that records.json
    # lacks is missing beside the table too.
    assert len(problems) == 1 + (complaint in ("loads from the network", "no entry for"))


def _page(project: Project, name: str) -> str:
    path: Path = project.site / "notebooks" / f"{name}.html"
    return path.read_text(encoding="utf-8")
