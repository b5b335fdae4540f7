"""The naive counter is wrong as promised, the tie catalogue right, bounds hold, records read."""

from __future__ import annotations

import doctest
import importlib
import json
from pathlib import Path

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib import experiments
from linreg_lib.experiments import TieCase, load_census, naive_count, naive_patterns, tie_catalogue
from linreg_lib.experiments.engine_checks.census import DEFAULT_PATH
from linreg_lib.experiments.engine_checks.certification_share import CERTIFYING, profiled
from linreg_lib.theory.pattern_enumeration import enumerate_patterns
from tests.geometry import twin_census

MODULES = ("naive_count", "tie_catalogue", "vertex_errors")


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(f"linreg_lib.experiments.engine_checks.{name}")
    outcome = doctest.testmod(module)
    assert outcome.attempted
    assert not outcome.failed


@pytest.mark.parametrize("case", tie_catalogue(), ids=lambda case: case.name)
def test_catalogue_by_three_counters(case: TieCase) -> None:
    ends = float(case.box.low[0]), float(case.box.high[0])
    assert len(enumerate_patterns(case.network, *ends)) == case.num_regions
    for compiled in (None, False):
        cx = lr.subdivide(case.network, case.box, compiled=compiled)
        assert cx.num_regions == case.num_regions


def test_naive_counter_is_right_without_ties_and_wrong_with_them() -> None:
    box = lr.Box(-1.0, 1.0, dim=2)
    for seed in range(10):
        net = lr.Network.random([2, 5, 4, 1], biases=0.3, rng=np.random.default_rng(seed))
        exact = lr.subdivide(net, box)
        found = naive_patterns(net, box, np.float64)
        assert sorted(found.tolist()) == exact.patterns.tolist()
    wrong = [naive_count(c.network, c.box) - c.num_regions for c in tie_catalogue()]
    assert min(wrong) < 0 < max(wrong)
    with pytest.raises(ValueError, match="dimension 1 or 2"):
        naive_count(lr.Network.random([3, 2, 1], rng=np.random.default_rng(0)), box)


@pytest.mark.parametrize(("dtype", "wrong"), [("float32", [41, 47, 55]), ("float64", [49])])
def test_naive_counter_stores_a_cut_of_a_segment_once(dtype: str, wrong: list[int]) -> None:
    """On kx - 1, 1 - kx it errs exactly where k times the rounded 1/k is rounded to another 1."""
    box, found, expected = lr.Box(0.0, 1.0, dim=1), [], []
    one = np.dtype(dtype).type(1)
    for k in range(2, 61):
        net = lr.Network.from_arrays([[[k], [-k]], [[1, 1]]], [[-1, 1], [0]])
        count = naive_count(net, box, dtype)
        assert count in (2, 3)
        if count == 3:
            found.append(k)
        if (one / k) * k != one:
            expected.append(k)
    assert found == expected == wrong


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_vertex_bounds_hold(dim: int) -> None:
    net = lr.Network.random([dim, 6, 5, 1], biases=0.3, rng=np.random.default_rng(dim))
    errors = experiments.vertex_errors(net, lr.Box(-1.0, 1.0, dim=dim))
    assert (errors.actual <= errors.bound).all()
    assert errors.actual.max() > 0


def test_certification_share_is_a_share() -> None:
    net = lr.Network.random([2, 8, 8, 1], biases=0.3, rng=np.random.default_rng(1))
    box = lr.Box(-1.0, 1.0, dim=2)
    assert 0 < experiments.certification_share(net, box) < 1
    # Two equal neurons are a tie, so that all that certifies is called, and seen.
    weights = [[[1, 2], [1, 2], [2, -1]], [[1, 1, -1]], [[1]]]
    tied = lr.Network.from_arrays(weights, [[0, 0, 0.5], [-1], [0]])
    assert set(profiled(tied, box)[1]) == set(CERTIFYING)


def test_a_small_census_agrees_goes_on_and_is_read(tmp_path: Path) -> None:
    path = tmp_path / "census.json"
    twin_census.run(24, 5, path)
    record = twin_census.run(72, 5, path, jobs=2)
    straight = twin_census.run(72, 5, tmp_path / "straight.json")
    assert {**record, "seconds": 0} == {**straight, "seconds": 0}
    census = load_census(path)
    assert (census.num_nets, census.num_disagreements) == (72, 0)
    assert sum(g.num_nets for g in census.groups if g.family == "integer") == 36
    assert census.num_regions == sum(g.num_regions for g in census.groups) > 72


def test_the_census_sees_a_wrong_complex() -> None:
    """A fault planted: the complex of a network with another bias."""
    box = lr.Box(-1.0, 1.0, dim=2)
    net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
    other = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 2], [0]])
    counts, wrong, *_ = twin_census.compare(net, box)
    assert wrong == {}
    assert counts.differences(lr.subdivide(net, box)) == []
    found = counts.differences(lr.subdivide(other, box))
    assert {"regions", "patterns", "facets", "linear regions"} <= set(found)


def test_the_kept_record_is_large_and_clean() -> None:
    census = load_census()
    assert DEFAULT_PATH.name == "twin_census.json"
    assert census.num_nets >= 20_000
    assert census.num_disagreements == 0


def test_no_record_is_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(lr.DataError, match="twin_census"):
        load_census(tmp_path / "none.json")
    record = twin_census.fresh_record(1) | {"num_nets": 3}
    (tmp_path / "short.json").write_text(json.dumps(record))
    with pytest.raises(lr.DataError, match="groups hold 0"):
        load_census(tmp_path / "short.json")
