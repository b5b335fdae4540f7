"""Answers are locked; objects copy, pickle, survive interrupts and threads, and let memory go."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import pickle
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib import geometry
from linreg_lib.geometry.cutting.reference.numpy_subdivision import NumpySubdivision
from tests.geometry.comparison import integer_net
from tests.geometry.object_walk import answers, assert_same, loose_arrays

RNG = np.random.default_rng(7)
PLANE_NET = lr.Network.random([2, 6, 5, 3], biases="torch", rng=RNG)
SOLID_NET = lr.Network.random([3, 4, 3, 2], biases="torch", rng=RNG)
LINE_NET = lr.Network.random([4, 7, 5, 2], activation="hard_tanh", biases="torch", rng=RNG)
SQUARE = lr.Box(-3, 3, dim=2)
SEGMENT = lr.Segment(-np.ones(4), [2.0, 1.0, 1.0, 3.0])


def solid_with_ties() -> geometry.PolyhedralComplex:
    return lr.subdivide(integer_net(5, 3, 3), lr.Box(-1, 1, dim=3))


def saved(folder: Path = Path()) -> geometry.PolyhedralComplex:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = lr.subdivide(PLANE_NET, SQUARE).save(Path(folder) / "complex.npz")
        return geometry.PolyhedralComplex.load(path)


COMPLEXES: dict[str, Callable[[], geometry.PolyhedralComplex]] = {
    "fast": lambda: lr.subdivide(PLANE_NET, SQUARE),
    "reference": lambda: lr.subdivide(PLANE_NET, SQUARE, compiled=False),
    "upto": lambda: lr.subdivide(PLANE_NET, SQUARE, upto_layer=1),
    "solid": lambda: lr.subdivide(SOLID_NET, lr.Box(-2, 2, dim=3)),
    "ties": solid_with_ties,
    "segment": lambda: lr.subdivide(LINE_NET, SEGMENT),
    "line": lambda: lr.subdivide(LINE_NET, lr.Line(np.zeros(4), np.ones(4))),
    "plane": lambda: lr.subdivide(LINE_NET, lr.Plane(np.zeros(4), np.eye(4)[:2], 2.0)),
    "rectangle": lambda: lr.subdivide(
        LINE_NET, lr.Rectangle(np.ones(4), np.eye(4)[1:3] + 0.125, [2.0, 0.75])
    ),
    "slice": lambda: lr.subdivide(
        LINE_NET, lr.Slice.along((2, 0, 3), low=-1.0, high=[1.0, 2.0, 0.5], at=np.ones(4))
    ),
    "simplex": lambda: lr.subdivide(PLANE_NET, lr.Simplex([[0, 0], [3, 0], [0, 3]])),
    "space": lambda: lr.subdivide(PLANE_NET, lr.Space(2)),
    "decision": lambda: lr.decision_complex(lr.subdivide(PLANE_NET, SQUARE)),
    "decision in space": lambda: lr.decision_complex(lr.subdivide(PLANE_NET, lr.Space(2))),
    "loaded": saved,
    "after layer": lambda: lr.subdivide(PLANE_NET, SQUARE).after_layer(1),
}
OTHERS: dict[str, Callable[[], Any]] = {
    "region": lambda: geometry.region_of(PLANE_NET, [0.3, 0.2], box=(-3, 3)),
    "inequalities": lambda: geometry.RegionPolytope.from_inequalities(
        [[1, 0], [-1, 0], [0, 1], [0, -1]], [1, 1, 1, 1], [0.5, 0.25]
    ),
    "level set": lambda: lr.level_set(COMPLEXES["solid"](), 1, 0.125),
    "walk": lambda: geometry.hit_and_run(
        OTHERS["region"](), 50, rng=np.random.default_rng(0), num_walkers=2
    ),
    "pulling": lambda: geometry.pulling_triangulation(COMPLEXES["solid"]()),
    "delaunay": lambda: geometry.delaunay_triangulation(COMPLEXES["fast"]()),
    "facets": lambda: geometry.facets_of_cells(PLANE_NET, [[0.3, 0.2], [1.0, 1.0]]),
    "network": lambda: PLANE_NET,
    "activation": lambda: lr.PiecewiseLinear([0.0, 1.0], [1.0, 2.0, 3.0]),
    "affine map": lambda: PLANE_NET.affine_map([0.3, 0.2]),
}
EVERYTHING = {**COMPLEXES, **OTHERS}
COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "old pickle": lambda thing: pickle.loads(pickle.dumps(thing, protocol=2)),
}


@pytest.mark.parametrize("kind", EVERYTHING)
def test_nothing_can_be_written_into(kind: str) -> None:
    thing = EVERYTHING[kind]()
    assert any(isinstance(value, np.ndarray) for _, value in answers(thing))
    assert not loose_arrays(thing)
    assert not loose_arrays(thing)  # the second time, when answers are kept
    for how, copied in COPIES.items():
        assert not loose_arrays(copied(thing)), how
        if isinstance(thing, geometry.PolyhedralComplex):
            assert not loose_arrays(copied(thing).record), how


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("kind", EVERYTHING)
def test_copies_answer_the_same(kind: str, how: str) -> None:
    asked, fresh = EVERYTHING[kind](), EVERYTHING[kind]()
    before = COPIES[how](fresh)
    assert_same(asked, before)
    assert_same(asked, COPIES[how](asked))
    assert_same(asked, fresh)  # the original is none the worse
    assert_same(asked, COPIES[how](before))


def test_a_copied_complex_decides_exactly() -> None:
    """Points, triangulations and classes need the exact vertices behind a complex."""
    for kind in ("fast", "reference", "space"):
        cx = COMPLEXES[kind]()
        again = pickle.loads(pickle.dumps(cx))
        points = np.random.default_rng(0).normal(size=(50, 2))
        np.testing.assert_array_equal(cx.locate(points), again.locate(points))
        for vertex in range(len(cx.record.vertex_ids)):
            number = int(cx.record.vertex_ids[vertex])
            assert list(cx.record.exact.point(number)) == list(again.record.exact.point(number))
        assert_same(lr.decision_complex(cx), lr.decision_complex(again))


def test_copies_save(tmp_path: Path) -> None:
    for kind in ("fast", "reference", "space"):
        copied = copy.deepcopy(COMPLEXES[kind]())
        path = copied.save(tmp_path / "complex.npz")
        assert_same(geometry.PolyhedralComplex.load(path), copied)


def test_a_pickle_is_not_larger_than_what_it_holds() -> None:
    net = lr.Network.random([2, 30, 30, 1], biases="torch", rng=np.random.default_rng(0))
    for compiled in (None, False):
        cx = lr.subdivide(net, SQUARE, compiled=compiled)
        size = len(pickle.dumps(cx))
        held = cx.record.points.nbytes + cx.record.faces.zeros.nbytes + cx.patterns.nbytes
        held += sum(cx.boundary(k).members.nbytes + cx.boundary(k).offsets.nbytes for k in (1, 2))
        assert size < 3 * held + 50_000


def _f_vector_and_volume(cx: geometry.PolyhedralComplex) -> tuple[tuple[int, ...], float, bool]:
    return cx.f_vector, cx.volume(1), bool(loose_arrays(cx))


def test_complexes_travel_between_processes() -> None:
    complexes = [COMPLEXES[kind]() for kind in ("fast", "reference", "decision")]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.map(_f_vector_and_volume, complexes)
    assert found == [(cx.f_vector, cx.volume(1), False) for cx in complexes]


# Interrupts ---------------------------------------------------------------------------------------


class _InterruptAt:
    """Raises KeyboardInterrupt at the n-th line of the library that is run."""

    def __init__(self, at: float) -> None:
        self.at, self.count = at, 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        # Python itself ignores what a finaliser raises.
        if "linreg_lib" not in name or "spare_memory" in name:
            return None
        if event == "line":
            self.count += 1
            if self.count == self.at:
                raise KeyboardInterrupt
        return self


def lines_run(ask: Callable[[], Any], at: float = np.inf) -> int:
    interrupt, before = _InterruptAt(at), sys.gettrace()
    sys.settrace(interrupt)
    try:
        ask()
    finally:
        sys.settrace(before)
    return interrupt.count


ASKED: dict[str, Callable[[Any], Any]] = {
    "vertices": lambda cx: cx.vertices,
    "patterns": lambda cx: cx.patterns,
    "facet_cells": lambda cx: cx.facet_cells,
    "supports": lambda cx: cx.supports_of_facet(0),
    "interior": lambda cx: cx.interior_certified,
    "linear": lambda cx: cx.linear_regions().labels,
    "volume": lambda cx: cx.volume(1, "linear"),
    "exact": lambda cx: [
        cx.record.exact.values.pre_activation(int(v), 1)[0].tolist() for v in cx.record.vertex_ids
    ],
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("kind", ["fast", "reference", "space"])
def test_an_interrupted_question_is_answered_when_asked_again(kind: str, asked: str) -> None:
    ask = ASKED[asked]
    whole = COMPLEXES[kind]()
    expected = ask(whole)
    counted = COMPLEXES[kind]()  # now that what all complexes share is there
    num = lines_run(lambda: ask(counted))
    rest = dict(answers(whole))
    places = np.unique(np.linspace(1, num, 25).astype(int)) if num > 25 else range(1, num + 1)
    for at in places:
        cx = COMPLEXES[kind]()
        with pytest.raises(KeyboardInterrupt):
            lines_run(lambda cx=cx: ask(cx), at=float(at))
        np.testing.assert_array_equal(ask(cx), expected, err_msg=str(at))
    found = dict(answers(cx))
    for path, value in rest.items():
        np.testing.assert_array_equal(found[path], value, err_msg=path)


# Threads ------------------------------------------------------------------------------------------


def in_threads(number: int, work: Callable[[int], Any]) -> list[Any]:
    results: list[Any] = [None] * number
    barrier = threading.Barrier(number)

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = work(place)
        except BaseException as error:
            results[place] = error

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


@pytest.mark.parametrize("kind", COMPLEXES)
def test_threads_get_the_same_answers(kind: str) -> None:
    expected = dict(answers(COMPLEXES[kind]()))
    for _ in range(2):
        cx = COMPLEXES[kind]()
        for found in in_threads(4, lambda _, cx=cx: dict(answers(cx))):
            assert found.keys() == expected.keys()
            for path, value in expected.items():
                np.testing.assert_array_equal(found[path], value, err_msg=path)


def test_a_kept_answer_is_one_object_for_all_threads() -> None:
    for _ in range(5):
        cx = COMPLEXES["fast"]()
        found = in_threads(4, lambda _, cx=cx: (cx.vertices, cx.patterns, cx.boundary(2)))
        for each in found[1:]:
            assert all(a is b for a, b in zip(each, found[0], strict=True))


def test_threads_cut_side_by_side() -> None:
    """Each with spare memory of its own, some of it given up by complexes of other threads."""
    rng = np.random.default_rng(3)
    nets = [lr.Network.random([2, 20, 20, 1], biases="torch", rng=rng) for _ in range(4)]
    expected = [lr.subdivide(net, SQUARE) for net in nets]
    shared: list[Any] = []

    def work(place: int) -> list[Any]:
        found = []
        for turn in range(8):
            cx = lr.subdivide(nets[(place + turn) % 4], SQUARE)
            shared.append(cx)
            if len(shared) > 3:
                shared.pop(0)
            found.append((cx.f_vector, cx.vertices, cx.patterns))
        return found

    for place, found in enumerate(in_threads(4, work)):
        for turn, (f_vector, vertices, patterns) in enumerate(found):
            cx = expected[(place + turn) % 4]
            assert f_vector == cx.f_vector
            np.testing.assert_array_equal(vertices, cx.vertices)
            np.testing.assert_array_equal(patterns, cx.patterns)


# Memory -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["fast", "reference", "ties", "space", "decision", "line"])
def test_a_complex_lets_its_subdivision_go(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from linreg_lib.geometry.cutting.subdivision_state import SubdivisionState

    made: list[weakref.ref[SubdivisionState]] = []
    plain = SubdivisionState.__init__

    def seen(self: SubdivisionState, *arguments: Any) -> None:
        plain(self, *arguments)
        made.append(weakref.ref(self))

    monkeypatch.setattr(SubdivisionState, "__init__", seen)
    cx = COMPLEXES[kind]()
    gc.collect()
    assert made
    assert not [state for ref in made if (state := ref()) is not None]
    assert cx.num_regions > 1


def test_exact_values_behind_a_complex_are_few() -> None:
    net = integer_net(11, 2, 4)
    run = NumpySubdivision(net, SQUARE, None)
    for layer in range(net.depth):
        run.add_layer(layer, None)
    record = run.record(net.depth)
    values = record.exact.values
    assert not values._values
    values._most = 8
    signs = []
    for _ in range(2):
        for vertex in record.vertex_ids.tolist():
            for layer in range(net.depth):
                signs.append(record.exact.signs(vertex, layer, 1))
    assert len(values._values) <= 8
    assert len(values._hidden) <= 8
    half = len(signs) // 2
    for first, second in zip(signs[:half], signs[half:], strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_certificate_is_frozen() -> None:
    certificate = COMPLEXES["reference"]().certificate
    with pytest.raises(AttributeError):
        certificate.certified = False  # type: ignore[misc]
    assert certificate.num_float_signs > 0
