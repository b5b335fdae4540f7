"""A Monte Carlo number together with its standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Estimate:
    """Mean of ``count`` independent samples and the standard error of that mean.

    >>> estimate = Estimate.from_samples([1.0, 2.0, 3.0])
    >>> estimate.mean, estimate.count, round(estimate.stderr, 6)
    (2.0, 3, 0.57735)
    >>> estimate.within(2.5, num_stderr=1)
    True
    """

    mean: float
    stderr: float
    count: int

    def __post_init__(self) -> None:
        if not self.stderr >= 0.0:
            raise ValueError(f"stderr must be a number >= 0, got {self.stderr!r}")
        if self.count < 1:
            raise ValueError(f"count must be at least 1, got {self.count!r}")

    @classmethod
    def from_samples(cls, values: ArrayLike) -> Estimate:
        """Estimate from independent samples (at least two, all finite)."""
        samples = np.asarray(values, dtype=np.float64).ravel()
        if samples.size < 2:
            raise ValueError(f"a standard error needs at least 2 samples, got {samples.size}")
        if not np.isfinite(samples).all():
            index = int(np.flatnonzero(~np.isfinite(samples))[0])
            raise ValueError(f"sample {index} is not finite: {samples[index]!r}")
        return cls(
            float(samples.mean()),
            float(samples.std(ddof=1) / math.sqrt(samples.size)),
            int(samples.size),
        )

    @classmethod
    def exact(cls, value: float) -> Estimate:
        """A number known without sampling error, where an estimate is wanted."""
        return cls(float(value), 0.0, 1)

    @staticmethod
    def sum_of_independent(estimates: Sequence[Estimate]) -> Estimate:
        """Sum of independent estimates; the count is the smallest of theirs.

        >>> Estimate.sum_of_independent([Estimate(1.0, 3.0, 9), Estimate(2.0, 4.0, 5)])
        Estimate(mean=3.0, stderr=5.0, count=5)
        """
        if not estimates:
            raise ValueError("a sum needs at least one estimate")
        return Estimate(
            math.fsum(estimate.mean for estimate in estimates),
            math.hypot(*(estimate.stderr for estimate in estimates)),
            min(estimate.count for estimate in estimates),
        )

    def shifted(self, offset: float) -> Estimate:
        """The estimate of (quantity + offset)."""
        return Estimate(self.mean + offset, self.stderr, self.count)

    def scaled(self, factor: float) -> Estimate:
        """The estimate of (quantity * factor)."""
        return Estimate(self.mean * factor, self.stderr * abs(factor), self.count)

    def z_score(self, expected: float | Estimate) -> float:
        """Deviation from ``expected`` in standard errors of the difference.

        An independent ``Estimate`` contributes its own standard error. With no error at all the
        score is 0 for equal numbers and an infinity otherwise.
        """
        if isinstance(expected, Estimate):
            target, stderr = expected.mean, math.hypot(self.stderr, expected.stderr)
        else:
            target, stderr = float(expected), self.stderr
        difference = self.mean - target
        if stderr == 0.0:
            return 0.0 if difference == 0.0 else math.copysign(math.inf, difference)
        return difference / stderr

    def within(self, other: float | Estimate, num_stderr: float = 4.0) -> bool:
        """Whether ``other`` is at most ``num_stderr`` standard errors away."""
        return abs(self.z_score(other)) <= num_stderr

    def __str__(self) -> str:
        return f"{self.mean:.6g} ± {self.stderr:.2g} (n={self.count})"
