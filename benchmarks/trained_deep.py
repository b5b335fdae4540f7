"""One deep network, trained here: 3-32-32-32-32-32-32-32-32-1 on a smooth function."""

from __future__ import annotations

import numpy as np

import linreg_lib as lr

_WIDTHS = [3, *[32] * 8, 1]
_NUM_WAVES, _FREQUENCY = 12, 3.0
_NUM_STEPS, _BATCH, _RATE = 6000, 256, 2e-3


def smooth_function(points: np.ndarray) -> np.ndarray:
    """A fixed sum of plane waves at points (n, 3): values (n,), of variance about 1."""
    rng = np.random.default_rng(11)
    waves = rng.normal(0.0, _FREQUENCY, size=(_NUM_WAVES, 3))
    phases = rng.uniform(0.0, 2 * np.pi, size=_NUM_WAVES)
    values: np.ndarray = np.sin(points @ waves.T + phases).sum(axis=1)
    return values * np.sqrt(2 / _NUM_WAVES)


def trained_deep_network(num_steps: int = _NUM_STEPS) -> lr.Network:
    """He weights and zero biases, then Adam on fresh uniform points of the cube at each step.

    Deterministic up to the order in which the machine's matrix product adds.
    """
    rng = np.random.default_rng(12)
    start = lr.Network.random(_WIDTHS, init="he", biases=0.0, rng=rng)
    weights, biases = [w.copy() for w in start.weights], [b.copy() for b in start.biases]
    numbers = [*weights, *biases]
    means = [np.zeros_like(each) for each in numbers]
    squares = [np.zeros_like(each) for each in numbers]
    for step in range(1, num_steps + 1):
        inputs = rng.uniform(-1.0, 1.0, size=(_BATCH, 3))
        slopes = _slopes(weights, biases, inputs, smooth_function(inputs)[:, None])
        rate = _RATE * (1 - step / (num_steps + 1))
        for number, slope, mean, square in zip(numbers, slopes, means, squares, strict=True):
            mean += 0.1 * (slope - mean)
            square += 1e-3 * (slope * slope - square)
            size = np.sqrt(square / (1 - 0.999**step)) + 1e-8
            number -= rate / (1 - 0.9**step) * mean / size
    return lr.Network.from_arrays(weights, biases)


def _slopes(
    weights: list[np.ndarray], biases: list[np.ndarray], inputs: np.ndarray, target: np.ndarray
) -> list[np.ndarray]:
    """Of half the mean squared error, by the weights, then by the biases."""
    hidden = [inputs]
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        hidden.append(np.maximum(hidden[-1] @ weight.T + bias, 0.0))
    slope = (hidden[-1] @ weights[-1].T + biases[-1] - target) / len(inputs)
    by_weight: list[np.ndarray] = []
    by_bias: list[np.ndarray] = []
    for layer in reversed(range(len(weights))):
        by_weight.insert(0, slope.T @ hidden[layer])
        by_bias.insert(0, slope.sum(axis=0))
        slope = (slope @ weights[layer]) * (hidden[layer] > 0)
    return [*by_weight, *by_bias]
