"""What an object answers, as plain values: for comparing copies and looking for loose arrays."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from linreg_lib.geometry import PolyhedralComplex, UnboundedQuestionError

#: methods that are questions, with the arguments to ask them with
QUESTIONS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "facets_per_region": ((), (False,)),
    "boundary": ((1,),),
    "on_wall": ((0,), (1,)),
    "supports_of_facet": ((0,),),
    "volume": ((0,), (1,), (1, "linear")),
    "affine_maps": ((),),
    "linear_regions": ((),),
    "neighbours": ((),),
    "polygons": ((),),
    "of": ((0,),),
    "facets": ((),),
}
#: these say where, not what, or know more than the object, and grow when they are asked; a record
#: may be stored in one copy and not in the other
_LEFT_OUT = {"network", "exact_row", "exact", "crossings", "record", "parts"}


def answers(thing: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """All public attributes and all answers, with their names, down to arrays and plain values."""
    if isinstance(thing, (tuple, list)):
        for i, each in enumerate(thing):
            yield from answers(each, f"{path}[{i}]", depth)
    elif isinstance(thing, dict):
        for name, each in thing.items():
            yield from answers(each, f"{path}[{name}]", depth)
    elif hasattr(thing, "indptr"):
        for name in ("data", "indices", "indptr"):
            yield f"{path}.{name}", getattr(thing, name)
    elif type(thing).__module__.startswith("linreg_lib.") and depth < 5:
        for name in sorted({*dir(type(thing)), *vars(thing)}):
            if not name.startswith("_") and name not in _LEFT_OUT:
                yield from _answers_of(thing, name, f"{path}.{name}", depth + 1)
    else:
        yield path, thing


def _answers_of(thing: Any, name: str, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    declared = inspect.getattr_static(type(thing), name, None)
    if not callable(declared) or name in vars(thing):
        yield from answers(getattr(thing, name), path, depth)
        return
    for arguments in QUESTIONS.get(name, ()):
        if isinstance(thing, PolyhedralComplex) and name == "on_wall" and arguments[0] > thing.dim:
            continue
        if name == "polygons" and thing.dim != 2:
            continue
        try:
            yield from answers(getattr(thing, name)(*arguments), f"{path}{arguments}", depth)
        except UnboundedQuestionError:
            continue


def loose_arrays(thing: Any) -> list[str]:
    """Names of arrays that can be written into."""
    return [
        path
        for path, value in answers(thing)
        if isinstance(value, np.ndarray) and value.flags.writeable
    ]


def assert_same(first: Any, second: Any) -> None:
    """Every answer is the same, bit for bit."""
    expected, found = dict(answers(first)), dict(answers(second))
    assert expected.keys() == found.keys()
    for path, value in expected.items():
        if isinstance(value, np.ndarray):
            assert value.dtype == found[path].dtype, path
            np.testing.assert_array_equal(value, found[path], err_msg=path)
        elif value == value:  # not NaN
            assert value == found[path], path
