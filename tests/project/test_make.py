"""A missing prerequisite is named in one line; a finished environment is left alone."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.project.lock_file import ROOT

# Stands for a Python 3.11, as far as the script asks: `-m venv` and pip leave marks.
FAKE_PYTHON = """#!/bin/sh
here={folder}
case "$*" in
  *version_info*) exit {wrong_version} ;;
  *ensurepip*) exit {no_venv} ;;
  *_base_executable*) echo "$0" ;;
  "-m venv "*)
    mkdir -p .venv/bin && cp "$0" .venv/bin/python
    echo "VIRTUAL_ENV=$(pwd -P)/.venv" >.venv/bin/activate
    echo venv >>"$here/calls" ;;
  "-m pip install"*) echo pip >>"$here/calls"; {pip} ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / ".ci").mkdir(parents=True)
    for name in (".ci/environment", "Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def _fake_python(
    checkout: Path, *, wrong_version: bool = False, no_venv: bool = False, pip: str = ":"
) -> Path:
    path = checkout.parent / "python"
    text = FAKE_PYTHON.format(
        folder=checkout.parent, wrong_version=int(wrong_version), no_venv=int(no_venv), pip=pip
    )
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _make(checkout: Path, python: Path | str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(
        ["make", "environment", f"PYTHON={python}"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _calls(checkout: Path) -> list[str]:
    calls = checkout.parent / "calls"
    lines = calls.read_text().splitlines() if calls.exists() else []
    calls.unlink(missing_ok=True)
    return lines


def test_missing_python_is_named(checkout: Path) -> None:
    process = _make(checkout, "no-such-python")
    first, *_ = process.stderr.splitlines()
    assert process.returncode != 0
    assert "Python 3.11 is missing" in first
    assert "apt-get install python3.11" in first


def test_wrong_python_is_named(checkout: Path) -> None:
    process = _make(checkout, _fake_python(checkout, wrong_version=True))
    assert process.returncode != 0
    assert "is not Python 3.11" in process.stderr.splitlines()[0]


def test_missing_venv_is_named(checkout: Path) -> None:
    process = _make(checkout, _fake_python(checkout, no_venv=True))
    assert process.returncode != 0
    assert "apt-get install python3.11-venv" in process.stderr.splitlines()[0]


def test_second_run_does_nothing(checkout: Path) -> None:
    python = _fake_python(checkout)
    assert _make(checkout, python).returncode == 0
    assert _calls(checkout) == ["venv", "pip", "pip"]
    again = _make(checkout, python)
    assert (again.returncode, again.stdout, _calls(checkout)) == (0, "", [])


def test_new_lock_installs_again(checkout: Path) -> None:
    python = _fake_python(checkout)
    _make(checkout, python)
    _calls(checkout)
    with (checkout / "requirements.lock").open("a") as lock:
        lock.write("one-more==1.0\n")
    assert _make(checkout, python).returncode == 0
    assert _calls(checkout) == ["pip", "pip"]


def test_killed_pip_leaves_nothing_that_is_trusted(checkout: Path) -> None:
    assert _make(checkout, _fake_python(checkout, pip="kill -9 $PPID")).returncode != 0
    assert _calls(checkout) == ["venv", "pip"]
    assert _make(checkout, _fake_python(checkout)).returncode == 0
    assert _calls(checkout) == ["venv", "pip", "pip"]


def test_failed_install_goes_on_where_it_stopped(checkout: Path) -> None:
    process = _make(checkout, _fake_python(checkout, pip="exit 1"))
    assert process.returncode != 0
    assert "installing failed" in process.stderr
    _calls(checkout)
    shutil.copy(_fake_python(checkout), checkout / ".venv/bin/python")
    assert _make(checkout, _fake_python(checkout)).returncode == 0
    assert _calls(checkout) == ["pip", "pip"]


def test_half_made_environment_is_made_again(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    assert _make(checkout, _fake_python(checkout)).returncode == 0
    assert _calls(checkout) == ["venv", "pip", "pip"]


def test_moved_checkout_is_made_again(checkout: Path) -> None:
    python = _fake_python(checkout)
    _make(checkout, python)
    _calls(checkout)
    moved = checkout.rename(checkout.with_name("elsewhere"))
    assert _make(moved, python).returncode == 0
    assert _calls(moved) == ["venv", "pip", "pip"]


def test_two_at_once_are_refused(checkout: Path) -> None:
    """While the first works on the environment, a second one stops and says so."""
    inner = f"make environment PYTHON={checkout.parent}/python 2>{checkout.parent}/second; exit 0"
    assert _make(checkout, _fake_python(checkout, pip=inner)).returncode == 0
    assert "another make is at work" in (checkout.parent / "second").read_text()
    assert _calls(checkout) == ["venv", "pip", "pip"]
