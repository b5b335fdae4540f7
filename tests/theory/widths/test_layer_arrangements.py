"""Arrangements of neurons in layers: all of them, each once."""

from __future__ import annotations

import pytest

from linreg_lib.theory.widths.layer_arrangements import layer_arrangements


@pytest.mark.parametrize("num_neurons", range(1, 8))
def test_all_and_each_once(num_neurons):
    found = list(layer_arrangements(num_neurons))
    assert len(set(found)) == len(found) == 2 ** (num_neurons - 1)
    assert all(sum(widths) == num_neurons and min(widths) >= 1 for widths in found)
    assert [len(widths) for widths in found] == sorted(len(widths) for widths in found)


def test_no_neurons():
    with pytest.raises(ValueError, match="num_neurons is 0"):
        list(layer_arrangements(0))
