"""Images in other units of brightness, and normal points with their means and variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.experiments.data.dataset import Dataset, hash_arrays
from linreg_lib.experiments.data.images import ImageData
from linreg_lib.locked import kept_answer
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_kind, checked_rng
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.short_repr import ShortRepr

#: "unit" [0, 1], "symmetric" [-1, 1], "raw" pixel values, "standard" mean 0 and variance 1
PIXEL_SCALES = ("unit", "symmetric", "raw", "standard")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ScaledImages(ShortRepr):
    """A data set whose ``vectors()`` are ``factor * (brightness in [0, 1]) - shift``.

    ``factor`` is the distance from black to white: lengths divided by it are in units of [0, 1].
    """

    images: Dataset
    factor: float
    shift: float

    @property
    def name(self) -> str:
        return self.images.name

    @property
    def labels(self) -> NDArray[np.int64]:
        return self.images.labels

    @property
    def num_classes(self) -> int:
        return self.images.num_classes

    @kept_answer
    def fingerprint(self) -> str:
        """SHA-256 of the images' own and of the units."""
        digest = np.frombuffer(self.images.fingerprint.encode(), dtype=np.uint8)
        return hash_arrays(digest, np.array([self.factor, self.shift]))

    def vectors(self) -> NDArray[np.float64]:
        """The images as rows, float64 (n, height * width), a new array on each call."""
        rows = self.images.vectors()
        rows *= self.factor
        rows -= self.shift
        return rows


def scaled_images(images: ImageData, scale: str) -> tuple[ScaledImages, ScaledImages]:
    """Training and test images in the units of ``scale``, one of ``PIXEL_SCALES``.

    ``"standard"`` takes the mean and standard deviation of all pixels of the training images
    together, for both sets.

    Raises:
        ValueError: another word; or ``"standard"`` for images that are all of one brightness.

    >>> from linreg_lib.experiments import load_images
    >>> train, test = scaled_images(load_images("digits"), "symmetric")
    >>> train.factor, float(train.vectors().min()), float(test.vectors().max())
    (2.0, -1.0, 1.0)
    """
    checked_kind("images", images, ImageData, "an ImageData")
    checked_choice("scale", scale, PIXEL_SCALES)
    factor, shift = {"unit": (1.0, 0.0), "symmetric": (2.0, 1.0)}.get(scale, (1.0, 0.0))
    if scale == "raw":
        factor = float(images.train.max_value)
    elif scale == "standard":
        pixels = images.train.vectors()
        spread = float(pixels.std())
        if not spread > 0:
            raise ValueError("images has training images of one brightness, without a deviation")
        factor, shift = 1.0 / spread, float(pixels.mean()) / spread
    train, test = (
        ScaledImages(images=each, factor=factor, shift=shift)
        for each in (images.train, images.test)
    )
    return train, test


def normal_points_like(
    vectors: ArrayLike, num_points: int, *, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Independent normal coordinates with the mean and variance of each column of ``vectors``.

    ``vectors`` is (m, n), the result (num_points, n). A constant column stays constant.

    Raises:
        ValueError: ``vectors`` is not a table with at least one row; ``num_points`` below 1.

    >>> points = normal_points_like([[0.0, 3.0], [2.0, 3.0]], 4, rng=np.random.default_rng(0))
    >>> points.shape, points[:, 1].tolist()
    ((4, 2), [3.0, 3.0, 3.0, 3.0])

    Source: HR19, Section 3.2.
    """
    table = exact_floats("vectors", vectors)
    if table.ndim != 2 or not len(table):
        raise ValueError(f"vectors has shape {table.shape}; it must be (m, n) with m of at least 1")
    num_points = checked_count("num_points", num_points)
    noise = checked_rng("rng", rng).standard_normal((num_points, table.shape[1]))
    return np.asarray(table.mean(axis=0) + table.std(axis=0) * noise)
