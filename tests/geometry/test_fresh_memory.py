"""No answer depends on what fresh memory happens to hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.faces import spare_memory
from linreg_lib.networks import Normal
from tests.geometry.comparison import generic_net, integer_net

HUGE = np.random.default_rng(1)
NETS: dict[str, tuple[lr.Network, Any]] = {
    "line": (generic_net(1, 1, 6), lr.Box(-1.0, 1.0, dim=1)),
    "square": (generic_net(2, 2, 5), lr.Box(-1.0, 1.0, dim=2)),
    "cube": (generic_net(3, 3, 4), lr.Box(-1.0, 1.0, dim=3)),
    "ties": (integer_net(7, 2, 4), lr.Box(-1.0, 1.0, dim=2)),
    "ties in space": (integer_net(11, 3, 3), lr.Box(-1.0, 1.0, dim=3)),
    "whole line": (generic_net(4, 2, 5), lr.Line([0.0, 0.5], [1.0, 1.0])),
    "whole plane": (generic_net(5, 2, 4), lr.Space(2)),
    "far": (generic_net(6, 2, 4), lr.Box([1e6 - 1, 1e6], [1e6, 1e6 + 1])),
    "simplex": (generic_net(8, 2, 4), lr.Simplex([[0.0, 0.0], [3.0, 0.1], [1.0, 2.0]])),
    "plane": (generic_net(9, 3, 4), lr.Plane(np.zeros(3), np.eye(3)[:2] + 0.25, 1.0)),
    "huge biases": (
        lr.Network.from_arrays(
            [HUGE.normal(size=(5, 3)), HUGE.normal(size=(2, 5))],
            [HUGE.normal(size=5) * 1e160, [0.0, 0.0]],
            activation="hard_tanh",
        ),
        lr.Space(3),
    ),
}


def answers(net: lr.Network, domain: Any, compiled: bool | None) -> dict[str, Any]:
    """All that one asks of a complex, or the reason why it is refused."""
    cx = lr.subdivide(net, domain, compiled=compiled)
    questions: dict[str, Callable[[], Any]] = {
        "f_vector": lambda: cx.f_vector,
        "patterns": lambda: cx.patterns,
        "facets": lambda: cx.facets_per_region(walls=False),
        "cells": lambda: cx.facet_cells,
        "edges": lambda: cx.edges,
        "vertices": lambda: cx.vertices,
        "boundary": lambda: cx.boundary(cx.dim).members,
        "linear": lambda: cx.linear_regions().labels,
        "linear volumes": lambda: cx.linear_regions().volumes,
        "volumes": lambda: cx.volumes,
        "length": lambda: cx.volume(codim=1, of="linear"),
        "interior": lambda: cx.interior_coordinates,
        "certified": lambda: cx.interior_certified,
        "maps": lambda: cx.affine_maps().matrices,
        "neighbours": lambda: cx.neighbours().adjacency.toarray(),
        "supports": lambda: [cx.supports_of_facet(i) for i in range(min(len(cx.facet_cells), 40))],
        "located": lambda: cx.locate(cx.interior_points),
        "polygons": lambda: cx.polygons() if cx.dim == 2 else None,
        "classes": lambda: lr.decision_complex(cx).classes,
        "triangles": lambda: lr.geometry.pulling_triangulation(cx).volumes,
    }
    found = {}
    for name, question in questions.items():
        try:
            found[name] = question()
        except (lr.LinregError, OverflowError, ValueError, TypeError) as refusal:
            found[name] = str(refusal)
    return found


def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fresh memory holds numbers that no result should show."""
    empty, empty_like = np.empty, np.empty_like

    def fill(array: np.ndarray) -> np.ndarray:
        if array.dtype != object:
            array.view(np.uint8)[...] = 0xA5
        return array

    def poisoned(*args: Any, **options: Any) -> np.ndarray:
        array = empty(*args, **options)
        return fill(array) if array.ndim else array

    def poisoned_like(*args: Any, **options: Any) -> np.ndarray:
        array = empty_like(*args, **options)
        return fill(array) if array.ndim and array.flags.c_contiguous else array

    monkeypatch.setattr(np, "empty", poisoned)
    monkeypatch.setattr(np, "empty_like", poisoned_like)
    monkeypatch.setattr(spare_memory, "_largest_spare", lambda *args: None)


@pytest.mark.parametrize("compiled", [None, False])
@pytest.mark.parametrize("name", NETS)
def test_answers_do_not_depend_on_fresh_memory(
    name: str, compiled: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = answers(*NETS[name], compiled)
    with monkeypatch.context() as patch:
        poison(patch)
        again = answers(*NETS[name], compiled)
    for question, right in plain.items():
        found = again[question]
        assert type(found) is type(right), question
        if isinstance(right, list) and right and isinstance(right[0], np.ndarray):
            assert all(np.array_equal(a, b) for a, b in zip(found, right, strict=True)), question
        elif isinstance(right, np.ndarray):
            same = np.array_equal(found, right, equal_nan=right.dtype.kind == "f")
            assert same, question
        else:
            assert found == right, question


def test_lines_do_not_depend_on_fresh_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    net = lr.Network.random([3, 9, 8, 2], biases=Normal(0.3), rng=rng)
    ends = rng.normal(size=(2, 40, 3))
    ways = (("activation", True), ("activation", False), ("linear", None))
    plain = [lr.count_along_lines(net, *ends, of, compiled=way).tolist() for of, way in ways]
    poison(monkeypatch)
    again = [lr.count_along_lines(net, *ends, of, compiled=way).tolist() for of, way in ways]
    assert again == plain


def test_poison_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    poison(monkeypatch)
    assert (np.abs(np.empty(3) + 2.4983e-127) < 1e-130).all()
    assert (np.empty((2, 2), dtype=np.int64) < -(10**17)).all()
    assert (spare_memory.take(4, 2, (3,), np.dtype(np.uint8)) == 0xA5).all()
