"""Domains and arguments: what is refused, and that the message names it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import linreg_lib as lr
from tests.geometry.comparison import KINDS, cut

NET = lr.Network.from_arrays([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0]]], [[0.0, 0.0], [0.0]])
SQUARE = lr.Box(-1.0, 1.0, dim=2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lr.Box(-1.0, 1.0), "dim is missing"),
        (lambda: lr.Box(-1.0, 1.0, dim=0), "dim is 0"),
        (lambda: lr.Box([-1.0, 2.0], [1.0, 1.0]), r"low\[1\]"),
        (lambda: lr.Box([0.0, 0.0], [1.0, 1.0], dim=3), "low has 2 entries"),
        (lambda: lr.Box([0.0, np.nan], 1.0), r"low\[1\] is nan"),
        (lambda: lr.Box(0.0, np.inf, dim=2), "high is inf"),
        (lambda: lr.Segment([0.0], [0.0, 1.0]), "start has 1"),
        (lambda: lr.Segment([0.0, 1.0], [0.0, 1.0]), "same point"),
        (lambda: lr.Segment([0.0, np.inf], [0.0, 1.0]), r"start\[1\] is inf"),
        (lambda: lr.Line([0.0, 1.0], [0.0, 0.0]), "direction has length 0"),
        (lambda: lr.Line([0.0], [1.0, 0.0]), "point has 1"),
        (lambda: lr.Plane(np.zeros(3), np.eye(3), 1.0), "basis has shape"),
        (lambda: lr.Plane(np.zeros(3), [[1, 0, 0], [2, 0, 0]], 1.0), "parallel"),
        (lambda: lr.Plane(np.zeros(3), [[0, 0, 0], [2, 0, 0]], 1.0), r"basis\[0\] is zero"),
        (lambda: lr.Plane(np.zeros(2), np.eye(2), 0.0), "half_width"),
        (lambda: lr.Plane(np.zeros(2), np.eye(2), np.nan), "half_width"),
        (lambda: lr.Plane.through([0.0, 0], [1.0, 1], [2.0, 2]), "on one line"),
        (lambda: lr.Plane.through([0.0, 0], [0.0, 0], [2.0, 2]), "on one line"),
        (lambda: lr.Plane.through([0.0, 0], [0.0, 1], [2.0, 2, 2]), "r has 3 entries"),
    ],
)
def test_domains_refuse(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lr.subdivide(None, SQUARE), TypeError, "net must be"),
        (lambda: lr.subdivide(NET, [[-1, 1]]), TypeError, "domain must be"),
        (lambda: lr.subdivide(NET, lr.Box(-1, 1, dim=3)), ValueError, r"domain lies in R\^3"),
        (lambda: lr.subdivide(NET, SQUARE, upto_layer=2), ValueError, "upto_layer is 2"),
        (lambda: lr.subdivide(NET, SQUARE, upto_layer=-1), ValueError, "upto_layer is -1"),
        (lambda: lr.subdivide(NET, SQUARE, max_regions=0), ValueError, "max_regions"),
        (lambda: lr.count_along_lines(NET, [[0, 0]], [[0, 1]], of="x"), ValueError, "of is 'x'"),
        (lambda: lr.count_along_lines(NET, [0, 0], [[0, 1]]), ValueError, "starts has shape"),
        (lambda: lr.count_along_lines(NET, [[0, 0]], [[0, 1, 2]]), ValueError, "ends has shape"),
        (lambda: lr.count_along_lines(NET, np.zeros((2, 2)), [[0, 1]]), ValueError, "must agree"),
        (
            lambda: lr.count_along_lines(NET, [[0, 0], [1, 2]], [[0, 1], [1, 2]]),
            ValueError,
            "row 1: starts and ends are equal",
        ),
        (
            lambda: lr.count_along_lines(NET, [[0, 0], [1, np.nan]], [[0, 1], [1, 2]]),
            ValueError,
            r"starts\[1, 1\] is nan",
        ),
        (lambda: lr.count_along_lines(None, [[0, 0]], [[0, 1]]), TypeError, "net must be"),
    ],
)
def test_calls_refuse(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_questions_to_a_complex_refuse() -> None:
    cx = lr.subdivide(NET, SQUARE)
    with pytest.raises(ValueError, match="codim is 3"):
        cx.volume(codim=3)
    with pytest.raises(ValueError, match="of is 'both'"):
        cx.volume(codim=1, of="both")
    with pytest.raises(ValueError, match="k is 0"):
        cx.boundary(0)
    with pytest.raises(ValueError, match="dimension 2"):
        lr.subdivide(NET, lr.Segment([0, 0], [1, 1])).polygons()


def test_seven_dimensions_are_too_many() -> None:
    net = lr.Network.from_arrays([np.ones((1, 7)), [[1.0]]], [[0.0], [0.0]])
    with pytest.raises(ValueError, match="at most 6"):
        lr.subdivide(net, lr.Box(-1.0, 1.0, dim=7))


def test_no_lines_are_no_counts() -> None:
    counts = lr.count_along_lines(NET, np.zeros((0, 2)), np.zeros((0, 2)))
    assert counts.shape == (0,)
    assert counts.dtype == np.int64


@pytest.mark.parametrize("kind", KINDS)
def test_max_regions(kind: str) -> None:
    assert cut(NET, SQUARE, kind, max_regions=4).num_regions == 4
    with pytest.raises(lr.WorkLimitError, match="max_regions=3"):
        cut(NET, SQUARE, kind, max_regions=3)
    rng = np.random.default_rng(0)
    net = lr.Network.random([2, 50, 50, 1], biases=0.1, rng=rng)
    with pytest.raises(lr.WorkLimitError, match=r"neuron \d+ of hidden layer 1 \(weights\[0\]\["):
        cut(net, SQUARE, kind, max_regions=100)


@pytest.mark.parametrize("kind", KINDS)
def test_progress_is_called_after_every_neuron(kind: str) -> None:
    rng = np.random.default_rng(0)
    net = lr.Network.random([2, 5, 4, 3, 1], biases=0.1, rng=rng)
    calls: list[tuple[int, int, int]] = []
    cx = cut(net, SQUARE, kind, progress=lambda *call: calls.append(call))
    assert [call[:2] for call in calls] == [(0, n) for n in range(5)] + [
        (1, n) for n in range(4)
    ] + [(2, n) for n in range(3)]
    regions = [call[2] for call in calls]
    assert regions == sorted(regions)
    assert regions[-1] == cx.num_regions
    assert cut(net, SQUARE, kind, progress=True).num_regions == cx.num_regions


def test_a_subclass_cannot_slip_in_an_unknown_domain() -> None:
    with pytest.raises(TypeError, match="got tuple"):
        lr.subdivide(NET, (-1.0, 1.0))


def test_repr_says_counts() -> None:
    assert repr(lr.subdivide(NET, SQUARE)) == (
        "PolyhedralComplex(dim=2, num_regions=4, f_vector=(9, 12, 4), domain=Box([-1, 1]^2))"
    )


def test_arrays_are_locked() -> None:
    cx = lr.subdivide(NET, SQUARE)
    arrays = [cx.patterns, cx.vertices, cx.interior_points, cx.interior_coordinates]
    arrays += [cx.linear_regions().labels, cx.boundary(2).members]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
