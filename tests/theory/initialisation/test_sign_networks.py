"""Enumeration of all networks with weights 1 and -1, against a dull twin one network at a time."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from linreg_lib.theory.initialisation import sign_networks as signs

SIGNS = (1, -1)


def _gradient_rows(weights, biases, point):
    """Gradients of five neurons, in fractions; biases in the input's own unit."""
    sent = [Fraction(x) for x in point]
    slopes = [[1, 0], [0, 1]]
    rows = []
    for matrix, bias in zip(weights, [*biases, [0]], strict=True):
        values = [sum(w * s for w, s in zip(row, sent, strict=True)) for row in matrix]
        new = [
            [sum(w * s[i] for w, s in zip(row, slopes, strict=True)) for i in (0, 1)]
            for row in matrix
        ]
        rows += new
        is_open = [z > b for z, b in zip(values, bias, strict=True)]
        sent = [z - b if o else Fraction(0) for z, b, o in zip(values, bias, is_open, strict=True)]
        slopes = [row if o else [0, 0] for row, o in zip(new, is_open, strict=True)]
    return rows


def _dull_law(point, biases):
    seen = Counter()
    for flat in itertools.product(SIGNS, repeat=10):
        weights = [[flat[0:2], flat[2:4]], [flat[4:6], flat[6:8]], [flat[8:10]]]
        for bias in biases:
            own = [[Fraction(int(b), signs.UNIT) for b in layer] for layer in bias]
            rows = _gradient_rows(weights, own, point)
            norms = [a * a + b * b for a, b in rows]
            areas = [
                (rows[i][0] * rows[j][1] - rows[i][1] * rows[j][0]) ** 2 for i, j in signs.PAIRS
            ]
            seen[tuple(norms + areas)] += 1
    total = sum(seen.values())
    return {key: Fraction(count, total) for key, count in seen.items()}


@pytest.mark.parametrize("point", [(0, 0), (2, -1)])
def test_law_is_that_of_a_dull_enumeration(point):
    chosen = [signs.symmetric_biases()[i] for i in (0, 6)]
    assert signs.relu_law(point, chosen) == _dull_law(point, chosen)


def test_symmetric_biases_give_the_law_of_coins_everywhere():
    coins = signs.coin_law()
    for point in [(0, 0), (1, 2), (-3, 1)]:
        assert signs.relu_law(point, signs.symmetric_biases()) == coins


def test_one_sided_biases_give_another_law():
    one_sided = [np.array([[-300, -300], [-3000, -3000]])]
    law = signs.relu_law((1, 0), one_sided)
    assert [signs.mean_of(law, column) for column in (0, 2, 4)] == [2, 4, 8]


def test_pinning_changes_the_law_of_norms_but_not_of_the_area_with_the_pinned_one():
    pinned = signs.relu_law((1, 2), signs.symmetric_biases(), pin_first=True)
    coins = signs.coin_law()
    area = 5 + signs.PAIRS.index((0, 4))
    other = 5 + signs.PAIRS.index((2, 3))
    assert signs.marginal(pinned, area) == signs.marginal(coins, area)
    assert signs.marginal(pinned, other) != signs.marginal(coins, other)


def test_ties_are_refused():
    with pytest.raises(ValueError, match="kink"):
        signs.relu_law((1, 1), [np.zeros((2, 2), dtype=np.int64)])


def test_mean_product_by_hand():
    law = {(4, 9): Fraction(1, 2), (0, 1): Fraction(1, 2)}
    assert signs.mean_product(law, [0, 1]) == 3.0


def test_skips_keep_the_mean_square_and_shared_weights_do_not():
    assert signs.skip_mean_square((2, 1), shared=False) == 2
    assert signs.skip_mean_square((1, 0), shared=True) != 2
