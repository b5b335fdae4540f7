"""The torch twin of the lanes: each lane by itself, any device that is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from linreg_lib.experiments import (
    LabelledPoints,
    TrainingDivergedError,
    load_moons,
    train_classifier,
    train_lanes,
)

torch = pytest.importorskip("torch")

DATA = [load_moons(num, 0.1, rng=np.random.default_rng(num)) for num in (100, 40, 100)]
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("weight_decay", [0.0, 0.02])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_each_lane_is_train_classifier(optimizer: Any, weight_decay: float, device: str) -> None:
    plan: dict[str, Any] = {
        "snapshots_at": [0, 1.3, 4], "batch_size": 16, "lr": 0.01, "dtype": "float64",
        "optimizer": optimizer, "weight_decay": weight_decay, "activation": "leaky_relu",
    }  # fmt: skip
    runs = train_lanes([6, 5], DATA, seeds=[4, 5, 6], engine="torch", device=device, **plan)
    for run, data, seed in zip(runs, DATA, (4, 5, 6), strict=True):
        alone = train_classifier([6, 5], data, seed=seed, **plan)
        assert run.settings == alone.settings
        for ours, theirs in zip(run.snapshots, alone.snapshots, strict=True):
            assert ours.step == theirs.step
            assert ours.train_loss == pytest.approx(theirs.train_loss, abs=1e-12)
            assert ours.train_accuracy == theirs.train_accuracy
            for one, other in zip(
                (*ours.network.weights, *ours.network.biases),
                (*theirs.network.weights, *theirs.network.biases),
                strict=True,
            ):
                np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


def test_shared_and_separate_data_train_alike() -> None:
    copy = LabelledPoints(
        points=DATA[0].points, labels=DATA[0].labels, num_classes=2, name=DATA[0].name
    )
    plan: dict[str, Any] = {"epochs": 3, "batch_size": 16, "engine": "torch", "dtype": "float64"}
    shared = train_lanes([6], DATA[0], seeds=[1, 2], **plan)
    separate = train_lanes([6], [DATA[0], copy], seeds=[1, 2], **plan)
    for one, other in zip(shared, separate, strict=True):
        assert one.settings == other.settings
        for a, b in zip(one.final.network.weights, other.final.network.weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-13)


def test_divergence_is_named_and_threads_are_put_back() -> None:
    bad = LabelledPoints(points=[[np.nan, 0.0]] * 100, labels=[0] * 100, num_classes=2, name="b")
    threads = torch.get_num_threads()
    with pytest.raises(TrainingDivergedError, match=r"lane 1, seed 8: .* at step 0 "):
        train_lanes(
            [4], [DATA[0], bad], seeds=[7, 8], epochs=2, snapshots_at=[2], engine="torch",
            num_threads=threads + 1,
        )  # fmt: skip
    assert torch.get_num_threads() == threads


def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="device is 'nowhere', which torch has not here"):
        train_lanes([4], DATA[0], seeds=[1], epochs=1, engine="torch", device="nowhere")
