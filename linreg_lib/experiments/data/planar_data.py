"""The data sets of QW23 in the square [-1, 1]^2, and what they may have been instead."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.points import LabelledPoints, load_moons, load_quantiles
from linreg_lib.extras import needs_extra
from linreg_lib.networks.arguments import checked_choice, checked_count

DATASETS = ("moons", "quantiles", "uniform", "grid")
SCALINGS = ("stretched", "common", "raw")
_NUM_SHELLS = 5


def planar_data(
    dataset: str,
    num_points: int,
    seed: int,
    *,
    noise: float = 0.1,
    scaling: str = "stretched",
) -> LabelledPoints:
    """Labelled points in the plane, all randomness from ``seed``.

    Args:
        dataset: ``"moons"`` (two classes), ``"quantiles"`` (Gaussian, five classes),
            ``"uniform"`` (independent points, uniform on the square, with fair random labels 0 and
            1), or ``"grid"`` (the same labels on places of a square grid that fills the square,
            chosen at random where there are more than points).
        noise: of the moons, a standard deviation; no other data set uses it.
        scaling: of moons and quantiles, ``"stretched"`` (each coordinate fills [-1, 1]),
            ``"common"`` (centred, and one factor for both coordinates, so that the longer side
            fills [-1, 1]) or ``"raw"`` (as scikit-learn gives them, not within the square).

    Source: QW23, Section 4, which gives neither noise nor scaling nor seeds, and says "evenly
    distributed" of the random points.

    >>> planar_data("grid", 4, 0).points.tolist()
    [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
    """
    checked_choice("dataset", dataset, DATASETS)
    checked_choice("scaling", scaling, SCALINGS)
    num_points = checked_count("num_points", num_points, least=2)
    seed = checked_count("seed", seed, least=0, most=None)
    rng = np.random.default_rng(np.random.SeedSequence([seed, 23]))  # training draws from [seed]
    if dataset in ("uniform", "grid"):
        place = _uniform if dataset == "uniform" else _grid
        points = place(num_points, rng)
        labels = rng.integers(0, 2, num_points)
        return LabelledPoints(points=points, labels=labels, num_classes=2, name=dataset)
    if scaling == "stretched":
        if dataset == "moons":
            return load_moons(num_points, noise, rng=rng)
        return load_quantiles(num_points, _NUM_SHELLS, rng=rng)
    with needs_extra("this data set"):
        from sklearn.datasets import make_gaussian_quantiles, make_moons
    number = int(rng.integers(2**32))  # as load_moons draws it
    if dataset == "moons":
        points, labels = make_moons(num_points, noise=noise, random_state=number)
    else:
        points, labels = make_gaussian_quantiles(
            n_samples=num_points, n_features=2, n_classes=_NUM_SHELLS, random_state=number
        )
    if scaling == "common":
        low, high = points.min(axis=0), points.max(axis=0)
        points = (points - (low + high) / 2) / ((high - low).max() / 2)
    return LabelledPoints(
        points=points,
        labels=labels,
        num_classes=2 if dataset == "moons" else _NUM_SHELLS,
        name=f"{dataset} ({scaling})",
    )


def _uniform(num_points: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.uniform(-1.0, 1.0, size=(num_points, 2))


def _grid(num_points: int, rng: np.random.Generator) -> NDArray[np.float64]:
    side = math.isqrt(num_points - 1) + 1
    ticks = np.linspace(-1.0, 1.0, side)
    places = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2)
    chosen: NDArray[np.float64] = places[
        np.sort(rng.choice(len(places), size=num_points, replace=False))
    ]
    return chosen
