from __future__ import annotations

import math

import numpy as np
import pytest

from linreg_lib.estimate import Estimate
from linreg_lib.networks.laws import Constant, Exponential, Laplace, Normal, Uniform
from linreg_lib.theory import InitLaw, LinePiece, hr19_bias_law
from linreg_lib.theory.random_networks.batch import NetworkBatch


def test_the_sign_of_the_bias_is_changed_exactly_once():
    stored = Exponential(2.0)
    converted = hr19_bias_law(stored)
    assert converted.mean == -2.0
    assert converted.variance == 4.0
    assert converted.support == (-math.inf, 0.0)
    points = np.array([-3.0, -0.5, 0.5, 3.0])
    assert (converted.density(points) == stored.density(-points)).all()
    assert (converted.sample(100, rng=np.random.default_rng(0)) <= 0.0).all()
    assert hr19_bias_law(converted) is stored


@pytest.mark.parametrize(
    "init", ["he", "he_uniform", "xavier", "xavier_uniform", "torch", Laplace(0.3)]
)
def test_the_stated_weight_law_is_the_sampled_one(init):
    law = InitLaw(widths=(3, 50, 40, 1), init=init, biases=Uniform(-1.0, 2.0))
    rng = np.random.default_rng(5)
    nets = [law.sample(rng=rng) for _ in range(20)]
    for layer in range(law.depth):
        weights = np.concatenate([net.weights[layer].ravel() for net in nets])
        stated = law.weight_law(layer)
        assert Estimate.from_samples(weights).within(stated.mean, num_stderr=5)
        assert Estimate.from_samples(weights**2).within(stated.variance, num_stderr=5)
        assert (stated.density(weights) > 0.0).all()
        biases = np.concatenate([net.biases[layer] for net in nets])
        assert Estimate.from_samples(biases).within(law.bias_law(layer).mean, num_stderr=5)


def test_biases_by_layer_and_by_name():
    law = InitLaw(widths=(4, 2, 3, 1), biases=(Normal(1.0), 0.5, 0.0), activation="hard_tanh")
    assert law.bias_law(0) == Normal(1.0)
    assert law.bias_law(1) == Constant(0.5)
    assert law.num_breakpoints == 10
    assert InitLaw(widths=(4, 2, 1), init="torch").bias_law(0) == Uniform(-0.5, 0.5)
    assert InitLaw(widths=(4, 2, 1)).bias_law(0) == Constant(0.0)


def test_bad_laws_are_refused():
    with pytest.raises(ValueError, match="hidden layer is needed"):
        InitLaw(widths=(2, 1))
    with pytest.raises(ValueError, match="hidden layers are 0..0"):
        InitLaw(widths=(2, 3, 1)).bias_law(1)
    with pytest.raises(ValueError, match="no law of a single"):
        InitLaw(widths=(2, 3, 1), init="orthogonal").weight_law(0)


def test_line_pieces():
    line = LinePiece.between([1.0, 1.0], [4.0, 5.0])
    assert line.length == 5.0
    assert line.at([0.0, 5.0]).tolist() == [[1.0, 1.0], [4.0, 5.0]]
    assert not LinePiece.whole([0.0], [2.0]).is_finite
    with pytest.raises(ValueError, match="direction is zero"):
        LinePiece.whole([0.0, 1.0], [0.0, 0.0])
    with pytest.raises(ValueError, match="below high"):
        LinePiece.interval(1.0, 1.0)


@pytest.mark.parametrize("init", ["he", "xavier_uniform", "torch", Laplace(0.3), "orthogonal"])
def test_a_batch_has_the_law_of_networks_drawn_one_by_one(init):
    law = InitLaw(widths=(3, 5, 4, 2), init=init, biases=Uniform(-1.0, 2.0))
    rng = np.random.default_rng(6)
    batch = NetworkBatch.sample(law, 2000, rng=rng)
    nets = [law.sample(rng=rng) for _ in range(2000)]
    for layer in range(law.depth + 1):
        for ours, theirs in (
            (batch.weights[layer], [net.weights[layer] for net in nets]),
            (batch.biases[layer], [net.biases[layer] for net in nets]),
        ):
            assert ours.shape == np.shape(theirs)
            for power in (1, 2):
                one = Estimate.from_samples((ours**power).mean(axis=tuple(range(1, ours.ndim))))
                two = Estimate.from_samples([(each**power).mean() for each in theirs])
                assert one.within(two, num_stderr=5)
    assert (batch.size, batch.depth) == (2000, 2)


def test_draws_of_a_batch_are_independent_of_each_other():
    law = InitLaw(widths=(1, 3, 2, 1), biases=Normal(1.0))
    batch = NetworkBatch.sample(law, 4000, rng=np.random.default_rng(7))
    flat = [array.reshape(4000, -1) for array in (*batch.weights, *batch.biases)]
    columns = np.concatenate(flat, axis=1)
    correlations = np.corrcoef(columns.T)[np.triu_indices(columns.shape[1], k=1)]
    assert np.abs(correlations).max() < 5.0 / np.sqrt(4000)
