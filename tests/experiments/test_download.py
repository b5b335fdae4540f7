"""A download ends in the right file or in nothing."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from pathlib import Path

import pytest

from linreg_lib.errors import DataError
from linreg_lib.experiments.data import DownloadError
from linreg_lib.experiments.data.download import download_verified
from tests.experiments.fake_mnist import FakeMnist
from tests.experiments.mirror_server import MirrorServer, dripping_handshake, refused_url

LIMIT = 0.9  # seconds; what drips or circles would take many
NAME = "train-images-idx3-ubyte.gz"


def everything_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*")) if folder.exists() else []


def fetch(fake: FakeMnist, target: Path, *bases: str, **limits: float) -> str:
    return download_verified(
        [base + NAME for base in bases], target, fake.checksums[NAME], **limits
    )  # fmt: skip


@pytest.mark.parametrize("behaviour", ["good", "redirected", "encoded"])
def test_a_good_mirror_delivers(
    behaviour: str,
    fake: FakeMnist,
    server: MirrorServer,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "new" / "deeper" / NAME
    assert fetch(fake, target, server.url(behaviour)) == server.url(behaviour) + NAME
    assert target.read_bytes() == (fake.folder / NAME).read_bytes()
    assert everything_below(tmp_path / "new") == [target.parent, target]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("missing", "HTTP status 404"),
        ("corrupt", "instead of"),
        ("truncated", r"\d+ bytes read, \d+ more expected"),
        ("page", "sent 26 of 26 bytes"),
        ("stalled", "timed out"),
        ("dripping", "too slow: not complete within 0.9 s"),
        ("dripping-headers", "too slow"),
        ("circling", "too slow"),
        ("endless", "sent more than"),
        ("refused", "refused"),
        ("file", "not an http or https address"),
    ],
)
def test_a_bad_mirror_leaves_nothing_and_is_named(
    behaviour: str, reason: str, fake: FakeMnist, server: MirrorServer, tmp_path: Path
) -> None:
    special = {"refused": refused_url(), "file": fake.folder.as_uri() + "/"}
    base = special.get(behaviour) or server.url(behaviour)
    target = tmp_path / "new" / "deeper" / NAME
    begin = time.monotonic()
    with pytest.raises(DownloadError, match=reason) as caught:
        fetch(fake, target, base, timeout=0.4, total_timeout=LIMIT, max_bytes=1 << 20)
    assert time.monotonic() - begin < LIMIT + 1.0
    assert base + NAME in str(caught.value)
    assert fake.checksums[NAME] in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_a_handshake_that_drips_does_not_outlast_the_limit(
    fake: FakeMnist, server: MirrorServer, tmp_path: Path
) -> None:
    target = tmp_path / NAME
    with dripping_handshake() as slow:
        begin = time.monotonic()
        # the next mirror has its turn
        delivered = fetch(fake, target, slow, server.url("good"), total_timeout=LIMIT)
        assert time.monotonic() - begin < LIMIT + 1.0
    assert delivered == server.url("good") + NAME
    assert everything_below(tmp_path) == sorted(
        [target, fake.folder, *fake.folder.iterdir(), fake.folder.parent]
    )


def test_the_second_mirror_is_asked_when_the_first_is_bad(
    fake: FakeMnist, server: MirrorServer, tmp_path: Path
) -> None:
    target = tmp_path / NAME
    bases = [refused_url(), *(server.url(b) for b in ("missing", "truncated", "corrupt", "good"))]
    assert fetch(fake, target, *bases) == bases[-1] + NAME
    assert target.read_bytes() == (fake.folder / NAME).read_bytes()
    assert [behaviour for behaviour, _ in server.asked] == [
        "missing",
        "truncated",
        "corrupt",
        "good",
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_failure_keeps_what_was_there_before(
    fake: FakeMnist, server: MirrorServer, tmp_path: Path
) -> None:
    other = tmp_path / "cache" / "notes.txt"
    other.parent.mkdir()
    other.write_text("mine")
    with pytest.raises(DownloadError):
        fetch(fake, other.parent / "mnist" / NAME, server.url("corrupt"))
    assert everything_below(tmp_path / "cache") == [other]


def test_an_interruption_leaves_nothing(
    fake: FakeMnist, server: MirrorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(fake, tmp_path / "new" / NAME, server.url("good"))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("package", ["pooch", "requests"])
def test_a_package_that_is_not_installed_is_named(
    package: str,
    fake: FakeMnist,
    server: MirrorServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"needs the package {package}: .*\\[data\\].*, or place"):
        fetch(fake, tmp_path / "new" / NAME, server.url("good"))
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(os.name != "posix", reason="no limit on the size of files here")
def test_a_full_disk(fake: FakeMnist, server: MirrorServer, tmp_path: Path) -> None:
    import resource

    target = tmp_path / "new" / NAME
    _, hard = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2500, hard))  # what a full disk does, without one
    try:
        with pytest.raises(DownloadError, match="File too large"):
            fetch(fake, target, server.url("good"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "new").exists()


def _fetch_in_a_process(target: Path, url: str, sha256: str) -> None:
    download_verified([url], target, sha256)


def test_several_processes_at_once(fake: FakeMnist, server: MirrorServer, tmp_path: Path) -> None:
    pytest.importorskip("pooch")  # the processes' own errors are not seen here
    target = tmp_path / "new" / "deeper" / NAME
    arguments = (target, server.url("slow") + NAME, fake.checksums[NAME])
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_fetch_in_a_process, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert everything_below(tmp_path / "new") == [target.parent, target]
    assert target.read_bytes() == (fake.folder / NAME).read_bytes()


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="needs a folder one cannot write"
)
def test_a_folder_that_cannot_be_written(
    fake: FakeMnist, server: MirrorServer, tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(DataError, match="Permission denied"):
        fetch(fake, locked / "mnist" / NAME, server.url("good"))


def test_a_file_in_the_way_of_the_folder(
    fake: FakeMnist, server: MirrorServer, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("not a folder")
    with pytest.raises(DataError, match="cannot be written"):
        fetch(fake, tmp_path / "cache" / NAME, server.url("good"))
    assert server.asked == []


def test_no_mirror_at_all(fake: FakeMnist, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="no mirror was given"):
        fetch(fake, tmp_path / "new" / NAME)
    assert not (tmp_path / "new").exists()
