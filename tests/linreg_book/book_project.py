"""Temporary book projects made of the fixture chapters and the book's own pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from linreg_book.project import Project

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "book" / "tools"
FIXTURES = Path(__file__).with_name("fixtures")
CLAIMS = "book/tools/linreg_book/records/claims.csv"
BACK_MATTER = ("ledger", "errata", "new", "gallery", "run_times", "bibliography")


def make_project(folder: Path, chapters: Sequence[str]) -> Project:
    """A project with these fixture chapters, the real configuration and the generated pages.

    It has a library and tools of its own, so that a test can change a module without touching
    ours; :func:`own_tools` lets a process find them.
    """
    (folder / "notebooks").mkdir(parents=True)
    (folder / "book").mkdir()
    for name in chapters:
        shutil.copy(FIXTURES / f"{name}.md", folder / "notebooks")
    for name in BACK_MATTER:
        shutil.copy(ROOT / "book" / f"{name}.md", folder / "book")
    for name in ("ledger", "new"):
        page = folder / "book" / f"{name}.md"
        page.write_text(page.read_text().replace("notation.md#verdicts", "index.md"))
    shutil.copy(ROOT / "book" / "references.bib", folder / "book")
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "requirements.lock").write_text("numpy==2.4.6\n")
    (folder / "book" / "index.md").write_text(
        "# Start\n\nThere are {num}`41_good:pieces` pieces {cite}`HR19`.\n"
    )
    write_contents(folder, chapters)
    for package in ("linreg_lib", "book/tools"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    give_claims_to_fixtures(folder / CLAIMS)
    return Project(folder)


def own_tools(root: Path) -> dict[str, str]:
    """The environment in which ``python -m linreg_book`` is that of a copy of the project."""
    path = [str(root), str(root / "book" / "tools"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}


def give_claims_to_fixtures(table: Path) -> None:
    """Let the fixture chapters own the claims on which they give a verdict."""
    rows = table.read_text().splitlines()
    for index, row in enumerate(rows):
        for claim, owner in (("F23-Lem1", "41_good"), ("F23-Lem5", "42_failing")):
            if row.startswith(claim + ","):
                rows[index] = row.rpartition(",")[0] + "," + owner
    table.write_text("\n".join(rows) + "\n")


def write_contents(folder: Path, chapters: Sequence[str]) -> None:
    """Write ``_toc.yml``."""
    parts = [
        {
            "caption": "Chapters",
            "numbered": True,
            "chapters": [{"file": f"notebooks/{name}"} for name in chapters],
        },
        {"caption": "Back", "chapters": [{"file": f"book/{name}"} for name in BACK_MATTER]},
    ]
    contents = {"format": "jb-book", "root": "book/index", "parts": parts}
    (folder / "_toc.yml").write_text(yaml.safe_dump(contents, sort_keys=False))
