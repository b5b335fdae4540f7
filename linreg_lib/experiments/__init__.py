"""Data sets, training, one protocol module a paper, many runs at once."""

from __future__ import annotations

from linreg_lib.experiments.data import (
    ChecksumError,
    CovidCounts,
    Dataset,
    DatasetBanner,
    DataUnavailableError,
    DownloadError,
    ImageData,
    LabelledPoints,
    dataset_banner,
    load_covid,
    load_digits_dataset,
    load_images,
    load_mnist,
    load_moons,
    load_quantiles,
)
from linreg_lib.experiments.planes import (
    ExampleTriple,
    PlaneTable,
    regions_in_plane,
    three_examples,
)
from linreg_lib.experiments.runs import RunError, RunResults, run_many
from linreg_lib.experiments.snapshots import (
    Snapshot,
    TrainingRun,
    TrainingSettings,
    load_run,
    save_run,
)
from linreg_lib.experiments.training import TrainingDivergedError, train_classifier

__all__ = [
    "ChecksumError",
    "CovidCounts",
    "DataUnavailableError",
    "Dataset",
    "DatasetBanner",
    "DownloadError",
    "ExampleTriple",
    "ImageData",
    "LabelledPoints",
    "PlaneTable",
    "RunError",
    "RunResults",
    "Snapshot",
    "TrainingDivergedError",
    "TrainingRun",
    "TrainingSettings",
    "dataset_banner",
    "load_covid",
    "load_digits_dataset",
    "load_images",
    "load_mnist",
    "load_moons",
    "load_quantiles",
    "load_run",
    "regions_in_plane",
    "run_many",
    "save_run",
    "three_examples",
    "train_classifier",
]
