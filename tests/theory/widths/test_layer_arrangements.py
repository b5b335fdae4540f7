"""Arrangements of neurons in layers: all of them, each once."""

from __future__ import annotations

from fractions import Fraction

import pytest

from linreg_lib.theory.widths.layer_arrangements import layer_arrangements, whole_line_regions


@pytest.mark.parametrize("num_neurons", range(1, 8))
def test_all_and_each_once(num_neurons):
    found = list(layer_arrangements(num_neurons))
    assert len(set(found)) == len(found) == 2 ** (num_neurons - 1)
    assert all(sum(widths) == num_neurons and min(widths) >= 1 for widths in found)
    assert [len(widths) for widths in found] == sorted(len(widths) for widths in found)


def test_no_neurons():
    with pytest.raises(ValueError, match="num_neurons is 0"):
        list(layer_arrangements(0))


def test_whole_lines_by_hand():
    # Each layer times the factor of the other: 2 (1 - 1/2) + 1 (1 - 1/4) breakpoints.
    assert whole_line_regions(3)[2, 1] == 1 + 1 + Fraction(3, 4)
    assert set(whole_line_regions(4, "leaky_relu").values()) == {5}
