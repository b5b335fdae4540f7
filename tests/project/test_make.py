"""A missing prerequisite is named in one line; a finished environment is left alone."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.project.lock_file import PROJECTS, ROOT

TOOLS = "make sh sed cat cksum grep df awk cut head tail mkdir rm mv cp uname dirname env"

# Stands for a Python, as far as the script asks: `-m venv` and pip leave marks.
FAKE_PYTHON = """#!/bin/sh
here={folder}
case "$*" in
  *version_info*) echo "{version}" ;;
  "-c import {lacks}") exit 1 ;;
  *_base_executable*) echo "$0" ;;
  "-m venv "*)
    echo venv >>"$here/calls"; {venv}
    mkdir -p .venv/bin && cp "$0" .venv/bin/python
    echo "VIRTUAL_ENV=$(pwd -P)/.venv" >.venv/bin/activate ;;
  "-m pip install"*) echo pip >>"$here/calls"; {pip} ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "book" / "tools").mkdir(parents=True)
    shutil.copy(ROOT / PROJECTS[1], folder / PROJECTS[1])
    return folder


def _fake_python(
    checkout: Path,
    *,
    name: str = "python",
    version: str = "3.11",
    lacks: str = "nothing",
    venv: str = ":",
    pip: str = ":",
) -> Path:
    path = checkout.parent / "bin" / name
    path.parent.mkdir(exist_ok=True)
    text = FAKE_PYTHON.format(
        folder=checkout.parent, version=version, lacks=lacks, venv=venv, pip=pip
    )
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _without_pythons(folder: Path) -> str:
    """A PATH that has what the script calls, and no Python but those in ``bin``."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for tool in TOOLS.split():
        found = shutil.which(tool)
        if found is not None and not (tools / tool).exists():
            (tools / tool).symlink_to(found)
    return f"{folder / 'bin'}:{tools}"


def _make(
    checkout: Path, python: Path | str | None, **variables: str
) -> subprocess.CompletedProcess[str]:
    dropped = ("MAKE", "VIRTUAL_ENV", "CONDA", "VENV", "PYTHON", "PIP_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return subprocess.run(
        ["make", "environment", *([] if python is None else [f"PYTHON={python}"])],
        cwd=checkout,
        env=environment | variables,
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
    assert "no-such-python is no Python that runs" in first
    assert "apt-get install python3 python3-venv" in first


def test_no_python_at_all_is_said(checkout: Path) -> None:
    process = _make(checkout, None, PATH=_without_pythons(checkout.parent))
    first, *_ = process.stderr.splitlines()
    assert process.returncode != 0
    assert first.startswith("make: no Python 3.11, 3.12 or 3.13 found: apt-get install python3")


def test_wrong_python_is_named(checkout: Path) -> None:
    process = _make(checkout, _fake_python(checkout, version="3.10"))
    assert process.returncode != 0
    assert "is Python 3.10, not 3.11, 3.12 or 3.13" in process.stderr.splitlines()[0]


def test_missing_venv_is_named(checkout: Path) -> None:
    process = _make(checkout, _fake_python(checkout, version="3.12", lacks="ensurepip"))
    assert process.returncode != 0
    assert "apt-get install python3.12-venv" in process.stderr.splitlines()[0]


@pytest.mark.parametrize("module", ["ssl", "zlib", "ctypes", "sqlite3"])
def test_a_python_built_without_a_module_is_refused(checkout: Path, module: str) -> None:
    process = _make(checkout, _fake_python(checkout, lacks=module))
    assert process.returncode != 0
    assert f"was built without the module {module}" in process.stderr.splitlines()[0]
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_each_supported_python_will_do(checkout: Path, version: str) -> None:
    process = _make(checkout, _fake_python(checkout, version=version))
    assert process.returncode == 0, process.stderr
    assert f"(Python {version})" in process.stdout


def test_the_first_whole_python_is_taken(checkout: Path) -> None:
    """A shim that does not run and a Python without venv are passed over."""
    _fake_python(checkout, name="python3.11", version="")
    _fake_python(checkout, name="python3.12", version="3.12", lacks="ensurepip")
    _fake_python(checkout, name="python3.13", version="3.13")
    process = _make(checkout, None, PATH=_without_pythons(checkout.parent))
    assert process.returncode == 0, process.stderr
    assert "bin/python3.13 (Python 3.13)" in process.stdout


def test_another_python_makes_it_anew(checkout: Path) -> None:
    assert _make(checkout, _fake_python(checkout)).returncode == 0
    newer = _fake_python(checkout, name="newer", version="3.13")
    _calls(checkout)
    assert _make(checkout, newer).returncode == 0
    assert _calls(checkout) == ["venv", "pip", "pip"]
    assert _make(checkout, None).stdout == ""


def test_what_is_coming_is_said_first(checkout: Path) -> None:
    first, *_ = _make(checkout, _fake_python(checkout)).stdout.splitlines()
    assert "several GB" in first
    assert "CPU build (200 MB)" in first
    assert "PIP_EXTRA_INDEX_URL" in first


def test_pip_shows_its_progress(checkout: Path) -> None:
    pip = 'case "$*" in *--quiet*) ;; *) echo "10/20 MB"; echo "a warning" >&2 ;; esac'
    process = _make(checkout, _fake_python(checkout, pip=pip))
    assert process.stdout.count("10/20 MB") == 2
    assert process.stderr == ""


def test_the_library_and_the_tools_are_installed(checkout: Path) -> None:
    process = _make(checkout, _fake_python(checkout, pip='echo "asked: $*"'))
    (asked,) = [line for line in process.stdout.splitlines() if "--no-deps" in line]
    assert asked.endswith("--editable . --editable book/tools")


def test_second_run_does_nothing(checkout: Path) -> None:
    python = _fake_python(checkout)
    assert _make(checkout, python).returncode == 0
    assert _calls(checkout) == ["venv", "pip", "pip"]
    again = _make(checkout, python)
    assert (again.returncode, again.stdout, _calls(checkout)) == (0, "", [])


@pytest.mark.parametrize("name", ["requirements.lock", *PROJECTS])
def test_what_is_asked_for_anew_is_installed_again(checkout: Path, name: str) -> None:
    python = _fake_python(checkout)
    _make(checkout, python)
    _calls(checkout)
    with (checkout / name).open("a") as stream:
        stream.write("# one more\n")
    assert _make(checkout, python).returncode == 0
    assert _calls(checkout) == ["pip", "pip"]


@pytest.mark.parametrize("killed", ["$$", "$PPID"])
def test_killed_pip_leaves_nothing_that_is_trusted(checkout: Path, killed: str) -> None:
    process = _make(checkout, _fake_python(checkout, pip=f"kill -9 {killed}"))
    assert process.returncode != 0
    assert "pip was killed" in process.stderr
    assert _calls(checkout) == ["venv", "pip"]
    assert _make(checkout, _fake_python(checkout)).returncode == 0
    assert _calls(checkout) == ["venv", "pip", "pip"]


def test_killed_make_leaves_nothing_that_is_trusted(checkout: Path) -> None:
    everyone = "kill -9 0"  # the group, of which the stub is one
    process = subprocess.run(
        [".ci/environment", str(_fake_python(checkout, pip=everyone))],
        cwd=checkout,
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert process.returncode == -9
    assert _calls(checkout) == ["venv", "pip"]
    assert _make(checkout, _fake_python(checkout)).returncode == 0
    assert _calls(checkout) == ["venv", "pip", "pip"]


def test_failed_install_goes_on_where_it_stopped(checkout: Path) -> None:
    process = _make(checkout, _fake_python(checkout, pip="exit 1"))
    assert process.returncode != 0
    assert "installing failed (make again goes on from here)" in process.stderr
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
    inner = (
        f"make environment PYTHON={checkout.parent}/bin/python 2>{checkout.parent}/second; exit 0"
    )
    assert _make(checkout, _fake_python(checkout, pip=inner)).returncode == 0
    assert "another make is at work" in (checkout.parent / "second").read_text()
    assert _calls(checkout) == ["venv", "pip", "pip"]
