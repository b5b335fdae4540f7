"""LeNets: rows are gradients, walks hit faces only, certificates agree with linear programs."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from linreg_lib.experiments.lenets.facets_by_sampling import decide
from linreg_lib.experiments.lenets.lenet import cell_inequalities, lenet, units_of
from linreg_lib.experiments.lenets.walks import stops, walk
from linreg_lib.geometry import RegionPolytope

RNG = np.random.default_rng(5)


def test_rows_are_differences_of_neurons() -> None:
    module, image = lenet("wide", 12, seed=1), RNG.random((12, 12))
    rows, slacks = cell_inequalities(module, image)
    step = 1e-7 * RNG.standard_normal((12, 12))
    before, masks = units_of(module, image[None])
    after, _ = units_of(module, (image + step)[None])
    change = np.abs(after[0].numpy()) - np.abs(before[0].numpy())
    assert len(rows) == before.shape[1] + 2 * 144
    assert np.allclose(-rows[: before.shape[1]] @ step.ravel(), change, atol=1e-13)
    assert (slacks > 0).all()


def test_certificates_and_walks_agree_with_linear_programs() -> None:
    module, image = lenet("narrow", 4, seed=2), RNG.random((4, 4))
    rows, slacks = cell_inequalities(module, image)
    exact = RegionPolytope.from_inequalities(rows, slacks, np.zeros(16)).facets()
    answers = decide(rows, slacks, np.arange(len(rows)), most=2000)
    assert not exact.is_facet[answers < 0].any()
    assert exact.is_facet[answers > 0].all()
    assert (answers == 0).mean() < 0.2
    first = walk(module, image[None], rng=RNG, patience=300, most=3000)[0]
    assert first.shape == rows.shape[:1]
    assert exact.is_facet[first > 0].all()
    assert (first > 0).sum() > 20


def test_a_walk_ends_after_its_first_barren_block() -> None:
    first = walk(lenet("narrow", 4, seed=2), RNG.random((3, 4, 4)), rng=RNG, patience=50, most=2000)
    ends = stops(first, 50, 2000)
    assert (ends > 0).all()
    assert (first.max(axis=1) <= ends - 50).all()
