"""Every test draws off screen and closes what it drew."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    from matplotlib import pyplot as plt

    with matplotlib.rc_context():
        yield
    plt.close("all")
