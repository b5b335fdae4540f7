"""Randomness comes in by one door: a keyword ``rng``, a Generator, after the positional ones."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ROOMS = (
    "networks", "geometry", "theory", "experiments", "experiments.data", "experiments.protocols",
    "figures",
)  # fmt: skip
#: a run is kept with its seeds, and made again from them
SEEDED = {
    "run_many", "train_classifier", "train_lanes", "Census", "Fuzz", "RunResults",
    "TrainingSettings", "pieces_during_training", "distances_during_training",
    "distance_histograms", "pieces_without_biases", "polygons_during_training", "squares_through",
}  # fmt: skip


def _public(room: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    module = importlib.import_module(f"linreg_lib.{room}")
    for name in getattr(module, "__all__", None) or vars(module):
        each = getattr(module, name)
        if name[0] == "_" or not callable(each):
            continue
        yield name, each
        if inspect.isclass(each):
            for method, found in vars(each).items():
                plain = getattr(found, "__func__", found)
                if inspect.isfunction(plain) and method[0] != "_":
                    yield f"{name}.{method}", plain


def _faults(name: str, call: Callable[..., Any]) -> Iterator[str]:
    try:
        parameters = inspect.signature(call).parameters
    except ValueError:  # an exception of no own making
        return
    for each in parameters.values():
        if each.name in ("seed", "seeds", "generator", "random_state") and name not in SEEDED:
            yield f"{name} takes {each.name}"
        if each.name == "rng":
            if each.kind is not inspect.Parameter.KEYWORD_ONLY:
                yield f"{name}: rng is no keyword"
            if not str(each.annotation).startswith("np.random.Generator"):
                yield f"{name}: rng is annotated {each.annotation}"


@pytest.mark.parametrize("room", ROOMS)
def test_rng_is_a_keyword_everywhere(room: str) -> None:
    assert [fault for name, call in _public(room) for fault in _faults(name, call)] == []


def test_the_alarm_rings() -> None:
    def positional(rng: int) -> None: ...
    def seeded(*, seed: int) -> None: ...

    assert list(_faults("positional", positional)) == [
        "positional: rng is no keyword",
        "positional: rng is annotated int",
    ]
    assert list(_faults("seeded", seeded)) == ["seeded takes seed"]
    assert sum("rng" in inspect.signature(c).parameters for _, c in _public("theory")) > 3
