"""Training against NumPy by hand, and what a seed and a snapshot mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from linreg_lib.experiments import (
    ImageData,
    LabelledPoints,
    TrainingDivergedError,
    load_moons,
    train_classifier,
)
from linreg_lib.networks import Network

torch = pytest.importorskip("torch")


def moons(n: int = 100) -> LabelledPoints:
    return load_moons(n, 0.1, rng=np.random.default_rng(5))


def arrays_of(network: Network) -> list[np.ndarray]:
    return [*network.weights, *network.biases]


def assert_same(first: Network, second: Network) -> None:
    for one, other in zip(arrays_of(first), arrays_of(second), strict=True):
        np.testing.assert_array_equal(one, other)


def loss_and_gradients(
    weights: list[np.ndarray], biases: list[np.ndarray], data: LabelledPoints
) -> tuple[float, list[np.ndarray]]:
    """Cross-entropy of a ReLU net over all data, and its gradients: weights, then biases."""
    inputs = [data.points]
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        inputs.append(np.maximum(inputs[-1] @ weight.T + bias, 0.0))
    logits = inputs[-1] @ weights[-1].T + biases[-1]
    logits -= logits.max(axis=1, keepdims=True)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    rows = np.arange(len(data))
    loss = -np.log(chances[rows, data.labels]).mean()
    chances[rows, data.labels] -= 1.0
    back = chances / len(data)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, back.T @ inputs[layer])
        of_biases.insert(0, back.sum(axis=0))
        back = (back @ weights[layer]) * (inputs[layer] > 0)
    return loss, of_weights + of_biases


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_full_batches_follow_the_textbook_step_by_step(optimizer: Any) -> None:
    data, lr = moons(), 0.05
    run = train_classifier(
        [7, 5],
        data,
        seed=2,
        steps=4,
        snapshots_at=[0, 1, 2, 3, 4],
        batch_size=100,
        optimizer=optimizer,
        lr=lr,
        dtype="float64",
    )
    network = run.initial.network
    parameters = [array.copy() for array in arrays_of(network)]
    first = [np.zeros_like(array) for array in parameters]
    second = [np.zeros_like(array) for array in parameters]
    for step, snapshot in enumerate(run.snapshots):
        for ours, theirs in zip(parameters, arrays_of(snapshot.network), strict=True):
            np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-9)
        loss, gradients = loss_and_gradients(parameters[:3], parameters[3:], data)
        assert snapshot.train_loss == pytest.approx(loss, abs=1e-9)
        for index, gradient in enumerate(gradients):
            if optimizer == "sgd":
                parameters[index] -= lr * gradient
                continue
            first[index] = 0.9 * first[index] + 0.1 * gradient
            second[index] = 0.999 * second[index] + 0.001 * gradient**2
            mean = first[index] / (1 - 0.9 ** (step + 1))
            spread = np.sqrt(second[index] / (1 - 0.999 ** (step + 1)))
            parameters[index] -= lr * mean / (spread + 1e-8)


def test_the_first_snapshot_is_the_drawn_network_in_float32() -> None:
    drawn = Network.random([2, 9, 4, 2], init="he", biases=0.25, rng=np.random.default_rng(1))
    run = train_classifier([9, 4], moons(), seed=0, epochs=1, initial=drawn)
    for kept, array in zip(arrays_of(run.initial.network), arrays_of(drawn), strict=True):
        np.testing.assert_array_equal(kept, array.astype(np.float32).astype(np.float64))
        assert kept.dtype == np.float64
    moved = [
        not np.array_equal(one, other)
        for one, other in zip(
            arrays_of(run.final.network), arrays_of(run.initial.network), strict=True
        )
    ]
    assert all(moved)


def test_the_initial_law_is_that_of_hr19() -> None:
    run = train_classifier([400, 400], moons(), seed=3, steps=0)
    network = run.initial.network
    # a variance of N normal numbers has relative standard error sqrt(2 / N); five are allowed
    for weight, bias in list(zip(network.weights, network.biases, strict=True))[:2]:
        wanted = 2.0 / weight.shape[1]
        assert abs(weight.var() / wanted - 1) < 5 * math.sqrt(2 / weight.size)
        assert abs(bias.var() / 1e-6 - 1) < 5 * math.sqrt(2 / bias.size)


def test_a_seed_decides_everything() -> None:
    def final(seed: int) -> Network:
        return train_classifier([8, 8], moons(), seed=seed, epochs=3, batch_size=16).final.network

    assert_same(final(1), final(1))
    torch.manual_seed(99)  # torch's own generator has no say
    assert_same(final(1), final(1))
    assert not np.array_equal(final(1).weights[0], final(2).weights[0])


def test_looking_does_not_change_the_training() -> None:
    def run(moments: list[float]) -> Any:
        return train_classifier([8], moons(), seed=1, snapshots_at=moments, batch_size=16)

    few, many = run([0, 3]), run([0, 0.3, 1, 1.5, 2, 3])
    assert_same(few.final.network, many.final.network)
    assert many.epochs.tolist() == pytest.approx([0, 2 / 7, 1, 10 / 7, 2, 3])


def test_every_epoch_uses_each_example_once() -> None:
    """With a tiny lr the net hardly moves, so an epoch's steps add up to the full gradient."""
    data, lr = moons(90), 1e-7
    run = train_classifier(
        [6], data, seed=4, epochs=1, batch_size=30, optimizer="sgd", lr=lr, dtype="float64"
    )
    before, after = run.initial.network, run.final.network
    _, gradients = loss_and_gradients(list(before.weights), list(before.biases), data)
    for start, end, gradient in zip(arrays_of(before), arrays_of(after), gradients, strict=True):
        np.testing.assert_allclose((start - end) / lr, 3 * gradient, atol=1e-5)


