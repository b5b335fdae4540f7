"""Chapters that say too much or leave, limits that mean nothing, disks that refuse."""

from __future__ import annotations

import errno
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from linreg_book.__main__ import main
from linreg_book.errors import PublishingError, os_error_sentence
from linreg_book.project import Project, write_whole
from linreg_book.runs.execution import _LastWords
from tests.linreg_book.book_project import make_project, own_tools

TALKERS = ("47_loud", "48_leaves", "49_quits")


def build(project: Project, *arguments: str, before: Callable[[], None] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "linreg_book", "book", "--no-render", *arguments],
        cwd=project.root,
        env=own_tools(project.root),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=before,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def talkers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    project = make_project(tmp_path_factory.mktemp("talkers") / "book", TALKERS)
    return project, build(project, "--jobs", "2")


@pytest.mark.parametrize(
    "sentence",
    [
        r"47_loud, code cell 3 \(line 25\): TooMuchOutput: .* more than a million characters",
        r"48_leaves, code cell 3 \(line 25\): SystemExit: the cell ends .* \(sys.exit, 0\)",
        r"49_quits, code cell 3 \(line 25\): SystemExit: the cell ends .* \(exit or quit\)",
    ],
)
def test_the_cell_and_the_cause_are_told(talkers: tuple[Project, str], sentence: str) -> None:
    assert re.search(rf"^FAILED {sentence}", talkers[1], flags=re.MULTILINE), talkers[1]


def test_what_is_left_is_small(talkers: tuple[Project, str]) -> None:
    sizes = [path.stat().st_size for path in talkers[0].build.rglob("*") if path.is_file()]
    assert len(sizes) == 1 + 2 * len(TALKERS)
    assert sum(sizes) < 100_000


def test_of_what_a_process_says_the_end_is_kept() -> None:
    say = "import sys; sys.stdout.write('x' * 30_000_000 + 'the end')"
    process = subprocess.Popen([sys.executable, "-c", say], stdout=subprocess.PIPE)
    words = _LastWords(process)
    assert process.wait(timeout=60) == 0
    assert words.text().endswith("xthe end")
    assert len(words.text()) <= 20_000


@pytest.mark.parametrize(
    ("option", "value"),
    [("--time-limit", value) for value in ("0", "-1", "nan", "inf", "-inf", "x", "")]
    + [("--jobs", value) for value in ("0", "-1", "1.5", "x", "9" * 5001)],
)
def test_limits_that_mean_nothing_are_refused(
    capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["book", f"{option}={value}"])
    assert caught.value.code == 2
    assert f"argument {option}: {value[:40]!r} is no" in capsys.readouterr().err


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good"])

    def limit_files() -> None:  # what a full disk does, without one
        resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))

    said = build(project, before=limit_files)
    assert re.search(r"(41_good|_build)\S*: .*File too large.*; raise the limit on the size", said)
    left = [path for path in project.build.rglob("*") if path.is_file()]
    assert not [path for path in left if path.name.endswith(".part")]
    assert not list(project.build.rglob("41_good.ipynb"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_refused_file_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "table.json"
    write_whole(path, "old")

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(PublishingError) as caught:
        write_whole(path, "new content")
    assert str(caught.value).startswith(f"cannot write {path}: {os.strerror(number)}; ")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["table.json"]


def test_every_refusal_has_a_way_out() -> None:
    for number in errno.errorcode:
        sentence = os_error_sentence(OSError(number, os.strerror(number), "a"))
        assert sentence.startswith(f"a: {os.strerror(number)}; ")
        assert sentence.endswith(("again", "away", "is", "elsewhere", "--jobs"))


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    project = make_project(tmp_path / "book", ["41_good"])
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert main(["--root", str(project.root), "book"]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("the book needs yaml, which is not installed")
    assert "pip install -e . -e book/tools" in told
