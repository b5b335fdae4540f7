"""A book with hostile words in it and a chapter that was not run, rendered once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from linreg_book.project import Project
from linreg_book.site.live_content import live_content
from linreg_book.site.site_check import check_site
from tests.linreg_book.book_project import CLAIMS, make_project, own_tools

REFERENCES = "{ref}`sec-labelled` {numref}`fig-labelled` {prf:ref}`thm-labelled` {eq}`eq-labelled`"
PAGES = ("notebooks/52_hostile", "book/index", "book/ledger", "book/gallery", "book/run_times")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """The project and what was said; ``--only`` in a project where nothing was run before."""
    root = tmp_path_factory.mktemp("hostile") / "book"
    project = make_project(root, ["52_hostile", "53_figure"])
    table = root / CLAIMS
    rows = table.read_text().splitlines()
    rows = [
        row.rpartition(",")[0] + ",52_hostile" if row.startswith("F23-Lem1,") else row
        for row in rows
    ]
    table.write_text("\n".join(rows) + "\n")
    words = "{num}`52_hostile:words`"
    (root / "book/index.md").write_text(f"# Start\n\n{words} {REFERENCES}\n\n<b>{words}</b>\n")
    done = subprocess.run(
        [sys.executable, "-m", "linreg_book", "book", "--only", "52_hostile"],
        cwd=root,
        env=own_tools(root),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return project, done.stdout


@pytest.mark.parametrize("name", PAGES)
def test_words_stay_words(told: tuple[Project, str], name: str) -> None:
    project, _ = told
    page = (project.site / f"{name}.html").read_text()
    assert live_content(page).in_article == []
    article = BeautifulSoup(page, "html.parser").find("article")
    assert article is not None
    assert article.find(["script", "img"]) is None
    assert not article.find_all(string=re.compile("no heading"), name=re.compile("h[1-6]"))
    if name != "book/run_times":
        assert "<script>alert(1)</script>" in article.get_text()


def test_what_was_not_run_can_be_referred_to(told: tuple[Project, str]) -> None:
    project, said = told
    assert "shown without results, not run at this profile yet: 53_figure" in said
    page = (project.site / "notebooks/53_figure.html").read_text()
    assert "This chapter has not been run yet" in page
    assert "One and one are (not computed)." in page
    index = (project.site / "book/index.html").read_text()
    for target in ("sec-labelled", "fig-labelled", "thm-labelled", "eq-labelled"):
        assert re.search(rf'href="../notebooks/53_figure.html#(equation-)?{target}"', index)
    assert not (project.site / "executed/53_figure.ipynb").exists()


def test_rendering_is_said_before(told: tuple[Project, str]) -> None:
    _, said = told
    assert re.search(r"rendering \d+ pages.*\n(.*\n)*The book is at", said)


def test_the_site_has_nothing_live_that_is_not_ours(told: tuple[Project, str]) -> None:
    problems = check_site(told[0])
    assert {problem.partition(": ")[2] for problem in problems} <= {
        "contains '{num}'",
        "contains '(not computed)'",
    }


IN_ARTICLE: dict[str, str] = {
    "a script or frame that is not ours: alert(1)": "<script>alert(1)</script>",
    "a script or frame that is not ours: alert(2)": '<p onclick="alert(2)">x</p>',
    "a script or frame that is not ours: java script:a": '<a href=" java&#10;script:a">x</a>',
    "a script or frame that is not ours: iframe x.html": '<iframe src="x.html"></iframe>',
    "loads from the network: //a.example/b.png": '<img alt="x" srcset="//a.example/b.png 2x">',
    "loads from the network: https://a.example/f": '<p style="background: url(https://a.example/f)">',
    "loads from the network: http://a.example/c.css": "<style>@import 'http://a.example/c.css'</style>",
    "loads from the network: https://a.example/d": "<script>fetch('https://a.example/d')</script>",
    "loads from the network: '//a.example/e.js": "<script>import('//a.example/e.js')</script>",
}


@pytest.mark.parametrize("complaint", IN_ARTICLE)
def test_the_alarm_rings(told: tuple[Project, str], tmp_path: Path, complaint: str) -> None:
    site = told[0].site
    plant(
        site,
        tmp_path,
        lambda page: page.replace("</article>", f"{IN_ARTICLE[complaint]}</article>"),
    )
    problems = check_site(Project(tmp_path), expected_pages=[])
    assert any(complaint in problem for problem in problems), problems


def test_the_alarm_rings_around_the_article(told: tuple[Project, str], tmp_path: Path) -> None:
    plant(
        told[0].site, tmp_path, lambda page: page.replace("</head>", "<script>x()</script></head>")
    )
    problems = check_site(Project(tmp_path), expected_pages=[])
    assert any("not the theme's: x()" in problem for problem in problems)


def plant(site: Path, root: Path, change: Callable[[str], str]) -> None:
    copy = Project(root).site
    for name in ("search.html", "index.html", "records.json", "book/ledger.html"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(site / name, copy / name)
    page = copy / "book/ledger.html"
    text = page.read_text()
    assert change(text) != text
    page.write_text(change(text))