def test_accuracies_are_those_of_the_network() -> None:
    data = moons(400)
    test = load_moons(200, 0.1, rng=np.random.default_rng(6))
    run = train_classifier([16, 16], data, test=test, seed=0, epochs=60, batch_size=32, lr=1e-2)
    for snapshot in run.snapshots:
        for part, reported in (
            (data, snapshot.train_accuracy),
            (test, snapshot.test_accuracy),
        ):
            guesses = snapshot.network(part.points).argmax(axis=-1)
            assert reported == pytest.approx((guesses == part.labels).mean(), abs=2 / len(part))
    assert run.final.test_accuracy > 0.95
    assert math.isnan(train_classifier([4], data, seed=0, steps=1).final.test_accuracy)


@pytest.mark.parametrize("activation", ["leaky_relu", "hard_tanh", "relu6"])
def test_other_activations_are_the_same_function_in_training(activation: Any) -> None:
    data = moons()
    run = train_classifier([8, 8], data, seed=0, epochs=20, activation=activation, lr=0.05)
    logits = run.final.network(data.points)
    logits = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    loss = -logits[np.arange(len(data)), data.labels].mean()
    assert run.final.train_loss == pytest.approx(loss, abs=1e-5)
    assert run.final.train_loss < run.initial.train_loss


def test_divergence_is_named_with_its_step() -> None:
    with pytest.raises(TrainingDivergedError, match=r"at step \d+ \(epoch .*lr=1e\+30"):
        train_classifier([8, 8], moons(), seed=0, epochs=5, lr=1e30, optimizer="sgd")
    with pytest.raises(TrainingDivergedError, match=r"at step 1 "):  # seen in the snapshot itself
        train_classifier([8, 8], moons(), seed=0, steps=1, lr=1e38, optimizer="sgd")
    bad = LabelledPoints(points=[[math.nan], [0.0]], labels=[0, 1], num_classes=2, name="bad")
    with pytest.raises(TrainingDivergedError, match="nan at step 0"):
        train_classifier([3], bad, seed=0, epochs=1)


def test_torch_is_left_as_it_was() -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.raises(TrainingDivergedError):
            train_classifier([8], moons(), seed=0, epochs=5, lr=1e38, optimizer="sgd")
        assert torch.get_num_threads() == 2
        assert not torch.are_deterministic_algorithms_enabled()
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "say how long"),
        ({"epochs": 1, "steps": 1}, "not both"),
        ({"epochs": -1}, "epochs must be"),
        ({"steps": -1}, "steps is -1"),
        ({"snapshots_at": [0, math.nan]}, r"snapshots_at\[1\]"),
        ({"epochs": 1, "snapshots_at": [2]}, "asks for step 14, but training ends after step 7"),
        ({"epochs": 1, "lr": 0}, "lr"),
        ({"epochs": 1, "batch_size": 0}, "batch_size"),
        ({"epochs": 1, "optimizer": "lion"}, "optimizer is 'lion'"),
        ({"epochs": 1, "dtype": "float16"}, "dtype"),
        ({"epochs": 1, "activation": "gelu"}, "gelu"),
        ({"epochs": 1, "hidden_widths": []}, "hidden_widths"),
        ({"epochs": 1, "hidden_widths": [4, 0]}, "hidden_widths"),
        (
            {"epochs": 1, "initial": Network.from_arrays([np.eye(2)] * 2, [np.zeros(2)] * 2)},
            r"\[2, 2, 2\], but data and widths need \[2, 8, 2\]",
        ),
    ],
)
def test_bad_arguments_are_named(change: dict[str, Any], reason: str) -> None:
    arguments: dict[str, Any] = {"hidden_widths": [8], "batch_size": 16, **change}
    with pytest.raises(ValueError, match=reason):
        train_classifier(data=moons(), seed=0, **arguments)


def test_test_data_of_another_kind_are_refused() -> None:
    other = LabelledPoints(points=[[0.0, 0.0]], labels=[0], num_classes=2, name="other")
    with pytest.raises(ValueError, match="test is other"):
        train_classifier([4], moons(), seed=0, epochs=1, test=other)


@pytest.mark.mnist
def test_mnist_reaches_the_accuracy_that_hr19_reports(real_mnist: ImageData) -> None:
    run = train_classifier([64, 64, 64], real_mnist.train, test=real_mnist.test, seed=0, epochs=3)
    assert run.initial.test_accuracy < 0.3
    assert 0.95 <= run.final.test_accuracy <= 0.985
