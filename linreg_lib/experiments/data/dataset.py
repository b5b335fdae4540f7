"""Labelled examples, as every experiment takes them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.locked import Locked, kept_answer
from linreg_lib.networks.arguments import checked_choice, checked_integers

Scale = Literal["unit", "symmetric", "raw"]


class LabelledData(Protocol):
    """What training needs of a data set."""

    @property
    def name(self) -> str: ...
    @property
    def labels(self) -> NDArray[np.int64]: ...
    @property
    def num_classes(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...
    def vectors(self) -> NDArray[np.float64]: ...


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Dataset(Locked):
    """Grey images with labels.

    ``images`` is uint8 of shape (n, height, width) with values 0..``max_value``, ``labels`` int64
    of shape (n,) with values 0..``num_classes`` - 1; both are locked.
    ``source`` says how the data were found (``"path"``, ``"LINREG_DATA"``, ``"cache"``,
    ``"download"``, ``"scikit-learn"``), ``location`` where.

    >>> data = Dataset(images=[[[0, 255]], [[51, 0]]], labels=[1, 0], num_classes=2, name="toy",
    ...                split="train", source="memory")
    >>> data
    Dataset('toy', split='train', 2 images of 1x2, source='memory')
    >>> data.vectors().tolist()
    [[0.0, 1.0], [0.2, 0.0]]
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    num_classes: int
    name: str
    split: str
    source: str
    location: str = ""
    max_value: int = 255

    def __post_init__(self) -> None:
        images, labels = _uint8(self.images), checked_integers("labels", self.labels)
        if images.ndim != 3:
            raise ValueError(f"images needs shape (n, height, width), not {images.shape}")
        if images.size and int(images.max()) > self.max_value:
            raise ValueError(f"images holds {images.max()}, more than max_value={self.max_value}")
        check_labels(labels, len(images), self.num_classes)
        for array in (images, labels):
            array.setflags(write=False)
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:  # without the location: pages show this, and paths are private
        height, width = self.images.shape[1:]
        return (
            f"Dataset({self.name!r}, split={self.split!r}, {len(self):,} images of "
            f"{height}x{width}, source={self.source!r})"
        )

    def vectors(self, scale: Scale = "unit") -> NDArray[np.float64]:
        """The images as rows, float64 of shape (n, height * width), a new array on each call.

        ``scale`` is ``"unit"`` for [0, 1], ``"symmetric"`` for [-1, 1], ``"raw"`` for pixel values.
        """
        checked_choice("scale", scale, ("unit", "symmetric", "raw"))
        rows = self.images.reshape(len(self), -1).astype(np.float64)
        if scale == "unit":
            rows /= self.max_value
        elif scale == "symmetric":
            rows *= 2.0 / self.max_value
            rows -= 1.0
        return rows

    @kept_answer
    def fingerprint(self) -> str:
        """SHA-256 of shape, range, pixels and labels; the same wherever the data came from."""
        return hash_arrays(self.images, self.labels, np.array([self.max_value, self.num_classes]))

    def subset(self, rows: ArrayLike) -> Dataset:
        """The images with the given indices (or a boolean mask), in that order."""
        if np.asarray(rows).dtype == np.bool_:
            chosen = np.flatnonzero(rows)
            if np.shape(rows) != (len(self),):
                raise ValueError(f"rows is a mask of shape {np.shape(rows)}, not ({len(self)},)")
        else:
            chosen = checked_integers("rows", rows)
        if len(chosen) and not (chosen.min() >= 0 and chosen.max() < len(self)):
            raise ValueError(
                f"rows has entries outside 0..{len(self) - 1}: {chosen.min()} to {chosen.max()}"
            )
        return Dataset(
            images=self.images[chosen],
            labels=self.labels[chosen],
            num_classes=self.num_classes,
            name=self.name,
            split=self.split,
            source=self.source,
            location=self.location,
            max_value=self.max_value,
        )


def check_labels(labels: NDArray[np.int64], num_examples: int, num_classes: int) -> None:
    """Raises ValueError unless there are as many labels as examples, all in 0..num_classes - 1."""
    if labels.shape != (num_examples,):
        raise ValueError(f"labels needs shape ({num_examples},), not {labels.shape}")
    bad = np.flatnonzero((labels < 0) | (labels >= num_classes))
    if bad.size:
        raise ValueError(
            f"label {labels[bad[0]]} of example {bad[0]} is not in 0..{num_classes - 1}"
        )


def hash_arrays(*arrays: NDArray[np.generic]) -> str:
    """SHA-256 over types, shapes and contents, the same on machines of either byte order."""
    digest = hashlib.sha256()
    for array in arrays:
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{little.dtype.str}{little.shape}".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()


def _uint8(images: ArrayLike) -> NDArray[np.uint8]:
    array = np.asarray(images)
    as_bytes = array.astype(np.uint8)  # always a copy, so that locking it is not undone elsewhere
    if not np.array_equal(as_bytes, array):
        raise ValueError("images needs whole numbers from 0 to 255")
    return as_bytes
