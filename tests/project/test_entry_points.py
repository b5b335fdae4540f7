"""The library registers nothing with anybody; the book's own package does, and so papermill knows.

Both are built as they would be published, and put into environments that have all other packages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.project.lock_file import PROJECTS, ROOT

BUILD = "import sys; from flit_core.buildapi import build_wheel; build_wheel(sys.argv[1])"
PAPERMILL = """
import json
import papermill.execute
from papermill.engines import papermill_engines
from papermill.iorw import papermill_io
import linreg_lib

kinds = {name: papermill_engines.get_engine(name) for name in (None, "nbclient")}
kinds |= {scheme: type(handler) for scheme, handler in papermill_io._handlers}
print(json.dumps({str(name): f"{kind.__module__}.{kind.__name__}" for name, kind in kinds.items()}))
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """That of the library, and that of the book's package."""
    built = []
    for path in PROJECTS:
        folder = tmp_path_factory.mktemp("wheel")
        subprocess.run(
            [sys.executable, "-c", BUILD, str(folder)],
            cwd=(ROOT / path).parent,
            check=True,
            capture_output=True,
        )
        built += folder.glob("*.whl")
    return built


def _environment(folder: Path, wheels: list[Path]) -> Path:
    """Its Python: these wheels, and every other package that is installed here."""
    venv.create(folder, with_pip=False)
    (site,) = (folder / "lib").glob("python3.*/site-packages")
    for wheel in wheels:
        zipfile.ZipFile(wheel).extractall(site)
    others = folder / "others"
    others.mkdir()
    for packages in (path for path in sys.path if path.endswith("site-packages")):
        for entry in Path(packages).iterdir():
            if entry.suffix != ".pth" and not entry.name.startswith("linreg"):
                (others / entry.name).symlink_to(entry)
    (site / "others.pth").write_text(f"{others}\n")
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def library_alone(tmp_path_factory: pytest.TempPathFactory, wheels: list[Path]) -> Path:
    return _environment(tmp_path_factory.mktemp("alone"), wheels[:1])


@pytest.fixture(scope="module")
def with_the_book(tmp_path_factory: pytest.TempPathFactory, wheels: list[Path]) -> Path:
    return _environment(tmp_path_factory.mktemp("both"), wheels)


def _run(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [str(python), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _papermill(python: Path, folder: Path) -> dict[str, str]:
    done = _run(python, folder, "-c", PAPERMILL)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_the_wheel_of_the_library_registers_nothing(wheels: list[Path]) -> None:
    names = zipfile.ZipFile(wheels[0]).namelist()
    assert "linreg_lib/__init__.py" in names
    assert [name for name in names if name.endswith("entry_points.txt")] == []
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"linreg_lib"}


def test_papermill_stays_as_it_was_with_the_library_alone(
    library_alone: Path, tmp_path: Path
) -> None:
    found = _papermill(library_alone, tmp_path)
    assert found["None"] == found["nbclient"] == "papermill.engines.NBClientEngine"
    assert found["local"] == "papermill.iorw.LocalHandler"
    assert found["-"] == "papermill.iorw.StreamHandler"
    assert [name for name, kind in found.items() if "linreg" in name + kind] == []


def test_the_library_alone_has_no_tools(library_alone: Path, tmp_path: Path) -> None:
    assert "No module named" in _run(library_alone, tmp_path, "-m", "linreg_book").stderr


def test_papermill_reads_chapters_with_the_book(with_the_book: Path, tmp_path: Path) -> None:
    found = _papermill(with_the_book, tmp_path)
    for name in ("None", "nbclient", "local", "-"):
        assert found[name].startswith("linreg_book."), name
    chapter = ROOT / "notebooks" / "01_conventions.md"
    done = _run(with_the_book, tmp_path, "-m", "papermill", "--help-notebook", str(chapter))
    assert done.returncode == 0, done.stderr
    assert "SEED: int (default" in done.stdout


def test_the_wheel_of_the_book_is_whole(with_the_book: Path, tmp_path: Path) -> None:
    claims = "from linreg_book import claim; print(claim('F23-Lem1').id)"
    done = _run(with_the_book, tmp_path, "-c", claims)
    assert done.returncode == 0, done.stderr
    help_ = _run(with_the_book, tmp_path, "-m", "linreg_book", "--help")
    assert "usage: linreg-book" in help_.stdout
