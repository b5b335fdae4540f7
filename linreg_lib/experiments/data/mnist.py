"""MNIST from a folder, from the cache, or from a verified download."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from linreg_lib.data_folders import announce, cache_folder, existing_folder, named_data_folder
from linreg_lib.errors import DataError
from linreg_lib.experiments.data.dataset import Dataset
from linreg_lib.experiments.data.download import DownloadError, download_verified, is_offline
from linreg_lib.experiments.data.idx import parse_idx
from linreg_lib.experiments.data.verified_file import read_verified
from linreg_lib.networks.arguments import (
    checked_choice,
    checked_flag,
    checked_kind,
    checked_list,
    checked_path,
)
from linreg_lib.networks.exact_floats import exact_number

Split = Literal["train", "test"]

_LONGEST_TIMEOUT = 86_400

MNIST_MIRRORS: tuple[str, ...] = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)

MNIST_SHA256: Mapping[str, str] = {
    f"{name}-ubyte.gz": sha256
    for name, sha256 in (
        ("train-images-idx3", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        ("train-labels-idx1", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        ("t10k-images-idx3", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        ("t10k-labels-idx1", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    )
}

_FILES: Mapping[str, tuple[str, str]] = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}


class DataUnavailableError(DataError):
    """The data are nowhere to be found and may not, or cannot, be downloaded."""


def load_mnist(
    path: str | os.PathLike[str] | None = None,
    split: Split = "train",
    download: bool = True,
    *,
    mirrors: Sequence[str] = MNIST_MIRRORS,
    checksums: Mapping[str, str] = MNIST_SHA256,
    timeout: float = 10.0,
) -> Dataset:
    """MNIST's 60,000 training or 10,000 test images (28x28, uint8) with their labels.

    The four original ``.gz`` files are looked for in this order; the first place that exists
    decides:

    1. ``path``: a folder that holds them, or that holds them in ``mnist/``;
    2. the environment variable ``LINREG_DATA``: a folder that holds ``mnist/`` (passed over if it
       holds other data only);
    3. the cache folder (see :func:`cache_folder`);
    4. a download into the cache, unless ``download`` is false or ``LINREG_OFFLINE`` is set.

    Every file is read together with its SHA-256; a damaged one is an error, never a reason to look
    further.

    Raises:
        ChecksumError: a file is corrupt or truncated (names file, both checksums, what to do).
        DataUnavailableError: nothing was found and nothing may be downloaded.
        DownloadError: no mirror delivered a file.
        ImportError: a package for downloads or cache folders is not installed (extra ``data``).
        DataError: ``path`` or ``LINREG_DATA`` is not a folder, or a file in it is missing.

    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proceedings of the IEEE 86(11), 1998.
    """
    checked_choice("split", split, _FILES)
    checked_flag("download", download)
    if not 0 < exact_number("timeout", timeout) <= _LONGEST_TIMEOUT:
        raise ValueError(
            f"timeout is {timeout}; it must be positive and at most {_LONGEST_TIMEOUT:,} seconds"
        )
    mirrors = [
        checked_kind(f"mirrors[{i}]", mirror, str, "an address, as text")
        for i, mirror in enumerate(checked_list("mirrors", mirrors, "addresses"))
    ]
    path = None if path is None else checked_path("path", path)
    try:
        place = _find(path, _FILES[split], download, mirrors, checksums, timeout)
    except DataError as error:
        # also where LINREG_DATA is mistyped: correcting it finds other data
        if path is None or isinstance(error, DataUnavailableError | DownloadError):
            announce("mnist", None)
        raise
    if place.source != "path":
        announce("mnist", place.folder)
    images, labels = (
        parse_idx(
            read_verified(place.folder / name, checksums[name], place.remedy),
            num_axes,
            str(place.folder / name),
        )
        for name, num_axes in zip(_FILES[split], (3, 1), strict=True)
    )
    if len(images) != len(labels):
        raise DataError(
            f"{place.folder / _FILES[split][0]} holds {len(images):,} images, but "
            f"{_FILES[split][1]} beside it {len(labels):,} labels. {place.remedy}"
        )
    return Dataset(
        images=images,
        labels=labels.astype(np.int64),
        num_classes=10,
        name="mnist",
        split=split,
        source=place.source,
        location=str(place.folder),
    )


@dataclass(frozen=True, kw_only=True)
class _Place:
    folder: Path
    source: str
    remedy: str


def _find(
    path: str | os.PathLike[str] | None,
    files: Sequence[str],
    download: bool,
    mirrors: Sequence[str],
    checksums: Mapping[str, str],
    timeout: float,
) -> _Place:
    if path is not None:
        folder = existing_folder(path, "path")
        if not any((folder / name).exists() for name in files) and (folder / "mnist").is_dir():
            folder = folder / "mnist"
        return _Place(folder=folder, source="path", remedy=_replace_by_hand("path"))
    named = named_data_folder()
    if named is not None and (named / "mnist").is_dir():
        return _Place(
            folder=named / "mnist",
            source="LINREG_DATA",
            remedy=_replace_by_hand("LINREG_DATA"),
        )
    folder = cache_folder() / "mnist"
    missing = [name for name in files if not (folder / name).exists()]
    if missing and (not download or is_offline()):
        why = "LINREG_OFFLINE is set" if is_offline() else "download=False was asked for"
        raise DataUnavailableError(
            f"MNIST was not found: no path was given, LINREG_DATA names no folder that holds "
            f"mnist/, {folder} lacks {', '.join(missing)}, and {why}. Allow the download, or put "
            f"the four original .gz files into {folder}."
        )
    for name in missing:
        urls = [mirror.rstrip("/") + "/" + name for mirror in mirrors]
        download_verified(urls, folder / name, checksums[name], timeout=timeout)
    return _Place(
        folder=folder,
        source="download" if missing else "cache",
        remedy="Delete it; the next call downloads it again.",
    )


def _replace_by_hand(what: str) -> str:
    return (
        f"Put the original MNIST file in its place (for instance from {MNIST_MIRRORS[0]}), or "
        f"leave out {what} to let the library find or download the data."
    )
