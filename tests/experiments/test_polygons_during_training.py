"""Tables of polygons, against networks trained and squares cut again one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments import load_images, polygons_during_training, squares_through
from linreg_lib.experiments.lanes.train_lanes import train_lanes

pytest.importorskip("numba")
pytest.importorskip("sklearn")

ASKED: dict[str, Any] = {"half_widths": [0.5, 3.0], "num_planes": 2, "seed": 4}


@pytest.mark.parametrize("through", ["examples", "directions"])
def test_rows_are_the_squares_of_the_networks(through: Any) -> None:
    table = polygons_during_training(
        hidden="5-4", moments=[0, 2], dataset="digits", through=through, batch_size=64, **ASKED
    )
    images = load_images("digits")
    (run,) = train_lanes(
        [5, 4], images.train, seeds=[4], snapshots_at=[0, 2], batch_size=64, engine="compiled"
    )
    squares = squares_through(images.train, through=through, **ASKED)
    rows = [(snapshot, *each) for snapshot in run.snapshots for each in squares]
    assert {len(column) for column in table.values()} == {len(rows)}
    for row, (snapshot, plane, half_width, square) in enumerate(rows):
        cx = lr.subdivide(snapshot.network, square, compiled=False)
        found = {name: column[row] for name, column in table.items()}
        sides = np.array([len(polygon) for polygon in cx.polygons()])
        assert (found["plane"], found["half_width"]) == (plane, half_width)
        assert found["num_regions"] == cx.num_regions == len(sides)
        assert [found[f"num_{each}"] for each in (3, 4, 5, 6)] == [
            (sides == each).sum() for each in (3, 4, 5, 6)
        ]
        assert found["median_area"] == pytest.approx(
            np.median(cx.volumes) / (2 * square.half_width) ** 2
        )
        right = snapshot.network(images.test.vectors()).argmax(axis=1) == images.test.labels
        assert found["test_accuracy"] == right.mean()


def test_squares_through_examples_hold_them_at_the_disc() -> None:
    train = load_images("digits").train
    squares = squares_through(train, through="examples", half_widths=[1.0], num_planes=3, seed=0)
    firsts = [int(np.flatnonzero(train.labels == label)[0]) for label in (0, 1, 2)]
    places = squares[0][2].project(train.vectors()[firsts])
    radii = np.linalg.norm(places, axis=1)
    assert radii.max() == pytest.approx(squares[0][2].half_width)
    assert len({square.origin.tobytes() for _, _, square in squares}) == 3
    again = squares_through(train, through="examples", half_widths=[1.0], num_planes=2, seed=1)
    assert np.array_equal(again[0][2].origin, squares[0][2].origin)
    assert not np.array_equal(again[1][2].origin, squares[1][2].origin)


@pytest.mark.parametrize("half_widths", [[], [0.0], [-1.0, 2.0], [[1.0]]])
def test_half_widths_are_positive(half_widths: Any) -> None:
    train = load_images("digits").train
    with pytest.raises(ValueError, match="half_widths"):
        squares_through(train, through="directions", half_widths=half_widths, num_planes=1, seed=0)
