"""Training runs written to a file and read again."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_lib.errors import DataError
from linreg_lib.experiments import TrainingRun, load_moons, load_run, save_run, train_classifier

pytest.importorskip("torch")


def trained(dtype: Any = "float32") -> TrainingRun:
    data = load_moons(60, 0.1, rng=np.random.default_rng(0))
    return train_classifier(
        [6, 5], data, seed=1, snapshots_at=[0, 0.5, 2], batch_size=8, dtype=dtype,
        activation="hard_tanh",
    )  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_run_comes_back_bit_for_bit(dtype: Any, tmp_path: Path) -> None:
    run = trained(dtype)
    back = load_run(save_run(run, tmp_path / "new" / "run.npz"))
    assert back.settings == run.settings
    assert back.seconds == run.seconds
    assert len(back) == len(run) == 3
    for ours, theirs in zip(run.snapshots, back.snapshots, strict=True):
        assert (ours.epoch, ours.step) == (theirs.epoch, theirs.step)
        assert (ours.train_loss, ours.train_accuracy) == (theirs.train_loss, theirs.train_accuracy)
        assert ours.network.activations == theirs.network.activations
        for name in ("weights", "biases"):
            pairs = zip(getattr(ours.network, name), getattr(theirs.network, name), strict=True)
            for one, other in pairs:
                np.testing.assert_array_equal(one, other)
    decayed = dataclasses.replace(run.settings, weight_decay=1e-4)
    kept = TrainingRun(settings=decayed, snapshots=run.snapshots, seconds=1.0)
    assert load_run(save_run(kept, tmp_path / "decayed.npz")).settings == decayed
    assert not any(array.dtype.hasobject for array in np.load(tmp_path / "new/run.npz").values())


def test_an_interrupted_save_keeps_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = save_run(trained(), tmp_path / "run.npz")
    before = file.read_bytes()

    def full(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        save_run(trained("float64"), file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_files_that_hold_no_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a readable training run"):
        load_run(tmp_path / "nowhere.npz")
    file = save_run(trained(), tmp_path / "run.npz")
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(DataError, match="run.npz is not a readable"):
        load_run(file)
    np.savez(tmp_path / "other.npz", header=np.array("{}"))
    with pytest.raises(DataError, match="other.npz is not a readable"):
        load_run(tmp_path / "other.npz")


def test_nearest_snapshot() -> None:
    run = trained()
    assert [run.nearest(epoch).step for epoch in (-1, 0.3, 1.2, 9)] == [0, 4, 4, 16]
    assert run.final is run.snapshots[-1]
    assert run.initial is run.snapshots[0]
