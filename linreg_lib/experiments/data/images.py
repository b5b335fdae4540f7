"""MNIST where it can be had, the small digits otherwise, and a banner that says which."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from typing import Literal

from linreg_lib.experiments.data.dataset import Dataset
from linreg_lib.experiments.data.digits import load_digits_dataset
from linreg_lib.experiments.data.download import DownloadError
from linreg_lib.experiments.data.mnist import DataUnavailableError, load_mnist
from linreg_lib.networks.arguments import checked_choice, checked_path
from linreg_lib.short_repr import ShortRepr

_AUTO_TIMEOUT = 4.0  # seconds: a page must not wait long for a network that is not there


@dataclass(frozen=True, kw_only=True, repr=False)
class ImageData(ShortRepr):
    """Training and test images of one data set.

    ``is_stand_in`` says that MNIST was wanted and the small digits are shown instead, ``reason``
    why.
    """

    train: Dataset
    test: Dataset
    is_stand_in: bool = False
    reason: str = ""

    @property
    def name(self) -> str:
        return self.train.name


def load_images(
    dataset: Literal["auto", "mnist", "digits"] = "auto",
    *,
    path: str | os.PathLike[str] | None = None,
) -> ImageData:
    """Images for an experiment: MNIST, the small digits, or MNIST if it can be had.

    ``"auto"`` takes MNIST from ``path``, ``LINREG_DATA``, the cache or a download (see
    :func:`load_mnist`), and the digits when it is nowhere and no download succeeds quickly.
    Both splits are always of the same data set.

    Raises:
        DataError: a file of MNIST is there but damaged; also for ``"auto"``, since another data set
            in its place would hide that.
        DataUnavailableError, DownloadError: for ``"mnist"`` only.

    >>> load_images("digits").train
    Dataset('digits', split='train', 1,437 images of 8x8, source='scikit-learn')
    """
    checked_choice("dataset", dataset, ("auto", "mnist", "digits"))
    path = None if path is None else checked_path("path", path)
    reason = ""
    if dataset != "digits":
        timeout = _AUTO_TIMEOUT if dataset == "auto" else 10.0
        try:
            return ImageData(
                train=load_mnist(path, "train", timeout=timeout),
                test=load_mnist(path, "test", timeout=timeout),
            )
        except DataUnavailableError:
            if dataset == "mnist":
                raise
            reason = "MNIST was not found and downloads are switched off"
        except DownloadError:
            if dataset == "mnist":
                raise
            reason = "MNIST was not found and could not be downloaded"
    return ImageData(
        train=load_digits_dataset("train"),
        test=load_digits_dataset("test"),
        is_stand_in=dataset == "auto",
        reason=reason,
    )


@dataclass(frozen=True, kw_only=True)
class DatasetBanner:
    """One sentence for the page: which data it shows; a warning where they stand in for others."""

    text: str
    is_warning: bool

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        if not self.is_warning:
            return f'<p class="dataset-banner">{escape(self.text)}</p>'
        return (
            '<div class="admonition warning dataset-banner">'
            '<p class="admonition-title">Not MNIST</p>'
            f"<p>{escape(self.text)}</p></div>"
        )


def dataset_banner(images: ImageData) -> DatasetBanner:
    """What a page says about the images it shows: neutral for MNIST, a warning for the digits.

    >>> dataset_banner(load_images("digits")).is_warning
    True
    """
    num_train, num_test = len(images.train), len(images.test)
    counts = f"{num_train:,} training and {num_test:,} test images"
    if images.name == "mnist":
        return DatasetBanner(text=f"Data: MNIST ({counts}).", is_warning=False)
    why = f" ({images.reason})" if images.reason else ""
    return DatasetBanner(
        text=(
            f"This page was computed with scikit-learn's 8x8 digits ({counts}), not with "
            f"MNIST{why}. Its numbers do not decide any claim about MNIST."
        ),
        is_warning=True,
    )
