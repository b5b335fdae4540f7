"""Which images an experiment gets, and what the page says about it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from linreg_lib.errors import DataError
from linreg_lib.experiments.data import (
    ChecksumError,
    Dataset,
    DataUnavailableError,
    DownloadError,
    cache_folder,
    dataset_banner,
    load_digits_dataset,
    load_images,
    mnist,
)
from tests.experiments.fake_mnist import FakeMnist
from tests.experiments.mirror_server import MirrorServer, refused_url


@pytest.fixture
def as_mnist(fake: FakeMnist, server: MirrorServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the fake files pass for MNIST, to be had from the mirrors that the test names."""
    defaults = mnist.load_mnist.__kwdefaults__

    def use(*mirrors: str) -> None:
        monkeypatch.setitem(defaults, "checksums", fake.checksums)
        monkeypatch.setitem(defaults, "mirrors", mirrors)

    return use


def test_auto_downloads_mnist_when_it_can(as_mnist: Any, server: MirrorServer) -> None:
    as_mnist(server.url("good"))
    images = load_images()
    assert (images.name, images.test.name, images.is_stand_in) == ("mnist", "mnist", False)
    banner = dataset_banner(images)
    assert not banner.is_warning
    assert banner.text == "Data: MNIST (20 training and 8 test images)."
    assert "warning" not in banner._repr_html_()


def test_auto_falls_back_quickly_and_says_so(as_mnist: Any, server: MirrorServer) -> None:
    as_mnist(refused_url(), server.url("corrupt"))
    started = time.monotonic()
    images = load_images("auto")
    assert time.monotonic() - started < 5
    assert (images.train.name, images.test.name, images.is_stand_in) == ("digits", "digits", True)
    banner = dataset_banner(images)
    assert banner.is_warning
    assert "could not be downloaded" in banner.text
    assert 'class="admonition warning' in banner._repr_html_()
    assert not cache_folder().exists()


def test_the_test_part_missing_means_digits_for_both(
    as_mnist: Any, server: MirrorServer, fake: FakeMnist
) -> None:
    as_mnist(server.url("good"))
    load_images()
    (cache_folder() / "mnist" / "t10k-images-idx3-ubyte.gz").unlink()
    as_mnist(refused_url())
    images = load_images()
    assert (images.train.name, images.test.name) == ("digits", "digits")


def test_offline_is_respected(
    as_mnist: Any, server: MirrorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_mnist(server.url("good"))
    monkeypatch.setenv("LINREG_OFFLINE", "1")
    images = load_images()
    assert (images.name, images.is_stand_in) == ("digits", True)
    assert "switched off" in images.reason
    with pytest.raises(DataUnavailableError):
        load_images("mnist")
    assert server.asked == []


def test_mnist_asked_for_by_name_is_never_replaced(as_mnist: Any, server: MirrorServer) -> None:
    as_mnist(server.url("missing"))
    with pytest.raises(DownloadError, match="404"):
        load_images("mnist")


def test_a_damaged_file_is_no_reason_for_digits(
    as_mnist: Any, server: MirrorServer, fake: FakeMnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_mnist(server.url("good"))
    (fake.folder / "t10k-labels-idx1-ubyte.gz").write_bytes(b"broken")
    monkeypatch.setenv("LINREG_DATA", str(fake.folder.parent))
    with pytest.raises(ChecksumError, match="t10k-labels"):
        load_images("auto")
    with pytest.raises(DataError, match="not a folder"):
        load_images("auto", path=fake.folder / "nowhere")


def test_digits_asked_for_are_no_stand_in_but_still_not_mnist() -> None:
    images = load_images("digits")
    assert not images.is_stand_in
    assert dataset_banner(images).is_warning
    with pytest.raises(ValueError, match="dataset is 'cifar'"):
        load_images("cifar")  # type: ignore[arg-type]


def test_the_page_shows_no_private_path(as_mnist: Any, fake: FakeMnist) -> None:
    as_mnist()
    images = load_images(path=fake.folder)
    shown = repr(images) + dataset_banner(images)._repr_html_()
    assert images.train.location == str(fake.folder)
    assert str(fake.folder) not in shown


def test_the_digits_are_all_there_once() -> None:
    from sklearn.datasets import load_digits

    train, test = load_digits_dataset("train"), load_digits_dataset("test")
    assert (len(train), len(test)) == (1437, 360)
    ours = np.concatenate([train.vectors("raw"), test.vectors("raw")])
    theirs = load_digits().data
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])
    assert np.bincount(test.labels).min() >= 25  # every digit has its share in the test part


def test_vectors_and_scales() -> None:
    data = Dataset(
        images=np.array([[[0, 8], [16, 4]]]),
        labels=np.array([0]),
        num_classes=1,
        name="toy",
        split="train",
        source="memory",
        max_value=16,
    )
    assert data.vectors().tolist() == [[0.0, 0.5, 1.0, 0.25]]
    assert data.vectors("symmetric").tolist() == [[-1.0, 0.0, 1.0, -0.5]]
    assert data.vectors("raw").tolist() == [[0.0, 8.0, 16.0, 4.0]]
    with pytest.raises(ValueError, match="scale"):
        data.vectors("log")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"images": np.zeros((2, 4))}, "shape"),
        ({"images": np.full((2, 1, 1), 17)}, "more than max_value=16"),
        ({"images": np.full((2, 1, 1), 0.5)}, "whole numbers"),
        ({"images": np.full((2, 1, 1), 300)}, "whole numbers"),
        ({"labels": np.array([0])}, r"shape \(2,\)"),
        ({"labels": np.array([0, 3])}, "label 3 of example 1"),
    ],
)
def test_what_is_no_dataset(change: dict[str, Any], reason: str) -> None:
    fine: dict[str, Any] = {
        "images": np.zeros((2, 1, 1), dtype=np.uint8),
        "labels": np.array([0, 1]),
        "num_classes": 3,
        "name": "toy",
        "split": "train",
        "source": "memory",
        "max_value": 16,
    }
    Dataset(**fine)
    with pytest.raises(ValueError, match=reason):
        Dataset(**{**fine, **change})


def test_a_dataset_does_not_change_with_the_array_it_came_from() -> None:
    pixels = np.zeros((1, 2, 2), dtype=np.uint8)
    view = pixels[:]
    view.setflags(write=False)
    data = Dataset(
        images=view, labels=np.array([0]), num_classes=1, name="toy", split="train", source="memory"
    )
    pixels[:] = 9
    assert not data.images.any()


def test_a_subset_keeps_its_rows() -> None:
    data = load_digits_dataset()
    part = data.subset([5, 2])
    np.testing.assert_array_equal(part.images, data.images[[5, 2]])
    assert part.labels.tolist() == data.labels[[5, 2]].tolist()
    assert part.fingerprint != data.fingerprint
