"""Moons, quantiles and the COVID counts."""

from __future__ import annotations

import csv
import hashlib
import math
from importlib import resources
from typing import Any

import numpy as np
import pytest

from linreg_lib.experiments.data import (
    ChecksumError,
    LabelledPoints,
    covid,
    load_covid,
    load_moons,
    load_quantiles,
)


def moons(seed: int, n: int = 300) -> LabelledPoints:
    return load_moons(n, 0.1, rng=np.random.default_rng(seed))


def quantiles(seed: int, n: int = 300) -> LabelledPoints:
    return load_quantiles(n, 5, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("load", [moons, quantiles])
def test_points_fill_the_square_and_follow_the_generator(load: Any) -> None:
    data = load(3)
    assert data.points.shape == (300, 2)
    np.testing.assert_array_equal(data.points.min(axis=0), [-1.0, -1.0])
    np.testing.assert_array_equal(data.points.max(axis=0), [1.0, 1.0])
    assert data.fingerprint == load(3).fingerprint
    assert data.fingerprint != load(4).fingerprint
    assert not data.points.flags.writeable


def test_the_generator_moves_on_between_calls() -> None:
    rng = np.random.default_rng(0)
    first, second = load_moons(50, 0.1, rng=rng), load_moons(50, 0.1, rng=rng)
    assert first.fingerprint != second.fingerprint


def test_noiseless_moons_are_two_half_circles() -> None:
    data = load_moons(400, 0.0, rng=np.random.default_rng(0))
    x = (data.points[:, 0] + 1) / 2 * 3 - 1  # undo the stretching: the moons span [-1, 2]
    y = (data.points[:, 1] + 1) / 2 * 1.5 - 0.5  # and [-0.5, 1]
    upper = data.labels == 0
    np.testing.assert_allclose(np.hypot(x[upper], y[upper]), 1.0, atol=1e-3)
    np.testing.assert_allclose(np.hypot(x[~upper] - 1, y[~upper] - 0.5), 1.0, atol=1e-3)


def test_quantiles_are_balanced() -> None:
    assert np.bincount(quantiles(0, 1000).labels).tolist() == [200] * 5


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda rng: load_moons(1, 0.1, rng=rng), "n is 1"),
        (lambda rng: load_moons(10, -0.1, rng=rng), "noise"),
        (lambda rng: load_moons(10, math.nan, rng=rng), "noise"),
        (lambda rng: load_quantiles(3, 5, rng=rng), "num_classes <= n"),
        (lambda rng: load_quantiles(10, 1, rng=rng), "num_classes is 1"),
        (lambda rng: load_quantiles(10, 2, rng=rng, dim=0), "dim"),
    ],
)
def test_bad_arguments_are_named(call: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        call(np.random.default_rng(0))


def test_covid_counts_against_a_plain_reading_of_the_file() -> None:
    text = resources.files("linreg_lib.experiments.data").joinpath("covid_risk_counts.csv")
    content = text.read_bytes()
    data = load_covid()
    assert hashlib.sha256(content).hexdigest() == data.fingerprint
    rows = list(csv.DictReader(content.decode().splitlines()))
    assert len(rows) == 64
    for row in rows:
        wanted = [int(row[name]) for name in data.feature_names]
        (index,) = np.flatnonzero((data.features == wanted).all(axis=1))
        assert data.counts[index, int(row["at_risk"])] == int(row["count"])


def test_covid_totals_of_the_origin_note() -> None:
    data = load_covid()
    assert (data.num_patients, data.num_at_risk) == (388_878, 59_979)
    assert data.best_accuracy == pytest.approx(0.84663, abs=5e-6)
    risk = data.counts[:, 1] / data.counts.sum(axis=1)
    weight = data.counts.sum(axis=1) / data.num_patients
    entropy = -(risk * np.log(risk) + (1 - risk) * np.log(1 - risk))
    assert float(weight @ entropy) == pytest.approx(0.401283, abs=5e-7)
    with_hypertension = data.features[:, data.feature_names.index("hypertension")] == 1
    assert data.counts[with_hypertension].sum() == 76_210


def test_covid_expanded_holds_the_same_patients() -> None:
    data = load_covid()
    rows = data.expanded()
    assert rows.features.shape == (64, 5)
    assert rows.weights.sum() == 388_878
    assert rows.weights[rows.labels == 1].sum() == 59_979
    for index in (0, 17, 31):
        same = (rows.features == data.features[index]).all(axis=1)
        for label in (0, 1):
            assert rows.weights[same & (rows.labels == label)] == data.counts[index, label]


def test_an_altered_covid_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covid, "_SHA256", "0" * 64)
    with pytest.raises(ChecksumError, match=r"covid_risk_counts.csv.*expected SHA-256 0000"):
        load_covid()
