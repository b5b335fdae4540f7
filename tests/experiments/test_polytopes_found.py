"""Polytopes found by points: by cutting and by inequalities, held against direct counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from linreg_lib import Box, subdivide
from linreg_lib.experiments.measured_runs.polytopes_found import network_and_points, polytopes_found

HOW: dict[str, Any] = {
    "hidden": "6-5", "init": "xavier_uniform", "bias": 0.05, "half_side": 2.0, "seed": 3,
}  # fmt: skip


def test_all_regions_against_the_complex_itself() -> None:
    found = polytopes_found(**HOW, num_points=400, most_regions=1000)
    net, points = network_and_points(**HOW, num_points=400)
    cx = subdivide(net, Box(-2.0, 2.0, dim=3))
    assert found["num_regions"] == cx.num_regions == found["all"].sum()
    faces = cx.facets_per_region(walls=True)
    for number, count in zip(found["faces"], found["all"], strict=True):
        assert count == (faces == number).sum()
    seen = {tuple(each) for each in patterns(net, points)}
    assert found["num_found"] == len(seen) == found["found"].sum() == found["found_inner"].sum()
    assert found["in_points"].sum() == 400
    assert found["volume"].sum() == pytest.approx(1.0)


def patterns(net: Any, points: np.ndarray) -> np.ndarray:
    """By plain matrix products."""
    values, bits = points, []
    for weights, biases in zip(net.weights[:-1], net.biases[:-1], strict=True):
        values = values @ weights.T + biases
        bits.append(values > 0)
        values = np.maximum(values, 0)
    return np.concatenate(bits, axis=1)


def test_cutting_and_inequalities_find_the_same() -> None:
    cut = polytopes_found(**HOW, num_points=300, most_regions=1000)
    by_rows = polytopes_found(**HOW, num_points=300, most_regions=0)
    assert by_rows["num_regions"] == by_rows["num_undecided"] == 0
    for name in ("num_found", "num_once"):
        assert cut[name] == by_rows[name]
    for name in ("found", "found_inner", "in_points"):
        pairs = [
            {k: n for k, n in zip(each["faces"], each[name], strict=True) if n}
            for each in (cut, by_rows)
        ]
        assert pairs[0] == pairs[1], name


def test_points_find_what_they_should() -> None:
    """The expected number, over many draws of the points of one network."""
    totals = []
    net, _ = network_and_points(**HOW, num_points=1)
    cx = subdivide(net, Box(-2.0, 2.0, dim=3))
    for seed in range(200):
        points = np.random.default_rng(seed).uniform(-2, 2, (50, 3))
        totals.append(len(np.unique(cx.locate(points))))
    expected = polytopes_found(**HOW, num_points=50, most_regions=1000)["expected"].sum()
    assert abs(np.mean(totals) - expected) < 4 * np.std(totals) / np.sqrt(200)


def test_more_bias_is_a_smaller_cube() -> None:
    """All biases times t: the partition of the cube whose side is divided by t."""
    more = polytopes_found(**{**HOW, "bias": 0.2}, num_points=50, most_regions=1000)
    less = polytopes_found(**{**HOW, "half_side": 0.5}, num_points=50, most_regions=1000)
    assert more["all"].tolist() == less["all"].tolist()
    assert more["found"].tolist() == less["found"].tolist()


@pytest.mark.parametrize(
    ("given", "name"),
    [({"half_side": 0.0}, "half_side"), ({"num_points": 0}, "num_points"), ({"init": "no"}, "no")],
)
def test_refused(given: dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        polytopes_found(**{**HOW, "num_points": 5, "most_regions": 0, **given})
