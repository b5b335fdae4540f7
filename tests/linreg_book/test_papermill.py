"""Plain papermill on the text sources, as a reader would call it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

from tests.linreg_book.book_project import FIXTURES, ROOT, TOOLS

ENTRY_POINTS = """\
[papermill.io]
notebooks/ = linreg_book.runs.papermill_engine:handler

[papermill.engine]
linreg = linreg_book.runs.papermill_engine:engine
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with ``notebooks/`` and the package's entry points, installed or not."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(FIXTURES / "41_good.md", tmp_path / "notebooks")
    info = tmp_path / "installed" / "linreg_book-0.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: linreg-book\nVersion: 0.0.0\n")
    return tmp_path


def papermill(folder: Path, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    base = folder if (folder / "installed").is_dir() else folder.parent
    path = os.pathsep.join(map(str, (base / "installed", ROOT, TOOLS)))
    return subprocess.run(
        [sys.executable, "-m", "papermill", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        input=said,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_lists_typed_commented_parameters(place: Path) -> None:
    calls = [
        (place, "notebooks/41_good.md"),
        (place, "./notebooks/41_good.md"),
        (place, str(place / "notebooks" / "41_good.md")),
        (place / "notebooks", "41_good.md"),
        (place / "notebooks", "../notebooks/41_good.md"),
    ]
    for folder, path in calls:
        done = papermill(folder, "--help-notebook", path)
        assert done.returncode == 0, done.stderr
        assert "SEED: int (default 7)" in done.stdout
        assert "in 0..2**32-1: seed of the draws" in done.stdout


def test_runs_with_other_parameters(place: Path) -> None:
    done = papermill(place, "notebooks/41_good.md", "out.ipynb", "-p", "NUM_CUTS", "5")
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(place / "out.ipynb", as_version=4)
    texts = [out.data["text/plain"] for cell in notebook.cells for out in cell.get("outputs", [])]
    assert any("F23-Lem1: exact (6 pieces, $m + 1$)" in text for text in texts)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-p", "SEEED", "9"), "unknown parameter SEEED; did you mean SEED?"),
        (("-p", "NUM_CUTS", "many"), "NUM_CUTS must be int in 1..99, got 'many'"),
        (("-p", "SEED", "-3"), "SEED must be int in 0..2**32-1, got -3"),
        (("-p", "SPREAD", "inf"), "SPREAD must be float in (0, 1], got inf"),
        (("-y", "{SPREAD: 1e-3}"), "write 1.0e-3"),
    ],
)
def test_refuses_before_anything_runs(
    place: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = papermill(place, "notebooks/41_good.md", "out.ipynb", *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (place / "out.ipynb").exists()


def test_papermills_own_engine_checks_under_its_name_too(place: Path) -> None:
    engine = ("--engine", "nbclient")
    done = papermill(place, "notebooks/41_good.md", "out.ipynb", *engine, "-p", "SEED", "-3")
    assert done.returncode == 1
    assert "SEED must be int in 0..2**32-1, got -3" in done.stderr
    assert not (place / "out.ipynb").exists()


@pytest.fixture
def converted(place: Path) -> Path:
    """The chapter as a notebook file, made without this project's help."""
    notebook = jupytext.read(place / "notebooks" / "41_good.md", fmt="md:myst")
    jupytext.write(notebook, place / "41_good.ipynb")
    return place / "41_good.ipynb"


@pytest.mark.parametrize("route", ["41_good.ipynb", "- text", "- notebook"])
def test_every_route_refuses(place: Path, converted: Path, route: str) -> None:
    sources = {"- text": place / "notebooks" / "41_good.md", "- notebook": converted}
    text = sources[route].read_text() if route in sources else ""
    done = papermill(place, route.split()[0], "out.ipynb", "-p", "SEED", "-3", said=text)
    assert done.returncode == 1
    assert "SEED must be int in 0..2**32-1, got -3" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (place / "out.ipynb").exists()


@pytest.mark.parametrize("route", ["notebooks/41_good.md", "41_good.ipynb"])
def test_a_value_in_the_cell_is_refused_too(place: Path, converted: Path, route: str) -> None:
    for path in (place / "notebooks" / "41_good.md", converted):
        path.write_text(path.read_text().replace("SEED: int = 7", "SEED: int = -3"))
    done = papermill(place, route, "out.ipynb")
    assert done.returncode == 1
    assert "default: SEED must be int in 0..2**32-1, got -3" in done.stderr
    assert not (place / "out.ipynb").exists()


def test_an_injected_cell_that_was_edited_is_refused(place: Path) -> None:
    done = papermill(place, "notebooks/41_good.md", "out.ipynb", "-p", "NUM_CUTS", "5")
    assert done.returncode == 0, done.stderr
    edited = (place / "out.ipynb").read_text().replace("NUM_CUTS = 5", "NUM_CUTS = 500")
    (place / "out.ipynb").write_text(edited)
    done = papermill(place, "out.ipynb", "again.ipynb")
    assert done.returncode == 1
    assert "NUM_CUTS must be int in 1..99, got 500" in done.stderr
    assert not (place / "again.ipynb").exists()


def test_standard_input_runs(place: Path) -> None:
    text = (place / "notebooks" / "41_good.md").read_text()
    done = papermill(place, "-", "out.ipynb", "-p", "NUM_CUTS", "5", said=text)
    assert done.returncode == 0, done.stderr
    assert "F23-Lem1: exact (6 pieces, $m + 1$)" in (place / "out.ipynb").read_text()


def test_other_notebooks_are_left_alone(place: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("x = 1")],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    nbformat.write(notebook, place / "plain.ipynb")
    done = papermill(place, "plain.ipynb", "out.ipynb", "-p", "anything", "goes")
    assert done.returncode == 0, done.stderr
