"""Objects of all rooms: their arrays cannot be written into, and copies are as good."""

from __future__ import annotations

import copy
import dataclasses
import functools
import importlib
import inspect
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib import experiments, networks, theory
from linreg_lib.experiments.engine_checks.vertex_errors import vertex_errors
from linreg_lib.experiments.lines.level_crossings import level_crossings
from linreg_lib.locked import Locked, kept_answer, locked
from linreg_lib.theory.arrangements.survey import ArrangementSurvey
from tests.geometry.object_walk import assert_same, loose_arrays

ROOMS = ("networks", "geometry", "theory", "experiments")
LINES = theory.Arrangement([(1, 0), (0, 1), (2, 0), (1, 1)], [0, 0, 0, 1])
TENT = lr.Network.from_arrays([[[1], [1]], [[1, -2]], [[1]]], [[0, -1], [0], [0]])


def _numbers(seed: int) -> dict[str, Any]:
    return {"numbers": np.arange(seed)}


def _rates() -> Any:
    law = theory.InitLaw(widths=(1, 4, 1), biases=networks.Normal(1.0))
    line = theory.LinePiece.interval(0.0, 1.0)
    rng = np.random.default_rng(0)
    return theory.breakpoint_rates(law, line, [0.5], num_networks=20, rng=rng)


@functools.cache  # each run takes its own time, and says so
def _pieces() -> Any:
    return experiments.run_pieces(_numbers, [{"seed": 3}, {"seed": 4}])


OBJECTS: dict[str, Callable[[], Any]] = {
    "arrangement": lambda: LINES,
    "poset": lambda: theory.intersection_poset(LINES),
    "regions": lambda: theory.enumerate_regions(LINES),
    "survey": lambda: ArrangementSurvey(arrangements=(LINES,)),
    "line piece": lambda: theory.LinePiece.whole([0.0, 0.0], [1.0, 0.0]),
    "rates": _rates,
    "runs": lambda: experiments.run_many(_numbers, [3, 4]),
    "pieces": _pieces,
    "level crossings": lambda: level_crossings(TENT, lr.Segment([-1.0], [4.0]), [0.5]),
    "vertex errors": lambda: vertex_errors(TENT, lr.Box(-1, 2, dim=1)),
    "points": lambda: experiments.LabelledPoints(
        points=np.eye(3), labels=np.array([0, 1, 0]), num_classes=2, name="toy"
    ),
    "patients": experiments.load_covid,
    "affine map": lambda: TENT.affine_map([0.5]),
    "activation": networks.hard_tanh,
    "network": lambda: TENT,
    "law": lambda: networks.Normal(1.0),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_objects_are_locked_and_copy(kind: str) -> None:
    thing, asked = OBJECTS[kind](), OBJECTS[kind]()
    for each in (copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))):
        assert not loose_arrays(each(thing))
        assert_same(each(thing), asked)
        assert_same(each(asked), asked)


def test_a_copied_arrangement_is_still_frozen() -> None:
    for each in (copy.copy(LINES), copy.deepcopy(LINES), pickle.loads(pickle.dumps(LINES))):
        assert each == LINES
        assert hash(each) == hash(LINES)
        assert each.groups == LINES.groups
        with pytest.raises(AttributeError):
            each.rows = ()


def test_what_the_caller_gave_stays_writable() -> None:
    levels = np.array([0.5])
    level_crossings(TENT, lr.Segment([-1.0], [4.0]), levels)
    assert levels.flags.writeable


def public_classes() -> list[type]:
    found = []
    for room in ROOMS:
        module = importlib.import_module(f"linreg_lib.{room}")
        found += [each for name in module.__all__ if inspect.isclass(each := getattr(module, name))]
    return found


@pytest.mark.parametrize("kind", public_classes(), ids=lambda kind: kind.__name__)
def test_every_public_class_with_arrays_locks_them_again_when_copied(kind: type) -> None:
    annotations = {
        n: str(a) for each in kind.__mro__ for n, a in inspect.get_annotations(each).items()
    }
    if any("ndarray" in a or "NDArray" in a or "csr_array" in a for a in annotations.values()):
        assert any("__setstate__" in vars(c) or "__reduce__" in vars(c) for c in kind.__mro__)


# The means ----------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Pair(Locked):
    first: np.ndarray
    rest: tuple[np.ndarray, ...] = ()

    @kept_answer
    def doubled(self) -> list[np.ndarray]:
        """Twice both."""
        return [2 * self.first, *(2 * each for each in self.rest)]


def test_arrays_are_locked_wherever_they_are() -> None:
    pair = Pair(np.ones(2), (np.zeros(3),))
    for each in (pair, copy.deepcopy(pair)):
        for array in (each.first, *each.rest, *each.doubled):
            assert not array.flags.writeable
    nested = locked({"a": [np.ones(1), (np.ones(1),)]})
    assert not nested["a"][0].flags.writeable
    assert not nested["a"][1][0].flags.writeable


def test_a_kept_answer_is_computed_once_and_documented() -> None:
    pair = Pair(np.ones(2))
    assert pair.doubled is pair.doubled
    assert Pair.doubled.__doc__ == "Twice both."


def test_the_first_of_several_threads_has_the_answer() -> None:
    barrier = threading.Barrier(3)

    class Slow:
        @kept_answer
        def answer(self) -> object:
            barrier.wait()  # all of them are computing
            return object()

    slow, found = Slow(), []
    threads = [threading.Thread(target=lambda: found.append(slow.answer)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in found}) == 1


def test_an_interrupted_answer_leaves_nothing() -> None:
    class Interrupted:
        asked = 0

        @kept_answer
        def answer(self) -> int:
            self.asked += 1
            if self.asked == 1:
                raise KeyboardInterrupt
            return 7

    thing = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        _ = thing.answer
    assert thing.answer == 7


def test_no_room_keeps_answers_by_other_means() -> None:
    """``cached_property`` locks no arrays, and up to Python 3.11 makes threads wait in turn."""
    library = Path(lr.__file__).parent
    for room in (*ROOMS, "figures"):
        for path in (library / room).rglob("*.py"):
            assert "@cached_property" not in path.read_text(encoding="utf-8"), path
