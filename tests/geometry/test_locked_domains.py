"""Arrays on a domain are its own and locked: later changes by anyone change no answer."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import linreg_lib as lr

DOMAINS = {
    "box": lambda a: lr.Box(a, a + 1),
    "segment": lambda a: lr.Segment(a, a + 1),
    "line": lambda a: lr.Line(a, a + 1),
    "plane": lambda a: lr.Plane(a, np.eye(2), 1.0),
    "rectangle": lambda a: lr.Rectangle(a, np.eye(2), [1.0, 2.0]),
    "slice": lambda a: lr.Slice(a, [[3.0, 4.0]], 1.0),
    "along": lambda a: lr.Slice.along([1], low=a[:1], high=a[1:], at=a),
    "polytope": lambda a: lr.Polytope(vertices=np.stack([a, a + [1, 0], a + [0, 1]])),
    "simplex": lambda a: lr.Simplex(np.stack([a, a + [1, 0], a + [0, 1]])),
    "space": lambda a: lr.Space(2),
}


@pytest.mark.parametrize("make", DOMAINS.values(), ids=DOMAINS.keys())
@pytest.mark.parametrize(
    "handle", [lambda d: d, copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d))]
)
def test_arrays_are_locked_copies(make, handle) -> None:
    given = np.array([0.25, 0.5])
    domain = handle(make(given))
    before = {k: v.copy() for k, v in vars(domain).items() if isinstance(v, np.ndarray)}
    assert {"origin", "basis", "scales"} <= before.keys()
    given += 7.0
    for name, value in before.items():
        array = getattr(domain, name)
        assert np.array_equal(array, value)
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 3.0
        assert not np.shares_memory(array, given)


@pytest.mark.parametrize("make", DOMAINS.values(), ids=DOMAINS.keys())
@pytest.mark.parametrize(
    "handle", [lambda d: d, copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d))]
)
def test_parts_are_not_replaced(make, handle) -> None:
    """Complexes that were cut from it would change their answers, and dictionaries lose it."""
    domain = handle(make(np.array([0.25, 0.5])))
    kept = {domain: "found"}
    for name, value in list(vars(domain).items()):
        with pytest.raises(AttributeError, match=f"a {type(domain).__name__} cannot be changed"):
            setattr(domain, name, value)
        with pytest.raises(AttributeError, match="cannot be changed; make another one"):
            delattr(domain, name)
    assert kept[make(np.array([0.25, 0.5]))] == "found"
