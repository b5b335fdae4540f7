"""Training on counts, against a plain loop over all examples and against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments import load_covid
from linreg_lib.experiments.lanes.weighted_training import loss_and_accuracy, train_on_counts

pytest.importorskip("numba")

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
COUNTS = np.array([[5, 2], [0, 3], [4, 4], [1, 0]])


def start(seed: int = 0) -> lr.Network:
    rng = np.random.default_rng(seed)
    return lr.Network.random([2, 5, 4, 1], init="xavier_uniform", biases=0.1, rng=rng)


def plain(net: lr.Network, batches: list[np.ndarray], rate: float) -> list[np.ndarray]:
    """Parameters after Adam's steps, one example after the other, each batch a list of codes."""
    parameters = [part.copy() for pair in zip(net.weights, net.biases) for part in pair]
    means = [np.zeros_like(each) for each in parameters]
    squares = [np.zeros_like(each) for each in parameters]
    for step, batch in enumerate(batches, start=1):
        gradients = [np.zeros_like(each) for each in parameters]
        for code in batch:
            values = [INPUTS[code // 2]]
            for k in range(0, len(parameters), 2):
                z = parameters[k] @ values[-1] + parameters[k + 1]
                values.append(z if k == len(parameters) - 2 else np.maximum(z, 0.0))
            slope = 1 / (1 + np.exp(-values[-1])) - code % 2
            for k in range(len(parameters) - 2, -1, -2):
                gradients[k] += np.outer(slope, values[k // 2]) / len(batch)
                gradients[k + 1] += slope / len(batch)
                slope = (parameters[k].T @ slope) * (values[k // 2] > 0)
        for value, mean, square, gradient in zip(parameters, means, squares, gradients):
            mean[...] = 0.9 * mean + 0.1 * gradient
            square[...] = 0.999 * square + 0.001 * gradient**2
            corrected = np.sqrt(square / (1 - 0.999**step)) + 1e-8
            value -= rate * mean / (1 - 0.9**step) / corrected
    return parameters


@pytest.mark.parametrize("batch_size", [None, 19, 7, 1])
def test_the_same_as_one_example_after_the_other(batch_size: int | None) -> None:
    net, num_epochs = start(), 4
    moments = train_on_counts(
        net, INPUTS, COUNTS, epochs=[0, num_epochs], lr=0.05, batch_size=batch_size,
        rng=np.random.default_rng(3),
    )  # fmt: skip
    rng, examples = np.random.default_rng(3), np.repeat(np.arange(8), COUNTS.reshape(-1))
    size = len(examples) if batch_size is None else batch_size
    batches: list[np.ndarray] = []
    for _ in range(num_epochs):
        order = examples if size >= len(examples) else rng.permutation(examples)
        batches += [order[place : place + size] for place in range(0, len(order), size)]
    expected = plain(net, batches, 0.05)
    trained = moments[-1].network
    found = [part for pair in zip(trained.weights, trained.biases) for part in pair]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9)
    assert all((one == other).all() for one, other in zip(moments[0].network.weights, net.weights))


def test_the_same_as_torch() -> None:
    torch = pytest.importorskip("torch")
    data, net = load_covid(), lr.Network.random(
        [5, 20, 20, 1], init="xavier_uniform", biases=0.01, rng=np.random.default_rng(1)
    )  # fmt: skip
    *_, end = train_on_counts(
        net, data.features, data.counts, epochs=[10], lr=0.1, rng=np.random.default_rng(0)
    )
    layers: list[Any] = []
    for weights, biases in zip(net.weights, net.biases):
        linear = torch.nn.Linear(*weights.shape[::-1], dtype=torch.float64)
        linear.weight.data[...] = torch.tensor(weights)
        linear.bias.data[...] = torch.tensor(biases)
        layers += [linear, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    expanded = data.expanded()
    inputs, labels, weight = (
        torch.tensor(np.array(each), dtype=torch.float64)
        for each in (expanded.features, expanded.labels, expanded.weights)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    cost: Callable[[], Any] = lambda: torch.nn.functional.binary_cross_entropy_with_logits(  # noqa: E731
        model(inputs)[:, 0], labels, weight=weight, reduction="sum") / weight.sum()  # fmt: skip
    for _ in range(10):
        optimizer.zero_grad()
        cost().backward()
        optimizer.step()
    assert end.train_loss == pytest.approx(cost().item(), abs=1e-9)
    np.testing.assert_allclose(end.network.weights[1], model[2].weight.detach(), atol=1e-7)


def test_loss_and_accuracy_of_a_constant() -> None:
    constant = lr.Network.from_arrays([np.zeros((1, 2)), [[0.0]]], [[0.0], [1.5]])
    loss, accuracy = loss_and_accuracy(constant, INPUTS, COUNTS)
    chance = 1 / (1 + np.exp(-1.5))
    assert loss == pytest.approx(-(9 * np.log(chance) + 10 * np.log(1 - chance)) / 19)
    assert accuracy == 9 / 19
    silent = lr.Network.from_arrays([np.zeros((1, 2)), [[0.0]]], [[0.0], [0.0]])
    assert loss_and_accuracy(silent, INPUTS, COUNTS) == (pytest.approx(np.log(2)), 10 / 19)


def test_what_is_refused() -> None:
    rng = np.random.default_rng(0)
    good: dict[str, Any] = {"epochs": [1], "lr": 0.1, "rng": rng}
    for inputs, counts, change, word in [
        (INPUTS[:, :1], COUNTS, {}, "inputs"),
        (INPUTS, COUNTS[:3], {}, "counts"),
        (INPUTS, -COUNTS, {}, "counts"),
        (INPUTS, 0 * COUNTS, {}, "counts"),
        (INPUTS, COUNTS, {"epochs": []}, "epochs"),
        (INPUTS, COUNTS, {"epochs": [2, 1]}, "epochs"),
        (INPUTS, COUNTS, {"lr": 0.0}, "lr"),
        (INPUTS, COUNTS, {"batch_size": 0}, "batch_size"),
    ]:
        with pytest.raises(ValueError, match=word):
            train_on_counts(start(), inputs, counts, **{**good, **change})
    two = lr.Network.random([2, 3, 2], rng=rng)
    with pytest.raises(ValueError, match="one output"):
        train_on_counts(two, INPUTS, COUNTS, **good)
    leaky = lr.Network.random([2, 3, 1], rng=rng, activation="leaky_relu")
    with pytest.raises(ValueError, match="ReLU"):
        train_on_counts(leaky, INPUTS, COUNTS, **good)
