"""What git holds: text notebooks, no paths of one machine, no file that is too big."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.project.lock_file import ROOT

# Home folders, and the places where builders keep their checkouts.
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:home|Users|root|work|mnt|tmp|build)/[\w.-]+")
LARGEST = 1_048_576
LONGEST_MODULE = 400
PACKAGES = (ROOT / "linreg_lib", ROOT / "book" / "tools")
TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".cff", ".csv", ".bib", ".css", ".js", ".lock", ""}


def _files() -> list[Path]:
    """What is in git or would be added; in an unpacked archive, everything but what is built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    hidden = {".venv", "_build", ".git", ".mypy_cache", ".ruff_cache", "__pycache__"}
    return [p for p in ROOT.rglob("*") if p.is_file() and not hidden & set(p.parts)]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_there_is_something_to_look_at() -> None:
    assert ROOT / "pyproject.toml" in _files()


def test_notebooks_are_text() -> None:
    assert [p for p in _files() if p.suffix == ".ipynb"] == []


def test_no_paths_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in _files()
        if path.suffix in TEXT and path != Path(__file__)
        for match in MACHINE_PATH.finditer(_text(path))
    ]
    assert found == []


@pytest.mark.parametrize("planted", ["/home/ada/data", "see /tmp/main/x.py", "'/Users/x/y'"])
def test_machine_paths_are_seen(planted: str) -> None:
    assert MACHINE_PATH.search(planted)


def test_no_file_is_too_big() -> None:
    assert [p.name for p in _files() if p.stat().st_size > LARGEST] == []


def test_modules_stay_readable() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(_text(path).splitlines())
        for path in _files()
        if path.suffix == ".py" and any(path.is_relative_to(package) for package in PACKAGES)
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}
