"""Tables of polytopes, against complexes and linear programs one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments import load_covid
from linreg_lib.experiments.measured_runs.covid_polytopes import (
    POLYTOPES,
    covid_polytopes,
    covid_run,
    window_of,
)
from linreg_lib.geometry import RegionPolytope

pytest.importorskip("numba")

ASKED: dict[str, Any] = {"hidden": "3-4", "seed": 2, "biases": "0.01", "moments": [0, 3]}


def test_rows_are_the_histograms_of_the_networks() -> None:
    table = covid_polytopes(**ASKED, batch_sizes=[0, 60_000], num_points=400)
    assert len(set(map(len, table.values()))) == 1
    for batch_size in (0, 60_000):
        run = covid_run(**ASKED, batch_size=batch_size)
        for moment in run.moments:
            here = (table["batch_size"] == batch_size) & (table["epoch"] == moment.epoch)
            assert set(table["train_loss"][here]) == {moment.train_loss}
            for name, (_, num_moving, of_points) in POLYTOPES.items():
                cx = lr.subdivide(moment.network, window_of(name), compiled=False)
                faces = cx.facets_per_region()
                if of_points:
                    seeds = np.random.SeedSequence([2, 8, num_moving])
                    points = np.zeros((400, 5))
                    points[:, :num_moving] = np.random.default_rng(seeds).uniform(
                        -1.0, 1.0, (400, num_moving)
                    )
                    patterns = np.unique(moment.network.pattern(points), axis=0)
                    keys = {each.tobytes() for each in patterns}
                    faces = faces[[row.tobytes() in keys for row in cx.patterns]]
                    assert len(faces) == len(keys)
                rows = here & (table["polytopes"] == name)
                assert set(table["num_polytopes"][rows]) == {len(faces)}
                found = np.repeat(table["faces"][rows], table["num_with_walls"][rows])
                assert found.tolist() == sorted(faces.tolist())
                assert table["num_without_walls"][rows].sum() == len(faces)


def test_faces_are_those_of_linear_programs() -> None:
    (moment,) = covid_run(**{**ASKED, "moments": [3]}, batch_size=0).moments
    window = window_of("cube-5")
    cx = lr.subdivide(moment.network, window)
    for number, point in enumerate(cx.interior_points):
        cell = RegionPolytope.from_inequalities(*_inequalities(moment.network, point), point)
        assert cell.facets().num_facets == cx.facets_per_region()[number]


def _inequalities(net: lr.Network, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows A and c with A x <= c: the signs of all neurons at the point, and the cube."""
    matrix, offset = np.eye(5), np.zeros(5)
    left, right = [np.eye(5), -np.eye(5)], [np.full(10, 5.0)]
    for weights, biases in zip(net.weights[:-1], net.biases[:-1]):
        matrix, offset = weights @ matrix, weights @ offset + biases
        on = matrix @ point + offset > 0
        signs = np.where(on, -1.0, 1.0)
        moves = np.abs(matrix).sum(axis=1) > 0
        left.append((signs[:, None] * matrix)[moves])
        right.append((-signs * offset)[moves])
        matrix, offset = matrix * on[:, None], offset * on
    return np.vstack(left), np.concatenate(right)


def test_patients_are_split_and_none_is_lost() -> None:
    run = covid_run(**ASKED, batch_size=0)
    data = load_covid()
    assert (run.train + run.test == data.counts).all()
    assert (run.train.sum(), (run.test >= 0).all()) == (311_102, True)
    other = covid_run(**{**ASKED, "seed": 3}, batch_size=0)
    assert (other.train != run.train).any()


def test_the_batch_size_changes_no_start() -> None:
    one, other = (covid_run(**ASKED, batch_size=size) for size in (0, 50_000))
    for both in zip(one.moments[0].network.weights, other.moments[0].network.weights):
        assert (both[0] == both[1]).all()
    assert one.moments[0].train_loss == other.moments[0].train_loss
    assert one.moments[1].train_loss != other.moments[1].train_loss
