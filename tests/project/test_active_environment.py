"""`make ... VENV=active` uses the activated environment, or says in a sentence why it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.project.lock_file import PROJECTS, ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for package in ("linreg_lib", "book/tools/linreg_book"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / PROJECTS[1], folder / PROJECTS[1])
    return folder


def _make(
    checkout: Path, *arguments: str, path: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    dropped = ("MAKE", "VIRTUAL_ENV", "CONDA", "VENV", "PYTHON")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    if path is not None:
        environment["PATH"] = f"{path}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def _said(process: subprocess.CompletedProcess[str]) -> str:
    assert process.returncode != 0
    lines = [line for line in process.stderr.splitlines() if not line.startswith("make: ***")]
    (line,) = lines
    return line


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An environment without a package."""
    venv.create(tmp_path / "bare", with_pip=False)
    return tmp_path / "bare"


@pytest.fixture
def ready(bare: Path, checkout: Path) -> Path:
    """One that sees the packages of this environment, and the checkout's own two."""
    (site,) = (bare / "lib").glob("python3.*/site-packages")
    packages = [path for path in sys.path if path.endswith("site-packages")]
    (site / "packages.pth").write_text(
        "\n".join([str(checkout), str(checkout / "book/tools"), *packages]) + "\n"
    )
    return bare


def test_none_is_active(checkout: Path) -> None:
    assert "no environment is active" in _said(_make(checkout, "environment", "VENV=active"))


def test_another_python_is_in_front(checkout: Path, bare: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "front", with_pip=False)
    process = _make(
        checkout, "environment", "VENV=active", path=tmp_path / "front/bin", VIRTUAL_ENV=str(bare)
    )
    assert f"which is not of {bare}" in _said(process)


@pytest.mark.parametrize("kind", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_packages_that_lack_are_named(checkout: Path, bare: Path, kind: str) -> None:
    process = _make(checkout, "environment", "VENV=active", path=bare / "bin", **{kind: str(bare)})
    told = _said(process)
    assert f"make: the active environment ({bare}) lacks" in told
    assert "conda env update -f environment.yml" in told
    assert not (checkout / ".venv").exists()


def test_one_package_that_lacks_is_named(checkout: Path, ready: Path) -> None:
    text = (checkout / "pyproject.toml").read_text()
    text = text.replace('fast = ["numba', 'fast = ["no-such-package>=7", "numba', 1)
    text = text.replace("numpy>=2.1,<3", "numpy>=1,<2", 1)
    (checkout / "pyproject.toml").write_text(text)
    process = _make(
        checkout, "environment", "VENV=active", path=ready / "bin", VIRTUAL_ENV=str(ready)
    )
    told = _said(process)
    assert "no-such-package>=7" in told
    assert "numpy<2,>=1 (there is 2." in told
    assert "scipy" not in told


def test_what_the_book_needs_is_wanted(checkout: Path, ready: Path) -> None:
    table = checkout / PROJECTS[1]
    table.write_text(table.read_text().replace('"click>=8.1,<9"', '"no-such-package>=7"', 1))
    process = _make(
        checkout, "environment", "VENV=active", path=ready / "bin", VIRTUAL_ENV=str(ready)
    )
    assert "lacks no-such-package>=7" in _said(process)


@pytest.mark.parametrize(
    ("package", "folder"), [("linreg_lib", ""), ("linreg_book", "/book/tools")]
)
def test_the_packages_of_this_folder_are_wanted(
    checkout: Path, ready: Path, package: str, folder: str
) -> None:
    (site,) = (ready / "lib").glob("python3.*/site-packages")
    links = site / "packages.pth"
    lines = links.read_text().splitlines()
    lines[lines.index(f"{checkout}{folder}")] = f"{ROOT}{folder}"
    links.write_text("\n".join(lines) + "\n")
    process = _make(
        checkout, "environment", "VENV=active", path=ready / "bin", VIRTUAL_ENV=str(ready)
    )
    told = _said(process)
    assert f"has not the {package} of this folder" in told
    assert "pip install --no-deps -e . -e book/tools" in told


def test_a_whole_one_is_used(checkout: Path, ready: Path) -> None:
    active = {"path": ready / "bin", "CONDA_PREFIX": str(ready)}
    done = _make(checkout, "environment", "VENV=active", **active)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    shown = _make(checkout, "--dry-run", "test", "VENV=active", **active)
    assert f"{ready}/bin/python -m pytest" in shown.stdout
    assert ".venv" not in shown.stdout
    exported = _make(checkout, "--dry-run", "book", VENV="active", **active)
    assert f"{ready}/bin/python -m linreg_book" in exported.stdout


def test_without_the_word_it_is_left_alone(checkout: Path, ready: Path) -> None:
    shown = _make(checkout, "--dry-run", "test", path=ready / "bin", CONDA_PREFIX=str(ready))
    assert ".venv/bin/python -m pytest" in shown.stdout


def test_another_word_is_refused(checkout: Path) -> None:
    assert "VENV is .venv" in _make(checkout, "book", "VENV=conda").stderr
    assert _make(checkout, "--dry-run", "book", VENV="conda").returncode == 0
