"""Region colours: neighbours differ, a pattern keeps its colour, colour-blind readers see it.

Every neuron owns a turn of a colour wheel between a quarter and three quarters of a full one, and
a pattern's colour is the sum of the turns of its pieces.  Two regions that meet across one neuron
therefore lie at least a quarter turn apart, without anyone having looked for neighbours, and a
pattern has the same colour in every frame of a film.  The wheel lies in the plane of lightness and
yellow-blue, the two contrasts that the common kinds of colour-blindness leave whole; a second,
weaker turn along red-green gives other eyes more shades.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

_GOLDEN: Final = 0.6180339887498949  # fractional multiples of it are spread evenly
_PLASTIC: Final = 0.7548776662466927  # the same in a second, independent direction

_MEAN_LIGHTNESS: Final = 0.76
_LIGHTNESS_RADIUS: Final = 0.14
_YELLOW_BLUE_RADIUS: Final = 0.10
_RED_GREEN_RADIUS: Final = 0.045


def neuron_turns(num_neurons: int) -> NDArray[np.float64]:
    """The turn (fraction of the wheel) that each neuron adds per piece, all within [1/4, 3/4].

    Example:
        >>> turns = neuron_turns(1000)
        >>> bool(turns.min() >= 0.25 and turns.max() <= 0.75)
        True
    """
    return 0.25 + 0.5 * np.mod(_GOLDEN * np.arange(1, num_neurons + 1), 1.0)


def pattern_phases(patterns: ArrayLike) -> NDArray[np.float64]:
    """Place on the colour wheel of each pattern, in [0, 1).

    Args:
        patterns: (num_regions, num_hidden) piece numbers.

    Returns:
        (num_regions,) phases; patterns that differ by one piece of one neuron lie at least a
        quarter apart on the circle.

    Example:
        >>> a, b = pattern_phases([[0, 1, 0], [0, 1, 1]])
        >>> bool(0.25 <= (b - a) % 1.0 <= 0.75)
        True
    """
    pieces = _as_patterns(patterns)
    # In blocks: a float64 copy of all patterns of a large complex would dwarf the picture.
    turns = neuron_turns(pieces.shape[1])
    return _blockwise_turn_sums(pieces, turns)


def pattern_colours(patterns: ArrayLike) -> NDArray[np.float64]:
    """One opaque colour a pattern, the same for the same pattern everywhere.

    Args:
        patterns: (num_regions, num_hidden) piece numbers.

    Returns:
        (num_regions, 3) sRGB values in [0, 1].

    Raises:
        ValueError: ``patterns`` is not two-dimensional.

    Example:
        >>> colours = pattern_colours([[0, 0], [0, 1], [1, 1]])
        >>> colours.shape
        (3, 3)
    """
    pieces = _as_patterns(patterns)
    shades = _blockwise_turn_sums(
        pieces, 0.25 + 0.5 * np.mod(_PLASTIC * np.arange(1, pieces.shape[1] + 1), 1.0)
    )
    return wheel_colours(pattern_phases(pieces), shades)


def label_colours(labels: ArrayLike) -> NDArray[np.float64]:
    """One colour a label 0, 1, 2, ...; consecutive labels lie far apart on the wheel.

    Example:
        >>> colours = label_colours([0, 1, 0])
        >>> bool((colours[0] == colours[2]).all()), bool((colours[0] == colours[1]).all())
        (True, False)
    """
    numbers = np.asarray(labels, dtype=np.float64)
    return wheel_colours(np.mod(_GOLDEN * numbers, 1.0), np.mod(_PLASTIC * numbers, 1.0))


def wheel_colours(phases: ArrayLike, shades: ArrayLike) -> NDArray[np.float64]:
    """Colours at places of the wheel.

    ``phases`` turn in lightness and yellow-blue, ``shades`` in red-green. Both have
    shape (n,) and are read modulo 1; returns (n, 3) sRGB in [0, 1].
    """
    angle = 2.0 * np.pi * np.asarray(phases, dtype=np.float64)
    lightness = _MEAN_LIGHTNESS + _LIGHTNESS_RADIUS * np.cos(angle)
    yellow_blue = _YELLOW_BLUE_RADIUS * np.sin(angle)
    red_green = _RED_GREEN_RADIUS * np.sin(2.0 * np.pi * np.asarray(shades, dtype=np.float64))
    return _srgb_from_oklab(lightness, red_green, yellow_blue)


def _as_patterns(patterns: ArrayLike) -> NDArray[Any]:
    pieces = np.asarray(patterns)
    if pieces.ndim != 2:
        raise ValueError(
            f"patterns must have shape (num_regions, num_hidden), got {pieces.shape}; "
            "for labels use label_colours"
        )
    return pieces


def _blockwise_turn_sums(pieces: NDArray[Any], turns: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.empty(len(pieces))
    for start in range(0, len(pieces), 16384):
        sums[start : start + 16384] = pieces[start : start + 16384] @ turns
    return np.mod(sums, 1.0)


def _srgb_from_oklab(
    lightness: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Oklab (B. Ottosson, 2020) to gamma-encoded sRGB, clipped to the gamut."""
    to_cone_roots = np.array(
        [
            [1.0, 0.3963377774, 0.2158037573],
            [1.0, -0.1055613458, -0.0638541728],
            [1.0, -0.0894841775, -1.2914855480],
        ]
    )
    to_linear = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    cones = (np.stack([lightness, a, b], axis=-1) @ to_cone_roots.T) ** 3
    linear = np.clip(cones @ to_linear.T, 0.0, 1.0)
    encoded = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.power(linear, 1.0 / 2.4) - 0.055
    )
    return np.asarray(np.clip(encoded, 0.0, 1.0), dtype=np.float64)
