from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate

from linreg_lib.networks import Constant, Exponential, Laplace, Law, Normal, Uniform, Zero

LAWS = [
    Normal(0.5),
    Normal(2.0, mean=-1.0),
    Uniform(-1.0, 3.0),
    Laplace(0.7),
    Exponential(1.5),
    Exponential(0.5, sign=-1),
]


def _integral(law: Law, power: int, center: float = 0.0) -> float:
    """Split at 0, where densities may have a corner or a jump."""
    low, high = law.support
    ends = [low, 0.0, high]
    return sum(
        integrate.quad(lambda b: (b - center) ** power * float(law.density(b)), start, stop)[0]
        for start, stop in zip(ends, ends[1:], strict=False)
        if start < stop
    )


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_the_density_has_the_stated_moments(law: Law) -> None:
    assert isinstance(law, Law)
    assert _integral(law, 0) == pytest.approx(1, abs=1e-7)
    assert _integral(law, 1) == pytest.approx(law.mean, abs=1e-7)
    assert _integral(law, 2, law.mean) == pytest.approx(law.variance, abs=1e-7)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_samples_follow_the_density(law: Law) -> None:
    num_samples = 20_000
    sample = law.sample((num_samples // 2, 2), rng=np.random.default_rng(1)).ravel()
    assert sample.min() >= law.support.low
    assert sample.max() <= law.support.high
    z_mean = (sample.mean() - law.mean) / math.sqrt(law.variance / num_samples)
    assert abs(z_mean) < 5
    for quantile in (0.1, 0.5, 0.9):  # the share of samples below, against the density's
        b = float(np.quantile(sample, quantile))
        low = max(law.support.low, law.mean - 60 * math.sqrt(law.variance))
        points = [point for point in (0.0, law.mean) if low < point < b]
        share = integrate.quad(lambda t: float(law.density(t)), low, b, points=points, limit=200)[0]
        assert abs(share - quantile) / math.sqrt(quantile * (1 - quantile) / num_samples) < 5


def test_outside_the_support_the_density_is_zero() -> None:
    assert Uniform(0.0, 2.0).density([-0.1, 0.0, 1.0, 2.0, 2.1]).tolist() == [0, 0.5, 0.5, 0.5, 0]
    assert Exponential(2.0).density([-1.0, 0.0]).tolist() == [0.0, 0.5]
    assert Exponential(2.0, sign=-1).density([-0.0, 1.0, 1e9]).tolist() == [0.5, 0.0, 0.0]


def test_constants_have_no_density() -> None:
    assert (Constant(2.0).mean, Constant(2.0).variance) == (2.0, 0.0)
    assert Constant(2.0).support == (2.0, 2.0)
    assert Constant(2.0).sample((2, 1), rng=np.random.default_rng(0)).tolist() == [[2.0], [2.0]]
    assert Zero == Constant(0.0)
    assert isinstance(Zero, Law)
    with pytest.raises(ValueError, match=r"Constant\(value=0.0\) has no density"):
        Zero.density(0.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(0.0), "sd is 0.0; it must be positive"),
        (lambda: Normal(math.nan), "sd is nan"),
        (lambda: Normal(1.0, mean=math.inf), "mean is inf"),
        (lambda: Uniform(1.0, 1.0), "low = 1.0 must be below"),
        (lambda: Uniform(-math.inf, 1.0), "low is -inf"),
        (lambda: Laplace(-1.0), "scale is -1.0"),
        (lambda: Exponential(math.inf), "scale is inf"),
        (lambda: Exponential(1.0, sign=0), "sign is 0; it must be 1 or -1"),
        (lambda: Constant(math.nan), "value is nan"),
    ],
)
def test_refusals(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
