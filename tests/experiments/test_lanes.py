"""Many networks at once: the same training as one at a time, and the same bits however called."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_lib.experiments import (
    LabelledPoints,
    TrainingDivergedError,
    TrainingRun,
    load_moons,
    load_quantiles,
    train_lanes,
)
from linreg_lib.experiments.lanes import stack_training
from linreg_lib.experiments.lanes.epoch_orders import EpochOrders
from linreg_lib.experiments.lanes.parameter_layout import ParameterLayout
from linreg_lib.networks import Network, PiecewiseLinear
from linreg_lib.networks.named_activations import ACTIVATIONS

pytest.importorskip("numba")

MOONS = load_moons(100, 0.1, rng=np.random.default_rng(5))
SHELLS = load_quantiles(75, 5, rng=np.random.default_rng(6))


def arrays_of(run: TrainingRun) -> list[np.ndarray]:
    """All numbers of all snapshots."""
    return [
        array
        for snapshot in run.snapshots
        for array in (
            *snapshot.network.weights,
            *snapshot.network.biases,
            np.array([snapshot.train_loss, snapshot.train_accuracy]),
        )
    ]


def assert_same_bits(first: TrainingRun, second: TrainingRun) -> None:
    pairs = zip(arrays_of(first), arrays_of(second), strict=True)
    assert all(one.tobytes() == other.tobytes() for one, other in pairs)


def lanes(seeds: Any = (1, 2, 3), data: Any = MOONS, **changes: Any) -> tuple[TrainingRun, ...]:
    arguments: dict[str, Any] = {"epochs": 3, "batch_size": 32, "engine": "compiled", **changes}
    return train_lanes(arguments.pop("hidden_widths", [7, 18, 5]), data, seeds=seeds, **arguments)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "hard_tanh", "relu6"])
def test_a_lane_is_train_classifier_to_rounding(
    activation: str, optimizer: Any, dtype: Any
) -> None:
    pytest.importorskip("torch")
    from linreg_lib.experiments import train_classifier

    for data in (MOONS, SHELLS):
        plan: dict[str, Any] = {
            "snapshots_at": [0, 0.4, 1, 5], "batch_size": 32, "lr": 0.01, "dtype": dtype,
            "activation": activation, "optimizer": optimizer,
        }  # fmt: skip
        ours = train_lanes([7, 18, 5], data, seeds=[9], engine="compiled", **plan)[0]
        theirs = train_classifier([7, 18, 5], data, seed=9, **plan)
        assert ours.settings == theirs.settings
        assert [each.step for each in ours.snapshots] == [each.step for each in theirs.snapshots]
        bound = 1e-12 if dtype == "float64" else 1e-5
        for one, other in zip(arrays_of(ours), arrays_of(theirs), strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=bound)
        first = ours.initial.network, theirs.initial.network
        for one, other in zip(first[0].weights, first[1].weights, strict=True):
            np.testing.assert_array_equal(one, other)


def test_threads_other_lanes_and_snapshots_change_no_bit() -> None:
    moments = {"snapshots_at": [0, 3]}
    plain = lanes(**moments)
    for run, other in zip(plain, lanes(num_threads=3, **moments), strict=True):
        assert_same_bits(run, other)
    assert_same_bits(plain[1], lanes([2], **moments)[0])
    often = lanes(snapshots_at=[0, 0.3, 1, 1.7, 2, 3])[1]
    assert_same_bits(plain[1], TrainingRun(
        settings=often.settings, snapshots=(often.initial, often.final), seconds=0.0
    ))  # fmt: skip
    assert not np.array_equal(plain[0].final.network.weights[0], plain[1].final.network.weights[0])


@pytest.mark.parametrize("most", [1, 100, 500])
def test_pieces_of_work_change_no_bit(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = lanes(epochs=6)
    monkeypatch.setattr(stack_training, "_MOST_ORDERED", most)  # 1, 3, 15 steps a call
    for run, other in zip(plain, lanes(epochs=6), strict=True):
        assert_same_bits(run, other)


def test_lanes_may_start_from_a_network_that_is_given() -> None:
    drawn = lanes(seeds=[1])[0]
    assert_same_bits(lanes(seeds=[1], initial=drawn.initial.network)[0], drawn)
    others = lanes(seeds=[1, 2], initial=drawn.final.network)
    for run in others:
        assert run.initial.network == drawn.final.network
        assert run.final.train_loss < drawn.final.train_loss
    assert others[0].final.network != others[1].final.network
    with pytest.raises(ValueError, match="initial has layer sizes"):
        lanes(hidden_widths=[7], initial=drawn.final.network)


def test_weight_decay_alone_draws_a_silent_unit_to_zero() -> None:
    """A unit off at every point has no gradient but the decay's, which Adam makes a full step."""
    first = Network.from_arrays(
        [[[0.5, 0.25]], [[0.5], [-0.5]]], [[-4.0], [0.0, 0.0]], activation="relu"
    )
    plan: dict[str, Any] = {
        "seeds": [1], "hidden_widths": [1], "initial": first, "steps": 100, "epochs": None,
        "dtype": "float64",
    }  # fmt: skip
    (plain,), (decayed,) = lanes(**plan), lanes(weight_decay=1e-4, **plan)
    np.testing.assert_array_equal(plain.final.network.weights[0], first.weights[0])
    # gradients of one sign that shrink with the weight: a little less than lr a step
    moved = first.weights[0] - decayed.final.network.weights[0]
    assert (moved > 0.08).all()
    assert (moved <= 0.1 + 1e-12).all()
    assert decayed.settings == dataclasses.replace(plain.settings, weight_decay=1e-4)


