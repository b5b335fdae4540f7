"""One row is all that an activation with a name needs: names, import from torch, training."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from linreg_lib.experiments import load_moons, train_classifier
from linreg_lib.networks import Network, PiecewiseLinear, activation_named
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.named_activations import ACTIVATIONS, NamedActivation

torch = pytest.importorskip("torch")
MODULES = {
    "relu": torch.nn.ReLU,
    "leaky_relu": torch.nn.LeakyReLU,
    "hard_tanh": torch.nn.Hardtanh,
    "relu6": torch.nn.ReLU6,
    "softshrink": torch.nn.Softshrink,
}
GRID = np.concatenate([np.linspace(-8.0, 8.0, 65), [-1e30, 1e30]])


def softshrink(bound: float = 0.5) -> PiecewiseLinear:
    return PiecewiseLinear([-bound, bound], [1.0, 0.0, 1.0])


@pytest.fixture(params=[*ACTIVATIONS, "softshrink"])
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    added = NamedActivation(
        make=softshrink,
        torch_function="softshrink",
        from_arguments=lambda lambd=0.5: softshrink(exact_number("lambd", lambd)),
    )
    monkeypatch.setitem(ACTIVATIONS, "softshrink", added)
    return request.param


def test_it_is_what_torch_calls_so(name: str) -> None:
    row, points = ACTIVATIONS[name], torch.from_numpy(GRID)
    function = getattr(torch.nn.functional, row.torch_function)
    module = MODULES[name]()
    ours = activation_named(name)(GRID)
    np.testing.assert_array_equal(ours, function(points).numpy())
    np.testing.assert_array_equal(ours, module(points).numpy())
    assert row.from_arguments() == activation_named(name)


def test_networks_by_name_and_from_torch_are_equal(name: str) -> None:
    module = torch.nn.Sequential(
        torch.nn.Linear(2, 3, dtype=torch.float64),
        MODULES[name](),
        torch.nn.Linear(3, 1, dtype=torch.float64),
    )
    net = Network.from_torch(module)
    assert net == Network.from_arrays(net.weights, net.biases, name)
    points = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_allclose(net(points), module(torch.from_numpy(points)).detach().numpy())


def test_training_knows_it(name: str) -> None:
    data = load_moons(60, 0.1, rng=np.random.default_rng(5))
    run = train_classifier([8], data, seed=0, steps=20, activation=name, lr=0.05)
    assert run.final.network.activations == (activation_named(name),)
    logits = run.final.network(data.points)
    logits = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    loss = -logits[np.arange(len(data)), data.labels].mean()
    assert run.final.train_loss == pytest.approx(loss, abs=1e-5)


def test_its_name_is_in_errors(name: str) -> None:
    with pytest.raises(ValueError, match=f"known: .*{name}"):
        activation_named("tanh")
    with pytest.raises(ValueError, match=f'choose .*"{name}"'):
        train_classifier(
            [2],
            load_moons(10, 0.1, rng=np.random.default_rng(5)),
            seed=0,
            steps=1,
            activation="tanh",
        )
