"""Whether what a network computes depends on its maxima's matches as ``max_units`` says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.max_units import MaxUnit, match_columns, settled_pattern
from linreg_lib.networks.mixed_activation import Activation
from linreg_lib.networks.unit_names import unit_name

_NUM_TRIALS = 16
_ROUNDING = 1e-9  # of what is summed: weights that readers multiplied out were rounded once


def check_maxima(
    weights: Sequence[NDArray[np.float64]],
    biases: Sequence[NDArray[np.float64]],
    activations: Sequence[Activation],
    max_units: Sequence[MaxUnit],
) -> None:
    """ValueError if an output or a unit that cuts depends on a match whose winner loses later.

    Later matches of the same maximum may: what they compare are winners.  Units without
    breakpoints may carry losers on, up to where they cancel.  Complexes join the cells that only
    such matches tell apart, so the affine maps there must agree.
    With all pieces held, whatever the signs at the point, a winner is one of its two contestants;
    hence at random points and random pieces nothing may change when matches that do not matter are
    put on piece 0.  A dependence shows with probability 1, unless it is as small as rounding.
    """
    widths = [len(bias) for bias in biases[:-1]]
    rng = np.random.default_rng(0)
    pieces = [
        _random_pieces(activation, width, rng)
        for activation, width in zip(activations, widths, strict=True)
    ]
    pattern = np.concatenate(pieces, axis=1)
    cuts = np.concatenate(
        [
            [len(activation.unit(i).slopes) > 1 for i in range(width)]
            for activation, width in zip(activations, widths, strict=True)
        ]
    )
    points = rng.normal(size=(_NUM_TRIALS, weights[0].shape[1]))
    before = _affine_values(weights, biases, activations, points, pattern)
    for number, unit in enumerate(max_units):
        settled = settled_pattern(pattern, [unit], widths)
        values, sizes = _affine_values(weights, biases, activations, points, settled)
        with np.errstate(invalid="ignore"):
            changed = np.abs(values - before[0]) > _ROUNDING * np.maximum(sizes, before[1])
        changed[:, : len(cuts)] &= cuts
        changed[:, match_columns(unit, widths)] = False  # a match may meet the winner of one
        if changed.any():
            raise ValueError(
                f"max_units[{number}]: {_name(int(changed.any(axis=0).argmax()), widths)} depends "
                "on a match whose winner loses later; only the winner of a maximum's final match "
                "may be read, as lower + relu(higher - lower), or the matches are in another order"
            )


def _random_pieces(
    activation: Activation, width: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    num_pieces = [len(activation.unit(i).slopes) for i in range(width)]
    return rng.integers(num_pieces, size=(_NUM_TRIALS, width)).astype(np.uint8)


def _affine_values(
    weights: Sequence[NDArray[np.float64]],
    biases: Sequence[NDArray[np.float64]],
    activations: Sequence[Activation],
    points: NDArray[np.float64],
    pattern: NDArray[np.uint8],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """All pre-activations and outputs on given pieces, and the sizes of what was summed."""
    values, sizes, start = points, np.abs(points), 0
    kept, kept_sizes = [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for weight, bias, activation in zip(weights, biases, [*activations, None], strict=True):
            values = values @ weight.T + bias
            sizes = sizes @ np.abs(weight).T + np.abs(bias)
            kept.append(values)
            kept_sizes.append(sizes)
            if activation is None:
                break
            units = [activation.unit(i) for i in range(len(bias))]
            pieces = pattern[:, start : start + len(bias)].T
            slopes = np.array([unit.slopes[p] for unit, p in zip(units, pieces, strict=True)]).T
            offsets = np.array([unit.offsets[p] for unit, p in zip(units, pieces, strict=True)]).T
            values = slopes * values + offsets
            sizes = np.abs(slopes) * sizes + np.abs(offsets)
            start += len(bias)
    return np.concatenate(kept, axis=1), np.concatenate(kept_sizes, axis=1)


def _name(column: int, widths: Sequence[int]) -> str:
    for layer, width in enumerate(widths):
        if column < width:
            return unit_name(layer, column)
        column -= width
    return f"output {column}"
