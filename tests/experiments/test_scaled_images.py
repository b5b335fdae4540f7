"""Other units of brightness, and normal points with the images' means and variances."""

from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.experiments import load_images, normal_points_like, scaled_images
from linreg_lib.experiments.data.scaled_images import PIXEL_SCALES


@pytest.mark.parametrize("scale", PIXEL_SCALES)
def test_vectors_are_an_affine_function_of_brightness(scale: str) -> None:
    images = load_images("digits")
    train, test = scaled_images(images, scale)
    for scaled, plain in ((train, images.train), (test, images.test)):
        back = (scaled.vectors() + scaled.shift) / scaled.factor
        np.testing.assert_allclose(back, plain.vectors(), atol=1e-12)
        assert (scaled.labels == plain.labels).all()
    if scale in ("unit", "symmetric", "raw"):
        np.testing.assert_array_equal(test.vectors(), images.test.vectors(scale))
    else:
        assert train.vectors().mean() == pytest.approx(0.0, abs=1e-12)
        assert train.vectors().std() == pytest.approx(1.0)


def test_each_scale_has_its_own_fingerprint() -> None:
    images = load_images("digits")
    prints = {scaled_images(images, scale)[0].fingerprint for scale in PIXEL_SCALES}
    assert len(prints) == len(PIXEL_SCALES)


def test_means_variances_and_independence() -> None:
    vectors = load_images("digits").train.vectors()
    points = normal_points_like(vectors, 40_000, rng=np.random.default_rng(0))
    spread = vectors.std(axis=0)
    off = (points.mean(axis=0) - vectors.mean(axis=0)) / np.where(spread > 0, spread, 1)
    assert np.abs(off).max() < 5 / np.sqrt(40_000)
    np.testing.assert_allclose(points.std(axis=0), spread, rtol=0.02)
    varies = spread > 0
    correlations = np.corrcoef(points[:, varies].T) - np.eye(varies.sum())
    assert np.abs(correlations).max() < 6 / np.sqrt(40_000)
    assert np.abs(np.corrcoef(vectors[:, varies].T) - np.eye(varies.sum())).max() > 0.5


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="vectors has shape"):
        normal_points_like([1.0, 2.0], 3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="scale"):
        scaled_images(load_images("digits"), "percent")
