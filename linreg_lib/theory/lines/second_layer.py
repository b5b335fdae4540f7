"""Breakpoints of the second layer on a whole line, as the length of a curve on a sphere."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from linreg_lib.estimate import Estimate
from linreg_lib.networks.arguments import checked_count, checked_rng
from linreg_lib.networks.exact_floats import exact_number


def second_layer_crossings(
    width: int,
    *,
    rng: np.random.Generator,
    offset: float = 0.0,
    first_bias_sd: float = 1.0,
    second_bias_sd: float = 1.0,
    num_networks: int = 1000,
) -> Estimate:
    """Expected breakpoints of ONE second-layer neuron on a whole line, given ``width`` before it.

    Units are such that the first layer is w t + v offset + b with w, v, b independent normal (sd
    1, 1, ``first_bias_sd``) on the line t; the second layer has He weights (variance 2 / width)
    and normal biases. Given the first layer, the pre-activation is normal with feature vector
    (sqrt(2/width) relu(z_1(t)), second_bias_sd); the expected number of its zeros is the length of
    the path of the normalised feature vector, divided by pi. Between breakpoints of the first
    layer the path is an arc of a great circle, so its length is a sum of angles: exact given the
    first layer, which alone is sampled. Neither Theorem 3 nor points on the line are used, nor the
    symmetry by which ``whole_line_breakpoints`` gives the mean, 1 - 2^-width.

    Raises:
        ValueError: a negative standard deviation, no width, or fewer than two networks.

    >>> result = second_layer_crossings(1, rng=np.random.default_rng(0), num_networks=2)
    >>> round(result.mean, 9)          # one neuron before: its angle is always pi / 2
    0.5

    Source: A. Edelman, E. Kostlan, How many zeros of a random polynomial are real? (1995),
    section 3.
    """
    width = checked_count("width", width)
    num_networks = checked_count("num_networks", num_networks, least=2)
    checked_rng("rng", rng)
    offset = exact_number("offset", offset)
    first_bias_sd = exact_number("first_bias_sd", first_bias_sd)
    second_bias_sd = exact_number("second_bias_sd", second_bias_sd)
    if first_bias_sd < 0 or second_bias_sd < 0:
        raise ValueError(
            f"first_bias_sd = {first_bias_sd} and second_bias_sd = {second_bias_sd} must not be "
            "negative"
        )
    values = np.empty(num_networks)
    gain = math.sqrt(2.0 / width)
    for index in range(num_networks):
        slopes = rng.normal(size=width)
        intercepts = offset * rng.normal(size=width) + first_bias_sd * rng.normal(size=width)
        cuts = np.sort(-intercepts / slopes)
        middle = np.maximum(np.outer(cuts, slopes) + intercepts, 0.0) * gain
        features = np.concatenate(
            [
                _direction(np.maximum(-slopes, 0.0) * gain, 0.0),
                np.column_stack([middle, np.full(width, second_bias_sd)]),
                _direction(np.maximum(slopes, 0.0) * gain, 0.0),
            ]
        )
        values[index] = _path_length(features, second_bias_sd) / math.pi
    return Estimate.from_samples(values)


def _direction(limit: NDArray[np.float64], last: float) -> NDArray[np.float64]:
    return np.append(limit, last)[None, :]


def _path_length(features: NDArray[np.float64], bias_sd: float) -> float:
    """Sum of the angles between consecutive feature vectors.

    A limit direction of zero means that no neuron is open at that end; the feature vector there
    is the bias alone.
    """
    for end in (0, -1):
        if not features[end].any():
            features[end, -1] = bias_sd
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    units = features / norms
    chords = np.linalg.norm(units[1:] - units[:-1], axis=1)
    sums = np.linalg.norm(units[1:] + units[:-1], axis=1)
    return float(2.0 * np.arctan2(chords, sums).sum())
