"""Training that was killed goes on where it was, to the same bits; other files are refused."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_lib.errors import DataError
from linreg_lib.experiments import TrainingRun, load_moons, train_lanes
from linreg_lib.experiments.lanes import stack_training
from linreg_lib.experiments.saved_runs.npz_with_header import write_npz

pytest.importorskip("numba")

ROOT = Path(__file__).resolve().parents[2]
MOONS = load_moons(100, 0.1, rng=np.random.default_rng(5))


def train(folder: Path | None, **changes: Any) -> tuple[TrainingRun, ...]:
    arguments: dict[str, Any] = {
        "seeds": [1, 2, 3], "snapshots_at": [0, 5, 30], "batch_size": 32, "engine": "compiled",
        "hidden_widths": [8, 5], "data": MOONS, **changes,
    }  # fmt: skip
    return train_lanes(checkpoint=folder, **arguments)


def bits(runs: tuple[TrainingRun, ...]) -> list[bytes]:
    return [
        array.tobytes()
        for run in runs
        for each in run.snapshots
        for array in (
            *each.network.weights,
            *each.network.biases,
            np.array([each.step, each.train_loss, each.train_accuracy]),
        )
    ]


class _Killed(BaseException):
    pass


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("engine", ["compiled", "torch"])
def test_training_goes_on_from_any_checkpoint(
    engine: Any, optimizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "torch":
        pytest.importorskip("torch")
    change: dict[str, Any] = {"engine": engine, "optimizer": optimizer}
    change["weight_decay"] = 1e-3 if optimizer == "adam" else 0.0
    wanted = bits(train(None, **change))
    monkeypatch.setattr(stack_training, "SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(stack_training, "_MOST_ORDERED", 32 * 3 * 7)  # 7 steps, or 21, a call
    write = stack_training._write
    countdown = [0]

    def mortal(*arguments: Any) -> None:
        write(*arguments)
        countdown[0] -= 1
        if countdown[0] < 0:
            raise _Killed

    monkeypatch.setattr(stack_training, "_write", mortal)
    lives = 0
    while True:
        lives += 1
        countdown[0] = lives % 4  # dies at snapshots, between them, at the ends of epochs
        try:
            runs = train(tmp_path, **change)
        except _Killed:
            continue
        break
    assert lives > 5
    assert bits(runs) == wanted
    assert all(run.seconds > 0 for run in runs)
    assert bits(train(tmp_path, **change)) == wanted  # nothing is left to do


PROGRAM = """
import sys
import numpy as np
from linreg_lib.experiments import LabelledPoints, train_lanes
from linreg_lib.experiments.lanes import stack_training
stack_training.SECONDS_BETWEEN = 0.0
stack_training._MOST_ORDERED = 32 * 300
rng = np.random.default_rng(0)
data = LabelledPoints(
    points=rng.uniform(-1, 1, (70, 2)), labels=rng.integers(2, size=70), num_classes=2, name="toy"
)
runs = train_lanes(
    [16, 9], data, seeds=[1, 2, 3], epochs=20_000, batch_size=32, engine="compiled",
    snapshots_at=[0, 7, 1_000, 20_000], num_threads=2,
    checkpoint=sys.argv[1] if len(sys.argv) > 1 else None,
)
arrays = [array for run in runs for each in run.snapshots for array in each.network.weights]
sys.stdout.buffer.write(b"".join(array.tobytes() for array in arrays))
"""


def test_killed_at_random_moments_it_ends_with_the_same_bits(tmp_path: Path) -> None:
    def start(*arguments: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments], env=environment, stdout=subprocess.PIPE
        )

    def written() -> list[int]:
        return sorted(file.stat().st_mtime_ns for file in tmp_path.glob("lane-*.npz"))

    wanted, _ = start().communicate()
    moments = random.Random(0)
    num_killed = 0
    for _ in range(5):
        before = written()
        process = start(str(tmp_path))
        while written() == before and process.poll() is None:
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.3))  # it trains, or writes
        num_killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
    found, _ = start(str(tmp_path)).communicate()
    assert num_killed >= 2
    assert len(wanted) > 1000
    assert found == wanted


def test_other_arguments_are_refused_by_name(tmp_path: Path) -> None:
    train(tmp_path)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"lr": 0.5}, "made with lr 0.001, this call has 0.5"),
        ({"weight_decay": 1e-4}, "made with weight_decay 0.0, this call has 0.0001"),
        ({"seeds": [1, 4, 3]}, "made with seed 2, this call has 4"),
        ({"snapshots_at": [0, 6, 30]}, "snapshot_steps"),
        ({"epochs": 31}, "made with num_steps 120, this call has 124"),
        ({"hidden_widths": [8, 6]}, "hidden_widths"),
        ({"data": load_moons(101, 0.1, rng=np.random.default_rng(5))}, "data_fingerprint"),
        ({"initial": train(None)[0].final.network}, "made with first_networks"),
        ({"engine": "torch"}, "made with engine compiled, this call has torch"),
    ]
    for change, reason in changes:
        if change.get("engine") == "torch":
            pytest.importorskip("torch")
        with pytest.raises(DataError, match=reason) as caught:
            train(tmp_path, **change)
        assert str(tmp_path) in str(caught.value)
        assert "another folder" in str(caught.value)


def test_a_file_names_the_weight_decay_only_where_there_is_one(tmp_path: Path) -> None:
    train(tmp_path / "none")
    train(tmp_path / "some", weight_decay=1e-4)
    saved = []
    for name in ("none", "some"):
        with np.load(tmp_path / name / "lane-00000.npz") as arrays:
            saved.append(json.loads(str(arrays["header"]))["settings"][0])
    assert "weight_decay" not in saved[0]
    assert saved[1] == saved[0] | {"weight_decay": 1e-4}
    with pytest.raises(DataError, match=r"made with weight_decay 0\.0001, this call has 0\.0"):
        train(tmp_path / "some")
    assert bits(train(tmp_path / "some", weight_decay=1e-4)) != bits(train(None))


def _header(file: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    with np.load(file) as arrays:
        every = dict(arrays)
    header = json.loads(str(every.pop("header")))
    change(header)
    write_npz(file, every, header)


def _array(file: Path, name: str, value: Any) -> None:
    with np.load(file) as arrays:
        every = dict(arrays)
    header = json.loads(str(every.pop("header")))
    if value is None:
        del every[name]
    else:
        every[name] = value
    write_npz(file, every, header)


DAMAGES: dict[str, Callable[[Path], Any]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-40]),
    "text": lambda file: file.write_text("not at all"),
    "foreign": lambda file: np.savez(file, a=np.zeros(3)),
    "format": lambda file: _header(file, lambda header: header.update(format=99)),
    "step": lambda file: _header(file, lambda header: header.update(step=10**6)),
    "earlier": lambda file: _header(file, lambda header: header.update(step=3)),
    "no step": lambda file: _header(file, lambda header: header.pop("step")),
    "settings": lambda file: _header(file, lambda header: header.update(settings=[3])),
    "generators": lambda file: _header(file, lambda header: header.update(orders=[])),
    "generator": lambda file: _header(file, lambda header: header.update(orders=[{"state": 1}])),
    "text generator": lambda file: _header(file, lambda header: header.update(orders=["a"])),
    "seconds": lambda file: _header(file, lambda header: header.update(seconds="long")),
    "shape": lambda file: _array(file, "means", np.zeros((1, 3), dtype=np.float32)),
    "type": lambda file: _array(file, "powers", np.zeros(2, dtype=np.float32)),
    "nan": lambda file: _array(file, "powers", np.array([np.nan, 0.5])),
    "missing": lambda file: _array(file, "squares", None),
    "too many": lambda file: _array(file, "more", np.zeros(2)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_one_clear_error(damage: str, tmp_path: Path) -> None:
    train(tmp_path, seeds=[1])
    (file,) = tmp_path.iterdir()
    DAMAGES[damage](file)
    with pytest.raises(DataError, match="not a readable checkpoint of this training") as caught:
        train(tmp_path, seeds=[1])
    assert str(file) in str(caught.value)


def test_flipped_bytes_are_seen_or_change_nothing(tmp_path: Path) -> None:
    wanted = bits(train(tmp_path, seeds=[1]))
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    assert zipfile.is_zipfile(file)
    rng = np.random.default_rng(0)
    num_refused = 0
    for place in rng.choice(len(whole), size=60, replace=False):
        changed = bytearray(whole)
        changed[place] ^= 1 << int(rng.integers(8))
        file.write_bytes(bytes(changed))
        try:
            assert bits(train(tmp_path, seeds=[1])) == wanted
        except DataError:
            num_refused += 1
    assert num_refused > 30


def test_a_lane_that_diverges_leaves_the_others_kept(tmp_path: Path) -> None:
    from linreg_lib.experiments import LabelledPoints, TrainingDivergedError

    points = np.full((9, 2), np.nan)
    bad = LabelledPoints(points=points, labels=[0] * 9, num_classes=2, name="bad")
    with pytest.raises(TrainingDivergedError, match="lane 1, seed 2"):
        train(tmp_path, seeds=[1, 2], data=[MOONS, bad], num_threads=2)
    assert [file.name for file in tmp_path.iterdir()] == ["lane-00000.npz"]
