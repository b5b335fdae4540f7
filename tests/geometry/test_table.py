"""``cx.table()``: each column against another way to the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import linreg_lib as lr

RNG = np.random.default_rng(3)
PLANE_NET = lr.Network.random([2, 6, 5, 3], biases="torch", rng=RNG)
SOLID_NET = lr.Network.random([3, 4, 3, 2], biases="torch", rng=RNG)
LINE_NET = lr.Network.random([4, 7, 5, 2], activation="hard_tanh", biases="torch", rng=RNG)
DEAD_NET = lr.Network.from_arrays([[[1, 0], [1, 0], [0, 0]], [[1, -1, 1]]], [[0, 0, -1], [0]])
COMPLEXES: dict[str, Callable[[], lr.PolyhedralComplex]] = {
    "square": lambda: lr.subdivide(PLANE_NET, lr.Box(-3, 3, dim=2)),
    "ties": lambda: lr.subdivide(DEAD_NET, lr.Box(-3, 3, dim=2)),
    "upto": lambda: lr.subdivide(PLANE_NET, lr.Box(-3, 3, dim=2), upto_layer=1),
    "solid": lambda: lr.subdivide(SOLID_NET, lr.Box(-2, 2, dim=3)),
    "segment": lambda: lr.subdivide(LINE_NET, lr.Segment(-np.ones(4), np.ones(4))),
    "plane": lambda: lr.subdivide(LINE_NET, lr.Plane(np.zeros(4), np.eye(4)[:2], 2.0)),
    "line": lambda: lr.subdivide(LINE_NET, lr.Line(np.zeros(4), np.ones(4))),
    "space": lambda: lr.subdivide(PLANE_NET, lr.Space(2)),
    "solid space": lambda: lr.subdivide(SOLID_NET, lr.Space(3)),
    "decision": lambda: lr.decision_complex(lr.subdivide(PLANE_NET, lr.Box(-3, 3, dim=2))),
}


@pytest.mark.parametrize("kind", COMPLEXES)
def test_columns_are_what_they_are_called(kind: str) -> None:
    cx = COMPLEXES[kind]()
    table = cx.table()
    assert {column.shape for column in table.values()} == {(cx.num_regions,)}
    assert table["region"].tolist() == list(range(cx.num_regions))
    assert table["is_bounded"].tolist() == np.isfinite(table["volume"]).tolist()
    finite = cx.record.is_finite
    for region, number in enumerate(table["num_vertices"].tolist()):
        vertices = cx.record.vertices_of_face(cx.dim, region)
        assert finite[vertices].sum() == number
    if cx.dim == 2 and cx.domain.is_bounded:
        assert table["num_vertices"].tolist() == table["num_facets"].tolist()
    inside = np.stack([table[f"u{k}"] for k in range(cx.dim)], axis=1)
    certified = cx.interior_certified
    regions = table["region"][certified]
    assert cx.locate(cx.domain.embed(inside))[certified].tolist() == regions.tolist()


@pytest.mark.parametrize("kind", ["square", "solid", "segment", "plane", "space"])
def test_gradients_are_differences_of_outputs(kind: str) -> None:
    cx = COMPLEXES[kind]()
    table = cx.table()
    inside = np.stack([table[f"u{k}"] for k in range(cx.dim)], axis=1)
    here = cx.network(cx.domain.embed(inside))
    step = 2.0**-22
    big = table["volume"] > 1e-3
    assert big.sum() > 4
    for k in range(cx.dim):
        there = cx.network(cx.domain.embed(inside + step * np.eye(cx.dim)[k]))
        for i in range(cx.network.output_dim):
            slope = (there - here)[:, i] / step
            np.testing.assert_allclose(table[f"dy{i}_du{k}"][big], slope[big], atol=1e-6)


def test_columns_belong_to_the_caller() -> None:
    cx = COMPLEXES["square"]()
    table = cx.table()
    table["volume"][:] = 0
    assert cx.volumes.sum() > 35
    assert cx.table()["volume"].sum() == pytest.approx(36)


def test_a_decision_complex_knows_its_classes() -> None:
    cx = COMPLEXES["decision"]()
    assert isinstance(cx, lr.geometry.DecisionComplex)
    table = cx.table()
    outputs = cx.network(cx.interior_points)
    assert table["class"].tolist() == outputs.argmax(axis=1).tolist()
    assert table["origin_region"].tolist() == cx.origin_regions.tolist()
