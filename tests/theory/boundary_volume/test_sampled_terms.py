"""The sampled integrand against a dull twin, and its mean against closed forms."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from linreg_lib.estimate import Estimate
from linreg_lib.networks import PiecewiseLinear
from linreg_lib.networks.laws import Exponential, Laplace, Normal, Uniform
from linreg_lib.theory import InitLaw
from linreg_lib.theory.boundary_volume.sampled_terms import sampled_terms
from linreg_lib.theory.random_networks.batch import NetworkBatch

BENT = PiecewiseLinear([-1.0, 0.5, 1.5], [0.0, 1.0, -0.5, 2.0], value_at=(0.0, 0.3))
LAWS = {
    "relu": InitLaw(widths=(2, 3, 2, 1), biases=Exponential(0.5)),
    "narrow": InitLaw(widths=(3, 2, 1, 1, 1), biases=Uniform(-1.0, 0.5)),
    "hard tanh": InitLaw(widths=(3, 3, 2, 1), biases=Laplace(0.5), activation="hard_tanh"),
    "leaky": InitLaw(widths=(2, 2, 2, 1), biases=Normal(1.0), activation="leaky_relu"),
    "mixed": InitLaw(widths=(2, 3, 2, 1), biases=Normal(1.0), activation=("relu", BENT)),
}


def _dull(law, weights, biases, x, chosen, kinks, pin):
    """Factors at x by plain loops: values, gradients by small steps of none, paths one by one."""
    places = [(layer, i) for layer, n in enumerate(law.hidden_widths) for i in range(n)]
    picked = {places[neuron]: kink for neuron, kink in zip(chosen, kinks, strict=True)}
    sent, jacobian, rows, density, flipped = x, np.eye(len(x)), [], 1.0, 1.0
    is_open = {}
    for layer, phi in enumerate(law.activations):
        inner, inner_jacobian = weights[layer] @ sent, weights[layer] @ jacobian
        sent, jacobian = np.empty(len(inner)), np.empty(inner_jacobian.shape)
        for i, z in enumerate(inner):
            stored = z + biases[layer][i]
            slope = float(phi.slopes[phi.piece(stored)])
            is_open[layer, i] = slope != 0.0
            sent[i], jacobian[i] = phi(stored), slope * inner_jacobian[i]
            if (layer, i) in picked:
                xi = float(phi.breakpoints[picked[layer, i]])
                rows.append(inner_jacobian[i])
                density *= float(law.bias_law(layer).density(xi - z))  # of the stored bias
                flipped *= float(law.bias_law(layer).density(z - xi))
                if pin:
                    sent[i], jacobian[i] = phi(xi), 0.0
    gram = math.sqrt(max(np.linalg.det(np.array(rows) @ np.array(rows).T), 0.0))

    def all_good(counts_as_open):
        def passes(place):
            return counts_as_open if pin and place in picked else is_open[place]

        return all(
            any(
                all(passes((layer + 1 + step, i)) for step, i in enumerate(path))
                for path in itertools.product(*map(range, law.hidden_widths[layer + 1 :]))
            )
            for layer, _ in picked
        )

    return gram, density, flipped, all_good(True), all_good(False)


@pytest.mark.parametrize("name", LAWS)
def test_dull_twin(name):
    law, rng = LAWS[name], np.random.default_rng(3)
    batch = NetworkBatch.sample(law, 40, rng=rng)
    for codim in range(1, law.input_dim + 1):
        points = rng.uniform(-1.0, 1.0, (40, 5, law.input_dim))
        terms = sampled_terms(law, batch, points, codim, rng=rng)
        for b, p in itertools.product(range(40), range(5)):
            net = [w[b] for w in batch.weights], [bias[b] for bias in batch.biases]
            where = (*net, points[b, p], terms.neurons[b, p], terms.kinks[b, p])
            gram, density, flipped, good, closed = _dull(law, *where, pin=True)
            assert terms.gram[b, p] == pytest.approx(gram, abs=1e-5)
            assert terms.density[b, p] == pytest.approx(density)
            assert terms.flipped_density[b, p] == pytest.approx(flipped)
            assert (terms.good[b, p], terms.good_closed[b, p]) == (good, closed)
            gram, density, _, good, _ = _dull(law, *where, pin=False)
            assert terms.gram_drawn[b, p] == pytest.approx(gram, abs=1e-5)
            assert terms.density_drawn[b, p] == pytest.approx(density)
            assert terms.good_drawn[b, p] == good


def test_gram_of_the_frozen_neuron_is_that_of_the_open_one():
    """Freezing z_1 changes the gradient of z_2 by a multiple of that of z_1: the same area."""
    law = InitLaw(widths=(3, 3, 2, 1), biases=Normal(1.0), activation="leaky_relu")
    rng = np.random.default_rng(8)
    batch = NetworkBatch.sample(law, 200, rng=rng)
    terms = sampled_terms(law, batch, rng.normal(size=(200, 4, 3)), 2, rng=rng)
    np.testing.assert_allclose(terms.gram, terms.gram_drawn, rtol=1e-9)


@pytest.mark.parametrize("codim", [1, 2, 3])
def test_one_layer_at_the_origin(codim):
    """The mean at 0 is C(N, k) (g^2 pi)^(-k/2) Gamma((n+1)/2) / Gamma((n+1-k)/2)."""
    law, rng = InitLaw(widths=(3, 5, 1), biases=Normal(0.7)), np.random.default_rng(5)
    batch = NetworkBatch.sample(law, 4000, rng=rng)
    terms = sampled_terms(law, batch, np.zeros((4000, 3, 3)), codim, rng=rng)
    scale = 0.7 / math.sqrt(2.0 / 3.0)
    exact = math.comb(5, codim) * (scale**2 * math.pi) ** (-codim / 2)
    exact *= math.gamma(2.0) / math.gamma((4 - codim) / 2)
    found = Estimate.from_samples(terms.values.mean(axis=1))
    assert found.within(exact, num_stderr=5)
    assert found.stderr < 0.02 * exact


def test_readings_differ_where_they_should():
    """In a column with negative stored biases a pinned first neuron closes the second."""
    law = InitLaw(widths=(1, 1, 1, 1), init=Uniform(0.9, 1.1), biases=Uniform(-1.0, 0.0))
    rng = np.random.default_rng(1)
    batch = NetworkBatch.sample(law, 2000, rng=rng)
    points = rng.random((2000, 8, 1))
    terms = sampled_terms(law, batch, points, 1, rng=rng)
    means = {
        name: Estimate.from_samples(values.mean(axis=1))
        for name, values in terms.by_reading().items()
    }
    assert means["pinned"].within(0.5, 5)
    assert means["drawn"].within(2 / 3, 5)
    assert means["sign"].mean == 0.0
    assert means["ordered"] == means["pinned"]
    assert (terms.values[terms.neurons[..., 0] == 0] == 0.0).all()
    np.testing.assert_array_equal(terms.by_reading()["pinned"], terms.values)


def test_refused():
    law, rng = InitLaw(widths=(2, 2, 1), biases=Normal(1.0)), np.random.default_rng(0)
    batch = NetworkBatch.sample(law, 2, rng=rng)
    points = np.zeros((2, 1, 2))
    with pytest.raises(ValueError, match="codim is 3"):
        sampled_terms(law, batch, points, 3, rng=rng)
    empty = NetworkBatch(
        weights=(batch.weights[0] * 0.0, batch.weights[1]),
        biases=batch.biases,
        activations=batch.activations,
    )
    with pytest.raises(ValueError, match="weight is zero"):
        sampled_terms(law, empty, points, 1, rng=rng)
    bare = InitLaw(widths=(2, 2, 1), biases=0.0)
    with pytest.raises(ValueError, match="density"):
        sampled_terms(bare, batch, points, 1, rng=rng)
