"""The COVID risk data of F23 as 64 counts."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.verified_file import verify
from linreg_lib.locked import Locked

_FILE = "covid_risk_counts.csv"
_SHA256 = "5fe1812014cf2c7b996ab7ab7882f9de8c41e94d0a92dad0e85bbb075742b0c9"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WeightedExamples(Locked):
    """Examples that stand for many: ``features`` (m, d), ``labels`` (m,), ``weights`` (m,)."""

    features: NDArray[np.float64]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]

    def __post_init__(self) -> None:
        for array in (self.features, self.labels, self.weights):
            array.setflags(write=False)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CovidCounts(Locked):
    """Patients counted by five yes/no features and by being at risk.

    ``features`` is float64 of shape (32, 5), one row for each combination of 0 and 1; ``counts`` is
    int64 of shape (32, 2): patients not at risk, and at risk. Both are locked.
    """

    feature_names: tuple[str, ...]
    features: NDArray[np.float64]
    counts: NDArray[np.int64]
    fingerprint: str
    name: str = "covid"

    def __post_init__(self) -> None:
        for array in (self.features, self.counts):
            array.setflags(write=False)

    def __repr__(self) -> str:
        return (
            f"CovidCounts({self.num_patients:,} patients, {len(self.features)} inputs, "
            f"{self.num_at_risk:,} at risk)"
        )

    @property
    def num_patients(self) -> int:
        return int(self.counts.sum())

    @property
    def num_at_risk(self) -> int:
        return int(self.counts[:, 1].sum())

    @property
    def best_accuracy(self) -> float:
        """The largest accuracy that any function of the features can have on these patients."""
        return float(self.counts.max(axis=1).sum() / self.counts.sum())

    def expanded(self) -> WeightedExamples:
        """One example for each input and label (64 in all), weighted by its number of patients."""
        num_inputs = len(self.features)
        return WeightedExamples(
            features=np.repeat(self.features, 2, axis=0),
            labels=np.tile(np.arange(2, dtype=np.int64), num_inputs),
            weights=self.counts.reshape(-1).astype(np.float64),
        )


def load_covid() -> CovidCounts:
    """The 388,878 patients of F23, Section V.B, as counts that ship with the package.

    Origin and preprocessing are in ``covid_origin.md`` beside the file.

    Raises:
        ChecksumError: the installed file was altered.

    >>> load_covid()
    CovidCounts(388,878 patients, 32 inputs, 59,979 at risk)
    """
    resource = resources.files("linreg_lib.experiments.data").joinpath(_FILE)
    content = resource.read_bytes()
    verify(content, _SHA256, str(resource), "Reinstall the package.")
    header, *rows = csv.reader(io.StringIO(content.decode("ascii")))
    table = np.array(rows, dtype=np.int64)
    table = table[np.lexsort(table[:, 5::-1].T)]  # by the features in order, then by the label
    return CovidCounts(
        feature_names=tuple(header[:5]),
        features=table[::2, :5].astype(np.float64),
        counts=table[:, 6].reshape(-1, 2).copy(),
        fingerprint=_SHA256,
    )