def test_each_lane_goes_at_the_pace_of_its_data() -> None:
    small = load_moons(33, 0.1, rng=np.random.default_rng(7))
    runs = lanes([4, 4], [MOONS, small])
    assert [run.final.step for run in runs] == [12, 6]
    assert_same_bits(runs[1], lanes([4], small)[0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_loss_and_accuracy_are_those_of_the_network(dtype: Any) -> None:
    for snapshot in lanes([0], SHELLS, epochs=40, lr=0.02, dtype=dtype)[0].snapshots:
        logits = snapshot.network(SHELLS.points)
        logits = logits - logits.max(axis=1, keepdims=True)
        chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        loss = -chances[np.arange(len(SHELLS)), SHELLS.labels].mean()
        assert snapshot.train_loss == pytest.approx(loss, abs=1e-5 if dtype == "float32" else 1e-13)
        right = (logits.argmax(axis=1) == SHELLS.labels).mean()
        assert snapshot.train_accuracy == pytest.approx(right, abs=2 / len(SHELLS))


def test_training_learns() -> None:
    run = lanes([0], epochs=150, lr=0.01, hidden_widths=[16, 16, 16])[0]
    assert run.final.train_accuracy > 0.97
    assert math.isnan(run.final.test_accuracy)


@pytest.mark.parametrize("batch_size", [1, 5, 16, 17, 33, 99, 100, 1000])
def test_batches_of_any_size(batch_size: int) -> None:
    pytest.importorskip("torch")
    one, other = (
        lanes([3], batch_size=batch_size, steps=7, epochs=None, dtype="float64", engine=engine)[0]
        for engine in ("compiled", "torch")
    )
    for ours, theirs in zip(arrays_of(one), arrays_of(other), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_divergence_is_named_with_lane_seed_and_step() -> None:
    with pytest.raises(TrainingDivergedError, match=r"lane 0, seed 8: .* at step \d+ .*lr=1e\+30"):
        lanes([8, 9], lr=1e30, optimizer="sgd")
    with pytest.raises(TrainingDivergedError, match="at step 1 "):  # seen in the snapshot itself
        lanes([8], steps=1, epochs=None, lr=1e38, optimizer="sgd")
    bad = LabelledPoints(points=[[math.nan, 0.0]] * 2, labels=[0, 1], num_classes=2, name="bad")
    with pytest.raises(TrainingDivergedError, match="seed 6: .* at step 0"):
        lanes([5, 6], [MOONS, bad], snapshots_at=[3], epochs=None)


@pytest.mark.parametrize("num_threads", [1, 2, 4])
def test_of_several_that_diverge_the_first_is_named(
    num_threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lanes before it go on to their ends, however late."""
    monkeypatch.setattr(stack_training, "_MOST_ORDERED", 32)  # a step a call

    def bad(num: int) -> LabelledPoints:
        points = np.full((num, 2), math.nan)
        return LabelledPoints(points=points, labels=[0] * num, num_classes=2, name="bad")

    data = [load_moons(20_000, 0.1, rng=np.random.default_rng(1)), MOONS, bad(9), bad(3), MOONS]
    with pytest.raises(TrainingDivergedError, match="lane 2, seed 12:"):
        lanes(range(10, 15), data, num_threads=num_threads)


def test_what_is_beyond_a_layer_stays_zero() -> None:
    layout = ParameterLayout([2, 5, 3], 32, "float32")
    net = Network.random([2, 5, 3], init="he", biases=0.5, rng=np.random.default_rng(0))
    flat = layout.packed(net)
    assert np.count_nonzero(flat) == sum(a.size for a in (*net.weights, *net.biases))
    again = layout.network(flat, "relu")
    for one, other in zip(again.weights, net.weights, strict=True):
        np.testing.assert_array_equal(one, other.astype(np.float32))
    assert layout.new_memory().ctypes.data % 64 == 0
    starts = layout.table[:, 2:]  # no two blocks share a place, all begin at whole vectors
    assert not (starts % layout.length).any()


def test_orders_can_be_taken_up_anywhere() -> None:
    def fresh() -> EpochOrders:
        return EpochOrders(20, np.random.default_rng(3))

    rng = np.random.default_rng(3)
    wanted = np.array([rng.permutation(20) for _ in range(6)])
    np.testing.assert_array_equal(fresh().epochs(0, 6), wanted)
    bit_by_bit = fresh()
    for first, num in ((0, 1), (0, 2), (1, 1), (2, 3), (4, 2)):
        np.testing.assert_array_equal(bit_by_bit.epochs(first, num), wanted[first : first + num])
    with pytest.raises(ValueError, match="next epoch is 6"):
        bit_by_bit.epochs(3, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"epochs": None}, "say how long"),
        ({"steps": 1}, "not both"),
        ({"seeds": []}, "seeds is"),
        ({"seeds": [1, -1]}, r"seeds\[1\]"),
        ({"data": [MOONS]}, "data has 1 entries for 3 seeds"),
        ({"data": [MOONS, MOONS, SHELLS]}, r"data\[2\] has 2 inputs and 5 classes"),
        ({"engine": "jax"}, "engine is 'jax'"),
        ({"device": "cuda"}, "device is 'cuda'"),
        ({"num_threads": 0}, "num_threads"),
        ({"lr": 0}, "lr"),
        ({"weight_decay": -1e-9}, "weight_decay is -1e-09; it must be 0 or a positive number"),
        ({"weight_decay": math.inf}, "weight_decay"),
        ({"weight_decay": math.nan}, "weight_decay"),
        ({"batch_size": 0}, "batch_size"),
        ({"optimizer": "lion"}, "optimizer is 'lion'"),
        ({"dtype": "float16"}, "dtype"),
        ({"activation": "gelu"}, "gelu"),
        ({"hidden_widths": []}, "hidden_widths"),
    ],
)
def test_bad_arguments_are_named(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        lanes(**change)


def test_images_train_alike() -> None:
    """Many inputs and classes, and large batches."""
    pytest.importorskip("torch")
    from linreg_lib.experiments import load_digits_dataset, train_classifier

    digits = load_digits_dataset().subset(range(300))
    plan: dict[str, Any] = {"epochs": 3, "batch_size": 128, "dtype": "float64"}
    ours = train_lanes([20, 20], digits, seeds=[0], engine="compiled", **plan)[0]
    theirs = train_classifier([20, 20], digits, seed=0, **plan)
    for one, other in zip(arrays_of(ours), arrays_of(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


def test_an_activation_without_compiled_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    absolute = dataclasses.replace(
        ACTIVATIONS["relu"], make=lambda: PiecewiseLinear([0.0], [-1.0, 1.0])
    )
    monkeypatch.setitem(ACTIVATIONS, "absolute", absolute)
    with pytest.raises(ValueError, match="'absolute' has no compiled form"):
        lanes(activation="absolute")


def test_a_checkpoint_that_is_a_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=r"checkpoint is .*, a file"):
        lanes(checkpoint=tmp_path / "file")


def test_wrong_types_are_named() -> None:
    for change, reason in (
        ({"data": [MOONS, 3, MOONS]}, r"data\[1\] must be labelled data"),
        ({"device": 3}, "device must be a name"),
        ({"weight_decay": "1e-4"}, "weight_decay"),
        ({"weight_decay": None}, "weight_decay"),
        ({"checkpoint": 3}, "checkpoint must be a path"),
        ({"progress": 1}, "progress must be True or False"),
    ):
        with pytest.raises(TypeError, match=reason):
            lanes(**change)
