"""The search finds what is proved to be the most, and its witnesses have what it says."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments.lines.piece_search import search_pieces
from linreg_lib.theory.widths.layer_arrangements import layer_arrangements
from linreg_lib.theory.widths.piece_bounds import live_piece_bound


@pytest.mark.parametrize("num_neurons", [1, 2, 3])
def test_bound_is_sharp_for_few_neurons(num_neurons: int) -> None:
    rng = np.random.default_rng(num_neurons)
    for widths in layer_arrangements(num_neurons):
        bound = live_piece_bound(widths)
        found = search_pieces(widths, num_networks=2000, rng=rng, enough=bound)
        assert found.most == bound
        assert found.witness.hidden_widths == widths
        cx = lr.subdivide(found.witness, lr.Segment([-64.0], [64.0]))
        assert cx.num_regions == bound


def test_chains_of_single_neurons_stop_at_three_linear_pieces() -> None:
    rng = np.random.default_rng(9)
    found = search_pieces([1, 1, 1], num_networks=400, rng=rng, of="linear")
    assert found.most == 3
    assert found.num_networks == 400


def test_wrong_arguments_are_named() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="num_networks is 0"):
        search_pieces([1], num_networks=0, rng=rng)
    with pytest.raises(ValueError, match="largest is 0"):
        search_pieces([1], num_networks=1, rng=rng, largest=0)
