"""Data sets: found, checked, and said plainly which one it is."""

from __future__ import annotations

from linreg_lib.data_folders import cache_folder
from linreg_lib.experiments.data.covid import CovidCounts, WeightedExamples, load_covid
from linreg_lib.experiments.data.dataset import Dataset, LabelledData
from linreg_lib.experiments.data.digits import load_digits_dataset
from linreg_lib.experiments.data.download import DownloadError
from linreg_lib.experiments.data.images import (
    DatasetBanner,
    ImageData,
    dataset_banner,
    load_images,
)
from linreg_lib.experiments.data.mnist import DataUnavailableError, load_mnist
from linreg_lib.experiments.data.points import LabelledPoints, load_moons, load_quantiles
from linreg_lib.experiments.data.verified_file import ChecksumError

__all__ = [
    "ChecksumError",
    "CovidCounts",
    "DataUnavailableError",
    "Dataset",
    "DatasetBanner",
    "DownloadError",
    "ImageData",
    "LabelledData",
    "LabelledPoints",
    "WeightedExamples",
    "cache_folder",
    "dataset_banner",
    "load_covid",
    "load_digits_dataset",
    "load_images",
    "load_mnist",
    "load_moons",
    "load_quantiles",
]
