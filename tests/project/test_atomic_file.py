"""A file appears whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import errno
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from linreg_lib.atomic_file import atomic_file

SIZE = 1 << 18


def _fail_halfway(place: Path, error: BaseException) -> None:
    with atomic_file(place) as stream:
        stream.write(b"new")
        raise error


@pytest.mark.parametrize("before", [None, b"old"])
@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "full"), ValueError()]
)
def test_a_failure_leaves_what_was_there(
    before: bytes | None, error: BaseException, tmp_path: Path
) -> None:
    place = tmp_path / "file"
    if before is not None:
        place.write_bytes(before)
    with pytest.raises(type(error)):
        _fail_halfway(place, error)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([before] if before else [])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"old")
    monkeypatch.setattr("builtins.open", lambda _, mode, plain=open: plain("/dev/full", "wb"))
    with pytest.raises(OSError, match="No space left"), atomic_file(place) as stream:
        stream.write(bytes(SIZE))
    monkeypatch.undo()
    assert place.read_bytes() == b"old"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_of_the_last_steps(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(OSError, match="broken disk"), atomic_file(tmp_path / "file") as stream:
        stream.write(b"new")
    assert list(tmp_path.iterdir()) == []


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "nowhere" / "file"):
        pytest.fail("there is nothing to write to")


@pytest.mark.skipif(os.name != "posix", reason="other systems have no permissions of this kind")
def test_others_may_read_what_the_user_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with atomic_file(tmp_path / "file") as stream:
            stream.write(b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


def _write(place: Path, byte: int) -> None:
    for _ in range(10):
        with atomic_file(place) as stream:
            stream.write(bytes([byte]) * SIZE)


def test_several_processes_write_one_file(tmp_path: Path) -> None:
    place = tmp_path / "file"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(place, byte)) for byte in (1, 2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        if place.exists():
            seen = place.read_bytes()
            assert seen in (b"\1" * SIZE, b"\2" * SIZE)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert list(tmp_path.iterdir()) == [place]
