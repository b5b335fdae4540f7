"""Labelled points in the plane: two moons, and Gaussian quantiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.dataset import check_labels, hash_arrays
from linreg_lib.extras import needs_extra
from linreg_lib.locked import Locked, kept_answer
from linreg_lib.networks.arguments import checked_count, checked_integers, checked_rng
from linreg_lib.networks.exact_floats import exact_floats, exact_number


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LabelledPoints(Locked):
    """Points of shape (n, d) in float64 and labels of shape (n,) in int64, both locked.

    >>> LabelledPoints(points=[[0.0, 1.0]], labels=[0], num_classes=2, name="toy")
    LabelledPoints('toy', 1 points in R^2, 2 classes)
    """

    points: NDArray[np.float64]
    labels: NDArray[np.int64]
    num_classes: int
    name: str

    def __post_init__(self) -> None:
        points = np.array(exact_floats("points", self.points, finite=False))
        labels = checked_integers("labels", self.labels)
        if points.ndim != 2:
            raise ValueError(f"points needs shape (n, d), not {points.shape}")
        check_labels(labels, len(points), self.num_classes)
        for array in (points, labels):
            array.setflags(write=False)
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "labels", labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        num_points, dim = self.points.shape
        return (
            f"LabelledPoints({self.name!r}, {num_points:,} points in R^{dim}, "
            f"{self.num_classes} classes)"
        )

    def vectors(self) -> NDArray[np.float64]:
        """The points, (n, d), locked."""
        return self.points

    @kept_answer
    def fingerprint(self) -> str:
        """SHA-256 of points and labels."""
        return hash_arrays(self.points, self.labels, np.array([self.num_classes]))


def load_moons(n: int, noise: float, *, rng: np.random.Generator) -> LabelledPoints:
    """``n`` points of scikit-learn's two moons, each coordinate stretched to fill [-1, 1] (QW23).

    ``noise`` is the standard deviation of the Gaussian noise, before stretching.
    QW23 (Section 4) states the range [-1, 1] and 1,000 points, but neither noise nor seed.

    >>> moons = load_moons(100, 0.1, rng=np.random.default_rng(0))
    >>> moons.points.min(axis=0).tolist(), moons.points.max(axis=0).tolist()
    ([-1.0, -1.0], [1.0, 1.0])
    """
    n = checked_count("n", n, least=2)
    checked_rng("rng", rng)
    noise = exact_number("noise", noise)
    if not noise >= 0:
        raise ValueError(f"noise must not be negative, not {noise}")
    with needs_extra("this data set"):
        from sklearn.datasets import make_moons

    points, labels = make_moons(n, noise=noise, random_state=_sklearn_seed(rng))
    return LabelledPoints(
        points=_stretched(points), labels=labels, num_classes=2, name="make_moons"
    )


def load_quantiles(
    n: int, num_classes: int, *, rng: np.random.Generator, dim: int = 2
) -> LabelledPoints:
    """``n`` Gaussian points, labelled by shells of equal probability, stretched to [-1, 1] (QW23).

    scikit-learn's ``make_gaussian_quantiles``; QW23 (Section 4) uses 1,000 points and 5 classes.

    >>> shells = load_quantiles(100, 5, rng=np.random.default_rng(0))
    >>> np.bincount(shells.labels).tolist()
    [20, 20, 20, 20, 20]
    """
    num_classes = checked_count("num_classes", num_classes, least=2)
    n = checked_count("n", n)
    dim = checked_count("dim", dim)
    checked_rng("rng", rng)
    if n < num_classes:
        raise ValueError(f"needs 2 <= num_classes <= n, not num_classes={num_classes}, n={n}")
    with needs_extra("this data set"):
        from sklearn.datasets import make_gaussian_quantiles

    points, labels = make_gaussian_quantiles(
        n_samples=n, n_features=dim, n_classes=num_classes, random_state=_sklearn_seed(rng)
    )
    return LabelledPoints(
        points=_stretched(points),
        labels=labels,
        num_classes=num_classes,
        name="make_gaussian_quantiles",
    )


def _sklearn_seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**32))


def _stretched(points: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = points.min(axis=0), points.max(axis=0)
    stretched: NDArray[np.float64] = (points - low) / (high - low) * 2.0 - 1.0
    return stretched.clip(-1.0, 1.0)
