"""What a chapter depends on is what it opened, wherever that lies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows, get_win_folder_from_env_vars

from linreg_book.project import Project
from linreg_book.runs.fingerprint import chapter_fingerprint, data_read
from linreg_book.runs.opened_files import OpenedFiles, read_opened
from linreg_book.runs.outcome import OutcomeStore
from linreg_lib.data_folders import cache_folder, data_set_folder
from linreg_lib.experiments.data import cache_folder as cache_of_the_data
from tests.linreg_book.book_project import ROOT, make_project, own_tools

LISTEN = "from linreg_book.runs.opened_files import load_ipython_extension as begin\nbegin(None)\n"


def opened_by(code: str, folder: Path, **environment: str) -> OpenedFiles | None:
    """What a process that runs this code in a folder is seen to open."""
    target = folder.parent / "opened"
    subprocess.run(
        [sys.executable, "-c", LISTEN + textwrap.dedent(code)],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LINREG_OPENED_FILES": str(target),
            "LINREG_CACHE": str(folder.parent / "cache"),
            **environment,
        },
        check=True,
        timeout=60,
    )
    return read_opened(target)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    (made / "_build").mkdir(parents=True)
    (made / ".hidden").mkdir()
    for name in ("a.txt", "b.txt", "_build/c.txt", ".hidden/d.txt", "e.py"):
        (made / name).write_text("1")
    return made


def test_sees_what_is_read_and_nothing_else(folder: Path) -> None:
    opened = opened_by(
        """
        import json, os, pathlib, tempfile, numpy as np
        open("a.txt").read()
        pathlib.Path("e.py").read_text()
        pathlib.Path("_build/c.txt").read_text()
        pathlib.Path(".hidden/d.txt").read_text()
        pathlib.Path("own.txt").write_text("mine")
        pathlib.Path("own.txt").read_text()
        np.save("own.npy", np.zeros(2))
        np.load("own.npy")
        tempfile.TemporaryFile().close()
        open(os.open("b.txt", os.O_RDONLY)).read()
        try:
            open("missing.csv")
        except OSError:
            pass
        """,
        folder,
    )
    assert opened is not None
    stamps = {Path(path).name: stamp for path, stamp in opened.files.items()}
    assert set(stamps) == {"a.txt", "b.txt", "missing.csv"}
    found = (folder / "a.txt").stat()
    assert stamps["a.txt"] == (found.st_mtime_ns, found.st_size)
    assert stamps["missing.csv"] is None


def test_data_sets_are_known_by_name(folder: Path) -> None:
    data = folder.parent / "data"
    code = """
    from linreg_lib.data_folders import announce, data_set_folder
    place = data_set_folder("mnist")
    announce("mnist", place if place.is_dir() else None)
    [path.read_bytes() for path in place.glob("*")]
    """
    data.mkdir()
    absent = opened_by(code, folder, LINREG_DATA=str(data))
    assert absent is not None
    assert absent.without == {"mnist": "absent"}
    (data / "mnist").mkdir()
    (data / "mnist" / "images").write_text("7")
    found = opened_by(code, folder, LINREG_DATA=str(data))
    assert found is not None
    assert found.data_sets == {"mnist": str(data / "mnist")}
    read = data_read(found, Project(folder))
    assert list(read) == ["mnist:images"]


def test_mnist_is_announced(folder: Path) -> None:
    code = """
    from linreg_lib.experiments.data import DataUnavailableError, load_mnist
    try:
        load_mnist()
    except DataUnavailableError:
        pass
    """
    opened = opened_by(code, folder, LINREG_OFFLINE="1", LINREG_DATA="")
    assert opened is not None
    assert opened.without == {"mnist": "absent"}


UNUSABLE = {"LINREG_DATA": "nowhere", "LINREG_CACHE": "~nobody_of_this_name/x"}


@pytest.mark.parametrize("variable", UNUSABLE)
def test_a_mistyped_folder_is_announced(folder: Path, variable: str) -> None:
    code = """
    from linreg_lib.errors import DataError
    from linreg_lib.experiments.data import load_mnist
    open("a.txt").read()
    try:
        load_mnist(download=False)
    except DataError:
        pass
    """
    opened = opened_by(code, folder, **{"LINREG_DATA": "", variable: UNUSABLE[variable]})
    assert opened is not None
    assert [Path(path).name for path in opened.files] == ["a.txt"]
    assert variable in opened.without["mnist"]


@pytest.mark.parametrize("variable", UNUSABLE)
def test_a_mistyped_folder_equals_neither_data_nor_their_absence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("LINREG_DATA", raising=False)
    monkeypatch.setenv("LINREG_CACHE", str(tmp_path / "cache"))
    project = make_project(tmp_path / "book", ["51_reads"])
    chapter = next(iter(chapters(project)))

    def fingerprint() -> dict[str, str]:
        return chapter_fingerprint(chapter, {}, project, data=["mnist:", "mnist:images"])["data"]

    absent = fingerprint()
    data_set_folder("mnist").mkdir(parents=True)
    (data_set_folder("mnist") / "images").write_text("7")
    found = fingerprint()
    with monkeypatch.context() as mistyped:
        mistyped.setenv(variable, UNUSABLE[variable])
        for key, value in fingerprint().items():
            assert variable in value
            assert value not in (absent[key], found[key])
    assert fingerprint() == found


def test_what_changed_meanwhile_or_was_not_listed_equals_nothing(folder: Path) -> None:
    project = Project(folder)
    path = folder / "a.txt"
    stamp = (path.stat().st_mtime_ns, path.stat().st_size)
    good = data_read(OpenedFiles(files={str(path): stamp}), project)
    later = data_read(OpenedFiles(files={str(path): (stamp[0] - 1, stamp[1])}), project)
    assert good["a.txt"] != later["a.txt"] == "unknown"
    assert set(data_read(None, project).values()) == {"unknown"}


@pytest.mark.parametrize("text", ["", "null", '["file"]\n', '["begin"]\n["lost"]\n', '["begin"'])
def test_a_list_that_is_not_whole_is_no_list(tmp_path: Path, text: str) -> None:
    (tmp_path / "opened").write_text(text)
    assert read_opened(tmp_path / "opened") is None


PLATFORMS = {"linux": Unix, "darwin": MacOS, "win32": Windows}


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, "home/.cache/linreg_lib"),
        ("darwin", {}, "home/Library/Caches/linreg_lib"),
        ("win32", {"LOCALAPPDATA": "local"}, "local/linreg_lib"),
        ("darwin", {"XDG_CACHE_HOME": "xdg"}, "xdg/linreg_lib"),
        ("win32", {"LINREG_CACHE": "own"}, "own"),
    ],
)
def test_the_fingerprint_looks_where_the_cache_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    environment: dict[str, str],
    expected: str,
) -> None:
    for name in ("LINREG_CACHE", "LINREG_DATA", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in environment.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setattr("platformdirs.PlatformDirs", PLATFORMS[platform])
    monkeypatch.setattr("platformdirs.windows.get_win_folder", get_win_folder_from_env_vars)
    assert cache_of_the_data is cache_folder
    assert cache_folder() == tmp_path / expected
    assert data_set_folder("mnist") == tmp_path / expected / "mnist"
    project = make_project(tmp_path / "book", ["51_reads"])
    chapter = next(iter(chapters(project)))

    def fingerprint() -> dict[str, str]:
        return chapter_fingerprint(chapter, {}, project, data=["mnist:", "mnist:images"])["data"]

    assert set(fingerprint().values()) == {"absent"}
    data_set_folder("mnist").mkdir(parents=True)
    (data_set_folder("mnist") / "images").write_text("7")
    assert fingerprint()["mnist:"] == "images"
    assert len(fingerprint()["mnist:images"]) == 64


def chapters(project: Project) -> list:
    from linreg_book.chapters.chapter import find_chapters

    return list(find_chapters(project.notebooks).values())


def test_setting_a_data_folder_runs_only_who_read_it(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good", "51_reads"])
    environment = {**own_tools(project.root), "LINREG_CACHE": str(tmp_path / "cache")}
    environment.pop("LINREG_DATA", None)

    def build(code: int = 0, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "linreg_book", "book", "--no-render"],
            cwd=project.root,
            env=environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    (project.root / "weights.txt").write_text("1")
    build()
    entry = json.loads((project.executed("quick") / "41_good.json").read_text())
    assert entry["fingerprint"]["data"] == {}
    good = OutcomeStore(project.executed("quick")).last_good("51_reads")
    assert good is not None
    assert set(good.fingerprint["data"]) == {"weights.txt", "mnist:"}
    data = tmp_path / "data"
    (data / "mnist").mkdir(parents=True)
    (data / "mnist" / "images").write_text("7")
    said = build(LINREG_DATA=str(data))
    assert "[1/1] 51_reads" in said
    assert "(data changed: mnist)" in said
    (project.root / "weights.txt").write_text("2")
    assert "(data changed: weights.txt)" in build(LINREG_DATA=str(data))
    assert "[1/" not in build(LINREG_DATA=str(data))
    said = build(1, LINREG_DATA=str(tmp_path / "mistyped"))
    assert "FAILED 51_reads" in said
    assert "LINREG_DATA names" in said
    assert "[1/" not in build(LINREG_DATA=str(data))
