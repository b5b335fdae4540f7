"""One small network during training, as a list of networks."""

from __future__ import annotations

import numpy as np

import linreg_lib as lr
from linreg_lib.networks import Normal


def training_snapshots(num_snapshots: int, steps_between: int = 10) -> list[lr.Network]:
    """2-32-32-1 learning a smooth function on a square by full-batch gradient descent."""
    rng = np.random.default_rng(5)
    net = lr.Network.random([2, 32, 32, 1], init="he", biases=Normal(0.1), rng=rng)
    weights, biases = [w.copy() for w in net.weights], [b.copy() for b in net.biases]
    inputs = rng.uniform(-1.0, 1.0, size=(256, 2))
    target = (np.sin(4 * inputs[:, 0]) * np.cos(3 * inputs[:, 1]))[:, None]
    snapshots = []
    for _ in range(num_snapshots):
        for _ in range(steps_between):
            _descend(weights, biases, inputs, target)
        snapshots.append(lr.Network.from_arrays(weights, biases))
    return snapshots


def _descend(
    weights: list[np.ndarray],
    biases: list[np.ndarray],
    inputs: np.ndarray,
    target: np.ndarray,
    rate: float = 0.05,
) -> None:
    outputs = [inputs]
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        outputs.append(np.maximum(outputs[-1] @ weight.T + bias, 0.0))
    slope = (outputs[-1] @ weights[-1].T + biases[-1] - target) / len(inputs)
    for layer in reversed(range(len(weights))):
        downward = (slope @ weights[layer]) * (outputs[layer] > 0)
        weights[layer] -= rate * slope.T @ outputs[layer]
        biases[layer] -= rate * slope.sum(axis=0)
        slope = downward
