from __future__ import annotations

import math

import numpy as np
import pytest

from linreg_lib.networks import Exponential, Network, Normal, Uniform, random_network

SHAPE = (40, 60)  # n_out, n_in


def _weights(init: object, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return Network.random([SHAPE[1], SHAPE[0]], init=init, rng=rng).weights[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("init", "variance", "fourth"),  # fourth: E w^4 / (E w^2)^2, 3 for normal, 9/5 for uniform
    [
        ("he", 2 / 60, 3.0),
        ("he_uniform", 2 / 60, 1.8),
        ("xavier", 2 / 100, 3.0),
        ("xavier_normal", 2 / 100, 3.0),
        ("xavier_uniform", 2 / 100, 1.8),
        ("torch", 1 / 180, 1.8),
        (Normal(0.1), 0.01, 3.0),
        (lambda shape, rng: rng.normal(size=shape), 1.0, 3.0),
    ],
)
def test_variances(init: object, variance: float, fourth: float) -> None:
    weights = _weights(init)
    assert weights.shape == SHAPE
    squares = weights.ravel() ** 2
    stderr = variance * math.sqrt((fourth - 1) / squares.size)
    assert abs(squares.mean() - variance) < 5 * stderr
    if fourth == 1.8:
        assert np.abs(weights).max() <= math.sqrt(3 * variance)
        assert np.abs(weights).max() > 0.99 * math.sqrt(3 * variance)
    else:
        assert np.abs(weights).max() > math.sqrt(3 * variance)


@pytest.mark.parametrize(("num_out", "num_in"), [(3, 7), (7, 3), (5, 5)])
def test_orthogonal(num_out: int, num_in: int) -> None:
    rng = np.random.default_rng(1)
    weight = Network.random([num_in, num_out], init="orthogonal", rng=rng).weights[0]
    assert weight.shape == (num_out, num_in)
    gram = weight @ weight.T if num_out <= num_in else weight.T @ weight
    assert np.allclose(gram, np.eye(min(num_out, num_in)), atol=1e-13)


def test_orthogonal_signs_are_fair() -> None:
    # Without the sign correction the corner entry of q has one sign always.
    rng = np.random.default_rng(1)
    corners = [
        Network.random([2, 2], init="orthogonal", rng=rng).weights[0][0, 0] for _ in range(400)
    ]
    assert abs(np.sign(corners).sum()) < 5 * math.sqrt(400)


def test_biases() -> None:
    def biases(spec: object, init: str = "he") -> list[np.ndarray]:
        rng = np.random.default_rng(2)
        return list(Network.random([4, 300, 300], init=init, biases=spec, rng=rng).biases)  # type: ignore[arg-type]

    assert not any(b.any() for b in biases(None))
    assert [np.unique(b).tolist() for b in biases(0.25)] == [[0.25], [0.25]]
    first, second = biases("torch")
    assert 0.49 < np.abs(first).max() <= 0.5
    assert 0.95 * 300**-0.5 < np.abs(second).max() <= 300**-0.5
    assert 0.49 < np.abs(biases(None, init="torch")[0]).max() <= 0.5
    first, second = biases([Exponential(1.0, sign=-1), 3.0])
    assert (first < 0).all()
    assert (second == 3.0).all()
    assert (np.abs(biases(Uniform(-1.0, 1.0))[0]) <= 1).all()


def test_the_same_seed_gives_the_same_network() -> None:
    def make(seed: int) -> Network:
        rng = np.random.default_rng(seed)
        return random_network([2, 3, 1], biases=Normal(1.0), rng=rng, activation="hard_tanh")

    assert make(5) == make(5)
    assert make(5) != make(6)


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"widths": [3]}, ValueError, "inputs and outputs"),
        ({"widths": [3, 0, 1]}, ValueError, r"widths\[1\] is 0"),
        ({"widths": [3, 1.5]}, TypeError, r"widths\[1\] must be an integer"),
        ({"init": "kaiming"}, ValueError, "known: he, he_uniform"),
        ({"init": 3}, TypeError, "init must be a name"),
        ({"init": lambda shape, rng: np.zeros(3)}, ValueError, r"shape \(3,\), expected \(4, 2\)"),
        ({"biases": "he"}, ValueError, r"biases\[0\] is 'he'"),
        ({"biases": [0.0]}, ValueError, "1 entries for 2 layers"),
        ({"biases": [0.0, None]}, TypeError, r"biases\[1\] must be a law"),
        ({"biases": float("nan")}, ValueError, r"biases\[0\] is nan"),
        ({"rng": 7}, TypeError, "numpy.random.Generator"),
    ],
)
def test_refusals(keywords: dict, error: type[Exception], message: str) -> None:
    arguments = {"widths": [2, 4, 1], "rng": np.random.default_rng(0), **keywords}
    with pytest.raises(error, match=message):
        Network.random(**arguments)
