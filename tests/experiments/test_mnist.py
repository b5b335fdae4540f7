"""Where MNIST is looked for, and what happens to damaged files."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_lib.errors import DataError
from linreg_lib.experiments.data import (
    ChecksumError,
    Dataset,
    DataUnavailableError,
    DownloadError,
    ImageData,
    cache_folder,
    load_mnist,
)
from linreg_lib.experiments.data.idx import parse_idx
from tests.experiments.fake_mnist import FakeMnist, idx_bytes, write_fake_mnist
from tests.experiments.mirror_server import MirrorServer, refused_url

IMAGES = "train-images-idx3-ubyte.gz"


def load(fake: FakeMnist, **arguments: Any) -> Dataset:
    return load_mnist(**{"checksums": fake.checksums, "mirrors": [refused_url()], **arguments})


@pytest.mark.parametrize("split", ["train", "test"])
def test_files_are_read_as_written(split: Any, fake: FakeMnist) -> None:
    data = load(fake, path=fake.folder, split=split)
    np.testing.assert_array_equal(data.images, fake.images[split])
    np.testing.assert_array_equal(data.labels, fake.labels[split])
    assert (data.name, data.split, data.source) == ("mnist", split, "path")
    assert not data.images.flags.writeable
    assert not data.labels.flags.writeable


def test_the_order_of_the_search(
    fake: FakeMnist, server: MirrorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrors = [server.url("good")]
    assert load(fake, mirrors=mirrors).source == "download"
    num_requests = len(server.asked)
    assert load(fake, mirrors=mirrors).source == "cache"
    monkeypatch.setenv("LINREG_DATA", str(tmp_path))  # a folder without mnist/ is passed over
    assert load(fake, mirrors=mirrors).source == "cache"
    monkeypatch.setenv("LINREG_DATA", str(fake.folder.parent))
    assert load(fake, mirrors=mirrors).source == "LINREG_DATA"
    assert load(fake, mirrors=mirrors, path=fake.folder.parent).source == "path"
    assert len(server.asked) == num_requests == 2


def test_the_fingerprint_tells_content_and_not_place(
    fake: FakeMnist, server: MirrorServer, tmp_path: Path
) -> None:
    by_path = load(fake, path=fake.folder)
    by_download = load(fake, mirrors=[server.url("good")])
    other = write_fake_mnist(tmp_path / "other", seed=1)
    assert by_path.fingerprint == by_download.fingerprint
    assert by_path.fingerprint != load(other, path=other.folder).fingerprint
    assert by_path.fingerprint != load(fake, path=fake.folder, split="test").fingerprint


@pytest.mark.parametrize("damage", ["truncated", "altered", "empty"])
@pytest.mark.parametrize("where", ["path", "LINREG_DATA", "cache"])
def test_a_damaged_file_is_named_and_never_passed_over(
    where: str,
    damage: str,
    fake: FakeMnist,
    server: MirrorServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = [server.url("good")]
    load(fake, mirrors=good)  # from now on the cache could serve as a way out
    folder = cache_folder() / "mnist" if where == "cache" else fake.folder
    content = (folder / IMAGES).read_bytes()
    damaged = {
        "truncated": content[:-100],
        "altered": content[:50] + bytes([content[50] ^ 1]) + content[51:],
        "empty": b"",
    }[damage]
    (folder / IMAGES).write_bytes(damaged)
    if where == "LINREG_DATA":
        monkeypatch.setenv("LINREG_DATA", str(fake.folder.parent))
    with pytest.raises(ChecksumError) as caught:
        load(fake, mirrors=good, path=fake.folder if where == "path" else None)
    message = str(caught.value)
    assert str(folder / IMAGES) in message
    assert fake.checksums[IMAGES] in message
    assert hashlib.sha256(damaged).hexdigest() in message
    assert {"path": "leave out path", "cache": "Delete it"}.get(where, "LINREG_DATA") in message


def test_a_missing_file_beside_the_others_is_an_error(
    fake: FakeMnist, server: MirrorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fake.folder / "train-labels-idx1-ubyte.gz").unlink()
    monkeypatch.setenv("LINREG_DATA", str(fake.folder.parent))
    with pytest.raises(DataError, match="train-labels-idx1-ubyte.gz cannot be read"):
        load(fake, mirrors=[server.url("good")])
    assert server.asked == []


@pytest.mark.parametrize("where", ["path", "LINREG_DATA"])
def test_a_place_that_is_no_folder(
    where: str, fake: FakeMnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("LINREG_DATA", str(nowhere))
    with pytest.raises(DataError, match=f"{where} names .*nowhere, which is not a folder"):
        load(fake, path=nowhere if where == "path" else None)


def test_no_download_when_forbidden(
    fake: FakeMnist, server: MirrorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = [server.url("good")]
    with pytest.raises(DataUnavailableError, match="download=False"):
        load(fake, mirrors=good, download=False)
    monkeypatch.setenv("LINREG_OFFLINE", "1")
    with pytest.raises(DataUnavailableError, match="LINREG_OFFLINE is set"):
        load(fake, mirrors=good)
    assert server.asked == []
    assert not cache_folder().exists()
    monkeypatch.setenv("LINREG_OFFLINE", "0")
    assert load(fake, mirrors=good).source == "download"


def test_a_broken_download_leaves_no_cache(fake: FakeMnist, server: MirrorServer) -> None:
    with pytest.raises(DownloadError, match="corrupt"):
        load(fake, mirrors=[server.url("truncated"), server.url("corrupt")])
    assert not cache_folder().exists()


def test_a_download_goes_on_where_an_earlier_one_stopped(
    fake: FakeMnist, server: MirrorServer
) -> None:
    load(fake, mirrors=[server.url("good")])
    (cache_folder() / "mnist" / IMAGES).unlink()
    server.asked.clear()
    load(fake, mirrors=[server.url("good")])
    assert server.asked == [("good", IMAGES)]


def test_a_file_of_any_size_is_not_read_for_its_checksum(fake: FakeMnist) -> None:
    with (fake.folder / IMAGES).open("r+b") as file:
        file.truncate(1 << 40)  # a hole: it takes no room
    with pytest.raises(DataError, match=rf"{IMAGES} cannot be read \(it is larger than"):
        load(fake, path=fake.folder)


def test_images_and_labels_must_agree_in_number(fake: FakeMnist) -> None:
    name = "train-labels-idx1-ubyte.gz"
    content = gzip.compress(idx_bytes(np.zeros(19)))
    (fake.folder / name).write_bytes(content)
    checksums = {**fake.checksums, name: hashlib.sha256(content).hexdigest()}
    with pytest.raises(DataError, match=r"20 images, but .* 19 labels"):
        load(fake, path=fake.folder, checksums=checksums)


def test_an_unknown_split(fake: FakeMnist) -> None:
    with pytest.raises(ValueError, match="split is 'valid'"):
        load(fake, path=fake.folder, split="valid")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"plain", "not a complete gzip file"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\x2a" + bytes(42))[:-9], "not a complete gzip file"),
        (gzip.compress(b"\0\0\x08\x03" + bytes(12)), "with 1 axes"),
        (gzip.compress(b"\0\0\x0d\x01" + bytes(4)), "starts with 00000d01"),
        (gzip.compress(b"\0\0\x08\x01\0\0"), "starts with"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\x03ab"), "3 bytes, but holds 2"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\x01ab"), "1 bytes, but holds more"),
    ],
)
def test_what_is_not_idx(content: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=f"labels.gz.*{reason}"):
        parse_idx(content, 1, "labels.gz")


def test_the_cache_folder_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("LINREG_CACHE")
    assert cache_folder() == tmp_path / "xdg" / "linreg_lib"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == tmp_path / ".cache" / "linreg_lib"


def test_the_real_files(real_mnist: ImageData) -> None:
    train, test = real_mnist.train, real_mnist.test
    assert train.images.shape == (60_000, 28, 28)
    assert test.images.shape == (10_000, 28, 28)
    # the published moments of the training pixels, and the first labels
    assert train.vectors().mean() == pytest.approx(0.130660, abs=1e-6)
    assert train.images.std() / 255 == pytest.approx(0.308108, abs=1e-6)
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(test.labels)[:3].tolist() == [980, 1135, 1032]


UNUSABLE = {
    "~nobody_of_this_name/x": "home directory",
    "x" * 300: "too long",
    "y/" * 2500: "too long",
}


@pytest.mark.parametrize("named", UNUSABLE)
@pytest.mark.parametrize("where", ["path", "LINREG_DATA", "LINREG_CACHE", "XDG_CACHE_HOME"])
def test_a_name_that_no_folder_can_have(
    where: str, named: str, fake: FakeMnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINREG_CACHE")
    if where != "path":
        monkeypatch.setenv(where, named)
    with pytest.raises(DataError, match=f"{where} names .*{UNUSABLE[named]}") as caught:
        load(fake, path=named if where == "path" else None)
    assert len(str(caught.value)) < 300


def test_no_home_and_no_cache(fake: FakeMnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINREG_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("HOME", raising=False)

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr("pwd.getpwuid", unknown)
    with pytest.raises(DataError, match="home folder.* cannot be used.* set .*LINREG_CACHE"):
        load(fake)


@pytest.mark.parametrize(
    ("argument", "value", "said"),
    [
        ("timeout", 1e300, "timeout is 1e.300; it must be positive and at most"),
        ("mirrors", "http://127.0.0.1/", "mirrors must be a sequence of addresses"),
        ("mirrors", [7], r"mirrors\[0\] must be an address"),
    ],
)
def test_how_to_download_is_checked(argument: str, value: Any, said: str, fake: FakeMnist) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        load(fake, **{argument: value})
