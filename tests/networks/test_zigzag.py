"""The fourfold zigzag: values, and one piece more than any other count allows."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.networks.zigzag import zigzag


def test_levels_compose() -> None:
    x = np.linspace(0.0, 7.0, 113)[:, None]
    values = x
    for level in range(1, 5):
        values = zigzag(1)(values)
        np.testing.assert_allclose(zigzag(level)(x), values, rtol=0, atol=1e-9)


@pytest.mark.parametrize("of", ["linear", "activation"])
def test_pieces_are_powers_of_four(of: str) -> None:
    counts = [lr.count_along_lines(zigzag(k), [[0.0]], [[7.0]], of=of)[0] for k in (1, 2, 3, 4)]
    assert counts == [4, 16, 64, 256]


def test_no_levels_is_an_error() -> None:
    with pytest.raises(ValueError, match="num_levels is 0"):
        zigzag(0)
