"""HR19's formula against breakpoints counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.estimate import Estimate
from linreg_lib.networks import Network, PiecewiseLinear
from linreg_lib.networks.laws import Exponential, Laplace, Normal, Uniform
from linreg_lib.theory import InitLaw, LinePiece, breakpoint_rates, expected_breakpoints
from tests.theory.lines.count_oracle import count_for

BENT = PiecewiseLinear([-1.0, 0.5, 1.5], [0.0, 1.0, -0.5, 2.0], value_at=(0.0, 0.3))

LAWS = {
    "shallow": InitLaw(widths=(1, 5, 1), biases=Normal(0.5)),
    "deep": InitLaw(widths=(1, 4, 3, 1), biases=Normal(0.5)),
    "very narrow": InitLaw(widths=(1, 1, 1, 1, 1), biases=Normal(1.0)),
    "two outputs": InitLaw(widths=(1, 2, 2, 2), biases=Laplace(1.0)),
    "asymmetric": InitLaw(widths=(1, 3, 2, 1), biases=Exponential(1.0, sign=-1)),
    "asymmetric, other sign": InitLaw(widths=(1, 3, 2, 1), biases=Exponential(1.0)),
    "different layers": InitLaw(widths=(1, 2, 2, 1), biases=(Normal(0.2), Uniform(0.0, 1.0), 0.0)),
    "torch": InitLaw(widths=(1, 3, 3, 1), init="torch"),
    "leaky": InitLaw(widths=(1, 3, 2, 1), biases=Exponential(0.5), activation="leaky_relu"),
    "hard tanh": InitLaw(widths=(1, 3, 2, 1), biases=Laplace(0.5), activation="hard_tanh"),
    "three breakpoints": InitLaw(widths=(1, 2, 2, 1), biases=Normal(1.0), activation=BENT),
}


def _counted(law, low, high, of, rng, count=800):
    return Estimate.from_samples(
        [count_for(law.sample(rng=rng), low, high, of) for _ in range(count)]
    )


@pytest.mark.parametrize("of", ["activation", "linear"])
@pytest.mark.parametrize("name", LAWS)
def test_formula_agrees_with_counts(name, of):
    law, rng = LAWS[name], np.random.default_rng(17)
    predicted = expected_breakpoints(
        law, LinePiece.interval(-1.0, 2.0), rng=rng, of=of, num_networks=1500
    )
    counted = _counted(law, -1.0, 2.0, of, rng)
    assert predicted.total.within(counted, num_stderr=5)
    assert sum(each.mean for each in predicted.per_layer) == pytest.approx(predicted.total.mean)
    # The check has power: a constant one tenth off would be noticed.
    assert max(predicted.total.stderr, counted.stderr) < 0.05 * predicted.total.mean + 0.02


@pytest.mark.parametrize("of", ["activation", "linear"])
def test_segments_in_space(of):
    law, rng = InitLaw(widths=(3, 4, 3, 1), biases=Normal(0.5)), np.random.default_rng(2)
    start, end = np.array([1.0, -1.0, 0.5]), np.array([-0.5, 1.0, 1.0])
    predicted = expected_breakpoints(
        law, LinePiece.between(start, end), rng=rng, of=of, num_networks=1500
    )

    def restricted(net):
        """The network on the segment, as one of a single input in (0, 1)."""
        first, bias = net.weights[0], net.biases[0]
        return Network.from_arrays(
            [(first @ (end - start))[:, None], *net.weights[1:]],
            [first @ start + bias, *net.biases[1:]],
        )

    counted = Estimate.from_samples(
        [count_for(restricted(law.sample(rng=rng)), 0.0, 1.0, of) for _ in range(800)]
    )
    assert predicted.total.within(counted, num_stderr=5)


def test_own_bias_must_be_pinned():
    """With b_2 < 0 a neuron at its breakpoint closes the next layer: no breakpoint is visible."""
    law = InitLaw(widths=(1, 1, 1, 1), biases=(Normal(1.0), Exponential(0.5, sign=-1), 0.0))
    rng, line = np.random.default_rng(4), LinePiece.interval(-3.0, 3.0)
    pinned = expected_breakpoints(law, line, rng=rng, num_networks=6000)
    free = expected_breakpoints(law, line, rng=rng, num_networks=6000, own_bias="free")
    assert pinned.per_layer[0] == Estimate(0.0, 0.0, 6000)
    assert free.per_layer[0].z_score(0.0) > 5
    counted = _counted(law, -3.0, 3.0, "linear", rng, count=4000)
    assert pinned.total.within(counted, num_stderr=5)
    assert abs(free.total.z_score(counted)) > 5


def test_symmetric_laws_forgive_the_free_reading():
    law, line = LAWS["deep"], LinePiece.interval(-1.0, 2.0)
    rng = np.random.default_rng(8)
    pinned = expected_breakpoints(law, line, rng=rng, num_networks=2000)
    free = expected_breakpoints(law, line, rng=rng, num_networks=2000, own_bias="free")
    assert pinned.total.within(free.total, num_stderr=5)


def test_goodness_may_be_ignored_without_slope_zero():
    law, line = LAWS["leaky"], LinePiece.interval(-1.0, 2.0)
    linear, activation = (
        expected_breakpoints(law, line, rng=np.random.default_rng(1), of=of)
        for of in ("linear", "activation")
    )
    assert linear.total == activation.total


def test_zero_weights_are_no_paths():
    law = InitLaw(
        widths=(1, 2, 2, 1),
        init=lambda shape, rng: np.where(np.arange(shape[1]) == 0, rng.normal(size=shape), 0.0),
        biases=Normal(1.0),
    )
    rng, line = np.random.default_rng(6), LinePiece.interval(-2.0, 2.0)
    predicted = expected_breakpoints(law, line, rng=rng, num_networks=2000)
    assert predicted.total.within(_counted(law, -2.0, 2.0, "linear", rng), num_stderr=5)


def test_ways_of_placing_points_agree():
    law, line = LAWS["deep"], LinePiece.interval(-1.0, 2.0)
    rng = np.random.default_rng(3)
    uniform = expected_breakpoints(law, line, rng=rng, num_networks=2000)
    cauchy = expected_breakpoints(law, line, rng=rng, num_networks=2000, spread=0.5)
    assert uniform.total.within(cauchy.total, num_stderr=5)


def test_rates_integrate_to_the_count():
    law, line = LAWS["deep"], LinePiece.interval(-1.0, 2.0)
    rng = np.random.default_rng(3)
    positions = (np.arange(60) + 0.5) * 3.0 / 60 - 1.0
    profile = breakpoint_rates(law, line, positions, rng=rng, num_networks=1000)
    assert profile.mean.shape == profile.stderr.shape == (60, 2)
    integral = profile.mean.sum() * 3.0 / 60
    total = expected_breakpoints(law, line, rng=rng, num_networks=1000).total
    # The same networks serve all positions, so the errors add up in the worst case.
    assert abs(integral - total.mean) < 5 * (profile.stderr.sum() * 3.0 / 60 + total.stderr)
    assert profile.total(3) == pytest.approx(profile.mean[3].sum())


def test_results_know_regions_and_ratios():
    law = LAWS["deep"]
    line = LinePiece.interval(-1.0, 1.0)
    result = expected_breakpoints(law, line, rng=np.random.default_rng(0), num_networks=50)
    assert result.num_regions.mean == pytest.approx(result.total.mean + 1.0)
    assert result.regions_per_neuron.mean == pytest.approx((result.total.mean + 1.0) / 7)
    assert result.breakpoints_per_neuron[1].mean == pytest.approx(result.per_layer[1].mean / 3)


def test_bad_arguments_are_named():
    law, rng = LAWS["deep"], np.random.default_rng(0)
    line = LinePiece.interval(-1.0, 1.0)
    with pytest.raises(ValueError, match="R\\^2"):
        expected_breakpoints(law, LinePiece.between([0, 0], [1, 1]), rng=rng)
    with pytest.raises(ValueError, match="need a spread"):
        expected_breakpoints(law, LinePiece.whole(0.0, 1.0), rng=rng)
    with pytest.raises(ValueError, match="hidden layer 1.*no density"):
        expected_breakpoints(InitLaw(widths=(1, 2, 1)), line, rng=rng)
    with pytest.raises(ValueError, match="of is 'all'"):
        expected_breakpoints(law, line, rng=rng, of="all")
    with pytest.raises(ValueError, match="own_bias"):
        expected_breakpoints(law, line, rng=rng, own_bias="random")
