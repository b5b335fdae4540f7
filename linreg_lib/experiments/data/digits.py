"""scikit-learn's small digits: the data set that is always there."""

from __future__ import annotations

import numpy as np

from linreg_lib.experiments.data.dataset import Dataset
from linreg_lib.experiments.data.mnist import Split
from linreg_lib.extras import needs_extra
from linreg_lib.networks.arguments import checked_choice

_NUM_TEST = 360
_SHUFFLE_SEED = 0


def load_digits_dataset(split: Split = "train") -> Dataset:
    """scikit-learn's 1,797 handwritten digits, 8x8 pixels with values 0..16.

    They ship with scikit-learn, so no file and no network is needed.
    The set has no split of its own; here 1,437 images are for training and 360 for testing, drawn
    once and for all (the file is ordered by writer, so a cut in the middle would be unfair).

    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI repository, 1998.

    >>> load_digits_dataset()
    Dataset('digits', split='train', 1,437 images of 8x8, source='scikit-learn')
    """
    checked_choice("split", split, ("train", "test"))
    with needs_extra("this data set"):
        from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(_SHUFFLE_SEED).permutation(len(bunch.target))
    rows = order[:_NUM_TEST] if split == "test" else order[_NUM_TEST:]
    rows.sort()
    return Dataset(
        images=bunch.images[rows].astype(np.uint8),
        labels=bunch.target[rows],
        num_classes=10,
        name="digits",
        split=split,
        source="scikit-learn",
        max_value=16,
    )
