from __future__ import annotations

import itertools

import numpy as np
import pytest

from linreg_lib.figures.colours import label_colours, neuron_turns, pattern_colours, pattern_phases

# Linear sRGB seen by an eye without green-sensitive cones (Machado, Oliveira, Fernandes 2009).
DEUTERANOPE = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def circle_distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    gap = np.mod(a - b, 1.0)
    return np.minimum(gap, 1.0 - gap)


def as_seen_without_green(rgb: np.ndarray) -> np.ndarray:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.clip(linear @ DEUTERANOPE.T, 0.0, 1.0) ** (1.0 / 2.4)


def test_every_neuron_turns_the_wheel_by_a_quarter_at_least() -> None:
    turns = neuron_turns(5000)
    assert turns.min() >= 0.25
    assert turns.max() <= 0.75


def test_regions_across_one_neuron_differ_clearly_also_for_a_colour_blind_reader() -> None:
    rng = np.random.default_rng(3)
    ours = rng.integers(0, 3, size=(2000, 60), dtype=np.uint8)
    theirs = ours.copy()
    theirs[np.arange(2000), rng.integers(0, 60, size=2000)] += 1
    assert circle_distance(pattern_phases(ours), pattern_phases(theirs)).min() > 0.25 - 1e-9
    seen = np.linalg.norm(
        as_seen_without_green(pattern_colours(ours))
        - as_seen_without_green(pattern_colours(theirs)),
        axis=1,
    )
    assert seen.min() > 0.1


def test_random_colours_would_not_pass_that_test() -> None:
    rng = np.random.default_rng(3)
    pairs = rng.random((2, 2000, 3))
    seen = np.linalg.norm(as_seen_without_green(pairs[0]) - as_seen_without_green(pairs[1]), axis=1)
    assert seen.min() < 0.1


def test_a_pattern_keeps_its_colour_whatever_else_is_in_the_picture() -> None:
    patterns = np.array([*itertools.product((0, 1), repeat=6)], dtype=np.uint8)
    together = pattern_colours(patterns)
    alone = np.vstack([pattern_colours(row[None]) for row in patterns])
    np.testing.assert_allclose(together, alone, atol=1e-9)


def test_colours_do_not_depend_on_the_block_size() -> None:
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2, size=(40_000, 10), dtype=np.uint8)
    split = np.vstack([pattern_colours(patterns[:123]), pattern_colours(patterns[123:])])
    np.testing.assert_allclose(pattern_colours(patterns), split, atol=1e-12)


def test_colours_are_printable_and_light_enough_for_dark_lines() -> None:
    rgb = pattern_colours(np.random.default_rng(1).integers(0, 2, size=(5000, 40)))
    assert rgb.min() >= 0.0
    assert rgb.max() <= 1.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    ink = ((0x1B / 255 + 0.055) / 1.055) ** 2.4
    assert ((luminance + 0.05) / (ink + 0.05)).min() > 3.0  # the contrast asked of graphics


def test_no_neurons_is_one_colour() -> None:
    assert pattern_colours(np.zeros((1, 0), dtype=np.uint8)).shape == (1, 3)


def test_a_list_of_labels_is_refused_where_patterns_are_meant() -> None:
    with pytest.raises(ValueError, match="use label_colours"):
        pattern_colours([0, 1, 2])


def test_labels_next_to_each_other_differ() -> None:
    rgb = label_colours(np.arange(200))
    assert np.linalg.norm(rgb[1:] - rgb[:-1], axis=1).min() > 0.1
