"""The expected number of regions on whole planes, against exact counts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.networks.laws import Normal
from linreg_lib.theory import zaslavsky_bound
from linreg_lib.theory.random_networks.init_law import InitLaw
from linreg_lib.theory.sign_flips.symmetry import sign_flipped_copies
from linreg_lib.theory.sign_flips.whole_planes import whole_plane_regions


@pytest.mark.parametrize("hidden", [(3,), (2, 1), (1, 2), (2, 3), (3, 2), (2, 2, 2), (1, 2, 2)])
def test_flipped_copies_average_to_the_expectation(hidden: tuple[int, ...]) -> None:
    """Holds for each generic network, so one network and no statistics: sums of whole numbers."""
    rng = np.random.default_rng(sum(hidden))
    widths = [2, *hidden, 1]
    net = lr.Network.random(widths, biases=Normal(1.0), rng=rng)
    far = lr.Box(-1e7, 1e7, dim=2)  # beyond every crossing of these networks
    total = sum(lr.subdivide(copy, far).num_regions for copy in sign_flipped_copies(net))
    law = InitLaw(widths=tuple(widths), biases=Normal(1.0))
    assert Fraction(total, 2 ** sum(hidden)) == whole_plane_regions(law)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_wide_layers_come_close_to_lines_in_general_position(depth: int) -> None:
    law = InitLaw(widths=(784, *[64] * depth, 10), biases=Normal(1e-3))
    lines = zaslavsky_bound(64 * depth, 2)
    expected = whole_plane_regions(law)
    assert expected <= lines
    assert lines - expected < Fraction(1, 10**12)
    assert (lines == expected) == (depth == 1)


def test_leaky_units_and_one_input_are_refused() -> None:
    with pytest.raises(ValueError, match="hidden layer 1: .* slope 0"):
        whole_plane_regions(InitLaw(widths=(2, 3, 1), biases=Normal(1.0), activation="leaky_relu"))
    with pytest.raises(ValueError, match="two inputs"):
        whole_plane_regions(InitLaw(widths=(1, 3, 1), biases=Normal(1.0)))
